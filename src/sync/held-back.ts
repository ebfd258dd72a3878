/**
 * Queues of origins whose next bundle waits until its budget is not empty. There is one queue for each budget (`strangers.ts`), so a step
 * does not cost more when many origins wait. Sender values cost nothing, so the queues have a bound. Beyond it, of the origins without a
 * seat the one that has waited longest is removed, and its bundles are lost. This node can ask for the ops again.
 */
import type { Link } from './effects.ts'
import { hasAnswerToJudge } from './intake-queue.ts'
import { dropQueue, type Engine } from './state.ts'
import { JUDGE_BUDGETS, type JudgeBudget } from './strangers.ts'

/** Origins that wait, in all: ten seconds of the budgets (`JUDGED_PER_SECOND`). */
export const MAX_HELD_BACK = 1_024

export type HeldBack = Readonly<Record<JudgeBudget, Set<Link>>>

export const createHeldBack = (): HeldBack => ({
  small: new Set(),
  large: new Set(),
  answers: new Set(),
  trustedSmall: new Set(),
  trustedLarge: new Set(),
  trustedAnswers: new Set(),
})

export function countHeldBack(heldBack: HeldBack): number {
  let count = 0
  for (const name of JUDGE_BUDGETS) count += heldBack[name].size
  return count
}

/** Whether an answer of this origin waits for any budget. */
export const isAnswerHeldBack = (engine: Engine, link: Link): boolean =>
  hasAnswerToJudge(engine, link) && JUDGE_BUDGETS.some((name) => engine.heldBack[name].has(link))

/** An origin waits for a budget, behind those that wait already. O(seats) when the queues are full. */
export function holdBack(engine: Engine, link: Link, budget: JudgeBudget): void {
  const { heldBack, peers } = engine
  // An origin keeps its place when it sends more.
  if (heldBack[budget].has(link)) return
  letGo(heldBack, link)
  heldBack[budget].add(link)
  if (countHeldBack(heldBack) <= MAX_HELD_BACK) return
  const lines = JUDGE_BUDGETS.map((name) => heldBack[name]).sort((a, b) => b.size - a.size)
  for (const line of lines) {
    for (const each of line) {
      if (peers.has(each)) continue
      line.delete(each)
      return dropQueue(engine, each)
    }
  }
}

/** An origin does not wait any more. True if it did. */
export function letGo(heldBack: HeldBack, link: Link): boolean {
  for (const name of JUDGE_BUDGETS) if (heldBack[name].delete(link)) return true
  return false
}
