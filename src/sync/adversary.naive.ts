/**
 * Whoever holds the room's secret and means harm: says anything to anyone under any sender value, signs what it likes with
 * its own keys, and keeps no rule.
 */
import { compareBytes, toHex } from '../core/bytes.ts'
import { opId, sha256 } from '../core/hash.ts'
import { signedBytes } from '../core/keys.ts'
import { asOpId, type Author, encodeOp, type Op, type OpId } from '../core/op.ts'
import type { Unit, UnitOp } from '../core/unit.ts'
import { encodeBody } from '../crdt/body.ts'
import { encodeBundle, wrapBundle } from './bundle.ts'
import { authorNamed, give, mockSign, type TestNode, type World } from './driver.naive.ts'
import { encodeMessage, type Message } from './messages.ts'

/** The wire's name of an adversary. */
export const senderNamed = (name: string): string => toHex(authorNamed(`sender ${name}`))

export const ghostId = (n: number): OpId => asOpId(sha256(encodeBody({ kind: 'message', text: `ghost ${n}` })))

/** An op of `author`, signed by it, or by nobody, or badly. */
export function craft(op: Op, signing: 'good' | 'bad' | 'none' = 'good'): UnitOp {
  const bytes = encodeOp(op)
  const id = opId(bytes)
  const signature =
    signing === 'none' ? null : mockSign(op.author, signedBytes(signing === 'good' ? id : (op.author as Uint8Array as OpId)))
  return { op, id, bytes, signature }
}

/** A message of `author` after `prev` and `deps` (at least one of them). */
export function message(
  room: OpId,
  author: Author,
  prev: UnitOp | null,
  deps: readonly OpId[],
  text: string,
  bent: Partial<Op> = {},
): UnitOp {
  const chain = { seq: prev === null ? 0 : prev.op.seq + 1, prev: prev?.id ?? null, deps: [...deps].sort(compareBytes) }
  return craft({ room, author, ...chain, time: 0, body: encodeBody({ kind: 'message', text }), ...bent })
}

export const bundleOf = (...units: Unit[]): Uint8Array => wrapBundle('raw', encodeBundle(units))

export function tell(world: World, to: TestNode, from: string, said: Message | Uint8Array): void {
  give(world, to, { type: 'bytes', from, bytes: said instanceof Uint8Array ? said : encodeMessage(said) })
}

export function push(world: World, to: TestNode, from: string, ...units: Unit[]): void {
  tell(world, to, from, { type: 'units', ref: 0, bundle: bundleOf(...units), last: true, left: 0 })
}
