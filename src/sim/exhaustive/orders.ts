/** Every way in which a room's ops can be split into units, and every order in which these units can arrive. */
import { has } from './ops.ts'
import type { Shape } from './shapes.ts'

/** Units in order of arrival: a bit for each of their ops, which they list by number. */
export type Order = readonly number[]

/** All orders of `ops` ops: 1, 3, 13, 75, 541 for 1 to 5. Each shares as many first units as it can with the one before. */
export function ordersOf(ops: number): Order[] {
  const out: Order[] = []
  const extend = (order: Order, left: number): void => {
    if (left === 0) out.push(order)
    for (let unit = left; unit > 0; unit = (unit - 1) & left) extend([...order, unit], left & ~unit)
  }
  extend([], (1 << ops) - 1)
  return out
}

/**
 * True for one of the cases that differ only in the numbers of their ops. What a replica receives is a sequence of ops and borders of
 * units; numberings that give the same sequence are the same case. Of these, the one is taken that numbers first what arrives first, of the
 * ops whose parents, and unit-mates before them, have a number.
 *
 * This is sound because a verdict does not depend on ids but for their being equal: which ids an op has decides where it stands in the
 * history, and in what order its deps are looked up, and neither decides what is admitted.
 */
export function isFirstOfItsKind({ parents }: Shape, order: Order): boolean {
  const arrival = arrivals(order, parents.length)
  for (let op = 1; op < parents.length; op++) {
    const mates = order.find((unit) => has(unit, op))!
    const before = (mates | parents[op]!) & ((1 << op) - 1)
    // The ops that are numbered between the last one of these and this one could have come after it as well.
    for (let other = 32 - Math.clz32(before); other < op; other++) if (arrival[other]! > arrival[op]!) return false
  }
  return true
}

/** Per op: how many ops arrive before it. */
function arrivals(order: Order, ops: number): number[] {
  const arrival: number[] = []
  let next = 0
  for (const unit of order) for (let op = 0; op < ops; op++) if (has(unit, op)) arrival[op] = next++
  return arrival
}
