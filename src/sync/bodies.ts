/**
 * Bodies by columns: bodies are nearly the same from op to op. A body is split into
 *
 *  - its contents: the bytes of its texts and byte strings, one after the other;
 *  - its pattern: its encoding (CBOR) without the contents. An integer is written as the difference (step) to the integer at the same
 *    position in the same author's previous body, if that is shorter. A step is an item of CBOR major type 6, which no body has. Positions
 *    count integers only. The argument of a step is 2 · step, or −2 · step − 1 for a step below 0.
 *
 * A pattern is written once, and then named by its position in the table. It is never longer than the encoding that it stands for. A body
 * that follows a given body has exactly one pattern: a pattern that an encoder would not produce is refused.
 */
import { type ByteWriter, giveBack, takeWriter, writePart } from '../core/byte-writer.ts'
import { argumentAt, headLength, MAJOR, writeHeadTo } from '../core/cbor.ts'
import { MAX_BODY_BYTES } from '../core/limits.ts'
import { assert } from '../core/result.ts'

/** The bodies of a bundle. */
export interface BodyColumns {
  /** For each body: 0 for the next pattern of the table, else 1 + the place of its pattern. */
  readonly refs: readonly number[]
  /** The different patterns, one after the other. */
  readonly patterns: Uint8Array
  readonly contents: Uint8Array
}

// — tokens —————————————————————————————————————————————————————————————————————————————————————————————————
// A token is the head of a CBOR item (RFC 8949 §3); a float's eight bytes are its head's argument.

/** Where the token at `at` ends, which may be beyond the bytes. 0 for the heads that no definite item has. */
function endOfToken(bytes: Uint8Array, at: number): number {
  const info = bytes[at]! & 31
  return info < 24 ? at + 1 : info > 27 ? 0 : at + 1 + (1 << (info - 24))
}

const majorAt = (bytes: Uint8Array, at: number): number => bytes[at]! >> 5
const hasContents = (major: number): boolean => major === MAJOR.bytes || major === MAJOR.text

/** How many items belong to the one whose token this is. */
const itemsIn = (bytes: Uint8Array, at: number, major: number): number =>
  major === MAJOR.array ? argumentAt(bytes, at) : major === MAJOR.map ? 2 * argumentAt(bytes, at) : 0

/** Where the pattern that begins at `at` ends; 0 if there is none. */
export const endOfPattern = (bytes: Uint8Array, at: number): number => endOfItem(bytes, at, true)

/** Whether a body can be split: whether it is one item. `checkOp` may still refuse it. */
export const isItem = (body: Uint8Array): boolean => endOfItem(body, 0, false) === body.length && body.length > 0

/** Where the item that begins at `at` ends, as a pattern or as a body; 0 if there is none. */
function endOfItem(bytes: Uint8Array, at: number, isPattern: boolean): number {
  let end = at
  for (let items = 1; items > 0; items--) {
    if (end >= bytes.length) return 0
    const head = end
    const major = majorAt(bytes, head)
    end = endOfToken(bytes, head)
    if (end === 0 || end > bytes.length || (major === MAJOR.tag && !isPattern)) return 0
    if (hasContents(major) && !isPattern) end += argumentAt(bytes, head)
    items += itemsIn(bytes, head, major)
  }
  return end <= bytes.length ? end : 0
}

/** Where the first integer at or after `at` is in a well-formed body; its length if there is none. */
function nextInteger(body: Uint8Array, at: number): number {
  while (at < body.length && majorAt(body, at) > MAJOR.negative) {
    at = endOfToken(body, at) + (hasContents(majorAt(body, at)) ? argumentAt(body, at) : 0)
  }
  return at
}

const integerAt = (bytes: Uint8Array, at: number): number =>
  majorAt(bytes, at) === MAJOR.uint ? argumentAt(bytes, at) : -1 - argumentAt(bytes, at)

/** A step as an argument. Beyond 2^53 it is rounded, and so large that no step is written. */
const argumentOf = (step: number): number => (step < 0 ? -2 * step - 1 : 2 * step)
const stepOf = (argument: number): number => (argument % 2 === 0 ? argument / 2 : -(argument + 1) / 2)

// — writing ————————————————————————————————————————————————————————————————————————————————————————————————

/** Collects bodies. Linear. */
export interface BodyWriter {
  readonly patterns: ByteWriter
  readonly contents: ByteWriter
  /** Where the patterns begin. */
  readonly starts: number[]
  /**
   * The place of the latest pattern with each hash, once there are several patterns. If two patterns have one hash, the older one is
   * written again when it comes again.
   */
  places: Map<number, number> | null
}

export const createBodyWriter = (): BodyWriter => ({ patterns: takeWriter(), contents: takeWriter(), starts: [], places: null })

