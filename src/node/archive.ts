/** A room as a file: bundles of everything a node has stored, deflated, readable by any node that holds the room's link. */
import { asOpId } from '../core/op.ts'
import type { Unit } from '../core/unit.ts'
import { encodeBundle } from '../sync/bundle.ts'
import { EMPTY, filledWith } from '../sync/filling.ts'
import { encodeFile, wrapBundle } from '../sync/wrap.ts'
import type { Segment, Store } from '../store/store.ts'
import { reopenSegment } from './open-node.ts'
import { rescuedBundles } from './rescue.ts'
import { deflate } from './deflate.ts'
import type { Library } from './library.ts'
import type { StoredRoom } from './views.ts'

/** Segments read at a time. */
const READ_SEGMENTS = 64

/** O(ops): reads the whole store. */
export async function exportRoom(library: Library): Promise<Uint8Array> {
  const bundles: Uint8Array[] = []
  let units: Unit[] = []
  let filling = EMPTY
  const flush = async (): Promise<void> => {
    if (units.length > 0) bundles.push(wrapBundle('deflate', await deflate(encodeBundle(units))))
    units = []
  }
  for await (const segment of library.units(0)) {
    for (const unit of segment) {
      const filled = filledWith(filling, unit)
      if (filled === null) await flush()
      units.push(unit)
      filling = filled ?? filledWith(EMPTY, unit)!
    }
  }
  await flush()
  return encodeFile(bundles)
}

/**
 * The room as a file, from the disks of nodes that cannot run or are to be deleted, one after the other. Stored segments are bundles
 * already, and are copied as they are. Nothing is hashed or judged, so nothing in them can stop this. Segments that a disk has damaged are
 * left out and counted. Rescued ops are in the file too. A node that reads the file checks the others. If several disks hold an op, the file has it as often,
 * and counts it as often. O(bytes stored). @throws StoreError
 */
export async function exportStored(stores: readonly Store[]): Promise<StoredRoom> {
  const bundles: Uint8Array[] = []
  let [ops, lost] = [0, 0]
  for (const store of stores) {
    const length = await store.length()
    lost += length
    for (let at = 0; at < length;) {
      const segments = await store.read(at, READ_SEGMENTS)
      const last = segments.at(-1)
      if (last === undefined) break
      for (const segment of segments.filter(isWhole)) {
        bundles.push(segment.bytes)
        ops += segment.count
        lost -= segment.count
      }
      at = last.first + last.count
    }
    for (const bytes of await rescuedBundles(store)) {
      bundles.push(bytes)
      ops += await countOps(bytes)
    }
  }
  return { file: encodeFile(bundles), ops, lost }
}

/** Ids are not needed to count ops. */
const NO_ID = asOpId(new Uint8Array(32))

/** The ops of a bundle; none if no node can read it. */
const countOps = async (bytes: Uint8Array): Promise<number> =>
  (await reopenSegment({ first: 0, count: 0, bytes }, () => NO_ID))?.flat().length ?? 0

const isWhole = (segment: Awaited<ReturnType<Store['read']>>[number]): segment is Segment => 'bytes' in segment
