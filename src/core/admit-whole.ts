/** The usual case of `replica.ts` in one pass: a unit in which all ops are new and valid, and have their parents. */
import { append, type Dag, numberOf, numberOfAuthor, truncate } from './dag.ts'
import { equalBytes } from './bytes.ts'
import type { Op, OpId } from './op.ts'
import type { Replica } from './replica.ts'
import type { StructureRefusal } from './result.ts'
import { keyOf, type Unit } from './unit.ts'

/**
 * Admits the unit as it is, or nothing of it: then false, and the DAG is as it was. False does not say that the unit is bad, only that
 * `replica.ts` must look at each op. The result is the same as that of the rules of `replica.ts`. O(parents).
 */
export function admitWhole(replica: Replica, unit: Unit): boolean {
  // This comes first: if an op of another author were appended and taken back, the state of its author would change.
  if (!isVouchedFor(unit)) return false
  const { dag } = replica
  const start = dag.length
  for (let place = 0; place < unit.length; place++) {
    if (admitNext(replica, unit, place)) continue
    truncate(dag, start)
    return false
  }
  return true
}

function admitNext({ dag, room, judge }: Replica, unit: Unit, place: number): boolean {
  const { op, id } = unit[place]!
  if (!equalBytes(op.room ?? id, room) || numberOf(dag, id) >= 0) return false
  const before = place === 0 ? null : unit[place - 1]!.id
  const parents: number[] = []
  let prev = -1
  if (op.prev !== null) {
    prev = parentNumber(dag, op.prev, before)
    if (prev < 0 || checkPrev(dag, op, prev) !== null) return false
    parents.push(prev)
  }
  for (const dep of op.deps) {
    const number = parentNumber(dag, dep, before)
    if (number < 0) return false
    parents.push(number)
  }
  if (judge(op, { dag, parents }) !== null) return false
  append(dag, { id, author: op.author, seq: op.seq, prev, parents })
  return true
}

/** The rule that an op breaks whose prev is held, as op `prev`; null if the op follows it. */
export function checkPrev(dag: Dag, op: Op, prev: number): StructureRefusal | null {
  const own = numberOfAuthor(dag, op.author)
  if (own < 0 || dag.author[prev] !== own) return 'prev-not-own'
  return dag.seq[prev]! + 1 === op.seq ? null : 'seq-gap'
}

/** Number of a parent, or −1. It is mostly the op just before, and then often the same array. */
const parentNumber = (dag: Dag, parent: OpId, before: OpId | null): number => (parent === before ? dag.length - 1 : numberOf(dag, parent))

/** Whether every op is signed, or the prev of another one of the unit; the prev of an op is by its author, else the op is invalid. O(ops). */
function isVouchedFor(unit: Unit): boolean {
  let prevs: Set<string> | null = null
  for (const [place, { id, signature }] of unit.entries()) {
    if (signature !== null) continue
    const next = unit[place + 1]?.op.prev ?? null
    if (next !== null && equalBytes(next, id)) continue
    prevs ??= new Set(unit.flatMap(({ op: { prev } }) => (prev === null ? [] : [keyOf(prev)])))
    if (!prevs.has(keyOf(id))) return false
  }
  return true
}
