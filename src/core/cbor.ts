/**
 * The canonical encoding of values: deterministic CBOR (RFC 8949 §4.2.1), one encoding for each value and one value for
 * each encoding. Of the choices in §4.2.2: a whole number is always an integer, in ±(2^53 − 1); a finite number that is not
 * whole is always a 64-bit float; anything else (−0, NaN, infinities, 1e300) has no encoding. Map keys are texts. No tags, no `undefined`, no
 * indefinite lengths.
 *
 * `endOfValue` is the one judge: it walks bytes without allocating and names what is wrong. `decodeValue` reads only what
 * the judge has passed, so the reader needs no checks of its own.
 *
 * Longer than most files here, since the writer, the judge and the reader of one format are read side by side.
 */
import { type ByteWriter, bytesOf, makeRoom, writeByte, writeBytes } from './byte-writer.ts'
import { compareBytes } from './bytes.ts'
import { MAX_NESTING } from './limits.ts'
import { assert, ok, refuse, type FormRefusal, type Result } from './result.ts'
import { decodeUtf8, encodeUtf8, isUtf8 } from './utf8.ts'
import type { Value } from './value.ts'

/** CBOR's major types (RFC 8949 §3.1). */
export const MAJOR = { uint: 0, negative: 1, bytes: 2, text: 3, array: 4, map: 5, tag: 6, simple: 7 } as const

const FALSE = 0xf4
const TRUE = 0xf5
const NULL = 0xf6
const FLOAT16 = 0xf9
const FLOAT32 = 0xfa
const FLOAT64 = 0xfb

const TWO_32 = 0x1_0000_0000

/** Bytes of the longest head. */
const MAX_HEAD = 9

// — encoding ———————————————————————————————————————————————————————————————————————————————————————————————

/** Bytes of the head of an argument in 0 … 2^53 − 1. */
export function headLength(argument: number): number {
  return argument < 24 ? 1 : argument < 0x100 ? 2 : argument < 0x1_0000 ? 3 : argument < TWO_32 ? 5 : 9
}

/** Writes the shortest head (major type and argument) at `at`; returns where it ends. */
export function writeHead(into: Uint8Array, at: number, major: number, argument: number): number {
  const type = major << 5
  const length = headLength(argument)
  if (length === 1) {
    into[at] = type | argument
    return at + 1
  }
  into[at] = type | (length === 2 ? 24 : length === 3 ? 25 : length === 5 ? 26 : 27)
  let rest = argument
  for (let i = at + length - 1; i > at; i--) {
    into[i] = rest % 0x100
    rest = Math.floor(rest / 0x100)
  }
  return at + length
}

const scratch = new DataView(new ArrayBuffer(8))

/**
 * Canonical bytes of a value. A value without an encoding (a lone surrogate, −0, a number that is not finite or is whole
 * beyond ±(2^53 − 1), nesting beyond MAX_NESTING, anything that is no `Value`) is the caller's error.
 */
export const encodeValue = (value: Value): Uint8Array<ArrayBuffer> => bytesOf((out) => writeValue(out, value, 0))

/** Writes the canonical bytes of a value that is `depth` deep in others. */
export function writeValue(out: ByteWriter, item: Value, depth: number): void {
  if (item === null) writeByte(out, NULL)
  else if (typeof item === 'boolean') writeByte(out, item ? TRUE : FALSE)
  else if (typeof item === 'number') writeNumber(out, item)
  else if (typeof item === 'string') writeBytes(out, encodeText(item))
  else if (item instanceof Uint8Array) {
    writeHeadTo(out, MAJOR.bytes, item.length)
    writeBytes(out, item)
  } else if (isArray(item)) {
    assert(depth < MAX_NESTING, 'arrays and maps are nested at most MAX_NESTING deep')
    writeHeadTo(out, MAJOR.array, item.length)
    for (const element of item) writeValue(out, element, depth + 1)
  } else {
    assert(depth < MAX_NESTING, 'arrays and maps are nested at most MAX_NESTING deep')
    assert(item instanceof Map, 'a value is null, a boolean, a number, a text, bytes, an array or a Map')
    const entries = [...(item as ReadonlyMap<string, Value>)].map(([key, of]) => ({ key: encodeText(key), of }))
    entries.sort((a, b) => compareBytes(a.key, b.key))
    writeHeadTo(out, MAJOR.map, entries.length)
    for (const { key, of } of entries) {
      writeBytes(out, key)
      writeValue(out, of, depth + 1)
    }
  }
}

/** Writes the shortest head of a major type and an argument. */
export function writeHeadTo(out: ByteWriter, major: number, argument: number): void {
  makeRoom(out, MAX_HEAD)
  out.length = writeHead(out.bytes, out.length, major, argument)
}

