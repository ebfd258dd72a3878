/** What a correct node holds at most, looked at after every input: the limits are those of the product, in other words. */
import { MAX_PENDING_BYTES, MAX_PENDING_PER_LINK, MAX_PENDING_TOTAL, MAX_REJECTED_REMEMBERED } from '../core/limits.ts'
import type { SimNode } from './node.ts'
import { fail, type World } from './world.ts'

/** What a node may hold beside its room: peers, peers that were cut, rejected ops to be shown. */
const CAPS = { peers: 256, cut: 1_024, refusedOps: 32 }

/** Fails the world when a node holds more than it may. */
export function checkCaps(world: World, { index, engine }: SimNode): void {
  const { pending, rejected } = engine.replica
  const over =
    pending.ops > MAX_PENDING_TOTAL ||
    pending.bytes > MAX_PENDING_BYTES ||
    rejected.size > MAX_REJECTED_REMEMBERED ||
    engine.peers.size > CAPS.peers ||
    engine.cut.size > CAPS.cut ||
    engine.replica.refusedOps.length > CAPS.refusedOps
  if (over) return fail(world, 'caps hold', `node ${index} holds more than it may`)
  if (pending.ops <= MAX_PENDING_PER_LINK) return
  for (const share of pending.byLink.values()) {
    if (share.ops > MAX_PENDING_PER_LINK) fail(world, 'caps hold', `node ${index} holds ${share.ops} pending ops for one link`)
  }
}
