/**
 * A bundle: units of one room in order of admission, written by columns. What the receiver can work out is not sent: it
 * rebuilds every op's canonical bytes and hashes them, so authors, parents within the bundle, their seqs, and ids cost
 * nothing. Links, exported files and the store's segments all carry this one format (`encodeFile` puts several of them in a file).
 *
 * The columns, in order; numbers are varints (`columns.ts`):
 *   version · room · authors, counted · external parents, counted · unit sizes, counted
 *   author runs: (author, length) …           prev: 0 the author's last op in the bundle, 1 none, 2 + parent
 *   seq, where prev is external               dep counts         deps: parent …, ascending within an op
 *   time, as signed steps from op to op       body lengths       bodies
 *   which ops are signed, one bit each        signatures
 * where a parent is 2 · (distance back in the bundle − 1), or 2 · (place among the external parents) + 1.
 */
import { compareBytes, equalBytes } from '../core/bytes.ts'
import { domainBytes, opId } from '../core/hash.ts'
import { AUTHOR_BYTES, ID_BYTES, MAX_DEPS, MAX_UNIT_BYTES, MAX_UNIT_OPS, SIGNATURE_BYTES } from '../core/limits.ts'
import { asAuthor, asOpId, checkOp, encodeOp, type Author, type Op, type OpId } from '../core/op.ts'
import { assert, ok, refuse, type Result } from '../core/result.ts'
import {
  createReader,
  createWriter,
  left,
  readBytes,
  readSigned,
  readVarint,
  writeByte,
  writeBytes,
  writeSigned,
  writeVarint,
  written,
  type ColumnReader,
} from './columns.ts'

/** An op as it travels: with its id, its canonical bytes, and its author's signature where it has one. */
export interface UnitOp {
  readonly op: Op
  readonly id: OpId
  /** Canonical bytes. */
  readonly bytes: Uint8Array
  readonly signature: Uint8Array | null
}

/** Ops that are admitted together: at most MAX_UNIT_OPS and MAX_UNIT_BYTES, parents first, every op signed or a unit-mate's prev. */
export type Unit = readonly UnitOp[]

/** The version of this format; the first byte of every bundle. */
const BUNDLE_VERSION = 1

/**
 * Columns of one bundle. The largest unit fits (1 MiB of canonical bytes, 64 KiB of signatures), and even undeflated it
 * fits a frame of 1.25 MiB with 4 KiB to spare for message and envelope. Bytes.
 */
export const MAX_BUNDLE_BYTES = 1_310_720 - 4_096

/** Ops of one bundle. Columns of zeros deflate a thousandfold: this is what bounds the hashing that a small message can ask for (0.2 s). */
export const MAX_BUNDLE_OPS = 16_384

/** More than the header and all counts take. Bytes. */
const HEADER_COST = 64

/** More than an op's columns take beyond its canonical bytes and its signature. Bytes. */
const OP_COST = 16

/**
 * At most what units add to a bundle's columns: as long as their costs sum to no more than `BUNDLE_BUDGET`, the bundle
 * fits both of its limits. An op's canonical bytes outweigh its columns, so this is no estimate. Bytes.
 */
export function unitCost(unit: Unit): number {
  let cost = 0
  for (const { bytes, signature } of unit) cost += bytes.length + OP_COST + (signature === null ? 0 : SIGNATURE_BYTES)
  return cost
}

export const BUNDLE_BUDGET = MAX_BUNDLE_BYTES - HEADER_COST

const PREV_LAST = 0
const PREV_NONE = 1
const PREV_PARENT = 2

const NO_ROOM = new Uint8Array(ID_BYTES)

/** An id as a key of maps. */
const keyOf = (id: Uint8Array): string => String.fromCharCode(...id)

// — encoding ———————————————————————————————————————————————————————————————————————————————————————————————

