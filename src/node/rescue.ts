/**
 * What a node does when its disk is damaged. A new node takes its place, since the old key may have signed the lost ops. The new node
 * begins with the ops before the damage. The whole ops after it may need lost ones, so they are kept beside the store's ops, as a file of
 * rescued ops. The node reads this file at each start like an import, until it has stored all of its ops.
 */
import { type Dag, numberOf } from '../core/dag.ts'
import type { Store } from '../store/store.ts'
import { decodeFile, encodeFile } from '../sync/wrap.ts'
import { linkOf } from './link.ts'
import { copyNames, copySegments, joinRoom, type OpenedNode, type OpenStore, readSegment, wholeSegments } from './open-node.ts'
import { generateKey } from './signer.ts'

/**
 * A new node with all that is whole in a damaged one, of which the first `length` ops can be read one after the other. The damaged one is
 * deleted when the new one has stored all of this.
 * @throws StoreError, and then the damaged node is as it was
 */
export async function salvage(
  openStore: OpenStore,
  { identity, store }: OpenedNode,
  length: number,
  mint = generateKey,
): Promise<OpenedNode> {
  const rescued = [...(await wholeBundles(store, length)), ...(await rescuedBundles(store))]
  const fresh = await joinRoom(openStore, linkOf(identity), mint, async (to) => {
    await copySegments(store, to, length, 'strict', async ({ first, count }) => first + count <= length)
    if (rescued.length > 0) await to.putRescued(encodeFile(rescued))
    await copyNames(store, to)
  })
  await store.destroy()
  return { ...fresh, salvaged: true }
}

/** The bundles of all segments from op `from` on that are whole. O(bytes stored). @throws StoreError */
async function wholeBundles(store: Store, from: number): Promise<Uint8Array[]> {
  const bundles: Uint8Array[] = []
  for await (const segment of wholeSegments(store, from)) if ((await readSegment(segment)) !== null) bundles.push(segment.bytes)
  return bundles
}

/** The bundles of the file of rescued ops; none if there is no such file. @throws StoreError */
export async function rescuedBundles(store: Store): Promise<readonly Uint8Array[]> {
  const file = await store.rescued()
  return file === null ? [] : decodeFile(file).bundles
}

/**
 * The rescued bundles of which the disk lacks ops. To be called before the first input: then all ops of the DAG are stored. The file is
 * removed when nothing of it is lacking. @throws StoreError
 */
export async function lackingBundles(store: Store, dag: Dag): Promise<readonly Uint8Array[]> {
  const bundles = await rescuedBundles(store)
  const lacking: Uint8Array[] = []
  for (const bytes of bundles) {
    const units = await readSegment({ first: 0, count: 0, bytes })
    if (units === null || units.flat().some(({ id }) => numberOf(dag, id) < 0)) lacking.push(bytes)
  }
  if (bundles.length > 0 && lacking.length === 0) await store.putRescued(null)
  return lacking
}
