/**
 * The columns of a bundle as bytes, and back. Reading is total and bounded; it settles everything that can be told without
 * building an op, so that `bundle.ts` finds columns that fit each other. In order, numbers as varints (`varint.ts`):
 *
 *   version (one byte) · room · authors, counted · external parents, counted · unit sizes, counted
 *   author runs: (author, length) …         prev of each op: 0 the author's last op in the bundle, 1 none, 2 + parent
 *   seq of each op with an external prev    dep counts         deps: parent …, ascending within an op
 *   times, as signed steps from op to op    body lengths       bodies
 *   which ops are signed, one bit each      signatures
 *
 * where a parent is 2 · (distance back in the bundle − 1), or 2 · (place among the external parents) + 1.
 */
import { bytesOf, type ByteWriter, writeByte, writeBytes } from '../core/byte-writer.ts'
import { ID_BYTES, MAX_DEPS, MAX_UNIT_OPS, SIGNATURE_BYTES } from '../core/limits.ts'
import { asOpId, type Author, type OpId } from '../core/op.ts'
import { ok, refuse, type Result } from '../core/result.ts'
import { type ByteReader, createReader, left, readBytes, readSigned, readVarint, writeSigned, writeVarint } from './varint.ts'

/** The version of the format; the first byte of every bundle. */
const BUNDLE_VERSION = 1

/** Ops of one bundle: more than fit when every op is counted with its canonical bytes (`unitCost`), and few enough to hash at once. */
export const MAX_BUNDLE_OPS = 16_384

export const PREV_LAST = 0
export const PREV_NONE = 1
/** And above: PREV_PARENT + the parent's number. */
export const PREV_PARENT = 2

/** The number of the parent so many ops back (1: the op before). */
export const insideParent = (distance: number): number => 2 * (distance - 1)

/** The number of the parent at this place among the external ones. */
export const outsideParent = (place: number): number => 2 * place + 1

export const isOutside = (parent: number): boolean => parent % 2 === 1
export const isOutsidePrev = (code: number): boolean => code >= PREV_PARENT && isOutside(code - PREV_PARENT)

/** One entry for each op, in order, unless it says otherwise. */
export interface Columns {
  readonly room: OpId
  /** Parents that are not in the bundle: a table that `prevs` and `deps` point into. */
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
  readonly bodies: readonly Uint8Array[]
  readonly signatures: readonly (Uint8Array | null)[]
}

// — writing ————————————————————————————————————————————————————————————————————————————————————————————————

/** The bytes of columns. Authors that are one author are one object. */
export const writeColumns = (columns: Columns): Uint8Array<ArrayBuffer> => bytesOf((out) => writeAll(out, columns))

function writeAll(out: ByteWriter, columns: Columns): void {
  const { authors, times, bodies, signatures, unitSizes } = columns
  writeByte(out, BUNDLE_VERSION)
  writeBytes(out, columns.room)
  writeKeys(out, authors.length === 1 ? authors : [...new Set(authors)])
  writeKeys(out, columns.external)
  writeVarint(out, unitSizes.length)
  writeNumbers(out, unitSizes)
  writeNumbers(out, runsOf(authors))
  writeNumbers(out, columns.prevs)
  writeNumbers(out, columns.seqs)
  writeNumbers(out, columns.depCounts)
  writeNumbers(out, columns.deps)
  let before = 0
  for (const time of times) {
    writeSigned(out, time - before)
    before = time
  }
  for (const body of bodies) writeVarint(out, body.length)
  for (const body of bodies) writeBytes(out, body)
  for (let i = 0; i < signatures.length; i += 8) {
    let bits = 0
    for (let j = i; j < Math.min(i + 8, signatures.length); j++) if (signatures[j] !== null) bits |= 1 << (j - i)
    writeByte(out, bits)
  }
  for (const signature of signatures) if (signature !== null) writeBytes(out, signature)
}

function writeNumbers(out: ByteWriter, column: readonly number[]): void {
  for (const number of column) writeVarint(out, number)
}

function writeKeys(out: ByteWriter, table: readonly Uint8Array[]): void {
  writeVarint(out, table.length)
  for (const key of table) writeBytes(out, key)
}

