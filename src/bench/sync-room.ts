/**
 * Rooms for the suite "sync": a history that two nodes share, and what each of them has beyond it. Real ops with real ids; the
 * signatures are stand-ins that nobody could compress, which take the time of a hash.
 */
import { createHash } from 'node:crypto'
import { compareBytes, equalBytes } from '../core/bytes.ts'
import { signedBytes } from '../core/keys.ts'
import { MAX_UNIT_OPS } from '../core/limits.ts'
import { type Author, hashOp, type Op, type OpId } from '../core/op.ts'
import { keyOf, type Unit, type UnitOp } from '../core/unit.ts'
import { encodeBody } from '../crdt/body.ts'
import { OPEN } from '../rules/open.ts'
import { identityNumber } from '../sim/identity.ts'
import type { Random } from '../sim/random.ts'

/** How many ops an author writes in a row, on average. */
const BURST = 8
/** How many ops are written without having seen the latest of the others. */
const CONCURRENT = 0.05
/** An op every so many seconds. */
const PACE = 7

const WORDS = 'a room is a graph of ops that nobody owns and everybody can check on their own'.split(' ')

export type HashedOp = Omit<UnitOp, 'signature'>

/** What writers go on from: each one's latest op, and the ops that nobody has followed yet. */
export interface Ends {
  readonly latest: Map<number, HashedOp>
  heads: readonly HashedOp[]
  time: number
}

/** 64 bytes that look like a signature. */
export const standIn = (author: Author, message: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha512').update(author).update(message).digest())

export const isStandIn = (signature: Uint8Array, author: Author, message: Uint8Array): boolean =>
  equalBytes(signature, standIn(author, message))

/** A room's genesis, by author 0, and its ends. */
export function foundRoom(): { readonly genesis: HashedOp; readonly ends: Ends } {
  const body = encodeBody({ kind: 'genesis', name: 'bench', ...OPEN })
  const genesis = hashed({ room: null, author: identityNumber(0).author, seq: 0, prev: null, deps: [], time: 0, body })
  return { genesis, ends: { latest: new Map([[0, genesis]]), heads: [genesis], time: 0 } }
}

export const copyOf = ({ latest, heads, time }: Ends): Ends => ({ latest: new Map(latest), heads, time })

/**
 * Writes `count` ops, one at a time, and moves the ends: an author writes a few in a row, mostly on top of everything there is,
 * sometimes on top of its own last op alone. O(1) hashes an op.
 */
export function* write(random: Random, ends: Ends, room: OpId, authors: readonly number[], count: number): Generator<HashedOp> {
  let author = random.pick(authors)
  for (let i = 0; i < count; i++) {
    if (random.chance(1 / BURST)) author = random.pick(authors)
    yield writeOne(random, ends, room, author)
  }
}

function writeOne(random: Random, ends: Ends, room: OpId, author: number): HashedOp {
  const prev = ends.latest.get(author)
  const isAlone = prev !== undefined && random.chance(CONCURRENT)
  const deps = isAlone ? [] : ends.heads.filter((head) => head !== prev)
  ends.time += PACE
  const text = Array.from({ length: 1 + random.below(8) }, () => random.pick(WORDS)).join(' ')
  const op = hashed({
    room,
    author: identityNumber(author).author,
    seq: prev === undefined ? 0 : prev.op.seq + 1,
    prev: prev?.id ?? null,
    deps: deps.map(({ id }) => id).sort(compareBytes),
    time: ends.time,
    body: encodeBody({ kind: 'message', text }),
  })
  ends.latest.set(author, op)
  ends.heads = [...(isAlone ? ends.heads.filter((head) => head !== prev) : []), op]
  return op
}

const hashed = (op: Op): HashedOp => ({ op, id: hashOp(op) })

/** An op as it is when it is new: signed, alone. */
export const live = (op: HashedOp): Unit => [{ ...op, signature: standIn(op.op.author, signedBytes(op.id)) }]

/** Ops in order as the fewest units, each with the fewest signatures that the rule asks: of whatever is no unit-mate's prev. */
export function merged(ops: readonly HashedOp[]): Unit[] {
  const units: Unit[] = []
  for (let at = 0; at < ops.length; at += MAX_UNIT_OPS) {
    const part = ops.slice(at, at + MAX_UNIT_OPS)
    const followed = new Set(part.flatMap(({ op }) => (op.prev === null ? [] : [keyOf(op.prev)])))
    units.push(part.map((each) => (followed.has(keyOf(each.id)) ? { ...each, signature: null } : live(each)[0]!)))
  }
  return units
}
