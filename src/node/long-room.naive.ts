/** For tests: an open room of many ops with forks and merges, as nodes store it when ops come one by one. Signatures are fillers: disks are believed. */
import { createRandom } from '../core/bytes.naive.ts'
import { compareBytes } from '../core/bytes.ts'
import { publicKeyOf } from '../core/keys.ts'
import { hashOp, type Op, type OpId } from '../core/op.ts'
import type { UnitOp } from '../core/unit.ts'
import { encodeBody } from '../crdt/body.ts'
import { OPEN } from '../rules/open.ts'
import type { Segment } from '../store/store.ts'
import { encodeBundle } from '../sync/bundle.ts'
import { wrapBundle } from '../sync/wrap.ts'

const AUTHORS = [1, 2, 3, 4].map((n) => publicKeyOf(new Uint8Array(32).fill(n)))

/** One in so many ops goes on from an older op of its author: a fork. */
const FORK_EVERY = 50

/** `count` ops, parents before children, each said in `text` characters or so. */
export function longRoom(count: number, seed: number, text = 10): UnitOp[] {
  const random = createRandom(seed)
  const below = (n: number): number => Math.floor(random() * n)
  const ops: UnitOp[] = []
  const own: UnitOp[][] = AUTHORS.map(() => [])
  while (ops.length < count) {
    const author = ops.length === 0 ? 0 : below(AUTHORS.length)
    const mine = own[author]!
    const prev = mine.at(below(FORK_EVERY) === 0 ? -1 - below(Math.min(mine.length, 5)) : -1)
    const deps = new Map<string, OpId>()
    const wanted = ops.length === 0 ? 0 : prev === undefined ? 1 : below(3)
    for (let i = 0; i < wanted; i++) {
      const { id } = ops.at(-1 - below(Math.min(ops.length, 6)))!
      if (id !== prev?.id) deps.set(String(id), id)
    }
    const said = `${ops.length} ${'x'.repeat(below(2 * text))}`
    const op: Op = {
      room: ops[0]?.id ?? null,
      author: AUTHORS[author]!,
      seq: prev === undefined ? 0 : prev.op.seq + 1,
      prev: prev?.id ?? null,
      deps: [...deps.values()].sort(compareBytes),
      time: 1_700_000_000 + ops.length,
      body: encodeBody(ops.length === 0 ? { kind: 'genesis', name: 'a long room', ...OPEN } : { kind: 'message', text: said }),
    }
    const made = { op, id: hashOp(op), signature: new Uint8Array(64).fill(ops.length & 0xff) }
    mine.push(made)
    ops.push(made)
  }
  return ops
}

/** A segment for each op, the first of which is the node's `first`-th. */
export const singles = (ops: readonly UnitOp[], first = 0): Segment[] =>
  ops.map((op, i) => ({ first: first + i, count: 1, bytes: wrapBundle('raw', encodeBundle([[op]])) }))
