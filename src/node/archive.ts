/** A room as a file: bundles of everything a node has stored, deflated, readable by any node that holds the room's link. */
import { pushAll } from '../core/lists.ts'
import type { Unit } from '../core/unit.ts'
import { encodeBundle } from '../sync/bundle.ts'
import { EMPTY, filledWith } from '../sync/filling.ts'
import { encodeFile, wrapBundle } from '../sync/wrap.ts'
import type { Store } from '../store/store.ts'
import { opsOfSegment, wholeSegments } from './open-node.ts'
import { rescuedIn } from './rescue.ts'
import { deflate } from './deflate.ts'
import type { Library } from './library.ts'
import type { ExportedRoom } from './views.ts'

/**
 * The room as a file, from a node that runs. Segments that the disk has damaged are left out and counted. Rescued ops are in the file too.
 * O(ops): reads the whole store.
 */
export async function exportRoom(library: Library, store: Store): Promise<ExportedRoom> {
  const bundles: Uint8Array[] = []
  let [ops, lost] = [0, 0]
  let units: Unit[] = []
  let filling = EMPTY
  const flush = async (): Promise<void> => {
    if (units.length > 0) bundles.push(wrapBundle('deflate', await deflate(encodeBundle(units))))
    units = []
  }
  for await (const { count, units: whole } of library.segments(0)) {
    if (whole === null) lost += count
    else ops += count
    for (const unit of whole ?? []) {
      const filled = filledWith(filling, unit)
      if (filled === null) await flush()
      units.push(unit)
      filling = filled ?? filledWith(EMPTY, unit)!
    }
  }
  await flush()
  const rescued = await rescuedOf(store)
  return { file: encodeFile([...bundles, ...rescued.bundles]), ops: ops + rescued.ops, lost }
}

/**
 * The room as a file, from the disks of nodes that cannot run or are to be deleted, one after the other. Stored segments are bundles
 * already, and are copied as they are. Nothing is hashed or judged, so nothing in them can stop this. Segments that a disk has damaged are
 * left out and counted. Rescued ops are in the file too. A node that reads the file checks the others. If several disks hold an op, the
 * file has it as often, and counts it as often. O(bytes stored). @throws StoreError
 */
export async function exportStored(stores: readonly Store[]): Promise<ExportedRoom> {
  const bundles: Uint8Array[] = []
  let [ops, lost] = [0, 0]
  for (const store of stores) {
    lost += await store.length()
    for await (const segment of wholeSegments(store, 0)) {
      bundles.push(segment.bytes)
      ops += segment.count
      lost -= segment.count
    }
    const rescued = await rescuedOf(store)
    pushAll(bundles, rescued.bundles)
    ops += rescued.ops
  }
  return { file: encodeFile(bundles), ops, lost }
}

/** The rescued bundles of a disk, and how many ops they hold. Those that no node can read count as none. */
async function rescuedOf(store: Store): Promise<{ readonly bundles: readonly Uint8Array[]; readonly ops: number }> {
  const { bundles } = await rescuedIn(store)
  let ops = 0
  for (const bytes of bundles) ops += (await opsOfSegment({ first: 0, count: 0, bytes }))?.length ?? 0
  return { bundles, ops }
}
