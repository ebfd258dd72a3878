/** For tests: a room whose founder signs what it likes, with a real key, and its ops as a file that any node of the room can read. */
import { compareBytes } from '../core/bytes.ts'
import { publicKeyOf, signedBytes, signPure } from '../core/keys.ts'
import { hashOp, type Op } from '../core/op.ts'
import type { Unit, UnitOp } from '../core/unit.ts'
import { type Body, encodeBody } from '../crdt/body.ts'
import { OPEN } from '../rules/open.ts'
import { encodeBundle } from '../sync/bundle.ts'
import { encodeFile, wrapBundle } from '../sync/wrap.ts'
import type { RoomLink } from './link.ts'

const SEED = new Uint8Array(32).fill(77)
const author = publicKeyOf(SEED)

function opOf(fields: Pick<Op, 'room' | 'seq' | 'prev' | 'deps'>, body: Body, isSigned = true): UnitOp {
  const op: Op = { ...fields, author, time: 1_763_800_000, body: encodeBody(body) }
  const id = hashOp(op)
  return { op, id, signature: isSigned ? signPure(SEED, signedBytes(id)) : null }
}

export const GENESIS = opOf({ room: null, seq: 0, prev: null, deps: [] }, { kind: 'genesis', name: 'a room', ...OPEN })
export const LINK: RoomLink = { genesis: GENESIS.id, secret: new Uint8Array(32).fill(78) }

/** The founder's op after `prev`. */
export const says = (text: string, { op, id }: UnitOp = GENESIS, isSigned = true): UnitOp =>
  opOf({ room: GENESIS.id, seq: op.seq + 1, prev: id, deps: [] }, { kind: 'message', text }, isSigned)

/** Another first op of the founder: a rival of the genesis. */
export const restarts = (text: string): UnitOp =>
  opOf({ room: GENESIS.id, seq: 0, prev: null, deps: [GENESIS.id].sort(compareBytes) }, { kind: 'message', text })

/** A chain of so many ops with texts of this length, of which the last is signed: one unit. */
export function chainOf(text: string, length: number, size = 0): UnitOp[] {
  const chain: UnitOp[] = []
  while (chain.length < length)
    chain.push(says(`${text} ${chain.length} ${'x'.repeat(size)}`, chain.at(-1) ?? GENESIS, chain.length === length - 1))
  return chain
}

/** A file of these units, a bundle each. */
export const fileOf = (...units: Unit[]): Uint8Array => encodeFile(units.map((unit) => wrapBundle('raw', encodeBundle([unit]))))
