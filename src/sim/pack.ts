/** What `node/packer.ts` does to a disk, in one step and without a platform. */
import { encodeStretch, stretchOf } from '../core/stretch.ts'
import { pushAll } from '../core/lists.ts'
import { encodeBundle } from '../sync/bundle.ts'
import { mergeUnits } from '../sync/merge.ts'
import { wrapBundle } from '../sync/wrap.ts'
import { type SimNode, unitsOf } from './node.ts'
import { squeeze } from './squeeze.ts'

/**
 * What a node has done to its disk by the time it stops: the first half of its segments are merged, and an index tells of their
 * ops. So whatever happens to the disk next, some of it is packed and the rest is not.
 */
export function pack({ disk, engine: { replica } }: SimNode): void {
  const half = disk.kept.slice(0, disk.kept.length >> 1)
  const last = half.at(-1)?.segment
  if (last === undefined || half.some(({ flipped }) => flipped !== null)) return
  let first = 0
  const packed = mergeUnits(half.flatMap(({ segment }) => unitsOf(segment.bytes) ?? [])).map((unit) => {
    const segment = { first, count: unit.length, bytes: wrapBundle('deflate', squeeze(encodeBundle([unit]))) }
    first += unit.length
    return { segment, flipped: null }
  })
  const rest = disk.kept.slice(half.length)
  disk.kept.length = 0
  pushAll(disk.kept, packed)
  pushAll(disk.kept, rest)
  disk.safe = disk.kept.length
  disk.index = { first: 0, count: first, bytes: encodeStretch(0, stretchOf(replica.dag, 0, first)) }
}
