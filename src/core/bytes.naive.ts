/** Random bytes and mutations from a seed, for the tests that throw bytes at decoders. */
import { concatBytes } from './bytes.ts'

/** Numbers in [0, 1) from a seed: mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const randomBytes = (random: () => number, length: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, () => Math.floor(random() * 256))

/** The sample with a byte changed, a bit flipped, some bytes put in or left out, or its end cut off. */
export function mutated(random: () => number, sample: Uint8Array): Uint8Array<ArrayBuffer> {
  const at = Math.floor(random() * sample.length)
  const out = new Uint8Array(sample)
  switch (Math.floor(random() * 5)) {
    case 0:
      return out.slice(0, at)
    case 1:
      return concatBytes([sample.subarray(0, at), randomBytes(random, 1 + Math.floor(random() * 3)), sample.subarray(at)])
    case 2:
      return concatBytes([sample.subarray(0, at), sample.subarray(at + 1)])
    case 3:
      if (out.length > 0) out[at]! ^= 1 << Math.floor(random() * 8)
      return out
    default:
      if (out.length > 0) out[at] = Math.floor(random() * 256)
      return out
  }
}
