/**
 * A queue in fair turns (deficit round robin): sources take turns, and within a source its senders. So a sender that sends all the time
 * delays another sender by one turn of `quantum` for each source that waits, however much it sends and over however many connections. If
 * an item costs more than a quantum, it waits for as many turns as it takes to pay for it. No other item can spend what its source saves
 * for it: the senders of the source agree first on whose item comes next, and this item stays the next one until the source has paid for
 * it. So a turn of a source is one item, and less than a quantum of other items.
 *
 * Nothing is kept of a sender without waiting items.
 */

interface Lane<Item> {
  readonly items: { readonly item: Item; readonly cost: number }[]
  /** The place of the first item that still waits. */
  head: number
  cost: number
  /** The cost that this lane may spend before other lanes have their turn. */
  credit: number
}

interface Share<Sender, Item> {
  /** In the order of their turns, as Maps keep it. */
  readonly lanes: Map<Sender, Lane<Item>>
  cost: number
  credit: number
}

export interface FairQueue<Sender, Item> {
  readonly quantum: number
  /** By source, in the order of their turns. */
  readonly shares: Map<string, Share<Sender, Item>>
  /** The cost of all items that wait. */
  cost: number
}

/** When this number of items has left a lane, they are cut off its array. */
const COMPACT_AT = 1_024

export function createFairQueue<Sender, Item>(quantum: number): FairQueue<Sender, Item> {
  return { quantum, shares: new Map(), cost: 0 }
}

/** Adds an item at the end of its sender's lane. @param cost above 0. O(1) */
export function push<Sender, Item>(queue: FairQueue<Sender, Item>, source: string, sender: Sender, item: Item, cost: number): void {
  let share = queue.shares.get(source)
  if (!share) queue.shares.set(source, (share = { lanes: new Map(), cost: 0, credit: queue.quantum }))
  let lane = share.lanes.get(sender)
  if (!lane) share.lanes.set(sender, (lane = { items: [], head: 0, cost: 0, credit: queue.quantum }))
  lane.items.push({ item, cost })
  addCost(queue, share, lane, cost)
}

/** Takes the item that is next; null when no item waits. O(1) for each quantum of its cost and each source that waits */
export function shift<Sender, Item>(queue: FairQueue<Sender, Item>): Item | null {
  for (;;) {
    const [source, share] = firstOf(queue.shares) ?? []
    if (source === undefined) return null
    const [sender, lane] = firstOf(share!.lanes)!
    const { item, cost } = lane.items[lane.head]!
    if (lane.credit < cost) letOthersGoFirst(share!.lanes, sender, lane, queue.quantum)
    else if (share!.credit < cost) letOthersGoFirst(queue.shares, source, share!, queue.quantum)
    else {
      share!.credit -= cost
      lane.credit -= cost
      takeFirst(queue, source, share!, sender, lane)
      return item
    }
  }
}

/**
 * Takes out the newest item of the sender with most items waiting, in the source with most items waiting. Ops name earlier ops. So the
 * beginning of a stream is of use without its end, but not the end without its beginning. O(sources + senders of one)
 */
export function dropNewestOfHeaviest<Sender, Item>(queue: FairQueue<Sender, Item>): Item | null {
  const [source, share] = heaviestOf(queue.shares) ?? []
  if (source === undefined) return null
  const [sender, lane] = heaviestOf(share!.lanes)!
  const { item, cost } = lane.items.pop()!
  addCost(queue, share!, lane, -cost)
  if (lane.head === lane.items.length) removeLane(queue, source, sender)
  return item
}

/** Takes out the oldest item of the same sender. O(sources + senders of one) */
export function dropOldestOfHeaviest<Sender, Item>(queue: FairQueue<Sender, Item>): Item | null {
  const [source, share] = heaviestOf(queue.shares) ?? []
  if (source === undefined) return null
  const [sender, lane] = heaviestOf(share!.lanes)!
  const { item } = lane.items[lane.head]!
  takeFirst(queue, source, share!, sender, lane)
  // The source may have saved for this item.
  share!.credit = Math.min(share!.credit, queue.quantum)
  lane.credit = Math.min(lane.credit, queue.quantum)
  return item
}

/** Takes out all items, in no order. */
export function removeAll<Sender, Item>(queue: FairQueue<Sender, Item>): Item[] {
  const all = [...queue.shares.values()].flatMap(({ lanes }) => [...lanes.values()])
  queue.shares.clear()
  queue.cost = 0
  return all.flatMap(({ items, head }) => items.slice(head).map(({ item }) => item))
}

/** The cost of the items that wait of a sender. */
export function waitingOf<Sender, Item>(queue: FairQueue<Sender, Item>, source: string, sender: Sender): number {
  return queue.shares.get(source)?.lanes.get(sender)?.cost ?? 0
}

/** Drops all items that wait of a sender. */
export function removeLane<Sender, Item>(queue: FairQueue<Sender, Item>, source: string, sender: Sender): void {
  const share = queue.shares.get(source)
  const lane = share?.lanes.get(sender)
  if (!lane) return
  addCost(queue, share!, lane, -lane.cost)
  share!.lanes.delete(sender)
  // The source may have saved for an item that was dropped.
  share!.credit = Math.min(share!.credit, queue.quantum)
  if (share!.lanes.size === 0) queue.shares.delete(source)
}

function takeFirst<Sender, Item>(
  queue: FairQueue<Sender, Item>,
  source: string,
  share: Share<Sender, Item>,
  sender: Sender,
  lane: Lane<Item>,
): void {
  const { cost } = lane.items[lane.head]!
  lane.head++
  if (lane.head === COMPACT_AT) {
    lane.items.splice(0, COMPACT_AT)
    lane.head = 0
  }
  addCost(queue, share, lane, -cost)
  if (lane.head === lane.items.length) removeLane(queue, source, sender)
}

function addCost<Sender, Item>(queue: FairQueue<Sender, Item>, share: Share<Sender, Item>, lane: Lane<Item>, cost: number): void {
  queue.cost += cost
  share.cost += cost
  lane.cost += cost
}

function letOthersGoFirst<Key, Value extends { credit: number }>(turns: Map<Key, Value>, key: Key, value: Value, quantum: number): void {
  value.credit += quantum
  turns.delete(key)
  turns.set(key, value)
}

function firstOf<Key, Value>(turns: ReadonlyMap<Key, Value>): readonly [Key, Value] | undefined {
  for (const entry of turns) return entry
  return undefined
}

function heaviestOf<Key, Value extends { readonly cost: number }>(turns: ReadonlyMap<Key, Value>): readonly [Key, Value] | undefined {
  let heaviest: readonly [Key, Value] | undefined
  for (const entry of turns) if (heaviest === undefined || entry[1].cost > heaviest[1].cost) heaviest = entry
  return heaviest
}
