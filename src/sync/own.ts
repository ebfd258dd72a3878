/** This node's own ops in its replica. */
import { compareOps, numberOfAuthor, tipsOf } from '../core/dag.ts'
import type { Engine } from './state.ts'

/** This node's latest own op, or −1. If its key has forked: the own op that comes last in the history. O(own tips). */
export function ownTip({ replica: { dag }, author }: Engine): number {
  let latest = -1
  for (const tip of tipsOf(dag, numberOfAuthor(dag, author))) if (latest < 0 || compareOps(dag, tip, latest) > 0) latest = tip
  return latest
}

/** How many own ops are stored, on the chain that this node continues. O(ops that are not stored yet). */
export function ownStored(engine: Engine): number {
  const { dag } = engine.replica
  let op = ownTip(engine)
  while (op >= engine.stored) op = dag.prev[op]!
  return op < 0 ? 0 : dag.seq[op]! + 1
}
