/** Inputs made of parts, such as a few messages: each part after its length (three bytes, big-endian), and never ill-formed. */
import { concatBytes } from '../../core/bytes.ts'

export function joinParts(parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(parts.flatMap((part) => [Uint8Array.of(part.length >> 16, part.length >> 8, part.length), part]))
}

/** The parts, as views; a last one that is cut is as long as it is. */
export function partsOf(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let at = 0; at + 3 <= bytes.length;) {
    const length = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
    parts.push(bytes.subarray(at + 3, at + 3 + length))
    at += 3 + length
  }
  return parts
}
