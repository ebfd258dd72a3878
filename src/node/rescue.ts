/**
 * What a node does when its disk is damaged. A new node takes its place, since the old key may have signed the lost ops. The new node
 * begins with the ops before the damage. The whole ops after it may need lost ones, so they are kept beside the store's ops, as a file of
 * rescued ops. The node reads this file at each start like an import, until it has stored all of its ops.
 */
import { type Dag, numberOf } from '../core/dag.ts'
import type { Store } from '../store/store.ts'
import { linkOf } from './link.ts'
import {
  copyNames,
  copySegments,
  joinRoom,
  type OpenedNode,
  type OpenStore,
  readSegment,
  unitsOfSegment,
  wholeSegments,
} from './open-node.ts'
import { decodeRescued, encodeRescued, type RescuedFile } from './rescued-file.ts'
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
  const rescued = [...(await wholeBundles(store, length)), ...(await rescuedIn(store)).bundles]
  const fresh = await joinRoom(openStore, linkOf(identity), mint, async (to) => {
    await copySegments(store, to, length, 'strict', async ({ first, count }) => first + count <= length)
    if (rescued.length > 0) await to.putRescued(encodeRescued(rescued))
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

/** What the file of rescued ops holds; nothing if there is no such file. @throws StoreError */
export async function rescuedIn(store: Store): Promise<RescuedFile> {
  const file = await store.rescued()
  return file === null ? { bundles: [], damaged: 0 } : decodeRescued(file)
}

/**
 * The rescued bundles of which the disk lacks ops, and how many bytes of their file are damaged. To be called before the first input: then
 * all ops of the DAG are stored. The file holds the other bundles no more, and is removed when nothing of it is lacking. @throws StoreError
 */
export async function lackingIn(store: Store, dag: Dag): Promise<RescuedFile> {
  const { bundles, damaged } = await rescuedIn(store)
  const lacking: Uint8Array[] = []
  for (const bytes of bundles) {
    const units = await unitsOfSegment({ first: 0, count: 0, bytes })
    if (!units.ok || units.value.flat().some(({ id }) => numberOf(dag, id) < 0)) lacking.push(bytes)
  }
  if (lacking.length < bundles.length || damaged > 0) await store.putRescued(lacking.length > 0 ? encodeRescued(lacking) : null)
  return { bundles: lacking, damaged }
}
