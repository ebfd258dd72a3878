/** Bytes written one after the other into an array that grows. */
import { newBytes } from './slab.ts'

export interface ByteWriter {
  bytes: Uint8Array<ArrayBuffer>
  length: number
}

const START = 1024

/** A writer that has grown beyond this is not kept for the next one (bytes): one large bundle must not hold its memory for ever. */
const MAX_KEPT = 256 * 1024

const createWriter = (): ByteWriter => ({ bytes: new Uint8Array(START), length: 0 })

/**
 * Writers that are free: a new array costs more than most of what is written into it. There are as many as were ever in use at the same
 * time.
 */
const spares: ByteWriter[] = []

/** An empty writer, to be given back. */
export function takeWriter(): ByteWriter {
  const out = spares.pop() ?? createWriter()
  out.length = 0
  return out
}

/** Gives a writer back: the code that took it must not use it any more. */
export function giveBack(out: ByteWriter): void {
  if (out.bytes.length <= MAX_KEPT) spares.push(out)
}

/** The bytes that `write` writes, in an array of their own. May be used inside itself. */
export function bytesOf(write: (out: ByteWriter) => void): Uint8Array<ArrayBuffer> {
  const out = takeWriter()
  write(out)
  const bytes = newBytes(out.length)
  bytes.set(new Uint8Array(out.bytes.buffer, 0, out.length))
  giveBack(out)
  return bytes
}

export function writeByte(writer: ByteWriter, byte: number): void {
  if (writer.length === writer.bytes.length) makeRoom(writer, 1)
  writer.bytes[writer.length++] = byte
}

export function writeBytes(writer: ByteWriter, bytes: Uint8Array): void {
  makeRoom(writer, bytes.length)
  writer.bytes.set(bytes, writer.length)
  writer.length += bytes.length
}

/** Longer stretches are copied by the platform, whose call costs as much as so many bytes one by one. */
const SHORT = 24

/** Writes the bytes `from` … `to − 1` of an array. */
export function writePart(writer: ByteWriter, bytes: Uint8Array, from: number, to: number): void {
  if (to - from > SHORT) return writeBytes(writer, bytes.subarray(from, to))
  makeRoom(writer, to - from)
  for (let i = from; i < to; i++) writer.bytes[writer.length++] = bytes[i]!
}

/** Makes sure that `more` bytes fit without another check. */
export function makeRoom(writer: ByteWriter, more: number): void {
  if (writer.length + more <= writer.bytes.length) return
  const grown = new Uint8Array(Math.max(2 * writer.bytes.length, writer.length + more))
  grown.set(writer.bytes.subarray(0, writer.length))
  writer.bytes = grown
}
