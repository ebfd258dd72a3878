/**
 * The nodes of a kept room, with what tells them apart: to be one of them again, or to forget it, or all that do not run; an export is
 * offered first.
 */
import { useEffect, useState } from 'react'
import type { Hex, KeptNode } from '../../worker/api.ts'
import { AuthorMark, lookOf } from '../shared/AuthorMark.tsx'
import { StoredRoom } from '../shared/StoredRoom.tsx'
import { KeptAuthor } from './KeptAuthor.tsx'
import { messages, timeAgo } from '../messages.ts'
import { useAgeClock, usePage } from '../state/bindings.ts'

const text = messages.kept

interface KeptNodesProps {
  readonly nodes: readonly KeptNode[]
  /** Those of this tab: they run, too. */
  readonly here: readonly Hex[]
  readonly roomName: string
  onResume(node: string): void
  onForgotten(): void
}

export function KeptNodes({ nodes, here, roomName, onResume, onForgotten }: KeptNodesProps) {
  const now = useAgeClock()
  const [chosen, setChosen] = useState<readonly KeptNode[] | null>(null)
  const isHere = ({ id }: KeptNode): boolean => here.includes(id)
  const free = nodes.filter((node) => !node.runs && !isHere(node))
  const counts = useCounts(free.map(({ id }) => id))
  if (chosen !== null)
    return (
      <Forgetting
        nodes={chosen}
        roomName={roomName}
        someRun={chosen.length > 1 && free.length < nodes.length}
        onKeep={() => setChosen(null)}
        onForgotten={() => {
          setChosen(null)
          onForgotten()
        }}
      />
    )
  return (
    <div className="kept-inside">
      <ul role="list">
        {nodes.map((node) => (
          <li key={node.id} className="kept-node">
            <AuthorMark author={node.id} />
            <span className="kept-who">
              <KeptAuthor id={node.id} linkId={node.linkId} />
              <span className="kept-facts">
                {[
                  ...(isHere(node) ? [text.here] : node.runs ? [text.runs] : []),
                  ...(counts.has(node.id) ? [messages.ops(counts.get(node.id)!)] : []),
                  whenOf(node, now),
                ].join(', ')}
              </span>
            </span>
            {free.includes(node) && (
              <span className="kept-acts">
                {nodes.length > 1 && (
                  <button
                    type="button"
                    className="button-plain"
                    aria-label={text.resume(lookOf(node.id).name)}
                    onClick={() => onResume(node.id)}
                  >
                    {text.resumeNode}
                  </button>
                )}
                <button
                  type="button"
                  className="button-plain danger"
                  aria-label={text.forgetNode(lookOf(node.id).name)}
                  onClick={() => setChosen([node])}
                >
                  {text.forget}
                </button>
              </span>
            )}
          </li>
        ))}
      </ul>
      {here.length > 0 && <p className="quiet">{text.isHereStill}</p>}
      {here.length === 0 && free.length === 0 && <p className="quiet">{text.isRunning}</p>}
      {nodes.length > 1 && free.length > (here.length > 0 ? 1 : 0) && (
        <button type="button" className="button-plain danger" onClick={() => setChosen(free)}>
          {here.length > 0 ? text.forgetOthers : text.forgetRoom}
        </button>
      )}
    </div>
  )
}

/** How many ops these nodes hold, as far as their disks have told. */
function useCounts(ids: readonly Hex[]): ReadonlyMap<Hex, number> {
  const page = usePage()
  const [counts, setCounts] = useState<ReadonlyMap<Hex, number>>(new Map())
  const asked = ids.join(' ')
  useEffect(() => {
    let current = true
    const those = asked === '' ? [] : asked.split(' ')
    void page.countStored(those).then((found) => {
      if (current) setCounts(new Map(those.flatMap((id, i) => (typeof found[i] === 'number' ? [[id, found[i]] as const] : []))))
    })
    return () => {
      current = false
    }
  }, [page, asked])
  return counts
}

/** When somebody wrote as the node last or, where that is not known, used it. */
const whenOf = ({ lastUsed, lastWritten }: KeptNode, now: number): string =>
  lastWritten === undefined ? text.used(timeAgo(lastUsed / 1000, now)) : text.written(timeAgo(lastWritten / 1000, now))

interface ForgettingProps {
  readonly nodes: readonly KeptNode[]
  readonly roomName: string
  /** Nodes of the room that run stay. */
  readonly someRun: boolean
  onKeep(): void
  onForgotten(): void
}

function Forgetting({ nodes, roomName, someRun, onKeep, onForgotten }: ForgettingProps) {
  const page = usePage()
  const [refused, setRefused] = useState('')
  const forget = async (): Promise<void> => {
    const outcomes = await page.forget(nodes)
    const other = outcomes.find((outcome) => outcome !== 'forgotten')
    if (other === undefined) return onForgotten()
    setRefused(text.refused[other === 'runs' && !isSecureContext ? 'unknown' : other])
  }
  return (
    <div className="kept-inside" role="group" aria-label={text.forget}>
      {nodes.length === 1 &&
        nodes.map(({ id, linkId }) => (
          <p key={id} className="kept-who">
            <AuthorMark author={id} />
            <KeptAuthor id={id} linkId={linkId} />
          </p>
        ))}
      <p>{text.lead(nodes.length) + (someRun ? ` ${text.leadRunning}` : '')}</p>
      <StoredRoom nodes={nodes.map(({ id }) => id)} roomName={roomName} />
      <div className="row">
        <button type="button" className="button danger" onClick={() => void forget()}>
          {text.confirm(nodes.length)}
        </button>
        <button type="button" className="button" onClick={onKeep}>
          {text.keep}
        </button>
      </div>
      <p className="bad" role="status">
        {refused}
      </p>
    </div>
  )
}
