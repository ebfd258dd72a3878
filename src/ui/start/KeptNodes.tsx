/**
 * The nodes of a kept room, with what tells them apart: to be one of them again, or to forget it, or all that do not run; an export is
 * offered first. Nodes that run are named, and stay.
 */
import { useState } from 'react'
import type { Forgotten, Hex, KeptNode } from '../../worker/api.ts'
import { AuthorMark, lookOf } from '../shared/AuthorMark.tsx'
import { StoredRoom } from '../shared/StoredRoom.tsx'
import { KeptAuthor } from './KeptAuthor.tsx'
import { messages, timeAgo } from '../messages.ts'
import { keptMessages as text } from './kept-messages.ts'
import { useAgeClock, usePage } from '../state/bindings.ts'
import { useStoredFacts } from './use-stored-facts.ts'

const namesOf = (nodes: readonly KeptNode[]): string[] => nodes.map(({ id }) => lookOf(id).name)

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
  /** What came of forgetting. */
  const [said, setSaid] = useState('')
  const isHere = ({ id }: KeptNode): boolean => here.includes(id)
  const free = nodes.filter((node) => !node.runs && !isHere(node))
  const elsewhere = nodes.filter((node) => node.runs && !isHere(node))
  const facts = useStoredFacts(free.map(({ id }) => id))
  if (chosen !== null)
    return (
      <Forgetting
        nodes={chosen}
        roomName={roomName}
        staying={chosen.length > 1 ? nodes.filter((node) => !free.includes(node)) : []}
        onKeep={() => setChosen(null)}
        onDone={(outcomes) => {
          setSaid(cameOf(chosen, outcomes))
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
                  ...opsOf(facts.get(node.id)?.ops),
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
      <p className="said" role="status">
        {said}
      </p>
      {here.length > 0 && <p className="quiet">{text.isHereStill}</p>}
      {elsewhere.length > 0 && <p className="quiet">{text.isRunning(namesOf(elsewhere))}</p>}
      {free.length > 1 && (
        <button type="button" className="button-plain danger" onClick={() => setChosen(free)}>
          {free.length < nodes.length ? text.forgetOthers : text.forgetRoom}
        </button>
      )}
    </div>
  )
}

const opsOf = (ops: number | undefined): string[] => (ops === undefined ? [] : [messages.ops(ops)])

/** When somebody wrote as the node last or, where that is not known, opened it. */
const whenOf = ({ lastUsed, lastWritten }: KeptNode, now: number): string =>
  lastWritten === undefined ? text.opened(timeAgo(lastUsed / 1000, now)) : text.written(timeAgo(lastWritten / 1000, now))

/** What became of nodes, in words: of those that were forgotten, and of the others. */
function cameOf(nodes: readonly KeptNode[], outcomes: readonly Forgotten[]): string {
  const those = (outcome: Forgotten): string[] => namesOf(nodes.filter((_, i) => outcomes[i] === outcome))
  const sentences = { forgotten: text.forgotten, runs: text.refused[isSecureContext ? 'runs' : 'unknown'], failed: text.refused.failed }
  return (['forgotten', 'runs', 'failed'] as const)
    .map((outcome) => [outcome, those(outcome)] as const)
    .flatMap(([outcome, names]) => (names.length > 0 ? [sentences[outcome](names)] : []))
    .join(' ')
}

interface ForgettingProps {
  readonly nodes: readonly KeptNode[]
  readonly roomName: string
  /** Nodes of the room that are not forgotten with them. */
  readonly staying: readonly KeptNode[]
  onKeep(): void
  onDone(outcomes: readonly Forgotten[]): void
}

function Forgetting({ nodes, roomName, staying, onKeep, onDone }: ForgettingProps) {
  const page = usePage()
  return (
    <div className="kept-inside" role="group" aria-label={text.forget}>
      {nodes.map(({ id, linkId }) => (
        <p key={id} className="kept-who">
          <AuthorMark author={id} />
          <KeptAuthor id={id} linkId={linkId} />
        </p>
      ))}
      <p>{text.lead(nodes.length) + (staying.length > 0 ? ` ${text.leadRunning(namesOf(staying))}` : '')}</p>
      <StoredRoom nodes={nodes.map(({ id }) => id)} roomName={roomName} />
      <div className="row">
        <button type="button" className="button danger" onClick={() => void page.forget(nodes).then(onDone)}>
          {text.confirm(nodes.length)}
        </button>
        <button type="button" className="button" onClick={onKeep}>
          {text.keep}
        </button>
      </div>
    </div>
  )
}
