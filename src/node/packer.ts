/**
 * Keeps the disk in a form in which the room opens quickly. Ops that come one by one leave small segments. These are merged into large
 * ones, and the index is extended to their end. Each op is packed once, and each of its index entries is written a few times. So this
 * costs a small share of writing the ops.
 */
import { idOf } from '../core/dag.ts'
import { MAX_UNIT_BYTES, MAX_UNIT_OPS } from '../core/limits.ts'
import { type Unit, unitBytes } from '../core/unit.ts'
import { encodeStretch, stretchOf } from '../core/stretch.ts'
import { pushAll } from '../core/lists.ts'
import { type Place, type Segment, type Store, StoreError } from '../store/store.ts'
import { encodeBundle } from '../sync/bundle.ts'
import { mergeUnits } from '../sync/merge.ts'
import type { Engine } from '../sync/state.ts'
import { wrapBundle } from '../sync/wrap.ts'
import { deflate } from './deflate.ts'
import { reopenSegment } from './open-node.ts'

/** If so many ops are not in the index, it is time to pack: few enough to be read one by one at opening (some 30 ms). */
const PACK_FROM = 2_048
/** Ops of one part of the index (2.7 MB): fewer and larger records are read faster, and a damaged one costs no more than a second. */
const PART_OPS = 65_536
/** Places of segments that are looked at together. */
const LAYOUT = 4_096
/** Small segments read at a time: at most 4 MiB, since each holds an op of 64 KiB at most, or several smaller ones. */
const READ_SEGMENTS = 64

export interface Packer {
  /** Ops were stored: packs when it is time, in the background. */
  due(): void
  /** Begins no more work; resolves when the work that has begun has ended. */
  stop(): Promise<void>
}

/** `parts`: parts of the index, which list the first ops of the DAG. `failed` hears of a store that is gone, or a bug of ours. */
export function createPacker(store: Store, engine: Engine, parts: readonly Place[], failed: (error: unknown) => void): Packer {
  const index = [...parts]
  let working: Promise<void> | null = null
  let stopped = false
  /** Ops that were stored when packing was last tried. */
  let triedAt = -1

  const tryNext = (): Promise<boolean> => {
    triedAt = engine.stored
    return packNext(store, engine, index)
  }

  const work = async (): Promise<void> => {
    try {
      while (!stopped && (await tryNext()));
    } catch (error) {
      // A full disk keeps its small segments until further ops are stored.
      if (!stopped && !(error instanceof StoreError && error.failure !== 'closed')) failed(error)
    }
    working = null
  }

  return {
    due() {
      if (!stopped && working === null && engine.stored !== triedAt && engine.stored - endOf(index) >= PACK_FROM) working = work()
    },
    async stop() {
      stopped = true
      await working
    },
  }
}

const endOf = (places: readonly Place[]): number => {
  const last = places.at(-1)
  return last === undefined ? 0 : last.first + last.count
}

/** Packs the segments after the index; false when it is not time yet. */
async function packNext(store: Store, engine: Engine, index: Place[]): Promise<boolean> {
  const from = endOf(index)
  if (engine.stored - from < PACK_FROM) return false
  const layout = (await store.layout(from, LAYOUT)).filter(({ first, count }) => first + count <= Math.min(engine.stored, from + PART_OPS))
  // The last group may still grow: it is left for the next time.
  const groups = groupsOf(layout).slice(0, -1)
  const last = groups.at(-1)?.at(-1)
  if (last === undefined || layout[0]?.first !== from) return false
  const segments: Segment[] = []
  for (const group of groups) if (group.length > 1) pushAll(segments, await mergedSegments(store, engine, group))
  let part: Place = { first: from, count: last.first + last.count - from }
  // As in a binary counter: a part takes in the parts before it that are no larger.
  let kept = index.length
  for (let before = index[kept - 1]; before !== undefined; before = index[--kept - 1]) {
    if (before.count > part.count || before.count + part.count > PART_OPS) break
    part = { first: before.first, count: before.count + part.count }
  }
  const { first, count } = part
  await store.pack(segments, { first, count, bytes: encodeStretch(first, stretchOf(engine.replica.dag, first, first + count)) })
  index.splice(kept, Infinity, part)
  return true
}

/** Neighbouring segments that make one segment each, as far as the number of their ops tells. */
function groupsOf(layout: readonly Place[]): Place[][] {
  const groups: Place[][] = []
  let ops = Infinity
  for (const place of layout) {
    ops += place.count
    if (ops <= MAX_UNIT_OPS) groups.at(-1)!.push(place)
    else {
      groups.push([place])
      ops = place.count
    }
  }
  return groups
}

/**
 * The content of the segments at these neighbouring places, as one segment, or as several if a unit could not hold their bytes; none if
 * one cannot be read.
 */
async function mergedSegments(store: Store, engine: Engine, places: readonly Place[]): Promise<Segment[]> {
  const out: Segment[] = []
  const end = endOf(places)
  let at = places[0]!.first
  let first = at
  let units: Unit[] = []
  let bytes = 0
  const write = async (unit: Unit): Promise<void> => {
    out.push({ first, count: unit.length, bytes: wrapBundle('deflate', await deflate(encodeBundle([unit]))) })
    first += unit.length
  }
  while (at < end) {
    const segments = await store.read(at, READ_SEGMENTS)
    if (segments.length === 0) return []
    for (const segment of segments) {
      if (segment.first >= end) break
      const found = 'bytes' in segment ? await reopenSegment(segment, (n) => idOf(engine.replica.dag, segment.first + n)) : null
      if (found === null) return []
      pushAll(units, found)
      for (const unit of found) bytes += unitBytes(unit)
      at = segment.first + segment.count
      if (bytes <= MAX_UNIT_BYTES) continue
      const full = mergeUnits(units)
      units = [full.pop()!]
      bytes = unitBytes(units[0]!)
      for (const unit of full) await write(unit)
    }
  }
  for (const unit of mergeUnits(units)) await write(unit)
  return out
}
