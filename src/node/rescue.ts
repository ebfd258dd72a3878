/**
 * What a node does when its disk is damaged. A new node takes its place, since the old key may have signed the lost ops. The new node
 * begins with the ops before the damage. The whole ops after it may need lost ones, so they are kept beside the store's ops, as a file of
 * rescued ops. The node takes this file in at each start, like an import, until it has stored all of its ops.
 */
import { type Dag, numberOf } from '../core/dag.ts'
import type { OpId } from '../core/op.ts'
import { waitingOp } from '../core/pending.ts'
import type { Replica } from '../core/replica.ts'
import { keyOf } from '../core/unit.ts'
import type { Store } from '../store/store.ts'
import { linkOf } from './link.ts'
import { copyNames, copySegments, joinRoom, type OpenedNode, type OpenStore, unitsOfSegment, wholeSegments } from './open-node.ts'
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
  const fresh = await joinRoom(openStore, linkOf(identity), mint, async (to) => {
    // Damage that the index hides ends the copy before op `length`.
    const copied = await copySegments(store, to, length, 'strict', async ({ first, count }) => first + count <= length)
    const rescued = [...(await wholeBundles(store, copied)), ...(await rescuedIn(store)).bundles]
    if (rescued.length > 0) await to.putRescued(encodeRescued(rescued))
    await copyNames(store, to)
  })
  await store.destroy()
  return { ...fresh, salvaged: true }
}

/**
 * The bundles of all segments from op `from` on that are whole. Those of another version are kept too: behind damage somebody else may have
 * written them, who would keep the node from starting. O(bytes stored). @throws StoreError
 */
async function wholeBundles(store: Store, from: number): Promise<Uint8Array[]> {
  const bundles: Uint8Array[] = []
  for await (const segment of wholeSegments(store, from)) {
    const units = await unitsOfSegment(segment)
    if (units.ok || units.reason === 'unknown-version') bundles.push(segment.bytes)
  }
  return bundles
}

/** What the file of rescued ops holds; nothing if there is no such file. @throws StoreError */
export async function rescuedIn(store: Store): Promise<RescuedFile> {
  const file = await store.rescued()
  return file === null ? { bundles: [], damaged: 0 } : decodeRescued(file)
}

/** A rescued bundle of which the disk lacks ops. */
export interface Rescued {
  readonly bytes: Uint8Array
  /** Its ops; none if this version cannot read it. */
  readonly ids: readonly OpId[]
}

/** What a node that starts finds in the file of rescued ops. */
export interface Lacking {
  readonly lacking: readonly Rescued[]
  /** Bytes of the file that are damaged. */
  readonly damaged: number
}

/**
 * The rescued bundles of which the disk lacks ops. To be called before the first input: then all ops of the DAG are stored. The file holds
 * the other bundles no more, and is removed when nothing of it is lacking. @throws StoreError
 */
export async function lackingIn(store: Store, dag: Dag): Promise<Lacking> {
  const { bundles, damaged } = await rescuedIn(store)
  const lacking: Rescued[] = []
  for (const bytes of bundles) {
    const units = await unitsOfSegment({ first: 0, count: 0, bytes })
    const ids = units.ok ? units.value.flat().map(({ id }) => id) : []
    if (!units.ok || ids.some((id) => numberOf(dag, id) < 0)) lacking.push({ bytes, ids })
  }
  if (lacking.length < bundles.length || damaged > 0)
    await store.putRescued(lacking.length > 0 ? encodeRescued(lacking.map(({ bytes }) => bytes)) : null)
  return { lacking, damaged }
}

/** After so long (ms) rescued ops are looked at again, which takes a lookup for each of them. */
export const LOOK_AGAIN = 30_000

/**
 * Takes rescued ops in like a file, and takes those in again that the node has forgotten: only so many can wait for a lost op at once, and
 * what strangers bring can push out ops that wait. Ends when all of them are held. Gives the function that ends it before.
 * @param give takes these bundles in; resolves when all of them are judged
 */
export function takeRescued(
  rescued: readonly Rescued[],
  { dag, pending, rejected }: Pick<Replica, 'dag' | 'pending' | 'rejected'>,
  give: (bundles: readonly Uint8Array[]) => Promise<void>,
): () => void {
  const isHeld = (id: OpId): boolean => numberOf(dag, id) >= 0 || rejected.has(keyOf(id))
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  const take = async (bundles: readonly Rescued[]): Promise<void> => {
    if (bundles.length > 0) await give(bundles.map(({ bytes }) => bytes))
    const left = rescued.filter(({ ids }) => !ids.every(isHeld))
    if (left.length === 0 || stopped) return
    timer = setTimeout(
      () => void take(left.filter(({ ids }) => ids.some((id) => !isHeld(id) && waitingOp(pending, id) === null))),
      LOOK_AGAIN,
    )
  }
  void take(rescued)
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
