/**
 * A bundle: units of one room in order of admission, written by columns (`columns.ts`). The receiver rebuilds each op's canonical bytes
 * and hashes them. What it can work out is not sent. So authors, parents within the bundle, their seqs, and ids cost next to nothing, and
 * a typed text costs little more than its characters. Paths, exported files and the store's segments all carry this one format.
 */
import { bytesOf, type ByteWriter, giveBack, takeWriter } from '../core/byte-writer.ts'
import { compareBytes, equalBytes } from '../core/bytes.ts'
import { ID_BYTES, MAX_BODY_BYTES, MAX_UNIT_BYTES, SIGNATURE_BYTES } from '../core/limits.ts'
import { asOpId, checkOp, hashOp, type Op, type OpId, opLength } from '../core/op.ts'
import { ok, refuse, type Result } from '../core/result.ts'
import { newBytes } from '../core/slab.ts'
import type { Unit, UnitOp } from '../core/unit.ts'
import { type BodyReader, createBodyReader, isReadUp, readBody, writeBodies } from './bodies.ts'
import {
  type Columns,
  isOutside,
  isOutsidePrev,
  PREV_LAST,
  PREV_NONE,
  PREV_PARENT,
  readColumns,
  writeAllButBodies,
  MAX_BUNDLE_OPS,
} from './columns.ts'
import { placeOf, type Places, placesIn } from './places.ts'
import { takeApart } from './take-apart.ts'

/**
 * Columns of one bundle. The largest unit fits (1 MiB of canonical bytes, 64 KiB of signatures), and even undeflated it
 * fits a frame of 1.25 MiB with 4 KiB to spare for message and envelope. Bytes.
 */
export const MAX_BUNDLE_BYTES = 1_310_720 - 4_096

/**
 * Canonical bytes of a bundle's ops, summed. A dep costs a byte of columns and 34 canonical ones, and columns deflate a
 * thousandfold: this, with MAX_BUNDLE_OPS, bounds what a small message can make a node build and hash (about 0.1 s).
 */
export const MAX_BUNDLE_OP_BYTES = 4 * 1024 * 1024

/** What one bundle may hold: ops, their canonical bytes (`built`), and bytes of its columns. */
export interface BundleLimits {
  readonly ops: number
  readonly built: number
  readonly bytes: number
}

/** What any bundle may hold. */
export const WIDEST: BundleLimits = { ops: MAX_BUNDLE_OPS, built: MAX_BUNDLE_OP_BYTES, bytes: MAX_BUNDLE_BYTES }

/** More bytes than the counts and the room take. */
export const HEADER_COST = 64
/** More bytes than an op's columns take beyond its canonical bytes and its signature. */
export const OP_COST = 16

/**
 * At most what a unit adds to a bundle's columns: an op's canonical bytes outweigh its columns, so this is no estimate. As
 * long as the costs sum to at most `BUNDLE_BUDGET`, a bundle keeps all of its limits. Bytes.
 */
export function unitCost(unit: Unit): number {
  let cost = 0
  for (const { op, signature } of unit) cost += opLength(op) + OP_COST + (signature === null ? 0 : SIGNATURE_BYTES)
  return cost
}

export const BUNDLE_BUDGET = MAX_BUNDLE_BYTES - HEADER_COST

// — encoding ———————————————————————————————————————————————————————————————————————————————————————————————

/** The room of a bundle without ops. */
const NO_ROOM = asOpId(new Uint8Array(ID_BYTES))

/** The columns of units of one room. The caller must see to it, with `unitCost`, that they fit `MAX_BUNDLE_BYTES`. */
export function encodeBundle(units: readonly Unit[]): Uint8Array<ArrayBuffer> {
  const first = units[0]?.[0]
  const room = first === undefined ? NO_ROOM : (first.op.room ?? first.id)
  const taken = takeApart(room, units)
  return bytesOf((out) => {
    writeAllButBodies(out, taken)
    writeBodies(out, taken.bodies)
  })
}

// — decoding ———————————————————————————————————————————————————————————————————————————————————————————————

/**
 * The units of a bundle, rebuilt and hashed, or the reason for which it is refused whole. Total on any bytes. It checks the format, each
 * op's own rules (`checkOp`), the limits of units, that parents come before children, and that each op is signed or the prev of a
 * unit-mate by the same author. It does not check signatures, or rules that need parents from outside. No op keeps `bytes` in memory.
 *
 * A bundle of more than `most.ops` ops is refused before they are built. Linear: at most MAX_BUNDLE_OPS hashes over MAX_BUNDLE_OP_BYTES,
 * whatever the bytes. `spent.ops` is the work in hashes, also for a bundle that is refused.
 */
