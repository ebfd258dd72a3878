/**
 * Links whose next bundle waits until there is something left of the budget that it is judged from: one line for each budget
 * (`strangers.ts`), so that a step costs no more when many wait. Sender values cost nothing, so the lines have a bound: of links without a
 * seat the one that has waited longest gives way, and what it brought is lost. It can be asked for.
 */
import type { Link } from './effects.ts'
import { dropQueue, type Engine } from './state.ts'

/** Links that wait, in all: ten seconds of the budgets (`JUDGED_PER_SECOND`). */
export const MAX_HELD_BACK = 1_024

export interface HeldBack {
  readonly small: Set<Link>
  readonly large: Set<Link>
}

export const createHeldBack = (): HeldBack => ({ small: new Set(), large: new Set() })

export const countHeldBack = ({ small, large }: HeldBack): number => small.size + large.size

/** A link waits for a budget, behind those that wait already. O(seats) when the lines are full. */
export function holdBack(engine: Engine, link: Link, budget: keyof HeldBack): void {
  const { heldBack, peers } = engine
  letGo(heldBack, link)
  heldBack[budget].add(link)
  if (countHeldBack(heldBack) <= MAX_HELD_BACK) return
  const [long, short] = heldBack.small.size > heldBack.large.size ? [heldBack.small, heldBack.large] : [heldBack.large, heldBack.small]
  for (const line of [long, short]) {
    for (const each of line) {
      if (peers.has(each)) continue
      line.delete(each)
      return dropQueue(engine, each)
    }
  }
}

/** A link does not wait any more. True if it did. */
export function letGo({ small, large }: HeldBack, link: Link): boolean {
  return small.delete(link) || large.delete(link)
}
