/** Rooms for tests: random DAGs with forks and merges, cut into units, from a seed and nothing else. */
import { encodeValue } from '../core/cbor.ts'
import { publicKeyOf } from '../core/keys.ts'
import { type Author, hashOp, type Op, type OpId } from '../core/op.ts'
import { compareBytes } from '../core/bytes.ts'
import type { Dag } from '../core/dag.ts'
import type { Unit, UnitOp } from '../core/unit.ts'
import type { Value } from '../core/value.ts'
import { createStoredHeads, type StoredHeads, takeInStored } from './stored-heads.ts'

/** Heads and tips of the first `stored` ops of a DAG. */
export function heldBy(dag: Dag, stored = dag.length): StoredHeads {
  const held = createStoredHeads(dag)
  takeInStored(held, stored)
  return held
}

/** The author of the seed whose bytes are all `n`. */
export const authorOf = (n: number): Author => publicKeyOf(new Uint8Array(32).fill(n))

const AUTHORS = [1, 2, 3, 4, 5].map(authorOf)

/** An op as a unit's member. The signature is a filler: bundles carry signatures and do not check them. */
export function unitOp(op: Op, isSigned = true): UnitOp {
  const id = hashOp(op)
  const signature = isSigned ? new Uint8Array(64).map((_, i) => id[i & 31]! ^ i) : null
  return { op, id, signature }
}

const bodyOf = (value: Value): Uint8Array => encodeValue(value)

/** A genesis by author 1. */
export const genesisOp = (): UnitOp =>
  unitOp({ room: null, author: AUTHORS[0]!, seq: 0, prev: null, deps: [], time: 1_700_000_000, body: bodyOf('room') })

/**
 * `count` ops after a genesis, in a topological order: `authors` of them write, each mostly after its own last op, sometimes
 * after an older one (a fork), now and then merging what others wrote.
 */
export function randomOps(random: () => number, count: number, authors = 3): UnitOp[] {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  const ops = [genesisOp()]
  const room = ops[0]!.id
  while (ops.length <= count) {
    const author = pick(AUTHORS.slice(0, authors))
    const own = ops.filter(({ op }) => op.author === author)
    const prev = own.length === 0 ? null : random() < 0.1 ? pick(own) : own.at(-1)!
    const deps = new Map<string, OpId>()
    const wanted = prev === null ? 1 : random() < 0.3 ? 1 + Math.floor(random() * 3) : 0
    for (let i = 0; i < wanted; i++) {
      const { id } = pick(ops)
      if (id !== prev?.id) deps.set(String(id), id)
    }
    ops.push(
      unitOp(
        {
          room,
          author,
          seq: prev === null ? 0 : prev.op.seq + 1,
          prev: prev?.id ?? null,
          deps: [...deps.values()].sort(compareBytes),
          time: random() < 0.02 ? Math.floor(random() * 2 ** 53) : ops.at(-1)!.op.time + Math.floor(random() * 20) - 5,
          body: bodyOf([1, 'x'.repeat(Math.floor(random() * 20)), ops.length]),
        },
        false,
      ),
    )
    if (ops.at(-1)!.op.time < 0) ops.pop()
  }
  return ops
}

/** Cuts ops into units of random sizes, and signs in each what is no unit-mate's prev (and now and then one more). */
export function cutIntoUnits(random: () => number, ops: readonly UnitOp[], longest = 20): Unit[] {
  const units: Unit[] = []
  for (let at = 0; at < ops.length;) {
    const unit = ops.slice(at, at + 1 + Math.floor(random() * longest))
    at += unit.length
    const prevs = new Set(unit.map(({ op }) => String(op.prev)))
    units.push(unit.map((each) => unitOp(each.op, !prevs.has(String(each.id)) || random() < 0.05)))
  }
  return units
}