/** The columns of units of one room. Whether they fit `MAX_BUNDLE_BYTES` is for the caller to see to, with `unitCost`. */
export function encodeBundle(units: readonly Unit[]): Uint8Array<ArrayBuffer> {
  const ops = units.flat()
  const { authors, runs } = runsOfAuthors(ops)
  const { external, prevs, deps } = parentsOf(ops)
  const first = ops[0]
  const room = first === undefined ? NO_ROOM : (first.op.room ?? first.id)

  const out = createWriter()
  const many = (numbers: readonly number[]): void => numbers.forEach((number) => writeVarint(out, number))
  writeByte(out, BUNDLE_VERSION)
  writeBytes(out, room)
  writeVarint(out, authors.length)
  authors.forEach((author) => writeBytes(out, author))
  writeVarint(out, external.length)
  external.forEach((id) => writeBytes(out, id))
  writeVarint(out, units.length)
  many(units.map((unit) => unit.length))
  many(runs)
  many(prevs.map(({ code }) => code))
  many(prevs.flatMap(({ seq }) => (seq === null ? [] : [seq])))
  many(deps.map((refs) => refs.length))
  many(deps.flat())
  let time = 0
  for (const { op } of ops) {
    assert(equalBytes(op.room ?? room, room), 'a bundle holds one room')
    writeSigned(out, op.time - time)
    time = op.time
  }
  many(ops.map(({ op }) => op.body.length))
  for (const { op } of ops) writeBytes(out, op.body)
  const signed = new Uint8Array(Math.ceil(ops.length / 8))
  ops.forEach(({ signature }, i) => {
    if (signature !== null) signed[i >> 3]! |= 1 << (i & 7)
  })
  writeBytes(out, signed)
  for (const { signature } of ops) if (signature !== null) writeBytes(out, signature)
  return written(out)
}

/** The authors in order of appearance, and the author column: author, how many ops in a row, … */
function runsOfAuthors(ops: readonly UnitOp[]): { authors: Author[]; runs: number[] } {
  const authors: Author[] = []
  const places = new Map<string, number>()
  const runs: number[] = []
  let before = -1
  for (const { op } of ops) {
    const key = keyOf(op.author)
    const place = places.get(key) ?? authors.length
    if (place === authors.length) {
      places.set(key, place)
      authors.push(op.author)
    }
    if (place === before) runs[runs.length - 1]!++
    else runs.push(place, 1)
    before = place
  }
  return { authors, runs }
}

interface Parents {
  readonly external: readonly OpId[]
  /** `seq` is null where the receiver can tell it. */
  readonly prevs: readonly { readonly code: number; readonly seq: number | null }[]
  readonly deps: readonly (readonly number[])[]
}

function parentsOf(ops: readonly UnitOp[]): Parents {
  const external: OpId[] = []
  const externalPlaces = new Map<string, number>()
  /** Places in the bundle of the ops so far. */
  const places = new Map<string, number>()
  const lastOfAuthor = new Map<string, number>()

  const outside = (id: OpId, key: string): number => {
    const place = externalPlaces.get(key) ?? external.length
    if (place === external.length) {
      externalPlaces.set(key, place)
      external.push(id)
    }
    return 2 * place + 1
  }
  const inside = (here: number, place: number): number => 2 * (here - place - 1)

  const prevs = []
  const deps = []
  for (const [here, { op, id }] of ops.entries()) {
    const author = keyOf(op.author)
    if (op.prev === null) prevs.push({ code: PREV_NONE, seq: null })
    else {
      const key = keyOf(op.prev)
      const place = places.get(key)
      // A prev in the bundle tells the seq; one whose seq does not follow (an invalid op, yet an op) is sent as if external.
      const tellsSeq = place !== undefined && ops[place]!.op.seq + 1 === op.seq
      if (!tellsSeq) prevs.push({ code: PREV_PARENT + outside(op.prev, key), seq: op.seq })
      else prevs.push({ code: place === lastOfAuthor.get(author) ? PREV_LAST : PREV_PARENT + inside(here, place), seq: null })
    }
    const refs = op.deps.map((dep) => {
      const key = keyOf(dep)
      const place = places.get(key)
      return place === undefined ? outside(dep, key) : inside(here, place)
    })
    deps.push(refs.sort((a, b) => a - b))
    places.set(keyOf(id), here)
    lastOfAuthor.set(author, here)
  }
  return { external, prevs, deps }
}

