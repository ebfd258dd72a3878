/**
 * Stands in for deflate, which is the platform's: the bytes as they are behind a mark, or a number of zeros, which is what a
 * bomb looks like. Like the real one it refuses what is cut or corrupt, and whatever would exceed the limit.
 */
import { concatBytes } from '../core/bytes.ts'
import { ok, refuse } from '../core/result.ts'
import type { Inflated } from '../sync/rebuild.ts'

const PLAIN = 0x50
const ZEROS = 0x5a
const RUNS = 0x52

export function squeeze(bytes: Uint8Array): Uint8Array {
  const head = new Uint8Array(5)
  head[0] = PLAIN
  new DataView(head.buffer).setUint32(1, bytes.length)
  return concatBytes([head, bytes])
}

/** The same with each run of one byte in three: what a text of one letter, repeated, deflates to is as short. */
export function squeezeRuns(bytes: Uint8Array): Uint8Array {
  const out: number[] = [RUNS, 0, 0, 0, 0]
  for (let at = 0, end = 0; at < bytes.length; at = end) {
    while (end < bytes.length && bytes[end] === bytes[at] && end - at < 0xffff) end++
    out.push(bytes[at]!, (end - at) >> 8, (end - at) & 0xff)
  }
  const squeezed = Uint8Array.from(out)
  new DataView(squeezed.buffer).setUint32(1, bytes.length)
  return squeezed
}

/** A few bytes that give `length` zeros. */
export function bomb(length: number): Uint8Array {
  const out = new Uint8Array(5)
  out[0] = ZEROS
  new DataView(out.buffer).setUint32(1, length)
  return out
}

export function unsqueeze(bytes: Uint8Array, limit: number): Inflated {
  if (bytes.length < 5) return refuse('bad-deflate')
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1)
  if (length > limit) return refuse('too-large')
  if (bytes[0] === ZEROS && bytes.length === 5) return ok(new Uint8Array(length))
  if (bytes[0] === RUNS) return fromRuns(bytes.subarray(5), length)
  return bytes[0] === PLAIN && bytes.length === 5 + length ? ok(bytes.slice(5)) : refuse('bad-deflate')
}

function fromRuns(runs: Uint8Array, length: number): Inflated {
  const out = new Uint8Array(length)
  let end = 0
  for (let at = 0; at + 2 < runs.length; at += 3) {
    const begin = end
    end += (runs[at + 1]! << 8) | runs[at + 2]!
    if (end > length) return refuse('bad-deflate')
    out.fill(runs[at]!, begin, end)
  }
  return end === length && runs.length % 3 === 0 ? ok(out) : refuse('bad-deflate')
}
