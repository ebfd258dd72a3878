/** Work in fair turns: a turn of the event loop does so much of it, sources take turns in it, and within a source its senders. */
import { createFairQueue, push, shift } from './fair-queue.ts'

/** Runs `work` when it is the turn of its sender and source; at once where this turn has room and nothing waits. */
export type InFairTurn<Sender> = (source: string, sender: Sender, cost: number, work: () => void) => void

/** @param quantum what a sender, and a source, may cause before others come @param perTurn what a turn of the event loop does in all */
export function createFairTurns<Sender>(quantum: number, perTurn: number): InFairTurn<Sender> {
  const waiting = createFairQueue<Sender, { readonly cost: number; readonly work: () => void }>(quantum)
  let spent = 0

  const run = (cost: number, work: () => void): void => {
    if (spent === 0) setImmediate(nextTurn)
    spent += cost
    work()
  }
  const nextTurn = (): void => {
    spent = 0
    while (spent < perTurn) {
      const next = shift(waiting)
      if (next === null) return
      run(next.cost, next.work)
    }
  }

  return (source, sender, cost, work) => {
    if (waiting.cost === 0 && spent < perTurn) run(cost, work)
    else push(waiting, source, sender, { cost, work }, cost)
  }
}
