/** A hash of everything that happened in a world, in order: two runs of one seed must give the same. Two lanes of MurmurHash3's mix. */
import { toHex } from '../core/bytes.ts'

export interface Trace {
  number(n: number): void
  /** The length of the bytes and a sample of them. */
  bytes(bytes: Uint8Array): void
  /** 16 hex digits. */
  hash(): string
}

/** Bytes looked at in one message: every one would cost more than the engine does with it. */
const SAMPLE = 24

export function createTrace(): Trace {
  let a = 0x243f6a88
  let b = 0x85a308d3
  const mix = (n: number): void => {
    a = Math.imul(a ^ n, 0xcc9e2d51)
    a = ((a << 15) | (a >>> 17)) ^ b
    b = Math.imul(b + n, 0x1b873593)
    b = (b << 13) | (b >>> 19)
  }
  return {
    number(n) {
      mix(n | 0)
      mix(Math.floor((n - Math.floor(n)) * 2 ** 31))
    },
    bytes(bytes) {
      mix(bytes.length)
      const stride = Math.max(1, Math.floor(bytes.length / SAMPLE))
      for (let i = bytes.length - 1; i >= 0; i -= stride) mix(bytes[i]!)
    },
    hash() {
      const out = new Uint8Array(8)
      const view = new DataView(out.buffer)
      view.setInt32(0, a)
      view.setInt32(4, b)
      return toHex(out)
    },
  }
}