/** Adds a body (canonical: `checkOp`) after its author's body before; gives its ref. */
export function addBody(writer: BodyWriter, body: Uint8Array, before: Uint8Array | null): number {
  assert(isItem(body), 'a body is one canonical value')
  const { patterns, starts } = writer
  const start = patterns.length
  splitBody(writer, body, before ?? NOTHING)
  if (start > 0) {
    const places = (writer.places ??= new Map([[hashOf(patterns.bytes, 0, starts[1] ?? start), 0]]))
    const hash = hashOf(patterns.bytes, start, patterns.length)
    const place = places.get(hash)
    if (place !== undefined && isSame(patterns, starts[place]!, starts[place + 1] ?? start, start)) {
      patterns.length = start
      return 1 + place
    }
    places.set(hash, starts.length)
  }
  starts.push(start)
  return 0
}

const NOTHING = new Uint8Array(0)

function splitBody({ patterns, contents }: BodyWriter, body: Uint8Array, before: Uint8Array): void {
  let mate = 0
  let at = 0
  while (at < body.length) {
    const major = majorAt(body, at)
    const end = endOfToken(body, at)
    let step = Infinity
    if (major <= MAJOR.negative && (mate = nextInteger(before, mate)) < before.length) {
      step = argumentOf(integerAt(body, at) - integerAt(before, mate))
      mate = endOfToken(before, mate)
    }
    if (headLength(step) < end - at) writeHeadTo(patterns, MAJOR.tag, step)
    else writePart(patterns, body, at, end)
    if (hasContents(major)) {
      const length = argumentAt(body, at)
      writePart(contents, body, end, end + length)
      at = end + length
    } else at = end
  }
}

/** Writes what was collected, and gives its memory back: patterns, then contents. */
export function writeBodies(out: ByteWriter, { patterns, contents }: BodyWriter): void {
  writePart(out, patterns.bytes, 0, patterns.length)
  writePart(out, contents.bytes, 0, contents.length)
  giveBack(patterns)
  giveBack(contents)
}

/** FNV-1a of 32 bits. Somebody who finds two patterns with one hash gains only that both are written more often. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
  return hash
}

function isSame({ bytes, length }: ByteWriter, from: number, to: number, other: number): boolean {
  if (to - from !== length - other) return false
  for (let i = from; i < to; i++) if (bytes[i] !== bytes[other + i - from]) return false
  return true
}

// — reading ————————————————————————————————————————————————————————————————————————————————————————————————

/** How far bodies are read. */
export interface BodyReader {
  readonly columns: BodyColumns
  readonly starts: number[]
  next: number
  contentsAt: number
}

export const createBodyReader = (columns: BodyColumns): BodyReader => ({ columns, starts: [], next: 0, contentsAt: 0 })

/** Whether every byte of the contents has been used. */
export const isReadUp = ({ columns, contentsAt }: BodyReader): boolean => contentsAt === columns.contents.length

/**
 * Writes the body of a ref after its author's previous body; false when there is none. The result may be no canonical body: `checkOp`
 * tells. Writing ends soon after MAX_BODY_BYTES, so that a small pattern cannot make a large body.
 */
export function readBody(reader: BodyReader, ref: number, before: Uint8Array | null, out: ByteWriter): boolean {
  const { columns, starts } = reader
  const { patterns } = columns
  if (ref === 0) starts.push(reader.next)
  const start = starts[ref === 0 ? starts.length - 1 : ref - 1]
  if (start === undefined) return false
  const end = joinBody(reader, patterns, start, before ?? NOTHING, out)
  if (ref === 0) reader.next = end
  return end > 0
}

/** Where the pattern ends, or 0. */
function joinBody(reader: BodyReader, patterns: Uint8Array, start: number, before: Uint8Array, out: ByteWriter): number {
  const { contents } = reader.columns
  const most = out.length + MAX_BODY_BYTES
  let mate = 0
  let at = start
  for (let items = 1; items > 0 && out.length <= most; items--) {
    const major = majorAt(patterns, at)
    const end = endOfToken(patterns, at)
    const isStep = major === MAJOR.tag
    if (isStep || major <= MAJOR.negative) {
      mate = nextInteger(before, mate)
      if (mate < before.length) {
        const value = integerAt(before, mate)
        mate = endOfToken(before, mate)
        if (isStep) {
          const argument = argumentAt(patterns, at)
          const number = value + stepOf(argument)
          const shown = number < 0 ? -1 - number : number
          if (headLength(argument) !== end - at || headLength(shown) <= end - at || !Number.isSafeInteger(number)) return 0
          writeHeadTo(out, number < 0 ? MAJOR.negative : MAJOR.uint, shown)
        } else if (headLength(argumentOf(integerAt(patterns, at) - value)) < end - at) return 0
      } else if (isStep) return 0
    }
    if (!isStep) writePart(out, patterns, at, end)
    if (hasContents(major)) {
      const length = argumentAt(patterns, at)
      if (length > contents.length - reader.contentsAt) return 0
      writePart(out, contents, reader.contentsAt, (reader.contentsAt += length))
    }
    items += itemsIn(patterns, at, major)
    at = end
  }
  return at
}
