/** Segments under an index: believed until they are read, and then looked at. */
import { expect, test } from 'vitest'
import type { UnitOp } from '../core/unit.ts'
import { createMemoryDisk, createMemoryStore, type MemoryDisk } from '../store/memory.ts'
import { packSegment } from '../store/segment-record.ts'
import type { Place, Segment } from '../store/store.ts'
import { encodeBundle } from '../sync/bundle.ts'
import { mergeUnits } from '../sync/merge.ts'
import { wrapBundle } from '../sync/wrap.ts'
import { longRoom } from './long-room.naive.ts'
import { createSegments, type Segments } from './segments.ts'

const OPS = longRoom(60, 7)
const segmentOf = (first: number, ops: readonly UnitOp[]): Segment => ({
  first,
  count: ops.length,
  bytes: wrapBundle('raw', encodeBundle(mergeUnits(ops.map((op) => [op])))),
})

/** Six segments of ten ops, the first four of which an index told of. */
async function sixSegments(scrubFrom = 0): Promise<{ disk: MemoryDisk; segments: Segments; damaged: Place[]; reads: number[] }> {
  const disk = createMemoryDisk()
  const store = createMemoryStore(disk)
  for (let at = 0; at < 60; at += 10) await store.append([segmentOf(at, OPS.slice(at, at + 10))], 'relaxed')
  const damaged: Place[] = []
  const reads: number[] = []
  const read: typeof store.read = (from, limit) => {
    reads.push(from)
    return store.read(from, limit)
  }
  const options = { store: { ...store, read }, idOf: (op: number) => OPS[op]!.id, indexed: 40, scrubFrom }
  return { disk, segments: createSegments({ ...options, onDamaged: (place) => damaged.push(place) }), damaged, reads }
}

/** Puts other ops where a segment is, with a checksum that is right. */
function exchange(disk: MemoryDisk, at: number, ops: readonly UnitOp[]): void {
  disk.records.set(at, { ...packSegment(segmentOf(at, ops)), count: ops.length })
}

const firstsOf = async (segments: Segments, from: number): Promise<number[]> => (await segments.read(from, 10)).map(({ first }) => first)

test('what an index told of is given when it hashes to the ids of the index, op by op', async () => {
  const { segments, damaged } = await sixSegments()
  expect(await firstsOf(segments, 0)).toEqual([0, 10, 20, 30, 40, 50])
  const [, second] = await segments.read(0, 2)
  const units = await segments.open(second!)
  expect(units.flat().map(({ id }) => id)).toEqual(OPS.slice(10, 20).map(({ id }) => id))
  expect(damaged).toEqual([])
})

test('E9 a segment with a flipped bit, and one that holds other ops than its index says, are reported once and not given', async () => {
  const { disk, segments, damaged } = await sixSegments()
  exchange(disk, 20, OPS.slice(30, 40))
  disk.records.get(50)!.bytes[9]! ^= 1
  expect(await firstsOf(segments, 0)).toEqual([0, 10])
  expect(await firstsOf(segments, 20)).toEqual([])
  expect(await firstsOf(segments, 30)).toEqual([30, 40])
  expect(damaged).toEqual([
    { first: 20, count: 10 },
    { first: 50, count: 10 },
  ])
})

test('E9 a segment that was whole when it was read first is looked at no more, but for its checksum', async () => {
  const { disk, segments, damaged } = await sixSegments()
  expect(await firstsOf(segments, 0)).toHaveLength(6)
  exchange(disk, 20, OPS.slice(30, 40))
  expect(await firstsOf(segments, 0)).toHaveLength(6)
  disk.records.get(20)!.bytes[9]! ^= 1
  expect(await firstsOf(segments, 0)).toEqual([0, 10])
  expect(damaged).toEqual([{ first: 20, count: 10 }])
})

test('E9 a scrub finds what is damaged wherever it begins, reads what nobody has read, each once, and ends', async () => {
  for (const scrubFrom of [0, 0.3, 0.99]) {
    const { disk, segments, damaged, reads } = await sixSegments(scrubFrom)
    exchange(disk, 10, OPS.slice(0, 10))
    await segments.read(30, 1)
    let steps = 0
    while (await segments.scrub()) steps++
    expect(steps).toBeLessThan(6)
    expect(damaged).toEqual([{ first: 10, count: 10 }])
    expect(new Set(reads.map((from) => Math.floor(from / 10)))).toEqual(new Set([0, 1, 2, 3]))
    expect(reads.filter((from) => from >= 30 && from < 40)).toHaveLength(1)
  }
})
