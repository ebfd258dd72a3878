/**
 * An amount that is spent and comes back with time (a token bucket). Senders of which nothing is known share such budgets, however many
 * sender values they use. Pure: the time is an argument.
 */

export interface Budget {
  readonly most: number
  /** The amount that comes back in a second. */
  readonly perSecond: number
  /** May be below 0: if something cost more than it seemed, the rest is owed. */
  left: number
  at: number
}

/** A full budget. `now` in ms. */
export const createBudget = (most: number, perSecond: number, now: number): Budget => ({ most, perSecond, left: most, at: now })

/** What is left at `now` (ms). */
export function leftAt(budget: Budget, now: number): number {
  budget.left = Math.min(budget.most, budget.left + (budget.perSecond * (now - budget.at)) / 1_000)
  budget.at = now
  return budget.left
}

/** Takes one from the budget at `now`, or says false when there is none. */
export function takeOne(budget: Budget, now: number): boolean {
  if (leftAt(budget, now) < 1) return false
  budget.left--
  return true
}

/** Takes `amount` at `now`, also where less is left. No more than `owed` is owed then. */
export function spend(budget: Budget, amount: number, now: number, owed: number): void {
  budget.left = Math.max(-owed, leftAt(budget, now) - amount)
}

/**
 * Takes one by lot: always while half of the budget is left; the less is left, the less often. So a flood does not get all of it by being
 * early: each sender has the same chance. @param chance in [0, 1)
 */
export function drawOne(budget: Budget, now: number, chance: number): boolean {
  const left = leftAt(budget, now)
  if (left < 1 || chance * budget.most >= 2 * left) return false
  budget.left--
  return true
}

/** When (ms) one can be taken, `now` if there is one. */
export const oneAt = (budget: Budget, now: number): number => now + Math.max(0, ((1 - leftAt(budget, now)) * 1_000) / budget.perSecond)

/** When (ms) a budget that is empty at `now` is not empty any more. */
export const backAt = (budget: Budget, now: number): number => now + Math.max(1, (-leftAt(budget, now) * 1_000) / budget.perSecond)
