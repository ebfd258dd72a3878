/** Bundles to begin with: whole ones, and ones with ops, columns or bytes bent. */
import { equalBytes } from '../../core/bytes.ts'
import { encodeValue } from '../../core/cbor.ts'
import { MAX_BODY_BYTES, MAX_UNIT_OPS } from '../../core/limits.ts'
import type { OpId } from '../../core/op.ts'
import type { Unit, UnitOp } from '../../core/unit.ts'
import { encodeBundle, MAX_BUNDLE_BYTES } from '../../sync/bundle.ts'
import { isItem } from '../../sync/bodies.ts'
import { wrapBundle } from '../../sync/wrap.ts'
import type { Random } from '../random.ts'
import { bomb, squeeze } from '../squeeze.ts'
import { bendBytes } from './bend-bytes.ts'
import { bendColumns } from './bend-columns.ts'
import { bendOp, bendUnits } from './bend-ops.ts'
import { anAuthor, ghost, nextOp, type Room, ROOMS, signed, unsigned } from './corpus.ts'

/** Up to four neighbouring units of a room. */
export function someUnits(random: Random, { units }: Room): readonly Unit[] {
  const from = random.below(units.length)
  return units.slice(from, from + 1 + random.below(4))
}

/** What of the units is of the first op's room, as a bundle: it holds one room, and bodies that are at least one item. */
export function encodeOneRoom(units: readonly Unit[]): Uint8Array {
  const roomOf = ({ op, id }: UnitOp): OpId => op.room ?? id
  const first = units[0]?.[0]
  if (first === undefined) return encodeBundle([])
  const kept = units.map((unit) => unit.filter((each) => equalBytes(roomOf(each), roomOf(first)) && isItem(each.op.body)))
  return encodeBundle(kept.filter((unit) => unit.length > 0))
}

/** A bundle as it is, or with ops, columns or bytes bent. */
export function aBundle(random: Random, room: Room = random.pick(ROOMS)): Uint8Array {
  if (random.chance(0.0015)) return aLargeBundle(random, room)
  if (random.chance(0.45)) return encodeOneRoom(bendUnits(random, someUnits(random, room)))
  const bytes = random.pick(room.bundles)
  const kind = random.next()
  if (kind < 0.15) return bytes
  return kind < 0.8
    ? bendColumns(random, bytes, random.pick(random.pick(ROOMS).bundles))
    : bendBytes(random, bytes, random.pick(room.bundles))
}

/** At, or just over, one of the limits. */
function aLargeBundle(random: Random, room: Room): Uint8Array {
  const long = (ops: number, body?: Uint8Array): Unit => chain(room, random, ops, body)
  return random.pick([
    () => encodeBundle([long(MAX_UNIT_OPS + random.below(2))]),
    () => encodeBundle([long(15 + random.below(4), encodeValue(new Uint8Array(MAX_BODY_BYTES - 3)))]),
    () => new Uint8Array(MAX_BUNDLE_BYTES + random.below(2)).fill(2),
    () => encodeBundle([wide(room, random)]),
  ])()
}

/** So many ops of one author, one after the other; the last one signed. */
function chain({ ops }: Room, random: Random, length: number, body?: Uint8Array): Unit {
  const first = { ...nextOp(random, ops, anAuthor(random)), deps: [ghost(random)] }
  const out = [unsigned(first)]
  while (out.length < length) {
    const last = out.at(-1)!
    out.push(unsigned({ ...last.op, seq: last.op.seq + 1, prev: last.id, deps: [], body: body ?? last.op.body }))
  }
  return [...out.slice(0, -1), signed(out.at(-1)!.op)]
}

/** An op with as many deps as may be, or one more. */
function wide({ ops }: Room, random: Random): Unit {
  return [
    signed(
      bendOp(random, { ...nextOp(random, ops, anAuthor(random)), deps: Array.from({ length: 64 + random.below(2) }, () => ghost(random)) }),
    ),
  ]
}

/** A bundle as it travels, raw or deflated. */
export function aWrapped(random: Random, room: Room = random.pick(ROOMS)): Uint8Array {
  const raw = aBundle(random, room)
  const wrapped = random.chance(0.5) ? wrapBundle('raw', raw) : wrapBundle('deflate', random.chance(0.02) ? bomb(2 ** 31) : squeeze(raw))
  return random.chance(0.9) ? wrapped : bendBytes(random, wrapped, raw)
}