function writeNumber(out: ByteWriter, item: number): void {
  assert(isEncodableNumber(item), 'a number is finite, not −0, and within ±(2^53 − 1) when it is whole')
  if (!Number.isInteger(item)) {
    scratch.setFloat64(0, item)
    writeByte(out, FLOAT64)
    for (let i = 0; i < 8; i++) writeByte(out, scratch.getUint8(i))
  } else if (item >= 0) writeHeadTo(out, MAJOR.uint, item)
  else writeHeadTo(out, MAJOR.negative, -1 - item)
}

function encodeText(text: string): Uint8Array {
  assert(typeof text === 'string', 'a map key is a text')
  const utf8 = encodeUtf8(text)
  assert(utf8 !== null, 'a text holds no lone surrogates')
  const out = new Uint8Array(headLength(utf8.length) + utf8.length)
  out.set(utf8, writeHead(out, 0, MAJOR.text, utf8.length))
  return out
}

/** `Array.isArray` does not narrow a readonly array. */
const isArray = (value: Value): value is readonly Value[] => Array.isArray(value)

const isEncodableNumber = (value: number): boolean =>
  Number.isInteger(value) ? Number.isSafeInteger(value) && !Object.is(value, -0) : Number.isFinite(value)

// — judging ————————————————————————————————————————————————————————————————————————————————————————————————

/** What `endOfValue` answers instead of an end: −1 − (place in this list). */
const REFUSALS = [
  'truncated',
  'not-canonical',
  'unsupported-type',
  'bad-number',
  'bad-text',
  'bad-key',
  'too-deep',
] as const satisfies readonly FormRefusal[]

const TRUNCATED = -1
const NOT_CANONICAL = -2
const UNSUPPORTED = -3
const BAD_NUMBER = -4
const BAD_TEXT = -5
const BAD_KEY = -6
const TOO_DEEP = -7

/** The refusal that a negative answer of `endOfValue` stands for. */
const refusalOf = (end: number): FormRefusal => REFUSALS[-1 - end]!

/**
 * Where the head at `at` ends (RFC 8949 §3), or a negative refusal: it must be there whole, definite and the shortest.
 * Its argument is then `argumentAt`.
 */
function endOfHead(bytes: Uint8Array, at: number, to: number): number {
  const info = bytes[at]! & 31
  if (info < 24) return at + 1
  if (info > 27) return UNSUPPORTED
  const end = at + 1 + (1 << (info - 24))
  if (end > to) return TRUNCATED
  const least = info === 24 ? 24 : info === 25 ? 0x100 : info === 26 ? 0x1_0000 : TWO_32
  return argumentAt(bytes, at) < least ? NOT_CANONICAL : end
}

/** The argument of the head at `at`, whose info is at most 27 (RFC 8949 §3). Exact up to 2^53; beyond it, a number that is beyond it too. */
export function argumentAt(bytes: Uint8Array, at: number): number {
  const info = bytes[at]! & 31
  if (info < 24) return info
  const last = at + (1 << (info - 24))
  let argument = 0
  for (let i = at + 1; i <= last; i++) argument = argument * 0x100 + bytes[i]!
  return argument
}

function floatAt(bytes: Uint8Array, at: number): number {
  for (let i = 0; i < 8; i++) scratch.setUint8(i, bytes[at + i]!)
  return scratch.getFloat64(0)
}

/**
 * Where the canonical value that begins at `at` ends, or a negative number that `refusalOf` names. Arrays and maps may
 * still be `nesting` deep. Allocates nothing; recursion is bounded by `nesting`.
 */
function endOfValue(bytes: Uint8Array, at: number, to: number, nesting: number): number {
  if (at >= to) return TRUNCATED
  const first = bytes[at]!
  const major = first >> 5
  if (major === MAJOR.simple) return endOfSimple(bytes, at, to)
  if (major === MAJOR.tag) return UNSUPPORTED
  const start = endOfHead(bytes, at, to)
  if (start < 0) return start
  const argument = argumentAt(bytes, at)
  switch (major) {
    case MAJOR.uint:
      return argument <= Number.MAX_SAFE_INTEGER ? start : BAD_NUMBER
    case MAJOR.negative:
      return argument < Number.MAX_SAFE_INTEGER ? start : BAD_NUMBER
    case MAJOR.bytes:
      return argument <= to - start ? start + argument : TRUNCATED
    case MAJOR.text:
      if (argument > to - start) return TRUNCATED
      return isUtf8(bytes, start, start + argument) ? start + argument : BAD_TEXT
    case MAJOR.array: {
      if (nesting === 0) return TOO_DEEP
      // Every element takes a byte at least: a length beyond what is left is refused before any work.
      if (argument > to - start) return TRUNCATED
      let end = start
      for (let i = 0; i < argument; i++) {
        end = endOfValue(bytes, end, to, nesting - 1)
        if (end < 0) return end
      }
      return end
    }
    default: {
      if (nesting === 0) return TOO_DEEP
      if (2 * argument > to - start) return TRUNCATED
      return endOfEntries(bytes, start, to, argument, nesting - 1)
    }
  }
}