// — decoding ———————————————————————————————————————————————————————————————————————————————————————————————

/** The columns as read, before any op is built. Everything is by place in the bundle unless it says otherwise. */
interface Columns {
  readonly room: OpId
  readonly external: readonly OpId[]
  readonly unitSizes: readonly number[]
  readonly authors: readonly Author[]
  readonly prevs: readonly number[]
  /** One for each external prev. */
  readonly seqs: readonly number[]
  readonly depCounts: readonly number[]
  /** All deps, one op's after the other's. */
  readonly deps: readonly number[]
  readonly times: readonly number[]
  /** Views of the bundle's bytes. */
  readonly bodies: readonly Uint8Array[]
  readonly signatures: readonly (Uint8Array | null)[]
}

/**
 * The units of a bundle, rebuilt and hashed, or why it is refused whole. Total on any bytes. Checked here: the format, every
 * op's own rules (`checkOp`), the limits of units, parents before children, and that every op is signed or the prev of a
 * unit-mate by the same author. Not checked: signatures, and what needs parents outside. Bodies are views of `bytes`.
 * Linear: about 1 MiB of columns, MAX_BUNDLE_OPS hashes, and at most 34 bytes built for each byte read.
 */
export function decodeBundle(bytes: Uint8Array): Result<readonly Unit[]> {
  if (bytes.length > MAX_BUNDLE_BYTES) return refuse('too-large')
  if (bytes.length === 0) return refuse('bad-bundle')
  if (bytes[0] !== BUNDLE_VERSION) return refuse('unknown-version')
  const columns = readColumns(createReader(bytes, 1))
  return columns.ok ? buildUnits(columns.value) : columns
}

function readColumns(reader: ColumnReader): Result<Columns> {
  const bad = refuse('bad-bundle')
  const room = readBytes(reader, ID_BYTES)
  const authorTable = readKeys(reader)
  const external = readKeys(reader)
  const unitCount = readVarint(reader)
  if (unitCount > MAX_BUNDLE_OPS) return bad
  const unitSizes = readMany(reader, unitCount)
  const count = unitSizes.reduce((sum, size) => sum + size, 0)
  if (reader.failed || count > MAX_BUNDLE_OPS || unitSizes.includes(0)) return bad
  if (unitSizes.some((size) => size > MAX_UNIT_OPS)) return refuse('unit-too-large')

  const authors = readRuns(reader, count, authorTable.map(asAuthor))
  const prevs = readMany(reader, count)
  const seqs = readMany(reader, prevs.filter(isExternalPrev).length)
  const depCounts = readMany(reader, count)
  if (depCounts.some((deps) => deps > MAX_DEPS)) return refuse('too-many-deps')
  const deps = readMany(reader, depCounts.reduce((sum, deps) => sum + deps, 0))
  const times = readTimes(reader, count)
  const bodies = readMany(reader, count).map((length) => readBytes(reader, length))
  const signatures = readSignatures(reader, count)
  if (reader.failed || left(reader) > 0) return bad
  return ok({ room: asOpId(room), external: external.map(asOpId), unitSizes, authors, prevs, seqs, depCounts, deps, times, bodies, signatures })
}

const isExternalPrev = (code: number): boolean => code >= PREV_PARENT && (code - PREV_PARENT) % 2 === 1

/** A counted table of 32-byte keys. */
function readKeys(reader: ColumnReader): Uint8Array[] {
  const table = readBytes(reader, AUTHOR_BYTES * readVarint(reader))
  return Array.from({ length: table.length / AUTHOR_BYTES }, (_, i) => table.subarray(AUTHOR_BYTES * i, AUTHOR_BYTES * (i + 1)))
}

