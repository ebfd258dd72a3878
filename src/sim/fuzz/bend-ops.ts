/** Harm to ops and units that are well-formed: what a member of the room can make with its own keys and a broken will. */
import { encodeBody } from '../../crdt/body.ts'
import { MAX_BODY_BYTES, MAX_DEPS, SIGNATURE_BYTES } from '../../core/limits.ts'
import { asAuthor, type Op } from '../../core/op.ts'
import type { Unit, UnitOp } from '../../core/unit.ts'
import { encodeValue } from '../../core/cbor.ts'
import type { Random } from '../random.ts'
import { bendCbor } from './bend-cbor.ts'
import { aBody, anAuthor, anOp, ascending, aValueBytes, ghost, signed, unsigned } from './corpus.ts'

const COUNTS = [0, 1, 2, 23, 24, 255, 256, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1]

/** The op with one field, sometimes more, of another op or of none. */
export function bendOp(random: Random, op: Op): Op {
  const bent = { ...op, ...fieldsOf(random, op) }
  return random.chance(0.2) ? bendOp(random, bent) : bent
}

function fieldsOf(random: Random, op: Op): Partial<Op> {
  const other = anOp(random)
  switch (random.below(14)) {
    case 0:
      return { room: random.pick([null, other.op.room, ghost(random)]) }
    case 1:
      return { author: anAuthor(random) }
    case 2:
      return { author: asAuthor(random.pick([new Uint8Array(32), new Uint8Array(32).fill(0xff), random.bytes(32)])) }
    case 3:
      return { seq: random.pick([Math.max(0, op.seq - 1), Math.min(op.seq + 1, 2 ** 53 - 1), random.pick(COUNTS)]) }
    case 4:
      return { prev: random.pick([null, other.id, ghost(random)]) }
    case 5:
      return { prev: null, seq: 0, deps: ascending([other.id]) }
    case 6:
      return { deps: [...op.deps, random.pick([other.id, ...op.deps])] }
    case 7:
      return { deps: ascending([...op.deps, random.chance(0.5) ? other.id : ghost(random)]) }
    case 8:
      return { deps: op.prev === null ? [] : ascending([...op.deps, op.prev]) }
    case 9:
      return random.chance(0.7)
        ? { deps: [] }
        : { deps: ascending(Array.from({ length: MAX_DEPS + random.below(2) }, () => ghost(random))) }
    case 10:
      return { time: random.pick(COUNTS) }
    case 11:
      return {
        body: random.pick([
          () => aValueBytes(random),
          () => encodeValue([random.pick([4, 99, -1]), 'x']),
          () => bendCbor(random, op.body, other.op.body),
        ])(),
      }
    case 12:
      return random.chance(0.02)
        ? { body: encodeValue(new Uint8Array(MAX_BODY_BYTES - random.below(8))) }
        : { body: encodeBody(aBody(random)) }
    default:
      return { room: null, seq: 0, prev: null, deps: [] }
  }
}

/** Units with ops dropped, repeated, moved, made anew, or from elsewhere, and signatures stripped or spoilt. */
export function bendUnits(random: Random, units: readonly Unit[]): Unit[] {
  let out = [...units]
  for (let bends = 1 + random.below(3); bends > 0; bends--) out = bendOnce(random, out).filter((unit) => unit.length > 0)
  return out
}

function bendOnce(random: Random, units: readonly Unit[]): Unit[] {
  const at = random.below(units.length)
  const unit = units[at]
  if (unit === undefined) return [[anOp(random)]]
  const second = random.below(units.length)
  switch (random.below(10)) {
    case 0:
      return units.toSpliced(at, 1)
    case 1:
      return units.toSpliced(second, 0, unit)
    case 2:
      return units.with(at, units[second]!).with(second, unit)
    case 3:
      return units.toSpliced(at, 2, units.slice(at, at + 2).flat())
    case 4: {
      const cut = random.below(unit.length)
      return units.toSpliced(at, 1, unit.slice(0, cut), unit.slice(cut))
    }
    default:
      return units.with(at, bendUnit(random, unit))
  }
}

function bendUnit(random: Random, unit: Unit): Unit {
  const at = random.below(unit.length)
  const unitOp = unit[at]!
  switch (random.below(12)) {
    case 0:
      return unit.toSpliced(at, 1)
    case 1:
      return unit.toSpliced(random.below(unit.length + 1), 0, unitOp)
    case 2:
      return [...unit.slice(at), ...unit.slice(0, at)]
    case 3:
      return unit.with(at, { ...unitOp, signature: null })
    case 4:
      return unit.with(at, badlySigned(random, unitOp))
    case 5:
      return unit.toSpliced(at, 0, anOp(random))
    case 6:
    case 7:
      return [...unit, childOf(random, unitOp)]
    default:
      return unit.with(at, made(random, bendOp(random, unitOp.op)))
  }
}

/** An op of the same author or another after this one, with something wrong now and then. */
function childOf(random: Random, { op, id }: UnitOp): UnitOp {
  const follows = random.chance(0.7)
  const child: Op = {
    room: op.room ?? id,
    author: random.chance(0.8) && follows ? op.author : anAuthor(random),
    seq: follows ? Math.min(op.seq + 1, 2 ** 53 - 1) : 0,
    prev: follows ? id : null,
    deps: follows ? [] : [id],
    time: op.time,
    body: encodeBody(aBody(random)),
  }
  return made(random, random.chance(0.4) ? bendOp(random, child) : child)
}

function made(random: Random, op: Op): UnitOp {
  const unitOp = random.chance(0.9) ? signed(op) : unsigned(op)
  return random.chance(0.1) ? badlySigned(random, unitOp) : unitOp
}

const badlySigned = (random: Random, unitOp: UnitOp): UnitOp => ({ ...unitOp, signature: random.bytes(SIGNATURE_BYTES) })
