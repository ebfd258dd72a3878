/**
 * Two sides meet, and their messages are counted flight by flight: whatever either has sent travels together and arrives
 * together, and what that makes them send is the next flight. Time stands still meanwhile; when nothing is on its way and
 * they do not have what they want, it goes on to the next alarm, and such waits are counted apart.
 */

/** What flights go between: an engine (`sync-side.ts`), or a peer's own protocol. */
export interface Party {
  /** Takes what arrived together, in order; `now` in ms. */
  take(messages: readonly Uint8Array[], now: number): void
  /** What it has sent since it was asked last. */
  sent(): readonly Uint8Array[]
  /** When it wants to be told the time (ms), and the telling. */
  alarm(): number
  tick(now: number): void
}

export interface Tally {
  /** One way each. */
  readonly flights: number
  /** Of all messages, both ways. */
  readonly bytes: number
  readonly messages: number
  /** Time that passed while nothing was on its way (ms). */
  readonly waited: number
}

/** A protocol that has not come to its end by then never will. */
const MAX_FLIGHTS = 1_000
const MAX_WAITED = 60_000

/**
 * Carries flights until each of the `goals` holds, in order, and gives the tally at each.
 * @throws with a sentence when they do not get there
 */
export function meet(pair: readonly [Party, Party], goals: readonly (() => boolean)[]): Tally[] {
  const tallies: Tally[] = []
  let tally: Tally = { flights: 0, bytes: 0, messages: 0, waited: 0 }
  for (;;) {
    while (tallies.length < goals.length && goals[tallies.length]!()) tallies.push(tally)
    if (tallies.length === goals.length) return tallies
    if (tally.flights > MAX_FLIGHTS || tally.waited > MAX_WAITED) throw new Error(`They do not agree after ${JSON.stringify(tally)}.`)
    const [fromFirst, fromSecond] = [pair[0].sent(), pair[1].sent()]
    const all = [...fromFirst, ...fromSecond]
    if (all.length === 0) {
      tally = { ...tally, waited: wait(pair, tally.waited) }
      continue
    }
    tally = {
      ...tally,
      flights: tally.flights + 1,
      bytes: tally.bytes + all.reduce((sum, { length }) => sum + length, 0),
      messages: tally.messages + all.length,
    }
    pair[0].take(fromSecond, tally.waited)
    pair[1].take(fromFirst, tally.waited)
  }
}

/** Goes on from `now` to the first alarm; gives the time then (ms). @throws when neither has one */
export function wait(pair: readonly [Party, Party], now: number): number {
  const at = Math.max(now, Math.min(pair[0].alarm(), pair[1].alarm()))
  if (at === Infinity) throw new Error('Both are silent for ever.')
  for (const party of pair) if (party.alarm() <= at) party.tick(at)
  return at
}