function endOfSimple(bytes: Uint8Array, at: number, to: number): number {
  const first = bytes[at]!
  if (first === FALSE || first === TRUE || first === NULL) return at + 1
  if (first === FLOAT16 || first === FLOAT32) return NOT_CANONICAL
  if (first !== FLOAT64) return UNSUPPORTED
  if (at + 9 > to) return TRUNCATED
  const value = floatAt(bytes, at + 1)
  return Number.isFinite(value) && !Number.isInteger(value) ? at + 9 : BAD_NUMBER
}

function endOfEntries(bytes: Uint8Array, start: number, to: number, count: number, nesting: number): number {
  let end = start
  let before = -1
  let beforeEnd = -1
  for (let i = 0; i < count; i++) {
    const key = end
    if (key >= to) return TRUNCATED
    if (bytes[key]! >> 5 !== MAJOR.text) return BAD_KEY
    const keyEnd = endOfValue(bytes, key, to, 0)
    if (keyEnd < 0) return keyEnd
    if (before >= 0 && !isBefore(bytes, before, beforeEnd, key, keyEnd)) return BAD_KEY
    before = key
    beforeEnd = keyEnd
    end = endOfValue(bytes, keyEnd, to, nesting)
    if (end < 0) return end
  }
  return end
}

/** Whether one stretch of the bytes is strictly before another in bytewise order. Encodings are never prefixes of one another. */
function isBefore(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): boolean {
  const n = Math.min(aEnd - a, bEnd - b)
  for (let i = 0; i < n; i++) {
    const d = bytes[a + i]! - bytes[b + i]!
    if (d !== 0) return d < 0
  }
  return false
}

/**
 * What is wrong with bytes `from` … `to − 1` as the canonical encoding of one value, or null: the verdict of `decodeValue`
 * without building the value. Linear; allocates nothing. `nesting` is how many arrays and maps may be inside each other.
 */
export function checkValue(bytes: Uint8Array, from: number, to: number, nesting: number = MAX_NESTING): FormRefusal | null {
  const end = endOfValue(bytes, from, to, nesting)
  return end < 0 ? refusalOf(end) : end < to ? 'trailing-bytes' : null
}

// — decoding ———————————————————————————————————————————————————————————————————————————————————————————————

/** The value of canonical bytes, or why they are none. Byte strings in it are copies. `nesting` as in `checkValue`. */
export function decodeValue(bytes: Uint8Array, nesting: number = MAX_NESTING): Result<Value, FormRefusal> {
  const wrong = checkValue(bytes, 0, bytes.length, nesting)
  return wrong === null ? ok(readValue({ bytes, at: 0 })) : refuse(wrong)
}

interface Cursor {
  readonly bytes: Uint8Array
  at: number
}

/** Reads one value that `checkValue` has passed. */
function readValue(cursor: Cursor): Value {
  const { bytes, at } = cursor
  const first = bytes[at]!
  const major = first >> 5
  if (major === MAJOR.simple) {
    cursor.at = first === FLOAT64 ? at + 9 : at + 1
    return first === FLOAT64 ? floatAt(bytes, at + 1) : first === NULL ? null : first === TRUE
  }
  const argument = argumentAt(bytes, at)
  const start = at + headLength(argument)
  cursor.at = start
  switch (major) {
    case MAJOR.uint:
      return argument
    case MAJOR.negative:
      return -1 - argument
    case MAJOR.bytes:
      cursor.at = start + argument
      return new Uint8Array(bytes.subarray(start, cursor.at))
    case MAJOR.text:
      return readText(cursor, argument)
    case MAJOR.array: {
      const out: Value[] = []
      for (let i = 0; i < argument; i++) out.push(readValue(cursor))
      return out
    }
    default: {
      const out = new Map<string, Value>()
      for (let i = 0; i < argument; i++) {
        const keyLength = argumentAt(bytes, cursor.at)
        cursor.at += headLength(keyLength)
        const key = readText(cursor, keyLength)
        out.set(key, readValue(cursor))
      }
      return out
    }
  }
}

function readText(cursor: Cursor, length: number): string {
  const from = cursor.at
  cursor.at += length
  const text = decodeUtf8(cursor.bytes, from, cursor.at)
  assert(text !== null, 'texts were checked before they are read')
  return text
}