/** Author (by order of appearance), how many ops in a row, … */
function runsOf(authors: readonly Author[]): number[] {
  const places = new Map<Author, number>()
  const runs: number[] = []
  let before: Author | null = null
  for (const author of authors) {
    if (author === before) {
      runs[runs.length - 1]!++
      continue
    }
    if (!places.has(author)) places.set(author, places.size)
    runs.push(places.get(author)!, 1)
    before = author
  }
  return runs
}

// — reading ————————————————————————————————————————————————————————————————————————————————————————————————

/** The columns in some bytes, or why there are none. Bodies and signatures are views of `bytes`, the rest is not. */
export function readColumns(bytes: Uint8Array): Result<Columns> {
  const reader = createReader(bytes)
  const version = readBytes(reader, 1)[0]
  if (version !== BUNDLE_VERSION) return refuse(version === undefined ? 'bad-bundle' : 'unknown-version')
  const room = readBytes(reader, ID_BYTES).slice()
  const authorTable = readKeys(reader) as Author[]
  const external = readKeys(reader) as OpId[]
  const unitSizes = readNumbers(reader, readVarint(reader))
  const count = sum(unitSizes)
  if (reader.failed || unitSizes.includes(0)) return refuse('bad-bundle')
  if (count > MAX_BUNDLE_OPS) return refuse('too-large')
  if (unitSizes.some((size) => size > MAX_UNIT_OPS)) return refuse('unit-too-large')

  const authors = readRuns(reader, count, authorTable)
  const prevs = readNumbers(reader, count)
  const seqs = readNumbers(reader, prevs.filter(isOutsidePrev).length)
  const depCounts = readNumbers(reader, count)
  if (depCounts.some((deps) => deps > MAX_DEPS)) return refuse('too-many-deps')
  const deps = readNumbers(reader, sum(depCounts))
  const times = readTimes(reader, count)
  const bodies = readNumbers(reader, count).map((length) => readBytes(reader, length))
  const signatures = readSignatures(reader, count)
  if (reader.failed || left(reader) > 0) return refuse('bad-bundle')
  return ok({ room: asOpId(room), external, unitSizes, authors, prevs, seqs, depCounts, deps, times, bodies, signatures })
}

function sum(numbers: readonly number[]): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}

/** A counted table of 32-byte keys, each a copy: an op that waits must not keep all of its bundle in memory. */
function readKeys(reader: ByteReader): Uint8Array[] {
  const table = readBytes(reader, ID_BYTES * readVarint(reader))
  const keys: Uint8Array[] = []
  for (let at = 0; at < table.length; at += ID_BYTES) keys.push(table.slice(at, at + ID_BYTES))
  return keys
}

/** `count` numbers; a failure when fewer bytes are left than that, which also keeps `count` in bounds. */
function readNumbers(reader: ByteReader, count: number): number[] {
  const numbers: number[] = []
  if (count > left(reader)) reader.failed = true
  for (let i = 0; i < count && !reader.failed; i++) numbers.push(readVarint(reader))
  return numbers
}

/** The author of each of `count` ops. Authors come in order of appearance, neighbouring runs differ, and all of the table is used. */
function readRuns(reader: ByteReader, count: number, table: readonly Author[]): Author[] {
  const authors: Author[] = []
  let met = 0
  let before = -1
  while (authors.length < count && !reader.failed) {
    const place = readVarint(reader)
    const length = readVarint(reader)
    const author = table[place]
    if (author === undefined || place > met || place === before || length === 0 || length > count - authors.length) reader.failed = true
    else for (let i = 0; i < length; i++) authors.push(author)
    if (place === met) met++
    before = place
  }
  if (met !== table.length) reader.failed = true
  return authors
}

function readTimes(reader: ByteReader, count: number): number[] {
  const times: number[] = []
  let time = 0
  for (let i = 0; i < count && !reader.failed; i++) {
    time += readSigned(reader)
    if (!Number.isSafeInteger(time) || time < 0) reader.failed = true
    times.push(time)
  }
  return times
}

function readSignatures(reader: ByteReader, count: number): (Uint8Array | null)[] {
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
