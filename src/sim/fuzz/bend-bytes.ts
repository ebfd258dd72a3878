/** Harm that needs to know nothing of what the bytes mean. */
import { concatBytes } from '../../core/bytes.ts'
import type { Random } from '../random.ts'

/** Bytes at which encodings turn into something else: first and last of a kind, of a length, of a sign. */
const EDGES = [
  0x00, 0x01, 0x17, 0x18, 0x1b, 0x1f, 0x20, 0x3b, 0x40, 0x5f, 0x60, 0x7f, 0x80, 0x81, 0x9f, 0xa0, 0xbf, 0xc0, 0xed, 0xf4, 0xf7, 0xfb, 0xff,
]

/** The longest stretch that is taken out, put in or repeated. */
const STRETCH = 40

/** The bytes bent in a few places; `other` is what may be spliced in. */
export function bendBytes(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  let out = bytes
  for (let bends = 1 + random.below(3); bends > 0; bends--) out = bendOnce(random, out, other)
  return out
}

function bendOnce(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  // Heads and counts are in front.
  const at = random.below(random.chance(0.5) ? Math.min(64, bytes.length) : bytes.length)
  const length = random.below(Math.min(STRETCH, bytes.length - at + 1))
  const [before, stretch, after] = [bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at + length)]
  switch (random.below(10)) {
    case 0:
      return before
    case 1:
      return concatBytes([before, after])
    case 2:
      return concatBytes([before, stretch, stretch, after])
    case 3:
      return concatBytes([before, random.bytes(length), stretch, after])
    case 4:
      return concatBytes([before, random.bytes(length), after])
    case 5:
      return concatBytes([before, other.subarray(random.below(other.length + 1))])
    case 6: {
      const from = random.below(other.length + 1)
      return concatBytes([before, other.subarray(from, from + length), after])
    }
    case 7:
      return concatBytes([bytes, random.bytes(random.below(4))])
    case 8:
      return withByte(bytes, at, (byte) => byte ^ (1 << random.below(8)))
    default:
      return withByte(bytes, at, () => random.pick(EDGES))
  }
}

function withByte(bytes: Uint8Array, at: number, to: (byte: number) => number): Uint8Array {
  const out = bytes.slice()
  if (at < out.length) out[at] = to(out[at]!)
  return out
}
