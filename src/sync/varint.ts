/**
 * Numbers for a writer, and a reader of numbers and bytes that never throws. Numbers are LEB128 varints, seven bits a byte, lowest first, and only the shortest form is read.
 */
import { type ByteWriter, writeByte } from '../core/byte-writer.ts'
import { assert } from '../core/result.ts'

/** A number in 0 … 2^53 − 1: 1 to 8 bytes. */
export function writeVarint(writer: ByteWriter, value: number): void {
  assert(Number.isSafeInteger(value) && value >= 0, 'a varint is a whole number in 0 … 2^53 − 1')
  let rest = value
  while (rest >= 0x80) {
    writeByte(writer, (rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  writeByte(writer, rest)
}

/** A number in 0 … 2^53 − 1 and one bit more, which is the lowest of the first byte: 1 to 8 bytes. */
export function writeFlagged(writer: ByteWriter, value: number, flag: 0 | 1): void {
  const first = ((value % 0x40) << 1) | flag
  if (value < 0x40) return writeByte(writer, first)
  writeByte(writer, first | 0x80)
  writeVarint(writer, Math.floor(value / 0x40))
}

/** `failed` is set by the first read that finds no well-formed number or too few bytes, and stays; reads answer 0 or nothing from then on. */
export interface ByteReader {
  readonly bytes: Uint8Array
  at: number
  failed: boolean
  /** Numbers of columns in runs so far. A few bytes can stand for many numbers, so this is work besides the bytes read. */
  expanded: number
}

export const createReader = (bytes: Uint8Array, at = 0): ByteReader => ({ bytes, at, failed: false, expanded: 0 })

/** Bytes not read yet; 0 after a failure, so that no length passes a check against it. */
export const left = (reader: ByteReader): number => (reader.failed ? 0 : reader.bytes.length - reader.at)

/** The next `length` bytes, as a view. */
export function readBytes(reader: ByteReader, length: number): Uint8Array {
  if (length > left(reader)) {
    reader.failed = true
    return new Uint8Array(0)
  }
  reader.at += length
  return reader.bytes.subarray(reader.at - length, reader.at)
}

/** The next `length` bytes, as a copy. */
export function readCopy(reader: ByteReader, length: number): Uint8Array {
  if (length > left(reader)) {
    reader.failed = true
    return new Uint8Array(0)
  }
  reader.at += length
  return reader.bytes.slice(reader.at - length, reader.at)
}

export function readVarint(reader: ByteReader): number {
  const { bytes } = reader
  let value = 0
  let scale = 1
  while (!reader.failed && reader.at < bytes.length) {
    const byte = bytes[reader.at++]!
    value += (byte & 0x7f) * scale
    if (byte < 0x80) {
      // A last byte of 0 says nothing: the number has a shorter form.
      if (value <= Number.MAX_SAFE_INTEGER && (byte > 0 || scale === 1)) return value
      break
    }
    scale *= 0x80
    if (scale > Number.MAX_SAFE_INTEGER) break
  }
  reader.failed = true
  return 0
}

/** The number of `writeFlagged`; its flag is bit 0 of the first byte. */
export function readFlagged(reader: ByteReader): number {
  const first = reader.at < reader.bytes.length ? reader.bytes[reader.at++]! : -1
  if (first < 0) reader.failed = true
  if (first < 0x80) return reader.failed ? 0 : first >> 1
  const rest = readVarint(reader)
  const value = ((first & 0x7f) >> 1) + rest * 0x40
  if (rest === 0 || value > Number.MAX_SAFE_INTEGER) reader.failed = true
  return reader.failed ? 0 : value
}
