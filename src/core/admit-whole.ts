/** The usual case of `replica.ts` in one pass: a unit all of whose ops are new, have their parents, and are valid. */
import { append, type Dag, numberOf, numberOfAuthor, truncate } from './dag.ts'
import { equalBytes } from './bytes.ts'
import type { Op, OpId } from './op.ts'
import type { Replica } from './replica.ts'
import type { StructureRefusal } from './result.ts'
import type { Unit } from './unit.ts'

/**
 * Admits the unit as it is, or nothing of it: then false, and the DAG is as it was. False says nothing about the unit but that it is
 * to be looked at with more care. What is admitted is what the rules of `replica.ts` admit. O(parents).
 */
export function admitWhole(replica: Replica, unit: Unit): boolean {
  const { dag } = replica
  const start = dag.length
  for (let place = 0; place < unit.length; place++) {
    if (admitNext(replica, unit, place)) continue
    truncate(dag, start)
    return false
  }
  if (isVouchedFor(dag, unit, start)) return true
  truncate(dag, start)
  return false
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

/** What is wrong with an op whose prev is held, as op `prev`; null if it goes on from there. */
export function checkPrev(dag: Dag, op: Op, prev: number): StructureRefusal | null {
  const own = numberOfAuthor(dag, op.author)
  if (own < 0 || dag.author[prev] !== own) return 'prev-not-own'
  return dag.seq[prev]! + 1 === op.seq ? null : 'seq-gap'
}

/** Number of a parent, or −1. It is mostly the op just before, and then often the same array. */
const parentNumber = (dag: Dag, parent: OpId, before: OpId | null): number => (parent === before ? dag.length - 1 : numberOf(dag, parent))

/** Whether every op is signed, or the prev of another of these (which are all of one author then: that was checked). */
function isVouchedFor(dag: Dag, unit: Unit, start: number): boolean {
  const vouched = new Uint8Array(unit.length)
  for (let place = unit.length - 1; place >= 0; place--) {
    if (unit[place]!.signature === null && vouched[place] === 0) return false
    const prev = dag.prev[start + place]! - start
    if (prev >= 0) vouched[prev] = 1
  }
  return true
}
