/** The ops in sight as a list, for those who do not see the picture; and, at a measured pace, what changed. */
import { useEffect, useRef, useState } from 'react'
import type { GraphOutput, LaneHead, SeenOp } from '../../graph/feed.ts'
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

/** Whose lane it is: its nickname, and what it calls itself. */
function sayLane(author: string, names: ReadonlyMap<string, string>): string {
  return text.lane(lookOf(author).name, names.get(author) ?? '')
}

/** Whose lane the pointer is over, or whose lanes are folded there. */
export function sayHead({ folded, authors, more }: LaneHead, names: ReadonlyMap<string, string>): string {
  const said = authors.map((author) => sayLane(author, names)).join(', ')
  return folded ? text.foldedLanes(said, more) : said
}

/** The element that stands for an op; the graph's listbox points at the selected one. */
export const optionId = (id: string): string => `graph-op-${id}`

/** The options of the graph's listbox. */
export function GraphMirror({ drawn, selected, onSelect }: MirrorProps) {
  return (
    <div className="graph-mirror">
      {drawn.seen.map((op) => (
        <button
          key={op.id}
          id={optionId(op.id)}
          type="button"
          role="option"
          tabIndex={-1}
          aria-selected={op.id === selected}
          onClick={() => onSelect(op.id)}
        >
          {sayOp(op)}
        </button>
      ))}
    </div>
  )
}

interface GrowthProps extends Pick<MirrorProps['drawn'], 'ops' | 'hidden' | 'authors' | 'folded' | 'foldedAuthors'> {
  /** What authors call themselves. */
  readonly names: ReadonlyMap<string, string>
}

/** Names the lanes, and says, at a measured pace, how much the graph grew. */
export function GraphGrowth({ ops, hidden, authors, folded, foldedAuthors, names }: GrowthProps) {
  const sayLanes = (all: readonly string[]): string => all.map((author) => sayLane(author, names)).join(', ')
  const [said, setSaid] = useState('')
  const latest = useRef(ops)
  useEffect(() => {
    latest.current = ops
  }, [ops])
  useEffect(() => {
    let last = latest.current
    const timer = setInterval(() => {
      if (latest.current > last) setSaid(text.grown(latest.current - last))
      last = latest.current
    }, ANNOUNCE_EVERY)
    return () => clearInterval(timer)
  }, [])
  return (
    <div className="graph-mirror">
      {authors.length > 0 && <p>{text.lanes(sayLanes(authors), sayLanes(foldedAuthors), folded - foldedAuthors.length)}</p>}
      {hidden > 0 && <p>{text.hidden(hidden)}</p>}
      <p aria-live="polite">{said}</p>
    </div>
  )
}
