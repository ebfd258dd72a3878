/**
 * A set of whole numbers from 0 on (op numbers), in order: one bit each, and above the bits three levels of counts. Adding, removing
 * and finding by rank take a fixed number of steps, some hundred at most up to 33,000,000. About 1.1 bits for each number up to the
 * greatest one, however few of them are members.
 */
import { withRoom } from './grow.ts'

export interface NumberSet {
  size: number
  /** 32 numbers a word. */
  bits: Int32Array
  /** How many members are in each 2^10, 2^15 and 2^20 numbers. */
  readonly counts: [Int32Array, Int32Array, Int32Array]
}

const WORD = 5
const SHIFTS = [10, 15, 20] as const
/** Groups of a level that make one of the next. */
const FAN_OUT = 32

/** An empty set. */
export function createNumberSet(): NumberSet {
  return { size: 0, bits: new Int32Array(2), counts: [new Int32Array(1), new Int32Array(1), new Int32Array(1)] }
}

export const hasNumber = ({ bits }: NumberSet, n: number): boolean => ((bits[n >> WORD] ?? 0) & (1 << (n & 31))) !== 0

/** Adds `n`, which may be a member already. */
export function addNumber(set: NumberSet, n: number): void {
  if (hasNumber(set, n)) return
  set.bits = withRoom(set.bits, (n >> WORD) + 1)
  set.bits[n >> WORD]! |= 1 << (n & 31)
  for (const [level, shift] of SHIFTS.entries()) {
    const counts = withRoom(set.counts[level]!, (n >> shift) + 1)
    set.counts[level] = counts
    counts[n >> shift]!++
  }
  set.size++
}

/** Removes `n`. True if it was a member. */
export function deleteNumber(set: NumberSet, n: number): boolean {
  if (!hasNumber(set, n)) return false
  set.bits[n >> WORD]! &= ~(1 << (n & 31))
  for (const [level, shift] of SHIFTS.entries()) set.counts[level]![n >> shift]!--
  set.size--
  return true
}

/** The member that `rank` others are greater than; −1 when there are no more than `rank` members. O(1), and O(numbers / 2^20). */
export function nthGreatest(set: NumberSet, rank: number): number {
  if (rank >= set.size) return -1
  const [low, middle, high] = set.counts
  let left = rank
  let group = high.length - 1
  for (const [counts, below] of [
    [high, middle],
    [middle, low],
  ] as const) {
    for (; left >= counts[group]!; group--) left -= counts[group]!
    group = Math.min(group * FAN_OUT + FAN_OUT, below.length) - 1
  }
  for (; left >= low[group]!; group--) left -= low[group]!
  let word = Math.min(group * FAN_OUT + FAN_OUT, set.bits.length) - 1
  for (let count = ones(set.bits[word]!); left >= count; count = ones(set.bits[word]!)) {
    left -= count
    word--
  }
  let rest = set.bits[word]!
  // Each round clears the highest bit that is set.
  for (; left > 0; left--) rest ^= 1 << (31 - Math.clz32(rest))
  return word * 32 + 31 - Math.clz32(rest)
}

/** The `count` greatest members, greatest first; all of them if there are no more. O(count). */
export function greatest(set: NumberSet, count: number): number[] {
  return Array.from({ length: Math.min(count, set.size) }, (_, rank) => nthGreatest(set, rank))
}

/** The `count` least members, least first; all of them if there are no more. O(count). */
export function least(set: NumberSet, count: number): number[] {
  return Array.from({ length: Math.min(count, set.size) }, (_, rank) => nthGreatest(set, set.size - 1 - rank))
}

/** All members, in ascending order. O(greatest member / 32 + members). */
export function* numbersIn({ bits }: NumberSet): Generator<number, undefined> {
  for (const [word, all] of bits.entries()) {
    for (let rest = all; rest !== 0; rest &= rest - 1) yield word * 32 + 31 - Math.clz32(rest & -rest)
  }
}

/** How many bits of a 32-bit word are set. */
function ones(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555)
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333)
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
