/**
 * The definitions on sets of at most 31 ops, a bit each: the admitted set, and what a unit vouches for. A test compares the first with
 * `../definition.ts` in every world of up to four ops; this one is some fifty times as fast.
 */
import { has } from './ops.ts'
import type { Shape } from './shapes.ts'

/** The largest set of received ops in which every op is valid, has all its parents, and is signed or prev of an op by its author. */
export function admittedOf(shape: Shape, signed: number, received: number): number {
  return largest(shape, signed, received & ~bentOf(shape), ~0)
}

/**
 * What a unit vouches for, so that it is not dropped: the largest part in which every op is signed or prev of an op by its author, and no op
 * stands on a unit-mate that is not. `others`: what is not there, or refused.
 */
export function vouchedOf(shape: Shape, signed: number, unit: number, others = 0): number {
  return largest(shape, signed, unit & ~others, unit)
}

/** The invalid op, and all that stand on it. */
export function refusedOf(shape: Shape): number {
  let refused = bentOf(shape)
  for (const [op, parents] of shape.parents.entries()) if ((parents & refused) !== 0) refused |= 1 << op
  return refused
}

const bentOf = ({ bent }: Shape): number => (bent === undefined ? 0 : 1 << bent.op)

/** Strikes out what is neither signed nor vouched for, and what lacks one of its parents that is `looked` for, until nothing is. */
function largest({ author, prev, parents }: Shape, signed: number, from: number, looked: number): number {
  let set = from
  for (;;) {
    let fine = signed
    for (let op = 0; op < parents.length; op++) {
      if (has(set, op) && prev[op]! >= 0 && author[prev[op]!] === author[op]) fine |= 1 << prev[op]!
    }
    let next = set & fine
    for (let op = 0; op < parents.length; op++) if ((parents[op]! & looked & ~set) !== 0) next &= ~(1 << op)
    if (next === set) return set
    set = next
  }
}
