/** Everything about the selected op, or about the ghost that is selected instead. */
import { useEffect, useState, type ReactNode } from 'react'
import { AUTHOR_BYTES } from '../../core/limits.ts'
import type { GhostNote, GraphOutput } from '../../graph/feed.ts'
import type { Hex, OpDetails } from '../../worker/api.ts'
import { fullTime } from '../messages.ts'
import { refusalSentences } from '../refusal-messages.ts'
import { AuthorMark, AuthorName, ChosenName, shortId } from '../shared/AuthorMark.tsx'
import { beginningOf } from '../shared/long-text.ts'
import { webAddressesIn } from '../shared/web-addresses.ts'
import { Words } from '../shared/Words.tsx'
import { cardMessages as text } from './card-messages.ts'
import { ExportEvidence } from './ExportEvidence.tsx'
import { GraphIcon } from './GraphIcons.tsx'
import type { GraphHost } from './graph-host.ts'
import { graphMessages } from './graph-messages.ts'
import './op-card.css'

/** Parents, children and authors shown at first; a press shows the rest. */
const MAX_LISTED = 12

interface OpCardProps {
  readonly node: GraphHost
  readonly id: Hex
  readonly ghost: GhostNote | null
  readonly drawn: Extract<GraphOutput, { type: 'drawn' }> | null
  /** What authors call themselves. */
  readonly names: ReadonlyMap<Hex, string>
  onSelect(id: Hex | null): void
  onShowInHistory?: ((details: OpDetails) => void) | undefined
}

export default function OpCard({ node, id, ghost, drawn, names, onSelect, onShowInHistory }: OpCardProps) {
  const details = useDetails(node, id, drawn)
  const author = ghost?.author ?? details?.author
  const seq = ghost?.seq ?? details?.seq
  return (
    <section className="op-card" aria-label={text.name}>
      <header>
        {author !== undefined && <AuthorMark author={author} />}
        <h2>
          {author !== undefined && <AuthorName author={author} />}
          {author !== undefined && <ChosenName name={names.get(author)} />}
          {details?.own === true && <span className="op-card-you">{graphMessages.you}</span>}
        </h2>
        {/* Apart from the names, which may take several lines. */}
        <span className="op-card-which">
          <code title={id}>{shortId(id)}</code>
          {seq !== undefined && <span className="op-card-seq">{text.op(seq)}</span>}
        </span>
        <button type="button" aria-label={text.close} title={text.close} onClick={() => onSelect(null)}>
          <GraphIcon name="close" />
        </button>
      </header>
      {ghost !== null && (
        <p className="op-card-ghost" data-state={ghost.state}>
          <strong>{text[ghost.state]}</strong> {sentenceOf(ghost.reason)}
        </p>
      )}
      {ghost === null && details === null && <p className="op-card-text">{text.unknown}</p>}
      {details !== null && details !== undefined && <Details key={id} {...{ node, details, drawn, names, onSelect, onShowInHistory }} />}
    </section>
  )
}

type DetailsProps = Pick<OpCardProps, 'node' | 'drawn' | 'names' | 'onSelect' | 'onShowInHistory'> & { readonly details: OpDetails }

