/** Who is connected, by which path, and how far each of them is from what this node has. */
import { useEffect } from 'react'
import type { Hex, NodeStatus, PeerStatus } from '../../worker/api.ts'
import { AuthorMark, AuthorName, ChosenName, Id, shortId } from '../shared/AuthorMark.tsx'
import { pathNames, refusalSentences, troubleInWords } from '../refusal-messages.ts'
import { useNode, useNodeState, useNow } from '../state/bindings.ts'
import { troubleOf } from '../state/reach.ts'
import { ByHand } from './ByHand.tsx'
import { PathRow } from './PathRow.tsx'
import { Servers } from './Servers.tsx'
import './peers.css'
import { byHandMessages, peersMessages as text, serverMessages } from './peers-messages.ts'

/** Heads named one by one; a peer can have any number. */
const HEADS_SHOWN = 6

/** How often round trips are measured while somebody looks (ms). */
const MEASURE_EVERY = 3_000

function lagOf({ equal, unknownHeads, lacks, heads }: PeerStatus): {
  readonly kind: 'equal' | 'behind' | 'unsure'
  readonly words: string
} {
  if (equal) return { kind: 'equal', words: text.equal }
  if (heads.length > 0 && lacks === null && unknownHeads === 0) return { kind: 'unsure', words: text.unnamed }
  const words = [...(lacks === null || lacks === 0 ? [] : [text.lacks(lacks)]), ...(unknownHeads === 0 ? [] : [text.unknown(unknownHeads)])]
  return words.length === 0 || heads.length === 0 ? { kind: 'unsure', words: text.unsure } : { kind: 'behind', words: words.join(', ') }
}

/** Why no peer is there, as far as that is known, and what to do. */
function whyNobody(status: NodeStatus): string {
  if (status.offline) return text.noneOffline
  const trouble = troubleOf(status)
  if (trouble === null) return text.nobody
  const { down, cut } = trouble
  return [troubleInWords(trouble), ...(down.length > 0 ? [text.tryingAgain] : []), ...(cut.length > 0 ? [text.toHeal] : [])].join(' ')
}

function Heads({ heads, count }: { readonly heads: readonly Hex[]; readonly count: number }) {
  return (
    <span className="heads">
      {heads.slice(0, HEADS_SHOWN).map((id) => (
        <Id key={id}>{shortId(id)}</Id>
      ))}
      {count > HEADS_SHOWN && <span>{text.moreHeads(count - HEADS_SHOWN)}</span>}
    </span>
  )
}

function PeerRow({ peer, name, since }: { readonly peer: PeerStatus; readonly name: string | undefined; readonly since: number }) {
  const lag = lagOf(peer)
  return (
    <li className="peer" data-lag={lag.kind}>
      <div className="peer-head">
        {peer.author === null ? (
          <span className="peer-unproven" title={text.unprovenHint}>
            {text.unproven}
          </span>
        ) : (
          <>
            <AuthorMark author={peer.author} />
            <AuthorName author={peer.author} />
            <ChosenName name={name} />
          </>
        )}
        <Id>{shortId(peer.author ?? peer.peer)}</Id>
        <span className="peer-path">
          {peer.roundTrip === null ? pathNames[peer.path] : text.pathAndTrip(pathNames[peer.path], peer.roundTrip)}
        </span>
      </div>
      <p className="peer-lag">
        <span className="lag-sign" aria-hidden="true" />
        {lag.words}
        <span className="peer-heard">{text.heard(peer.silentFor + since)}</span>
      </p>
      {peer.heads.length > 0 && (
        <div className="peer-heads">
          <span className="quiet">{text.heads}</span>
          <Heads heads={peer.heads} count={peer.headCount} />
        </div>
      )}
      {peer.refusals.length > 0 && (
        <details className="peer-refusals">
          <summary>
            {text.refusals} ({peer.refusals.length})
          </summary>
          <ul>
            {peer.refusals.map((reason, i) => (
              <li key={i}>{refusalSentences[reason]}</li>
            ))}
          </ul>
        </details>
      )}
    </li>
  )
}

export default function PeersPlace() {
  const status = useNodeState((state) => state.status)
  const names = useNodeState((state) => state.names)
  const statusAt = useNodeState((state) => state.statusAt)
  const now = useNow(1_000)
  const node = useNode()
  useEffect(() => {
    node.measure()
    const timer = setInterval(() => node.measure(), MEASURE_EVERY)
    return () => clearInterval(timer)
  }, [node])
  if (status === null) return null
  return (
    <>
      <p className="lead">{text.lead}</p>
      <h3>{text.paths}</h3>
      <ul role="list" className="paths">
        {status.paths.map((path) => (
          <PathRow key={path.path} path={path} />
        ))}
      </ul>
      <h3>{text.peers}</h3>
      {status.peers.length === 0 ? (
        <p className="quiet">{whyNobody(status)}</p>
      ) : (
        <ul role="list" className="peers">
          {status.peers.map((peer) => (
            <PeerRow
              key={`${peer.peer}/${peer.path}`}
              peer={peer}
              name={status.present.find(({ author }) => author === peer.author)?.name || names.get(peer.author ?? '')}
              since={Math.max(0, now - statusAt)}
            />
          ))}
        </ul>
      )}
      <h3>{byHandMessages.title}</h3>
      <ByHand />
      <h3>{serverMessages.title}</h3>
      <Servers />
    </>
  )
}
