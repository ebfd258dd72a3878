/**
 * A bundle: units of one room in order of admission, written by columns (`columns.ts`). What the receiver can work out is
 * not sent: it rebuilds every op's canonical bytes and hashes them, so authors, parents within the bundle, their seqs, and
 * ids cost next to nothing. Links, exported files and the store's segments all carry this one format.
 *
 * A little longer than most files here: the writer and the reader of one format are read side by side.
 */
import { compareBytes, equalBytes } from '../core/bytes.ts'
import { opId } from '../core/hash.ts'
import { ID_BYTES, MAX_UNIT_BYTES, SIGNATURE_BYTES } from '../core/limits.ts'
import { asOpId, type Author, checkOp, encodeOp, type Op, type OpId, opLength } from '../core/op.ts'
import { assert, ok, refuse, type Result } from '../core/result.ts'
import { keyOf, type Unit, type UnitOp } from '../core/unit.ts'
import {
  type Columns,
  insideParent,
  isOutside,
  isOutsidePrev,
  outsideParent,
  PREV_LAST,
  PREV_NONE,
  PREV_PARENT,
  readColumns,
  writeColumns,
} from './columns.ts'

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

/** More than the counts and the room take, and than an op's columns take beyond its canonical bytes and signature. Bytes. */
const HEADER_COST = 64
const OP_COST = 16

/** What a bundle holds of an op: its canonical bytes can be worked out. */
export type BundleOp = Pick<UnitOp, 'op' | 'id' | 'signature'>

/**
 * At most what a unit adds to a bundle's columns: an op's canonical bytes outweigh its columns, so this is no estimate. As
 * long as the costs sum to at most `BUNDLE_BUDGET`, a bundle keeps all of its limits. Bytes.
 */
export function unitCost(unit: readonly BundleOp[]): number {
  let cost = 0
  for (const { op, signature } of unit) cost += opLength(op) + OP_COST + (signature === null ? 0 : SIGNATURE_BYTES)
  return cost
}

export const BUNDLE_BUDGET = MAX_BUNDLE_BYTES - HEADER_COST

// — encoding ———————————————————————————————————————————————————————————————————————————————————————————————

/** The room of a bundle without ops. */
const NO_ROOM = asOpId(new Uint8Array(ID_BYTES))

/** The columns of units of one room. Whether they fit `MAX_BUNDLE_BYTES` is for the caller to see to, with `unitCost`. */
export function encodeBundle(units: readonly (readonly BundleOp[])[]): Uint8Array<ArrayBuffer> {
  const ops = units.flat()
  const first = ops[0]
  const room = first === undefined ? NO_ROOM : (first.op.room ?? first.id)
  for (const { op } of ops) assert(equalBytes(op.room ?? room, room), 'a bundle holds one room')
  return writeColumns({
    room,
    unitSizes: units.map((unit) => unit.length),
    ...parentColumns(ops),
    times: ops.map(({ op }) => op.time),
    bodies: ops.map(({ op }) => op.body),
    signatures: ops.map(({ signature }) => signature),
  })
}

interface ParentColumns extends Pick<Columns, 'authors' | 'external' | 'prevs' | 'seqs' | 'depCounts' | 'deps'> {
  readonly authors: Author[]
  readonly external: OpId[]
  readonly prevs: number[]
  readonly seqs: number[]
  readonly depCounts: number[]
  readonly deps: number[]
  /** By author: the one object that stands for it, and the place of its latest op. */
  readonly latest: Map<string, { readonly author: Author; place: number }>
  /** Places in the bundle of the ops so far, and among the external parents. */
  readonly places: Map<string, number>
  readonly externalPlaces: Map<string, number>
}

function parentColumns(ops: readonly BundleOp[]): ParentColumns {
  const columns: ParentColumns = {
    authors: [],
    external: [],
    prevs: [],
    seqs: [],
    depCounts: [],
    deps: [],
    latest: new Map(),
    places: new Map(),
    externalPlaces: new Map(),
  }
  for (let here = 0; here < ops.length; here++) addParents(columns, ops, here)
  return columns
}

