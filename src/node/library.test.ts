/** Pages: kept while they are looked at, read again when they are not. */
import { expect, test, vi } from 'vitest'
import { generateKey } from './signer.ts'
import { createLibrary } from './library.ts'
import { createSegments, type Segments } from './segments.ts'
import { createMemoryStore } from '../store/memory.ts'
import type { Place } from '../store/store.ts'
import { encodeBody } from '../crdt/body.ts'
import { asAuthor, hashOp, type Op } from '../core/op.ts'
import type { UnitOp } from '../core/unit.ts'
import { encodeBundle } from '../sync/bundle.ts'
import { wrapBundle } from '../sync/wrap.ts'

/** A little more than 32 MiB of them. */
const COUNT = 530

async function manyLarge(): Promise<UnitOp[]> {
  const { author } = await generateKey()
  const ops: UnitOp[] = []
  for (let i = 0; i < COUNT; i++) {
    const before = ops.at(-1)?.id ?? null
    const room = ops[0]?.id ?? null
    const text = `${i} ${'x'.repeat(65_000)}`
    const op: Op = { room, author: asAuthor(author), seq: i, prev: before, deps: [], time: 0, body: encodeBody({ kind: 'message', text }) }
    ops.push({ op, id: hashOp(op), signature: new Uint8Array(64) })
  }
  return ops
}

test('E6 ops that lie each in another segment are read without looking at what was read before, and pages around each are kept', async () => {
  const [segmentOps, count] = [1_024, 250]
  const { author } = await generateKey()
  const body = encodeBody({ kind: 'message', text: 'x' })
  const op: Op = { room: null, author: asAuthor(author), seq: 0, prev: null, deps: [], time: 0, body }
  const unitOp: UnitOp = { op, id: hashOp(op), signature: null }
  const unit = Array.from<UnitOp>({ length: segmentOps }).fill(unitOp)
  const read = vi.fn<Segments['read']>((from) => {
    const first = Math.floor(from / segmentOps) * segmentOps
    return Promise.resolve([{ first, count: segmentOps, bytes: new Uint8Array() }])
  })
  const segments = { read, open: () => Promise.resolve([unit]) } as unknown as Segments
  const library = createLibrary(segments, () => segmentOps * count)
  const ops = Array.from({ length: count }, (_, n) => n * segmentOps + 512)
  // Were all that was found looked at for each segment, this would take longer than a test may.
  const pages = await library.read(ops)
  expect(pages.every((page) => page?.body.kind === 'message')).toBe(true)
  expect(read).toHaveBeenCalledTimes(count)
  await library.read([ops.at(-1)! - 512, ops.at(-1)! + 511])
  expect(read).toHaveBeenCalledTimes(count)
})

test('segments that are packed while they are read are given once', async () => {
  const { author } = await generateKey()
  const body = encodeBody({ kind: 'message', text: 'x' })
  const units = Array.from({ length: 6 }, (_, time): UnitOp[] => {
    const op: Op = { room: null, author: asAuthor(author), seq: 0, prev: null, deps: [], time, body }
    return [{ op, id: hashOp(op), signature: null }]
  })
  let packed = 1
  const read = async (from: number) => {
    const first = Math.floor(from / packed) * packed
    return [{ first, count: packed, bytes: new Uint8Array() }]
  }
  const open = async ({ first, count }: Place) => units.slice(first, first + count)
  const library = createLibrary({ read, open } as unknown as Segments, () => units.length)
  const given: unknown[] = []
  for await (const segment of library.segments(0)) {
    given.push([segment.first, segment.count, ...segment.units!.flat().map(({ op }) => op.time)])
    if (given.length === 2) packed = 3
  }
  expect(given).toEqual([
    [0, 1, 0],
    [1, 1, 1],
    [2, 1, 2],
    [3, 3, 3, 4, 5],
  ])
})

test('E6 of many messages of 64 KiB only the last few are kept in memory, and the others are read again', async () => {
  const store = createMemoryStore()
  const ops = await manyLarge()
  const segments = createSegments({ store, idOf: (op) => ops[op]!.id, indexed: 0, scrubFrom: 0, onDamaged: () => {} })
  const library = createLibrary(segments, () => COUNT)
  for (const [first, op] of ops.entries()) {
    await store.append([{ first, count: 1, bytes: wrapBundle('raw', encodeBundle([[op]])) }], 'relaxed')
    library.add(first, [op])
    library.tidy()
  }
  const read = vi.spyOn(store, 'read')
  await library.read([COUNT - 1])
  expect(read).not.toHaveBeenCalled()
  const [first] = await library.read([0])
  expect(read.mock.calls).toEqual([
    [0, 1],
    [0, 32],
  ])
  expect(first?.body).toMatchObject({ kind: 'message', text: expect.stringMatching(/^0 x+$/) as string })
})
