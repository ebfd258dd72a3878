/** Work in fair turns. A turn of the event loop does a fixed amount of it. Sources take turns in it, and within a source its senders. */
import { type FairQueue, push, shift } from './fair-queue.ts'

/** Works on an item when it is the turn of its sender and source. True if that was at once: the turn has room, and no other item waits. */
export type InFairTurn<Sender, Item> = (source: string, sender: Sender, item: Item) => boolean

/** @param waiting work that has to wait for its turn @param perTurn work of one turn of the event loop, as `costOf` counts it */
export function createFairTurns<Sender, Item>(
  waiting: FairQueue<Sender, Item>,
  perTurn: number,
  costOf: (item: Item) => number,
  work: (item: Item) => void,
): InFairTurn<Sender, Item> {
  let spent = 0

  const run = (item: Item): void => {
    if (spent === 0) setImmediate(nextTurn)
    spent += costOf(item)
    work(item)
  }
  const nextTurn = (): void => {
    spent = 0
    while (spent < perTurn) {
      const next = shift(waiting)
      if (next === null) return
      run(next)
    }
  }

  return (source, sender, item) => {
    const isAtOnce = waiting.cost === 0 && spent < perTurn
    if (isAtOnce) run(item)
    else push(waiting, source, sender, item, costOf(item))
    return isAtOnce
  }
}
