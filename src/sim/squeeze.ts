/**
 * Stands in for deflate, which is the platform's: the bytes as they are behind a mark, or a number of zeros, which is what a
 * bomb looks like. Like the real one it refuses what is cut or corrupt, and whatever would exceed the limit.
 */
import { concatBytes } from '../core/bytes.ts'

const PLAIN = 0x50
const ZEROS = 0x5a

export function squeeze(bytes: Uint8Array): Uint8Array {
  const head = new Uint8Array(5)
  head[0] = PLAIN
  new DataView(head.buffer).setUint32(1, bytes.length)
  return concatBytes([head, bytes])
}

/** A few bytes that give `length` zeros. */
export function bomb(length: number): Uint8Array {
  const out = new Uint8Array(5)
  out[0] = ZEROS
  new DataView(out.buffer).setUint32(1, length)
  return out
}

export function unsqueeze(bytes: Uint8Array, limit: number): Uint8Array | null {
  if (bytes.length < 5) return null
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1)
  if (length > limit) return null
  if (bytes[0] === ZEROS) return bytes.length === 5 ? new Uint8Array(length) : null
  return bytes[0] === PLAIN && bytes.length === 5 + length ? bytes.slice(5) : null
}