function addParents(columns: ParentColumns, ops: readonly BundleOp[], here: number): void {
  const { op, id } = ops[here]!
  const authorKey = keyOf(op.author)
  const known = columns.latest.get(authorKey)
  const before = known === undefined ? undefined : ops[known.place]
  columns.authors.push(known?.author ?? op.author)
  if (op.prev === null) columns.prevs.push(PREV_NONE)
  else if (before !== undefined && before.op.seq + 1 === op.seq && equalBytes(before.id, op.prev)) columns.prevs.push(PREV_LAST)
  else columns.prevs.push(PREV_PARENT + prevNumber(columns, ops, op.prev, op.seq, here))
  columns.depCounts.push(op.deps.length)
  const deps = op.deps.map((dep) => parentNumber(columns, dep, here))
  for (const dep of deps.length < 2 ? deps : deps.sort((a, b) => a - b)) columns.deps.push(dep)
  if (known === undefined) columns.latest.set(authorKey, { author: op.author, place: here })
  else known.place = here
  if (here < ops.length - 1) columns.places.set(keyOf(id), here)
}

/** The number of a prev that is not the author's op just before, whose seq is said beside it when it cannot be worked out. */
function prevNumber(columns: ParentColumns, ops: readonly BundleOp[], prev: OpId, seq: number, here: number): number {
  const key = keyOf(prev)
  const place = columns.places.get(key)
  if (place !== undefined && ops[place]!.op.seq + 1 === seq) return insideParent(here - place)
  // Not in the bundle; or it is and the seq does not follow from it: such an op is invalid, and still an op.
  columns.seqs.push(seq)
  return externalNumber(columns, prev, key)
}

function parentNumber(columns: ParentColumns, id: OpId, here: number): number {
  const key = keyOf(id)
  const place = columns.places.get(key)
  return place === undefined ? externalNumber(columns, id, key) : insideParent(here - place)
}

function externalNumber({ external, externalPlaces }: ParentColumns, id: OpId, key: string): number {
  let place = externalPlaces.get(key)
  if (place === undefined) {
    place = external.length
    externalPlaces.set(key, place)
    external.push(id)
  }
  return outsideParent(place)
}

// — decoding ———————————————————————————————————————————————————————————————————————————————————————————————

/**
 * The units of a bundle, rebuilt and hashed, or why it is refused whole. Total on any bytes. Checked here: the format, every
 * op's own rules (`checkOp`), the limits of units, parents before children, and that every op is signed or the prev of a
 * unit-mate by the same author. Not checked: the signatures, and what needs parents from outside. No op keeps `bytes` in memory.
 * Linear: at most MAX_BUNDLE_OPS hashes over MAX_BUNDLE_OP_BYTES.
 */
export function decodeBundle(bytes: Uint8Array): Result<readonly Unit[]> {
  if (bytes.length > MAX_BUNDLE_BYTES) return refuse('too-large')
  const columns = readColumns(bytes)
  return columns.ok ? buildUnits(columns.value) : columns
}

function buildUnits(columns: Columns): Result<readonly Unit[]> {
  const rebuilding = rebuildingOf(columns)
  const built: UnitOp[] = []
  const units: Unit[] = []
  /** External parents named so far: an op that turns out to be one of them comes after its child. */
  const named = new Set<string>()
  let namedUpTo = 0
  let total = 0
  for (const size of columns.unitSizes) {
    const start = built.length
    let bytesInUnit = 0
    while (built.length < start + size) {
      const op = nextOp(rebuilding)
      if (op === null) return refuse('bad-bundle')
      const wrong = checkOp(op)
      if (wrong !== null) return refuse(wrong)
      const bytes = encodeOp(op)
      const id = opId(bytes)
      if (op.room === null && !equalBytes(id, columns.room)) return refuse('bad-bundle')
      for (; namedUpTo < rebuilding.named.length; namedUpTo++) named.add(keyOf(rebuilding.named[namedUpTo]!))
      if (named.size > 0 && named.has(keyOf(id))) return refuse('bad-bundle')
      bytesInUnit += bytes.length
      if (bytesInUnit > MAX_UNIT_BYTES) return refuse('unit-too-large')
      if (total + bytesInUnit > MAX_BUNDLE_OP_BYTES) return refuse('too-large')
      // Of its own bytes: an op that waits, or is shown, must not keep all of its bundle in memory.
      op.body = bytes.subarray(bytes.length - op.body.length)
      const unitOp = { op, id, bytes, signature: columns.signatures[built.length]?.slice() ?? null }
      built.push(unitOp)
      rebuilding.built.push(unitOp)
    }
    total += bytesInUnit
    const unit = built.slice(start)
    // What an op of the next units vouches for does not count: a unit stands alone.
    if (unit.some(({ signature }, i) => signature === null && !rebuilding.vouchedFor.has(start + i))) return refuse('unauthentic')
    units.push(unit)
  }
  return ok(units)
}

