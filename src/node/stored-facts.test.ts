/** What a list of kept rooms says of a disk that no node runs on. */
import { expect, test, vi } from 'vitest'
import type { UnitOp } from '../core/unit.ts'
import { encodeBody } from '../crdt/body.ts'
import { createMemoryDisk, createMemoryStore } from '../store/memory.ts'
import type { Segment } from '../store/store.ts'
import { encodeBundle } from '../sync/bundle.ts'
import { wrapBundle } from '../sync/wrap.ts'
import { foundRoom, readSegment } from './open-node.ts'
import { start } from './running.naive.ts'
import { describeStored, MAX_LAST_TEXT, MAX_LOOKED } from './stored-facts.ts'

/** The disk of a node that has founded a room and written these messages. */
async function diskWith(texts: readonly string[]) {
  const disk = createMemoryDisk()
  const openStore = async () => createMemoryStore(disk)
  const node = await start(await foundRoom(openStore, 'a room'), openStore)
  for (const text of texts) await node.submit(text)
  await vi.waitFor(() => expect(node.status().stored).toBe(texts.length + 1), 10_000)
  return disk
}

const factsOf = async (texts: readonly string[]) => describeStored(createMemoryStore(await diskWith(texts)))

test('a disk is told by its ops, by when the room was created, and by its last message', async () => {
  const now = Math.floor(Date.now() / 1000)
  const { ops, createdAt, lastText } = await factsOf(['one', 'two'])
  expect([ops, lastText]).toEqual([3, 'two'])
  expect(createdAt).toBeGreaterThanOrEqual(now)
  expect(createdAt).toBeLessThan(now + 60)
})

test('a room without messages has no last one; a room that has not arrived has no time either', async () => {
  expect(await factsOf([])).toMatchObject({ ops: 1, lastText: null })
  expect(await describeStored(createMemoryStore())).toEqual({ ops: 0, createdAt: null, lastText: null })
})

test('E6 the last message is one line of MAX_LAST_TEXT characters, whatever its author put into it', async () => {
  expect((await factsOf(['  two\n\tlines  '])).lastText).toBe('two lines')
  expect((await factsOf(['🦊'.repeat(MAX_LAST_TEXT)])).lastText).toBe('🦊'.repeat(MAX_LAST_TEXT))
  expect((await factsOf(['🦊'.repeat(MAX_LAST_TEXT + 1)])).lastText).toBe(`${'🦊'.repeat(MAX_LAST_TEXT)}…`)
  expect((await factsOf([`a${'\u0301'.repeat(1_000)}`])).lastText!.length).toBeLessThan(20)
})

test('E6 MAX_LOOKED segments are looked through for a message: others may write ops without one', async () => {
  const store = createMemoryStore(await diskWith(['one']))
  const [segment] = await store.read(1, 1)
  const [[unitOp]] = (await readSegment(segment as Segment))! as [[UnitOp]]
  const merge = { ...unitOp, op: { ...unitOp.op, body: encodeBody({ kind: 'merge' }) } }
  const bytes = wrapBundle('raw', encodeBundle([[merge]]))
  for (let n = 1; n < MAX_LOOKED; n++) await store.append([{ first: 1 + n, count: 1, bytes }], 'strict')
  expect(await describeStored(store)).toMatchObject({ ops: 1 + MAX_LOOKED, lastText: 'one' })
  await store.append([{ first: 1 + MAX_LOOKED, count: 1, bytes }], 'strict')
  expect(await describeStored(store)).toMatchObject({ lastText: null })
})

test('a damaged segment is passed over in silence', async () => {
  const disk = await diskWith(['one', 'two'])
  disk.records.get(2)!.bytes[20]! ^= 1
  expect(await describeStored(createMemoryStore(disk))).toMatchObject({ ops: 3, lastText: null })
  disk.records.get(0)!.bytes[20]! ^= 1
  expect(await describeStored(createMemoryStore(disk))).toEqual({ ops: 3, createdAt: null, lastText: null })
})