export function decodeBundle(bytes: Uint8Array, spent = { ops: 0 }, most: BundleLimits = WIDEST): Result<readonly Unit[]> {
  if (bytes.length > most.bytes) return refuse('too-large')
  const columns = readColumns(bytes, spent, most.ops)
  if (!columns.ok) return columns
  const rebuilding = rebuildingOf(columns.value)
  const units = buildUnits(rebuilding, most.built)
  giveBack(rebuilding.body)
  spent.ops = rebuilding.built.length
  return units
}

function buildUnits(rebuilding: Rebuilding, most: number): Result<readonly Unit[]> {
  const { columns, namedPlaces } = rebuilding
  const units: Unit[] = []
  let total = 0
  for (const size of columns.unitSizes) {
    const unit: UnitOp[] = []
    let bytesInUnit = 0
    while (unit.length < size) {
      const op = nextOp(rebuilding)
      if (op === null) return refuse('bad-bundle')
      const wrong = checkOp(op)
      if (wrong !== null) return refuse(wrong)
      const bytes = opLength(op)
      if (bytesInUnit + bytes > MAX_UNIT_BYTES) return refuse('unit-too-large')
      if (total + bytesInUnit + bytes > most) return refuse('too-large')
      bytesInUnit += bytes
      const id = hashOp(op)
      if (op.room === null && !equalBytes(id, columns.room)) return refuse('bad-bundle')
      // An op that was named as being outside comes after its child.
      if (placeOf(namedPlaces, id) >= 0) return refuse('bad-bundle')
      rebuilding.body.length = 0
      op.body = copyOf(op.body)
      const unitOp = { op, id, signature: columns.signatures[rebuilding.built.length]! }
      unit.push(unitOp)
      rebuilding.built.push(unitOp)
    }
    total += bytesInUnit
    // An op of a later unit may vouch for it. That does not count: a unit stands alone.
    const start = rebuilding.built.length - size
    for (let i = 0; i < size; i++) if (unit[i]!.signature === null && !rebuilding.isVouchedFor[start + i]) return refuse('unauthentic')
    units.push(unit)
  }
  return isUsedUp(rebuilding) ? ok(units) : refuse('bad-bundle')
}

/**
 * The units of a bundle that this node has checked, hashed and stored before, or null when these bytes are no such bundle. The result is
 * that of `decodeBundle`. But the ids are given (`idAt`: the id of the bundle's n-th op), and nothing is hashed or encoded.
 */
export function reopenBundle(bytes: Uint8Array, idAt: (n: number) => OpId): readonly Unit[] | null {
  const columns = readColumns(bytes)
  if (!columns.ok) return null
  const { unitSizes, signatures } = columns.value
  const rebuilding = rebuildingOf(columns.value)
  const { built } = rebuilding
  while (built.length < signatures.length) {
    const op = nextOp(rebuilding)
    if (op === null || op.body.length > MAX_BODY_BYTES) return null
    rebuilding.body.length = 0
    op.body = copyOf(op.body)
    built.push({ op, id: idAt(built.length), signature: signatures[built.length]! })
  }
  giveBack(rebuilding.body)
  let start = 0
  return isUsedUp(rebuilding) ? unitSizes.map((size) => built.slice(start, (start += size))) : null
}

/** The numbers that tell whether units are few and large. */
export interface Shape {
  readonly units: number
  readonly ops: number
  readonly signatures: number
}

/** The shape of a bundle of this node's own, in the time that its columns take; null for bytes that are no bundle. */
export function shapeOfBundle(bytes: Uint8Array): Shape | null {
  const columns = readColumns(bytes)
  return columns.ok ? shapeOf(columns.value.unitSizes.length, columns.value.signatures) : null
}

export const shapeOfUnits = (units: readonly Unit[]): Shape =>
  shapeOf(
    units.length,
    units.flat().map(({ signature }) => signature),
  )

const shapeOf = (units: number, signatures: readonly (Uint8Array | null)[]): Shape => ({
  units,
  ops: signatures.length,
  signatures: signatures.filter((signature) => signature !== null).length,
})

/** If a unit has so many ops for each signature, merging it with others would save next to nothing. */
const OPS_PER_SIGNATURE = 8

