/**
 * Chance from a seed, so that a world can be run again: Chris Doty-Humphrey's sfc32 (from PractRand). Streams forked under
 * different labels do not depend on each other: taking one fault out of a world leaves the others as they were.
 */
import { assert } from '../core/result.ts'

export interface Random {
  /** In [0, 1). */
  next(): number
  /** A whole number in [0, n). */
  below(n: number): number
  /** A number in [from, to). */
  between(from: number, to: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  /** The items in random order, as a new array. */
  shuffled<T>(items: readonly T[]): T[]
  bytes(length: number): Uint8Array
  fork(label: string): Random
}

export function createRandom(seed: number, label = ''): Random {
  let [a, b, c, d] = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0, 0x9e3779b9, 1]
  for (let i = 0; i < label.length; i++) c = Math.imul(c ^ label.charCodeAt(i), 0x01000193) >>> 0
  const word = (): number => {
    const t = (((a + b) >>> 0) + d) >>> 0
    d = (d + 1) >>> 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) >>> 0
    c = (((c << 21) | (c >>> 11)) + t) >>> 0
    return t
  }
  for (let i = 0; i < 12; i++) word()
  const next = (): number => word() / 2 ** 32
  const below = (n: number): number => Math.floor(next() * n)
  return {
    next,
    below,
    between: (from, to) => from + next() * (to - from),
    chance: (probability) => next() < probability,
    pick(items) {
      assert(items.length > 0, 'there is something to pick from')
      return items[below(items.length)]!
    },
    shuffled(items) {
      const out = [...items]
      for (let i = out.length - 1; i > 0; i--) {
        const j = below(i + 1)
        const kept = out[i]!
        out[i] = out[j]!
        out[j] = kept
      }
      return out
    },
    bytes(length) {
      const out = new Uint8Array(length)
      for (let i = 0; i < length; i += 4) {
        const w = word()
        for (let j = 0; j < 4 && i + j < length; j++) out[i + j] = w >>> (8 * j)
      }
      return out
    },
    fork: (name) => createRandom(seed, `${label}/${name}`),
  }
}
