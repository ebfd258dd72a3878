/** The ops in sight as a list, for those who do not see the picture; and, at a measured pace, what changed. */
import { useEffect, useRef, useState } from 'react'
import type { GraphOutput, SeenOp } from '../../graph/feed.ts'
import { lookOf, shortId } from '../shared/AuthorMark.tsx'
import { graphMessages } from './graph-messages.ts'

const text = graphMessages.mirror

/** Growth is announced this often at most, ms: a busy room would otherwise talk without end. */
const ANNOUNCE_EVERY = 5000

interface MirrorProps {
  readonly drawn: Extract<GraphOutput, { type: 'drawn' }>
  readonly selected: string | null
  onSelect(id: string): void
}

/** One op in words. */
export function sayOp(op: SeenOp): string {
  return text.item(lookOf(op.author).name, op.seq, op.row, shortId(op.id)) + text.state[op.state]
}

export function GraphMirror({ drawn, selected, onSelect }: MirrorProps) {
  const chosen = drawn.seen.find(({ id }) => id === selected)
  return (
    <div className="graph-mirror">
      <ul aria-label={text.name}>
        {drawn.seen.map((op) => (
          <li key={op.id}>
            <button type="button" tabIndex={-1} aria-pressed={op.id === selected} onClick={() => onSelect(op.id)}>
              {sayOp(op)}
            </button>
          </li>
        ))}
        {drawn.hidden > 0 && <li>{text.hidden(drawn.hidden)}</li>}
      </ul>
      <p aria-live="polite">{chosen === undefined ? '' : sayOp(chosen)}</p>
      <Growth ops={drawn.ops} />
    </div>
  )
}

/** "12 new ops", at most every few seconds. */
function Growth({ ops }: { readonly ops: number }) {
  const [said, setSaid] = useState({ ops, text: '' })
  const latest = useRef(ops)
  useEffect(() => {
    latest.current = ops
  }, [ops])
  useEffect(() => {
    if (ops <= said.ops) return
    const timer = setTimeout(() => setSaid({ ops: latest.current, text: text.grown(latest.current - said.ops) }), ANNOUNCE_EVERY)
    return () => clearTimeout(timer)
    // A new op must not push the announcement back: the timer belongs to what was said last.
  }, [ops > said.ops, said])
  return <p aria-live="polite">{said.text}</p>
}
