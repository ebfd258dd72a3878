/** An answer on its way: where it is, and what of the stored ops is still to be sent. */
import type { Unit } from '../core/unit.ts'
import type { StoredUnits } from './effects.ts'
import type { Ranges } from './holdings.ts'
import { opsAfter } from './strangers.ts'

/** An answer that ended: whose question it was, and the op before which it ended. */
export interface Given {
  readonly ref: number
  readonly to: number
}

export interface Serving {
  readonly ref: number
  /** Where it begins. */
  readonly from: number
  /** What is to be sent. */
  readonly lacking: Ranges
  readonly until: number
  /** Ops that were stored when it was asked. What was stored since may lie in one unit with what is to be sent, and vouch for it. */
  readonly stored: number
  /** Next op to look at, and how many of `lacking` lie before it. */
  at: number
  range: number
  /** What the next bundle holds so far: units, their ops and cost (`unitCost`). */
  units: Unit[]
  ops: number
  cost: number
  /** Bytes and bundles sent. */
  sent: number
  bundles: number
  /** Ops and bytes of the bundles that the asker has judged, and of each that it has not. */
  takenOps: number
  takenBytes: number
  readonly unjudged: { readonly ops: number; readonly bytes: number }[]
  /** The question was asked before, and its answer waited: this answer begins where that would have gone on. */
  readonly isAgain: boolean
  left: number
  /** Segments to be read next. */
  readAhead: number
  /** What comes next does not fit into a stranger's first share. */
  isHeld: boolean
  /** Goes on when the asker may get more; null while it does not wait for that. Since when it waits (ms). */
  resume: (() => void) | null
  waitsSince: number
}

/** The ops that the next bundle may hold: an asker that was brought little takes no more at a time (`strangers.ts`). */
export const mayBring = ({ takenOps }: Serving): number => opsAfter(takenOps)

/** So many bundles were judged by now, as the asker says. */
export function judged(serving: Serving, bundles: number): void {
  const { unjudged } = serving
  while (unjudged.length > 0 && serving.bundles - unjudged.length < bundles) {
    const { ops, bytes } = unjudged.shift()!
    serving.takenOps += ops
    serving.takenBytes += bytes
  }
}

/** How many ops of the ranges are in `from` … `to` − 1. */
export function countBetween(ranges: Ranges, from: number, to: number): number {
  let count = 0
  for (let i = 0; i < ranges.length; i += 2) count += Math.max(0, Math.min(ranges[i + 1]!, to) - Math.max(ranges[i]!, from))
  return count
}

/** True for an op that is to be sent. Asked in ascending order. */
export function isLacking(serving: Serving, op: number): boolean {
  const { lacking, stored } = serving
  if (op >= stored) return true
  while (serving.range < lacking.length && lacking[serving.range + 1]! <= op) serving.range += 2
  return serving.range < lacking.length && lacking[serving.range]! <= op
}

/** The first op from `at` on that is to be sent; `until` or more when there is none. */
export function nextLacking(serving: Serving): number {
  return isLacking(serving, serving.at) ? serving.at : (serving.lacking[serving.range] ?? serving.until)
}

/** True for a segment of which everything is to be sent. */
export function isWhole(serving: Serving, { first, count }: StoredUnits): boolean {
  return serving.at === first && isLacking(serving, first) && (serving.lacking[serving.range + 1] ?? 0) >= first + count
}
