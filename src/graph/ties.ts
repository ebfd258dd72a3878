/**
 * Ties: which ops of one author and one seq are tied together in the picture. Each is tied to the least of them in the order of the history,
 * so that nodes with equal ops draw the same, in whatever order the ops came.
 */
import { compareOps, type Layout } from './layout.ts'

/** Ties that are kept, the latest in the order of the history: an author can equivocate any number of times. */
export const MAX_TIES_KEPT = 4_096

export interface Ties {
  /** Of each op that has rivals: the one of them that came here first, which stands for all of them. */
  readonly forked: Map<number, number>
  /** By that op: the least of them. */
  readonly least: Map<number, number>
  /** The others, in the order of the history. */
  readonly others: number[]
}

export const createTies = (): Ties => ({ forked: new Map(), least: new Map(), others: [] })

/**
 * Adds an op that has the author and seq of an op that came before it; `first` came before all of them. O(log MAX_TIES_KEPT), and moving
 * these.
 */
export function addTie({ forked, least, others }: Ties, layout: Layout, first: number, op: number): void {
  const before = least.get(first) ?? first
  const isLess = compareOps(layout, op, before) < 0
  forked.set(first, first).set(op, first)
  least.set(first, isLess ? op : before)
  keep(layout, others, isLess ? before : op)
}

function keep(layout: Layout, others: number[], op: number): void {
  let [from, to] = [0, others.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (compareOps(layout, others[middle]!, op) < 0) from = middle + 1
    else to = middle
  }
  if (from === 0 && others.length === MAX_TIES_KEPT) return
  others.splice(from, 0, op)
  if (others.length > MAX_TIES_KEPT) others.shift()
}

/** The ties, the latest first: an op, and the op to which it is tied. */
export function* tiesOf({ forked, least, others }: Ties): Generator<readonly [number, number], void> {
  for (let i = others.length - 1; i >= 0; i--) yield [others[i]!, least.get(forked.get(others[i]!)!)!]
}