function Details({ node, details, drawn, names, onSelect, onShowInHistory }: DetailsProps) {
  const reach = drawn?.reach
  const shown = beginningOf(details.text)
  return (
    <>
      {details.equivocates && (
        <p className="op-card-lie">
          {text.forked} <Ops ids={details.rivals} count={details.rivalCount} none="" onSelect={onSelect} />
        </p>
      )}
      {details.equivocates && <ExportEvidence node={node} details={details} />}
      {details.text !== '' && (
        <p className="op-card-text">
          <bdi>
            <Words text={shown} addresses={webAddressesIn(shown, false)} />
          </bdi>
        </p>
      )}
      {reach && <p className="op-card-reach">{text.reach(reach.past, reach.future, reach.concurrent)}</p>}
      <dl>
        <dt>{text.parents}</dt>
        <dd>
          <Ops ids={details.parents} none={text.genesis} onSelect={onSelect} />
        </dd>
        <dt>{text.children}</dt>
        <dd>
          <Ops ids={details.children} count={details.childCount} none={text.headNow} onSelect={onSelect} />
        </dd>
        {details.others > 0 && (
          <>
            <dt>{text.seenBy}</dt>
            <dd>
              <span>{text.seenByCount(details.seenBy, details.others)}</span>
              <Authors authors={details.seenByAuthors} names={names} />
            </dd>
          </>
        )}
        <dt>{text.heldBy}</dt>
        <dd>{details.heldBy.length === 0 ? text.heldByNone : <Authors authors={details.heldBy} names={names} />}</dd>
        <dt>{text.time}</dt>
        <dd>{fullTime(details.time)}</dd>
        <dt>{text.depth}</dt>
        <dd>{text.depthOf(details.depth)}</dd>
        <dt>{text.signed}</dt>
        <dd>{details.signed ? text.signedSelf : text.signedLater}</dd>
        <dt>{text.size}</dt>
        <dd>{text.bytes(details.bytes)}</dd>
      </dl>
      {onShowInHistory !== undefined && (
        <button type="button" className="op-card-jump" onClick={() => onShowInHistory(details)}>
          {text.inHistory}
        </button>
      )}
    </>
  )
}

interface OpsProps {
  readonly ids: readonly Hex[]
  /** How many there are, when not all of them are told. */
  readonly count?: number
  readonly none: string
  onSelect(id: Hex): void
}

function Ops({ ids, count = ids.length, none, onSelect }: OpsProps) {
  if (ids.length === 0) return none
  return (
    <>
      <Listed all={ids} count={count}>
        {(id) => (
          <button key={id} type="button" className="op-card-op" onClick={() => onSelect(id)}>
            {shortId(id)}
          </button>
        )}
      </Listed>
    </>
  )
}

interface ListedProps {
  readonly all: readonly Hex[]
  /** How many there are, when not all of them are told. */
  readonly count?: number
  children(id: Hex): ReactNode
}

/** The first of them, and a button for the others. */
function Listed({ all, count = all.length, children }: ListedProps) {
  const [whole, setWhole] = useState(false)
  const shown = all.slice(0, whole ? all.length : MAX_LISTED)
  return (
    <>
      {shown.map(children)}
      {shown.length < all.length && (
        <button type="button" className="op-card-more" onClick={() => setWhole(true)}>
          {text.more(count - shown.length)}
        </button>
      )}
      {shown.length === all.length && count > all.length && <span>{text.moreUntold(count - all.length)}</span>}
    </>
  )
}

/** Authors by name; a peer that has not proven its author is told by its session, which is shorter than a key. */
function Authors({ authors, names }: { readonly authors: readonly Hex[]; readonly names: OpCardProps['names'] }) {
  return (
    <div className="op-card-authors">
      <Listed all={[...new Set(authors)]}>
        {(author) =>
          author.length === 2 * AUTHOR_BYTES ? (
            <span key={author} className="op-card-author">
              <AuthorMark author={author} />
              <AuthorName author={author} />
              <ChosenName name={names.get(author)} />
            </span>
          ) : (
            <code key={author}>{shortId(author)}</code>
          )
        }
      </Listed>
    </div>
  )
}

/** What the node says about an op, asked again when the picture has changed: it tells what peers hold, too. Undefined until it answers. */
function useDetails(node: GraphHost, id: Hex, drawn: OpCardProps['drawn']): OpDetails | null | undefined {
  const [answer, setAnswer] = useState<{ readonly id: Hex; readonly details: OpDetails | null }>()
  useEffect(() => {
    let wanted = true
    void node.inspect(id).then((details) => {
      if (wanted) setAnswer({ id, details })
    })
    return () => {
      wanted = false
    }
  }, [node, id, drawn])
  return answer?.id === id ? answer.details : undefined
}

function sentenceOf(reason: string): string {
  return (refusalSentences as Readonly<Record<string, string>>)[reason] ?? reason
}
