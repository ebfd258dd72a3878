/**
 * The start of a new node in a room of which this browser has another node. The new node begins with the ops that the other one has
 * stored. It reads them from the disk, so the other node may be offline, asleep or stopped. The new node hashes every op, as it does with
 * its own disk.
 */
import { equalBytes } from '../core/bytes.ts'
import { type Store, StoreError } from '../store/store.ts'
import type { RoomLink } from './link.ts'
import { copyNames, copySegments, isOf, type OpenStore, opsOfSegment } from './open-node.ts'

/** Nodes of the room that are looked at: to find the one with most ops, each is opened, which takes some 10 ms. */
export const MAX_SIBLINGS = 8

/** Copies into the empty store `to` the ops of the one of these nodes that holds most. If nothing can be read, nothing is copied. */
export async function copyFromSiblings(openStore: OpenStore, ids: readonly string[], room: RoomLink, to: Store): Promise<void> {
  const found: { readonly store: Store; readonly author: Uint8Array; readonly length: number }[] = []
  for (const id of ids.slice(0, MAX_SIBLINGS)) {
    try {
      const store = await openStore(id)
      const identity = await store.identity()
      // Opening a store makes it if there is none.
      if (identity === null) await store.destroy()
      else if (isOf(room, identity)) found.push({ store, author: identity.author, length: await store.length() })
      else store.close()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
    }
  }
  const [most] = found.toSorted((a, b) => b.length - a.length)
  try {
    if (most === undefined) return
    await copyOps(most.store, most.author, to)
    await copyNames(most.store, to)
  } catch (error) {
    // The store was deleted meanwhile, or there is no space for a second copy: peers will send the missing ops.
    if (!(error instanceof StoreError)) throw error
  }
  for (const { store } of found) store.close()
}

/**
 * Copies the ops that `from`, the store of the node of this author, holds now, up to the first that cannot be read. That node may run,
 * and write meanwhile. An op that it has signed and that its mark does not name yet is not copied. The node takes such an op back when
 * its mark cannot be written. It may then sign another op with the same seq, so nobody may have the first one. O(bytes stored); nothing
 * is hashed.
 */
export async function copyOps(from: Store, author: Uint8Array, to: Store): Promise<void> {
  // Before the ops: a later mark may name an op that was taken back in between.
  const marked = (await from.mark())?.own ?? 0
  const length = await from.length()
  await copySegments(from, to, length, 'relaxed', async (segment) => {
    const ops = await opsOfSegment(segment)
    return ops !== null && ops.every(({ op }) => op.seq < marked || !equalBytes(op.author, author))
  })
}