/** `count` numbers; none when fewer bytes are left than that, which is also what keeps `count` in bounds. */
function readMany(reader: ColumnReader, count: number): number[] {
  const numbers: number[] = []
  if (count > left(reader)) reader.failed = true
  for (let i = 0; i < count && !reader.failed; i++) numbers.push(readVarint(reader))
  return numbers
}

/** The author of each of `count` ops. Authors come in order of appearance, neighbouring runs differ, and all of the table is used. */
function readRuns(reader: ColumnReader, count: number, table: readonly Author[]): Author[] {
  const authors: Author[] = []
  let met = 0
  let before = -1
  while (authors.length < count && !reader.failed) {
    const place = readVarint(reader)
    const length = readVarint(reader)
    const author = table[place]
    if (author === undefined || place > met || place === before || length === 0 || length > count - authors.length) {
      reader.failed = true
      break
    }
    if (place === met) met++
    before = place
    for (let i = 0; i < length; i++) authors.push(author)
  }
  if (met !== table.length) reader.failed = true
  return authors
}

function readTimes(reader: ColumnReader, count: number): number[] {
  const times: number[] = []
  let time = 0
  for (let i = 0; i < count && !reader.failed; i++) {
    time += readSigned(reader)
    if (!Number.isSafeInteger(time) || time < 0) reader.failed = true
    times.push(time)
  }
  return times
}

function readSignatures(reader: ColumnReader, count: number): (Uint8Array | null)[] {
  const signed = readBytes(reader, Math.ceil(count / 8))
  // Bits past the last op say nothing and must be 0.
  if (count % 8 !== 0 && (signed.at(-1) ?? 0) >> (count % 8) !== 0) reader.failed = true
  const signatures: (Uint8Array | null)[] = []
  for (let i = 0; i < count && !reader.failed; i++) {
    const isSigned = ((signed[i >> 3]! >> (i & 7)) & 1) === 1
    signatures.push(isSigned ? readBytes(reader, SIGNATURE_BYTES) : null)
  }
  return signatures
}

function buildUnits(columns: Columns): Result<readonly Unit[]> {
  const { room, external, authors, prevs, seqs, depCounts, deps, times, bodies, signatures } = columns
  const built: UnitOp[] = []
  const lastOfAuthor = new Map<Author, number>()
  /** External parents named so far: an op that turns out to be one of them comes after its child. */
  const named = new Set<string>()
  let nextSeq = 0
  let nextDep = 0

  /** The id that a parent's number stands for, or null. */
  const parentId = (here: number, parent: number): OpId | null => {
    if (parent % 2 === 0) return built[here - 1 - parent / 2]?.id ?? null
    const id = external[(parent - 1) / 2]
    if (id === undefined) return null
    named.add(keyOf(id))
    return id
  }
  const readDeps = (here: number): OpId[] | null => {
    const ids: OpId[] = []
    for (let i = 0; i < depCounts[here]!; i++) {
      const parent = deps[nextDep + i]!
      const id = i > 0 && parent <= deps[nextDep + i - 1]! ? null : parentId(here, parent)
      if (id === null) return null
      ids.push(id)
    }
    nextDep += ids.length
    return ids.length < 2 ? ids : ids.sort(compareBytes)
  }

  const units: Unit[] = []
  for (const size of columns.unitSizes) {
    const start = built.length
    const vouchedFor = new Uint8Array(size)
    let unitBytes = 0
    for (let here = start; here < start + size; here++) {
      const author = authors[here]!
      const code = prevs[here]!
      let seq = 0
      let prev: OpId | null = null
      if (code !== PREV_NONE) {
        const place = code === PREV_LAST ? lastOfAuthor.get(author) : isExternalPrev(code) ? null : here - 1 - (code - PREV_PARENT) / 2
        prev = code === PREV_LAST ? (built[place ?? -1]?.id ?? null) : parentId(here, code - PREV_PARENT)
        if (prev === null) return refuse('bad-bundle')
        const mate = typeof place === 'number' ? built[place] : undefined
        seq = mate === undefined ? seqs[nextSeq++]! : mate.op.seq + 1
        if (mate !== undefined && place! >= start && mate.op.author === author) vouchedFor[place! - start] = 1
      }
      const depIds = readDeps(here)
      if (depIds === null) return refuse('bad-bundle')
      const isGenesis = prev === null && depIds.length === 0
      const op: Op = { room: isGenesis ? null : room, author, seq, prev, deps: depIds, time: times[here]!, body: bodies[here]! }
      const wrong = checkOp(op)
      if (wrong !== null) return refuse(wrong)
      const bytes = encodeOp(op)
      unitBytes += bytes.length
      if (unitBytes > MAX_UNIT_BYTES) return refuse('unit-too-large')
      const id = opId(bytes)
      if (isGenesis && !equalBytes(id, room)) return refuse('bad-bundle')
      if (named.size > 0 && named.has(keyOf(id))) return refuse('bad-bundle')
      built.push({ op, id, bytes, signature: signatures[here]! })
      lastOfAuthor.set(author, here)
    }
    const unit = built.slice(start)
    if (unit.some(({ signature }, i) => signature === null && vouchedFor[i] === 0)) return refuse('unauthentic')
    units.push(unit)
  }
  return ok(units)
}

