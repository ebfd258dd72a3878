/** Bytes written one after the other into an array that grows. */

export interface ByteWriter {
  bytes: Uint8Array<ArrayBuffer>
  length: number
}

const START = 1024

/** A writer that has grown beyond this is not kept for the next one (bytes): one large bundle must not hold its memory for ever. */
const MAX_KEPT = 256 * 1024

const createWriter = (): ByteWriter => ({ bytes: new Uint8Array(START), length: 0 })

/** A writer for whoever comes next: a new array costs more than most of what is written into it. Null while it is in use. */
let spare: ByteWriter | null = null

/** The bytes that `write` writes, in an array of their own. May be used inside itself. */
export function bytesOf(write: (out: ByteWriter) => void): Uint8Array<ArrayBuffer> {
  const out = spare ?? createWriter()
  spare = null
  out.length = 0
  write(out)
  const bytes = out.bytes.slice(0, out.length)
  if (out.bytes.length <= MAX_KEPT) spare = out
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

/** Sees to it that `more` bytes fit without another look. */
export function makeRoom(writer: ByteWriter, more: number): void {
  if (writer.length + more <= writer.bytes.length) return
  const grown = new Uint8Array(Math.max(2 * writer.bytes.length, writer.length + more))
  grown.set(writer.bytes.subarray(0, writer.length))
  writer.bytes = grown
}