/**
 * The units of a bundle that this node has checked, hashed and stored before, or null when these bytes are not such a one:
 * what `decodeBundle` gives, but its ids are told (`idAt`: that of the bundle's n-th op) and nothing is hashed or encoded.
 */
export function reopenBundle(bytes: Uint8Array, idAt: (n: number) => OpId): readonly (readonly BundleOp[])[] | null {
  const columns = readColumns(bytes)
  if (!columns.ok) return null
  const { unitSizes, signatures } = columns.value
  const rebuilding = rebuildingOf(columns.value)
  const { built } = rebuilding
  while (built.length < signatures.length) {
    const op = nextOp(rebuilding)
    if (op === null) return null
    built.push({ op, id: idAt(built.length), signature: signatures[built.length]! })
  }
  let start = 0
  return unitSizes.map((size) => built.slice(start, (start += size)))
}

/** The columns, and how far they are read. */
interface Rebuilding {
  readonly columns: Columns
  /** The ops so far; whoever asks for the next one puts it here. */
  readonly built: BundleOp[]
  /** External parents in the order in which ops name them, with repeats. */
  readonly named: OpId[]
  /** Places of ops that are the prev of a later op by the same author. */
  readonly vouchedFor: Set<number>
  /** Place of each author's latest op. */
  readonly lastOfAuthor: Map<Author, number>
  nextSeq: number
  nextDep: number
}

const rebuildingOf = (columns: Columns): Rebuilding => ({
  columns,
  built: [],
  named: [],
  vouchedFor: new Set(),
  lastOfAuthor: new Map(),
  nextSeq: 0,
  nextDep: 0,
})

/** An op that nobody has yet but whoever builds it. */
type NewOp = Omit<Op, 'body'> & { body: Uint8Array }

/** The next op as the columns tell it, not checked; null when they point to nothing. */
function nextOp(rebuilding: Rebuilding): NewOp | null {
  const { columns, built, lastOfAuthor } = rebuilding
  const here = built.length
  const author = columns.authors[here]!
  const code = columns.prevs[here]!
  let prev: OpId | null = null
  let seq = 0
  if (isOutsidePrev(code)) {
    prev = outside(rebuilding, code - PREV_PARENT)
    if (prev === null) return null
    seq = columns.seqs[rebuilding.nextSeq++]!
  } else if (code !== PREV_NONE) {
    const place = code === PREV_LAST ? lastOfAuthor.get(author) : inside(rebuilding, code - PREV_PARENT)
    const mate = place === undefined ? undefined : built[place]
    if (mate === undefined) return null
    if (mate.op.author === author) rebuilding.vouchedFor.add(place!)
    prev = mate.id
    seq = mate.op.seq + 1
  }
  const deps = nextDeps(rebuilding, columns.depCounts[here]!)
  if (deps === null) return null
  lastOfAuthor.set(author, here)
  // Only the genesis has no parents.
  const room = prev === null && deps.length === 0 ? null : columns.room
  return { room, author, seq, prev, deps, time: columns.times[here]!, body: columns.bodies[here]! }
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

function outside({ columns, named }: Rebuilding, parent: number): OpId | null {
  const id = columns.external[(parent - 1) / 2]
  if (id === undefined) return null
  named.push(id)
  return id
}

const inside = ({ built }: Rebuilding, parent: number): number => built.length - 1 - parent / 2
