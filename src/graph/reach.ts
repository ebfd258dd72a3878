/**
 * The causal relations of one op: its causal past, the ops that have it in theirs (its future), and the concurrent ops (the rest). Marks
 * are kept for every op and grow with the DAG. O(ops + edges) to make, O(parents) for each new op.
 */
import { type Layout, NONE } from './layout.ts'

export const REST = 0
export const PAST = 1
export const FUTURE = 2
export const CHOSEN = 3

export interface Reach {
  readonly op: number
  /** REST, PAST, FUTURE or CHOSEN of each op. */
  marks: Uint8Array
  /** Ops marked so far, counted. */
  ops: number
  past: number
  future: number
}

/** Past and future of `op`. */
export function createReach(layout: Layout, op: number): Reach {
  const marks = new Uint8Array(layout.ops)
  const reach: Reach = { op, marks, ops: layout.ops, past: 0, future: 0 }
  const stack = [op]
  while (stack.length > 0) {
    const at = stack.pop()!
    for (let e = layout.parentStart[at]!; e < layout.parentStart[at + 1]!; e++) {
      const parent = layout.edgeParent[e]!
      if (marks[parent] !== REST) continue
      marks[parent] = PAST
      reach.past++
      stack.push(parent)
    }
  }
  stack.push(op)
  while (stack.length > 0) {
    for (let e = layout.firstChildEdge[stack.pop()!]!; e !== NONE; e = layout.nextChildEdge[e]!) {
      const child = layout.edgeChild[e]!
      if (marks[child] !== REST) continue
      marks[child] = FUTURE
      reach.future++
      stack.push(child)
    }
  }
  marks[op] = CHOSEN
  return reach
}

/** Takes in the ops that arrived since: a new op is in the future when a parent of it is, or is the chosen one. */
export function extendReach(reach: Reach, layout: Layout): void {
  if (reach.marks.length < layout.ops) {
    const bigger = new Uint8Array(Math.max(layout.ops, reach.marks.length * 2))
    bigger.set(reach.marks)
    reach.marks = bigger
  }
  for (let op = reach.ops; op < layout.ops; op++) {
    for (let e = layout.parentStart[op]!; e < layout.parentStart[op + 1]!; e++) {
      if (reach.marks[layout.edgeParent[e]!]! < FUTURE) continue
      reach.marks[op] = FUTURE
      reach.future++
      break
    }
  }
  reach.ops = layout.ops
}