/**
 * Whether this is one unit of at least `least` ops with few signatures. Then merging it with other units would make it smaller by next to
 * nothing.
 */
export const isWellMerged = ({ units, ops, signatures }: Shape, least: number): boolean =>
  units === 1 && ops >= least && signatures * OPS_PER_SIGNATURE <= ops + OPS_PER_SIGNATURE

function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = newBytes(bytes.length)
  copy.set(bytes)
  return copy
}

/** The columns, and how far they are read. */
interface Rebuilding {
  readonly columns: Columns
  /** The ops so far. The caller that asks for the next op adds it here. */
  readonly built: UnitOp[]
  /** For each op, whether it is the prev of a later op by the same author. */
  readonly isVouchedFor: boolean[]
  /** External parents named so far. */
  readonly named: OpId[]
  readonly namedPlaces: Places
  /** Place of each author's latest op. */
  readonly latest: number[]
  readonly bodies: BodyReader
  /** Where bodies are put together. */
  readonly body: ByteWriter
  nextSeq: number
  nextDep: number
}

const rebuildingOf = (columns: Columns, named: OpId[] = []): Rebuilding => ({
  columns,
  built: [],
  isVouchedFor: [],
  named,
  namedPlaces: placesIn(named),
  latest: [],
  bodies: createBodyReader(columns),
  body: takeWriter(),
  nextSeq: 0,
  nextDep: 0,
})

/** Whether nothing is left in the columns that no op has used. */
const isUsedUp = ({ columns, named, bodies }: Rebuilding): boolean => named.length === columns.external.length && isReadUp(bodies)

/** An op that only its builder has yet. */
type NewOp = Omit<Op, 'body'> & { body: Uint8Array }

/** The next op of the columns, not checked; null when they point to nothing. Its body is a view of `rebuilding.body`. */
function nextOp(rebuilding: Rebuilding): NewOp | null {
  const { columns, built, latest, body } = rebuilding
  const here = built.length
  const writer = columns.writers[here]!
  const author = columns.authors[writer]!
  const own = latest[writer]
  const code = columns.prevs[here]!
  let prev: OpId | null = null
  let seq = 0
  if (isOutsidePrev(code)) {
    prev = outside(rebuilding, code - PREV_PARENT)
    if (prev === null) return null
    seq = columns.seqs[rebuilding.nextSeq++]!
  } else if (code !== PREV_NONE) {
    const place = code === PREV_LAST ? own : inside(rebuilding, code - PREV_PARENT)
    const mate = place === undefined ? undefined : built[place]
    if (mate === undefined) return null
    if (mate.op.author === author) rebuilding.isVouchedFor[place!] = true
    prev = mate.id
    seq = mate.op.seq + 1
  }
  const deps = nextDeps(rebuilding, columns.depCounts[here]!)
  if (deps === null) return null
  const bodyAt = body.length
  if (!readBody(rebuilding.bodies, columns.refs[here]!, own === undefined ? null : built[own]!.op.body, body)) return null
  latest[writer] = here
  rebuilding.isVouchedFor.push(false)
  // Only the genesis has no parents.
  const room = prev === null && deps.length === 0 ? null : columns.room
  return {
    room,
    author,
    seq,
    prev,
    deps,
    time: columns.times[here]!,
    body: new Uint8Array(body.bytes.buffer, bodyAt, body.length - bodyAt),
  }
}

/** The deps of the next op, in ascending order. */
function nextDeps(rebuilding: Rebuilding, count: number): OpId[] | null {
  const { columns, built } = rebuilding
  const ids: OpId[] = []
  let before = -1
  for (const end = rebuilding.nextDep + count; rebuilding.nextDep < end; rebuilding.nextDep++) {
    const parent = columns.deps[rebuilding.nextDep]!
    const id = isOutside(parent) ? outside(rebuilding, parent) : built[inside(rebuilding, parent)]?.id
    if (id === undefined || id === null || parent <= before) return null
    before = parent
    ids.push(id)
  }
  return ids.length < 2 ? ids : ids.sort(compareBytes)
}

/** An external parent; they are named in the order of their table. */
function outside({ columns, named }: Rebuilding, parent: number): OpId | null {
  const place = (parent - 1) / 2
  const id = columns.external[place]
  if (id === undefined || place > named.length) return null
  if (place === named.length) named.push(id)
  return id
}

const inside = ({ built }: Rebuilding, parent: number): number => built.length - 1 - parent / 2
