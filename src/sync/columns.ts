/**
 * Encodes and decodes the columns of a bundle. Decoding never throws and is bounded. It checks everything that can be checked without
 * building an op, so that `bundle.ts` gets columns that fit each other. In order, numbers as varints (`varint.ts`), columns
 * with a number for each op in runs (`runs.ts`):
 *
 *   version (one byte) · room · authors, counted · external parents, counted · unit sizes, counted, in runs
 *   writers: index of each op's author        prevs: 0 the author's last op in the bundle, 1 none, 2 + parent
 *   seq of each op with an external prev      dep counts         deps: parent …, ascending within an op
 *   times, as steps from op to op             which ops are signed: 0 or 1
 *   refs of bodies (`bodies.ts`)              signatures         patterns of bodies         contents of bodies
 *
 * where a parent is 2 · (distance back in the bundle − 1), or 2 · (index among the external parents) + 1.
 */
import { bytesOf, type ByteWriter, writeByte, writeBytes } from '../core/byte-writer.ts'
import { ID_BYTES, MAX_DEPS, MAX_UNIT_OPS, SIGNATURE_BYTES } from '../core/limits.ts'
import type { Author, OpId } from '../core/op.ts'
import { ok, refuse, type Result } from '../core/result.ts'
import { type BodyColumns, endOfPattern } from './bodies.ts'
import { readRuns, writeRuns } from './runs.ts'
import { type ByteReader, createReader, left, readBytes, readCopy, readVarint, writeVarint } from './varint.ts'

/** The version of the format; the first byte of every bundle. */
export const BUNDLE_VERSION = 2

/** Ops of one bundle: few enough to hash at once, since a few bytes of columns can stand for as many. */
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
export interface Columns extends BodyColumns {
  readonly room: OpId
  /** The authors in order of first appearance: a table that `writers` points into. */
  readonly authors: readonly Author[]
  /** Parents that are not in the bundle, in the order in which they are named first: a table that `prevs` and `deps` point into. */
  readonly external: readonly OpId[]
  readonly unitSizes: readonly number[]
  readonly writers: readonly number[]
  readonly prevs: readonly number[]
  /** One for each external prev. */
  readonly seqs: readonly number[]
  readonly depCounts: readonly number[]
  /** All deps, one op's after the other's. */
  readonly deps: readonly number[]
  readonly times: readonly number[]
  readonly signatures: readonly (Uint8Array | null)[]
}

// — writing ————————————————————————————————————————————————————————————————————————————————————————————————

/** The bytes of columns. */
export const writeColumns = (columns: Columns): Uint8Array<ArrayBuffer> =>
  bytesOf((out) => {
    writeAllButBodies(out, columns)
    writeBytes(out, columns.patterns)
    writeBytes(out, columns.contents)
  })

/** Everything before the patterns, which are followed by the contents. */
export function writeAllButBodies(out: ByteWriter, columns: Omit<Columns, 'patterns' | 'contents'>): void {
  const { signatures, unitSizes } = columns
  writeByte(out, BUNDLE_VERSION)
  writeBytes(out, columns.room)
  writeKeys(out, columns.authors)
  writeKeys(out, columns.external)
  writeVarint(out, unitSizes.length)
  writeRuns(out, unitSizes)
  writeRuns(out, columns.writers)
  writeRuns(out, columns.prevs)
  for (const seq of columns.seqs) writeVarint(out, seq)
  writeRuns(out, columns.depCounts)
  for (const dep of columns.deps) writeVarint(out, dep)
  writeRuns(out, stepsOf(columns.times))
  writeRuns(out, signatures.map(isSigned))
  writeRuns(out, columns.refs)
  for (const signature of signatures) if (signature !== null) writeBytes(out, signature)
}

const isSigned = (signature: Uint8Array | null): number => (signature === null ? 0 : 1)

function writeKeys(out: ByteWriter, table: readonly Uint8Array[]): void {
  writeVarint(out, table.length)
  for (const key of table) writeBytes(out, key)
}

const TWO_52 = 2 ** 52
const TWO_53 = 2 ** 53

/** Each time as a step from the one before, modulo 2^53: from −2^52 to 2^52 − 1, written 2 · step, or −2 · step − 1 below 0. */
function stepsOf(times: readonly number[]): number[] {
  const steps: number[] = []
  let before = 0
  for (const time of times) {
    let step = time - before
    if (step >= TWO_52) step -= TWO_53
    else if (step < -TWO_52) step += TWO_53
    steps.push(step < 0 ? -2 * step - 1 : 2 * step)
    before = time
  }
  return steps
}

/** The time after `before`; no number on the way is beyond ±2^53. */
function timeAfter(before: number, step: number): number {
  const time = step % 2 === 0 ? before - TWO_53 + step / 2 : before - (step + 1) / 2
  return time < 0 ? time + TWO_53 : time
}

