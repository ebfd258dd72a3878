/**
 * A new node's key whose colour is unlike those of this browser's other nodes in the room. An author's colour follows from
 * its key, so a few keys are made and the most distinct one is kept: tabs side by side should be told apart at a glance.
 */
import { fromHex } from '../core/bytes.ts'
import { leastOf } from '../core/lists.ts'
import { authorLook } from '../graph/author-look.ts'
import { generateKey, type KeyPair } from '../node/signer.ts'
import type { KnownNode } from '../store/store.ts'

/** Keys made to choose from: a millisecond in all where the platform has Ed25519. */
const TRIES = 12

export async function mintDistinct(known: Promise<readonly KnownNode[]>, room: string): Promise<KeyPair> {
  const nodes = (await known).filter((node) => node.room === room)
  const taken = nodes.flatMap(({ id }) => fromHex(id) ?? []).map((author) => authorLook(author).hue)
  const pairs = await Promise.all(Array.from({ length: TRIES }, generateKey))
  const distance = ({ author }: KeyPair): number =>
    leastOf(
      taken.map((hue) => apart(hue, authorLook(author).hue)),
      180,
    )
  return pairs.reduce((best, pair) => (distance(pair) > distance(best) ? pair : best))
}

/** Degrees between two hues, 0 … 180. */
const apart = (a: number, b: number): number => 180 - Math.abs((Math.abs(a - b) % 360) - 180)