// — wrapping ———————————————————————————————————————————————————————————————————————————————————————————————

export type Codec = 'raw' | 'deflate'

/** The first byte of a wrapped bundle: no text and no CBOR item of ours begins with it. */
const WRAP_MAGIC = 0xb5

const CODECS: readonly Codec[] = ['raw', 'deflate']

/** A bundle's columns, raw or deflated (RFC 1951, by an adapter), with two bytes before them that say which. */
export function wrapBundle(codec: Codec, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(2 + payload.length)
  out[0] = WRAP_MAGIC
  out[1] = CODECS.indexOf(codec)
  out.set(payload, 2)
  return out
}

/** What was wrapped; the payload is a view. Deflated bytes are inflated under a cap of MAX_BUNDLE_BYTES by whoever inflates them. */
export function unwrapBundle(bytes: Uint8Array): Result<{ readonly codec: Codec; readonly payload: Uint8Array }> {
  const codec = CODECS[bytes[1] ?? -1]
  if (bytes[0] !== WRAP_MAGIC || codec === undefined) return refuse('not-a-bundle')
  const payload = bytes.subarray(2)
  return payload.length > MAX_BUNDLE_BYTES ? refuse('too-large') : ok({ codec, payload })
}

/** The first line of a file, so that a person and `file` can tell what it is. */
const FILE_MAGIC = domainBytes('tabweave bundle 1\n')

/** A file: the magic line, then each wrapped bundle after its length. */
export function encodeFile(bundles: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = createWriter()
  writeBytes(out, FILE_MAGIC)
  for (const bundle of bundles) {
    writeVarint(out, bundle.length)
    writeBytes(out, bundle)
  }
  return written(out)
}

/** The wrapped bundles of a file, as views, not looked into; or why it is none of ours, or cut. */
export function decodeFile(bytes: Uint8Array): Result<readonly Uint8Array[]> {
  if (!equalBytes(bytes.subarray(0, FILE_MAGIC.length), FILE_MAGIC)) return refuse('not-a-bundle')
  const reader = createReader(bytes, FILE_MAGIC.length)
  const bundles: Uint8Array[] = []
  while (left(reader) > 0) {
    const length = readVarint(reader)
    if (length > 2 + MAX_BUNDLE_BYTES) return refuse('too-large')
    bundles.push(readBytes(reader, length))
  }
  return reader.failed ? refuse('truncated') : ok(bundles)
}
