/** Which op vouches for which within a unit: pure functions of the unit and of where its ops' parents are. */
import { equalBytes } from './bytes.ts'
import type { Op } from './op.ts'
import type { Verdict } from './result.ts'
import type { Unit } from './unit.ts'

/** Where an op's parent is: its place in the unit when it is before its child (0, 1, …), HELD − its number in the DAG, or one of the others. */
export type Parent = number
export const REJECTED = -1
export const MISSING = -2
export const HELD = -3

/** Per op of a unit, prev first. */
export type Parents = readonly (readonly Parent[])[]

/**
 * What becomes of an op of a unit. 'unauthentic': it is neither signed nor vouched for by an op that is kept, or has such an op as
 * ancestor.
 */
export type Fate = 'kept' | 'unauthentic' | Verdict

/** Whether an op with this fate is rejected for good. */
export const isVerdict = (fate: Fate): fate is Verdict => fate !== 'kept' && fate !== 'unauthentic'

/**
 * Shrinks the kept part of a unit to the largest one in which every op is signed or is prev of a kept op by the same author, and has no
 * parent in the unit that is not kept. O(parents), however many ops are removed.
 */
export function keepVouched(unit: Unit, placed: Parents, fates: Fate[]): void {
  const ownPrevs = unit.map((_, place) => ownPrevMate(unit, placed, place))
  const vouchers = new Int32Array(unit.length)
  for (const prev of ownPrevs) if (prev >= 0) vouchers[prev]!++
  const isUnvouched = (place: number): boolean => fates[place] === 'kept' && unit[place]!.signature === null && vouchers[place] === 0
  const fallen: number[] = []
  const fall = (place: number, fate: Fate): void => {
    fates[place] = fate
    fallen.push(place)
  }
  for (let place = 0; place < unit.length; place++) {
    if (isUnvouched(place)) fates[place] = 'unauthentic'
    if (fates[place] !== 'kept') fallen.push(place)
  }
  if (fallen.length === 0) return
  const children = childrenOf(placed)
  // The list grows during the loop.
  for (const place of fallen) {
    for (const child of children[place]!) if (fates[child] === 'kept') fall(child, fateAbove(fates[place]!))
    const prev = ownPrevs[place]!
    if (prev >= 0) vouchers[prev]!--
    if (prev >= 0 && isUnvouched(prev)) fall(prev, 'unauthentic')
  }
}

/** The fate of an op whose parent has this one. */
const fateAbove = (fate: Fate): Fate => (fate === 'unauthentic' ? fate : 'parent-rejected')

function childrenOf(placed: Parents): number[][] {
  const children: number[][] = placed.map(() => [])
  for (const [place, parents] of placed.entries()) for (const parent of parents) if (parent >= 0) children[parent]!.push(place)
  return children
}

/** Place of the op for which this one vouches: its prev, if that is in the unit and by the same author; else −1. */
function ownPrevMate(unit: Unit, placed: Parents, place: number): number {
  const { op } = unit[place]!
  const prev = prevMate(op, placed[place]!)
  return prev >= 0 && equalBytes(unit[prev]!.op.author, op.author) ? prev : -1
}

/** Place of an op's prev in the unit, or −1. */
export function prevMate({ prev }: Op, parents: readonly Parent[]): number {
  return prev === null ? -1 : Math.max(-1, parents[0]!)
}
