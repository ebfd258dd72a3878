/**
 * Seen by: an op by x with o in its causal past is x's signed statement to have seen o. One bit per (author, op), set by
 * walking each new op's past until it meets what its author had seen already: every edge is walked once an author, so the
 * cost in all is O(edges × authors) and the memory ops × authors / 8 bytes.
 */
import type { Dag } from './dag.ts'

/** Authors whose receipts are tracked, in order of appearance: at 1,000,000 ops these cost 8 MB. Later ones are not counted. */
export const MAX_WITNESSES_TRACKED = 64

export interface Seen {
  readonly dag: Dag
  /** Ops taken in. */
  length: number
  readonly bits: Uint8Array[]
}

export function createSeen(dag: Dag): Seen {
  return { dag, length: 0, bits: [] }
}

/** Numbers of the authors, other than its own, who have seen `op`. O(authors), after taking in what is new. */
export function seenBy(seen: Seen, op: number): number[] {
  while (seen.length < seen.dag.length) take(seen, seen.length++)
  const out: number[] = []
  for (let author = 0; author < seen.bits.length; author++) {
    if (author !== seen.dag.author[op] && has(seen.bits[author]!, op)) out.push(author)
  }
  return out
}

function take(seen: Seen, op: number): void {
  const { dag } = seen
  const author = dag.author[op]!
  if (author >= MAX_WITNESSES_TRACKED) return
  while (seen.bits.length <= author) seen.bits.push(new Uint8Array(64))
  if (op >= seen.bits[author]!.length * 8) {
    const grown = new Uint8Array(Math.max(seen.bits[author]!.length * 2, (op >> 3) + 1))
    grown.set(seen.bits[author]!)
    seen.bits[author] = grown
  }
  const bits = seen.bits[author]!
  const stack = [op]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (has(bits, next)) continue
    bits[next >> 3]! |= 1 << (next & 7)
    for (let edge = dag.parentStart[next]!; edge < dag.parentStart[next + 1]!; edge++) {
      const parent = dag.parent[edge]!
      if (!has(bits, parent)) stack.push(parent)
    }
  }
}

const has = (bits: Uint8Array, op: number): boolean => ((bits[op >> 3] ?? 0) & (1 << (op & 7))) !== 0