// — reading ————————————————————————————————————————————————————————————————————————————————————————————————

/** Numbers of columns that take as long to read as an op to hash, about. */
const NUMBERS_AS_OP = 128

/**
 * The columns in some bytes, or the reason why there are none. More than `most` ops are refused, too. Then `spent.ops` is the work that
 * this has taken, in ops hashed. Patterns and contents are views of `bytes`, the rest is not.
 */
export function readColumns(bytes: Uint8Array, spent = { ops: 0 }, most = MAX_BUNDLE_OPS): Result<Columns> {
  const reader = createReader(bytes)
  const columns = readAll(reader, most)
  if (!columns.ok) spent.ops = Math.ceil(reader.expanded / NUMBERS_AS_OP)
  return columns
}

function readAll(reader: ByteReader, most: number): Result<Columns> {
  const version = reader.bytes[0]
  if (version !== BUNDLE_VERSION) return refuse(version === undefined ? 'bad-bundle' : 'unknown-version')
  reader.at = 1
  const room = readCopy(reader, ID_BYTES) as OpId
  const authors = readKeys(reader) as Author[]
  const external = readKeys(reader) as OpId[]
  const units = readVarint(reader)
  if (units > MAX_BUNDLE_OPS) return refuse('too-large')
  const unitSizes = readRuns(reader, units)
  const count = sum(unitSizes)
  if (reader.failed || unitSizes.includes(0)) return refuse('bad-bundle')
  if (count > MAX_BUNDLE_OPS) return refuse('too-large')
  if (count > most) return refuse('too-many-ops')
  if (unitSizes.some((size) => size > MAX_UNIT_OPS)) return refuse('unit-too-large')

  const writers = readRuns(reader, count)
  if (!areInOrder(writers, authors.length)) return refuse('bad-bundle')
  const prevs = readRuns(reader, count)
  const seqs = readNumbers(reader, countOf(prevs, isOutsidePrev))
  const depCounts = readRuns(reader, count)
  if (depCounts.some((deps) => deps > MAX_DEPS)) return refuse('too-many-deps')
  const deps = readNumbers(reader, sum(depCounts))
  const times = readTimes(reader, count)
  const signed = readRuns(reader, count)
  if (signed.some((flag) => flag > 1)) return refuse('bad-bundle')
  const refs = readRuns(reader, count)
  const signatures = signed.map((flag) => (flag === 0 ? null : readCopy(reader, SIGNATURE_BYTES)))
  const patterns = readPatterns(reader, countOf(refs, isNew))
  const contents = readBytes(reader, left(reader))
  if (reader.failed) return refuse('bad-bundle')
  return ok({ room, authors, external, unitSizes, writers, prevs, seqs, depCounts, deps, times, signatures, refs, patterns, contents })
}

const isNew = (ref: number): boolean => ref === 0

function sum(numbers: readonly number[]): number {
  let total = 0
  for (const number of numbers) total += number
  return total
}

function countOf(numbers: readonly number[], is: (number: number) => boolean): number {
  let count = 0
  for (const number of numbers) if (is(number)) count++
  return count
}

/** Whether places in a table of this length come in order of first appearance, and all of the table is used. */
function areInOrder(places: readonly number[], length: number): boolean {
  let met = 0
  for (const place of places) {
    if (place > met) return false
    if (place === met) met++
  }
  return met === length
}

/** A counted table of 32-byte keys, each a copy: an op that waits must not keep all of its bundle in memory. */
function readKeys(reader: ByteReader): Uint8Array[] {
  const count = readVarint(reader)
  const keys: Uint8Array[] = []
  if (ID_BYTES * count > left(reader)) reader.failed = true
  else for (let i = 0; i < count; i++) keys.push(readCopy(reader, ID_BYTES))
  return keys
}

/** `count` numbers; a failure when fewer bytes are left than that, which also keeps `count` in bounds. */
function readNumbers(reader: ByteReader, count: number): number[] {
  const numbers: number[] = []
  if (count > left(reader)) reader.failed = true
  for (let i = 0; i < count && !reader.failed; i++) numbers.push(readVarint(reader))
  return numbers
}

function readTimes(reader: ByteReader, count: number): number[] {
  let time = 0
  return readRuns(reader, count).map((step) => (time = timeAfter(time, step)))
}

function readPatterns(reader: ByteReader, count: number): Uint8Array {
  const start = reader.at
  let end = start
  for (let i = 0; i < count && !reader.failed; i++) {
    end = endOfPattern(reader.bytes, end)
    if (end === 0) reader.failed = true
  }
  return readBytes(reader, end - start)
}
