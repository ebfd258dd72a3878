/**
 * A join over a path that breaks again and again, at any byte: what is on its way then is lost, both sides are told that the other
 * is gone, and a second later that there is a path again. They keep their sender values, as nodes do whose socket closed.
 */
import { inflateRawSync } from 'node:zlib'
import { keyOf } from '../core/unit.ts'
import type { Random } from '../sim/random.ts'
import { decodeBundle } from '../sync/bundle.ts'
import { decodeMessage } from '../sync/messages.ts'
import { unwrapBundle } from '../sync/wrap.ts'
import type { Shared } from './sync-first-contact.ts'
import { wait } from './sync-meet.ts'
import { createSide, fillSide, give, heardFrom, partyOf, type Side } from './sync-side.ts'

/** How long a path stays down (ms). */
const DOWN_FOR = 1_000
/** A join that has not come to its end by then never will (ms). */
const MAX_WAITED = 600_000

export interface Join {
  /** Bytes on the path both ways, of messages that were cut as far as they came. */
  readonly carried: number
  readonly cuts: number
  /** Ops that arrived whole, each time they did, and different ones. */
  readonly received: number
  readonly distinct: number
}

/** Cuts spread evenly by chance over a join that carries `carried` bytes when nothing is cut: ascending places in what is carried. */
export const cutsWithin = (random: Random, carried: number, count: number): number[] =>
  Array.from({ length: count }, () => Math.floor(random.next() * carried)).sort((a, b) => a - b)

/**
 * A node with nothing joins one that has the whole history; its disk answers one message late. The path is cut at these places.
 * @throws when the joiner does not end up with all of it
 */
export function join(shared: Shared, cuts: readonly number[], seed: number): Join {
  const [host, joiner] = [0, 1].map((number) => createSide(shared.genesis.id, number, seed)) as [Side, Side]
  fillSide(host, shared.units, shared.segments)
  joiner.late = []
  const parties = [partyOf(host, joiner), partyOf(joiner, host)] as const
  const received = new Map<string, number>()
  let carried = 0
  let cut = 0
  let now = 0
  const giveBoth = (input: (other: Side) => Parameters<typeof give>[1]): void => {
    give(host, input(joiner), now)
    give(joiner, input(host), now)
  }
  const carry = (to: Side, from: Side, bytes: Uint8Array): boolean => {
    if (cut < cuts.length && carried + bytes.length > cuts[cut]!) {
      carried = cuts[cut++]!
      return false
    }
    carried += bytes.length
    for (const key of opsIn(bytes)) received.set(key, (received.get(key) ?? 0) + 1)
    const late = to.late?.splice(0) ?? []
    give(to, [heardFrom(from, bytes)], now)
    give(to, late, now)
    return true
  }

  giveBoth(() => [{ type: 'linked' }])
  while (joiner.engine.stored < shared.ops.length) {
    if (now > MAX_WAITED) throw new Error('The join stands still.')
    const flight = [host, joiner].flatMap((from) =>
      from.sent.splice(0).map((bytes) => ({ from, to: from === host ? joiner : host, bytes })),
    )
    if (flight.length === 0) {
      if (joiner.late.length > 0) give(joiner, joiner.late.splice(0), now)
      else now = wait(parties, now)
    } else if (!flight.every(({ from, to, bytes }) => carry(to, from, bytes))) {
      giveBoth((other) => [{ type: 'gone', peer: other.engine.senderId }])
      give(joiner, joiner.late.splice(0), now)
      for (const side of [host, joiner]) side.sent = []
      now += DOWN_FOR
      giveBoth(() => [{ type: 'linked' }])
    }
  }
  if (cut < cuts.length) throw new Error(`It was over after ${cut} of ${cuts.length} cuts.`)
  return { carried, cuts: cut, received: [...received.values()].reduce((sum, times) => sum + times, 0), distinct: received.size }
}

/** Keys of the ops that a message brings. */
function opsIn(bytes: Uint8Array): string[] {
  const message = decodeMessage(bytes)
  if (!message.ok || message.value.type !== 'units' || message.value.bundle.length === 0) return []
  const unwrapped = unwrapBundle(message.value.bundle)
  if (!unwrapped.ok) throw new Error(unwrapped.reason)
  const { codec, payload } = unwrapped.value
  const units = decodeBundle(codec === 'raw' ? payload : inflateRawSync(payload))
  if (!units.ok) throw new Error(units.reason)
  return units.value.flat().map(({ id }) => keyOf(id))
}
