/**
 * The protocol's definitions in their own words, from scratch and slowly: the admitted set, depth, heads, history,
 * equivocations. Nothing here uses the engine's structures.
 */
import { compareBytes, equalBytes } from '../core/bytes.ts'
import type { OpId } from '../core/op.ts'
import { keyOf, type UnitOp } from '../core/unit.ts'

/** Whether a body is one that the room takes. */
export type Accepts = (unitOp: UnitOp) => boolean

const parentsOf = ({ op }: UnitOp): readonly OpId[] => (op.prev === null ? op.deps : [op.prev, ...op.deps])

/**
 * The largest set T of these ops in which every op is valid, has all its parents in T, and carries its author's signature
 * (`isSigned`) or is prev of an op in T by the same author: start from all, strike out whoever breaks a rule, until nobody does.
 */
export function admittedSet(
  ops: Iterable<UnitOp>,
  room: OpId,
  isSigned: (unitOp: UnitOp) => boolean,
  accepts: Accepts,
): Map<string, UnitOp> {
  const set = new Map<string, UnitOp>()
  for (const unitOp of ops) set.set(keyOf(unitOp.id), unitOp)
  for (;;) {
    const vouched = new Set<string>()
    for (const { op } of set.values()) {
      const prev = op.prev === null ? undefined : set.get(keyOf(op.prev))
      if (prev !== undefined && equalBytes(prev.op.author, op.author)) vouched.add(keyOf(prev.id))
    }
    const struck = [...set].filter(([key, unitOp]) => !mayStay(unitOp, set, room, accepts) || !(isSigned(unitOp) || vouched.has(key)))
    if (struck.length === 0) return set
    for (const [key] of struck) set.delete(key)
  }
}

function mayStay(unitOp: UnitOp, set: ReadonlyMap<string, UnitOp>, room: OpId, accepts: Accepts): boolean {
  const { op, id } = unitOp
  if (!equalBytes(op.room ?? id, room) || !accepts(unitOp)) return false
  if (!parentsOf(unitOp).every((parent) => set.has(keyOf(parent)))) return false
  if (op.prev === null) return op.seq === 0
  const prev = set.get(keyOf(op.prev))!.op
  return equalBytes(prev.author, op.author) && prev.seq + 1 === op.seq
}

export interface View {
  /** By id. */
  readonly depth: ReadonlyMap<string, number>
  /** Sorted by (depth, id). */
  readonly history: readonly UnitOp[]
  /** Sorted by id. */
  readonly heads: readonly OpId[]
  /** Ops of every (author, seq) that has more than one. */
  readonly equivocations: readonly (readonly UnitOp[])[]
}

/** What an admitted set means, op by op in the order given, which must be topological. */
export function viewOf(ops: readonly UnitOp[]): View {
  const depth = new Map<string, number>()
  const heads = new Map<string, OpId>()
  const bySeq = new Map<string, UnitOp[]>()
  for (const unitOp of ops) {
    const key = keyOf(unitOp.id)
    let deepest = -1
    for (const parent of parentsOf(unitOp)) {
      deepest = Math.max(deepest, depth.get(keyOf(parent))!)
      heads.delete(keyOf(parent))
    }
    depth.set(key, deepest + 1)
    heads.set(key, unitOp.id)
    const place = `${keyOf(unitOp.op.author)} ${unitOp.op.seq}`
    const there = bySeq.get(place)
    if (there === undefined) bySeq.set(place, [unitOp])
    else there.push(unitOp)
  }
  return {
    depth,
    history: ops.toSorted((a, b) => depth.get(keyOf(a.id))! - depth.get(keyOf(b.id))! || compareBytes(a.id, b.id)),
    heads: [...heads.values()].sort(compareBytes),
    equivocations: [...bySeq.values()].filter((twins) => twins.length > 1),
  }
}

/** The ops in a random order that has parents before children. */
export function randomOrder(set: ReadonlyMap<string, UnitOp>, below: (n: number) => number): UnitOp[] {
  const waiting = new Map<string, number>()
  const children = new Map<string, UnitOp[]>()
  const ready: UnitOp[] = []
  for (const [key, unitOp] of set) {
    const parents = parentsOf(unitOp)
    if (parents.length === 0) ready.push(unitOp)
    waiting.set(key, parents.length)
    for (const parent of parents) {
      const known = children.get(keyOf(parent))
      if (known === undefined) children.set(keyOf(parent), [unitOp])
      else known.push(unitOp)
    }
  }
  const out: UnitOp[] = []
  while (ready.length > 0) {
    const i = below(ready.length)
    const next = ready[i]!
    ready[i] = ready.at(-1)!
    ready.pop()
    out.push(next)
    for (const child of children.get(keyOf(next.id)) ?? []) {
      const left = waiting.get(keyOf(child.id))! - 1
      waiting.set(keyOf(child.id), left)
      if (left === 0) ready.push(child)
    }
  }
  return out
}
