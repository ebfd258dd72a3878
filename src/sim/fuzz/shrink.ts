/** Makes an input smaller as long as the same thing goes wrong: parts left out, stretches left out, bytes made zero. */
import { concatBytes } from '../../core/bytes.ts'
import { joinParts, partsOf } from './parts.ts'

/** Inputs that a search may try. */
const MOST_TRIES = 4_000

/** The smallest input found. `fails` must hold for the input given. */
export function shrink(bytes: Uint8Array, fails: (bytes: Uint8Array) => boolean, inParts: boolean): Uint8Array {
  let tries = 0
  const fits = (candidate: Uint8Array): boolean => ++tries < MOST_TRIES && fails(candidate)
  if (!inParts) return shrinkBytes(bytes, fits)
  let parts = partsOf(bytes)
  for (let at = parts.length - 1; at >= 0; at--) {
    const fewer = parts.toSpliced(at, 1)
    if (fits(joinParts(fewer))) parts = fewer
  }
  for (const at of parts.keys()) {
    parts = parts.with(
      at,
      shrinkBytes(parts[at]!, (part) => fits(joinParts(parts.with(at, part)))),
    )
  }
  return joinParts(parts)
}

function shrinkBytes(bytes: Uint8Array, fits: (bytes: Uint8Array) => boolean): Uint8Array {
  let smallest = bytes
  for (let length = Math.max(1, bytes.length >> 1); length >= 1; length >>= 1) {
    for (let at = smallest.length - length; at >= 0; at -= length) {
      const without = concatBytes([smallest.subarray(0, at), smallest.subarray(at + length)])
      if (fits(without)) smallest = without
    }
  }
  for (let at = 0; at < smallest.length; at++) {
    const plain = smallest.with(at, 0)
    if (smallest[at] !== 0 && fits(plain)) smallest = plain
  }
  return smallest
}
