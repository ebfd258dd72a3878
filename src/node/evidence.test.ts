/** Evidence from a running node: whatever its disk has made of the units, a stranger is convinced by the file alone. */
import { expect, test, vi } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { openEvidence } from '../core/evidence-file.ts'
import { verifyOp } from '../core/evidence.ts'
import type { Unit, UnitOp } from '../core/unit.ts'
import { createMemoryDisk, createMemoryStore, type MemoryDisk } from '../store/memory.ts'
import { MAX_EVIDENCE_FILES } from './evidence.ts'
import { chainOf, fileOf, GENESIS, LINK, restarts, says } from './liar.naive.ts'
import { joinRoom, type OpenedNode, type OpenStore } from './open-node.ts'
import type { EvidenceEntry } from './views.ts'
import { start } from './running.naive.ts'

/** A node that has read these units, all of them stored. */
async function nodeWith(...units: Unit[]) {
  const disk: MemoryDisk = createMemoryDisk()
  const openStore: OpenStore = async () => createMemoryStore(disk)
  const node = await start(await joinRoom(openStore, LINK), openStore)
  expect(await node.import(fileOf([GENESIS], ...units))).toMatchObject({ refusals: 0, admitted: 1 + units.flat().length })
  await vi.waitFor(() => expect(node.status().stored).toBe(node.status().ops), 10_000)
  return { node, disk, openStore }
}

/** The lengths of the two chains by which a file proves its pair; the reason of the refusal if it does not prove it. */
function provenBy({ ops, file }: EvidenceEntry): number[] | string {
  const opened = openEvidence(file!, verifyOp)
  if (!opened.ok) return opened.reason
  const { a, b } = opened.value
  expect([a, b].map((chain) => toHex(chain[0]!.id)).toSorted()).toEqual([...ops].toSorted())
  return [a.length, b.length].toSorted((x, y) => x - y)
}

const idOf = ({ id }: UnitOp): string => toHex(id)

test('B1 of two signed ops the evidence is these two, asked by either or for all', async () => {
  const [one, other] = [says('one'), says('other')]
  const { node } = await nodeWith([one], [other])
  const all = await node.room.evidence(null)
  expect(all).toMatchObject([{ author: toHex(GENESIS.op.author), seq: 1, ops: [idOf(one), idOf(other)].sort() }])
  expect(provenBy(all[0]!)).toEqual([1, 1])
  expect(await node.room.evidence(idOf(one))).toEqual(all)
  expect(await node.room.evidence(idOf(other))).toEqual(all)
  expect(await node.room.evidence(idOf(GENESIS))).toEqual([])
  expect(await node.room.evidence('no id')).toEqual([])
  expect(node.room.equivocations(0, 5)).toEqual(all.map(({ author, seq, ops }) => ({ author, seq, ops })))
  expect(node.room.equivocations(1, 5)).toEqual([])
})

test('B18 ops that came unsigned are proven by the chain in their unit, also when the node comes back from its disk', async () => {
  const [one, other] = [chainOf('one', 5), chainOf('other', 3)]
  const { node, openStore } = await nodeWith(one, other)
  const pairs = [0, 1, 2].map((i) => [idOf(one[i]!), idOf(other[i]!)].sort())
  const lengths = [
    [3, 5],
    [2, 4],
    [1, 3],
  ]
  const all = await node.room.evidence(null)
  expect(all.map(({ ops }) => ops)).toEqual(pairs)
  expect(all.map(provenBy)).toEqual(lengths)
  await node.close()
  const store = await openStore('')
  const again = await start({ identity: (await store.identity())!, store, resumed: true, salvaged: false }, openStore)
  expect((await again.room.evidence(null)).map(provenBy)).toEqual(lengths)
})

test('B1 signatures that merging units has dropped on the disk are not missed', async () => {
  const one: UnitOp[] = [says('one')]
  while (one.length < 2_500) one.push(says(`one ${one.length}`, one.at(-1)))
  const { node, disk } = await nodeWith(...one.map((each) => [each]), [says('other')])
  // The older half of the small records becomes a few large ones.
  await vi.waitFor(() => expect(disk.records.size).toBeLessThan(2_000), 20_000)
  const [entry] = await node.room.evidence(null)
  const lengths = provenBy(entry!)
  expect(lengths[0]).toBe(1)
  expect(lengths[1]).toBeGreaterThan(1)
}, 60_000)

test('D10 of any number of rivals MAX_EVIDENCE_FILES files are built for one question, and any other by its own op', async () => {
  const rivals = Array.from({ length: MAX_EVIDENCE_FILES + 6 }, (_, i) => restarts(`again ${i}`))
  const { node } = await nodeWith(...rivals.map((each) => [each]))
  for (const entries of [await node.room.evidence(null), await node.room.evidence(idOf(GENESIS))]) {
    expect(entries.filter(({ file }) => file !== null)).toEqual(entries.slice(0, MAX_EVIDENCE_FILES))
  }
  expect(await node.room.evidence(null)).toHaveLength(rivals.length)
  expect(await node.room.evidence(idOf(GENESIS))).toHaveLength(MAX_EVIDENCE_FILES)
  const last = await node.room.evidence(idOf(rivals.at(-1)!))
  expect(last.map(provenBy)).toEqual([[1, 1]])
})

test('D10 of an op MAX_RIVALS rivals are told, and how many there are', async () => {
  const rivals = Array.from({ length: 70 }, (_, i) => restarts(`again ${i}`))
  const { node } = await nodeWith(...rivals.map((each) => [each]))
  // The genesis is the least: the others follow it.
  const ids = [idOf(GENESIS), ...rivals.map(idOf).sort()]
  for (const at of [0, 10, 70]) {
    const told = await node.room.inspect(ids[at]!)
    expect(told).toMatchObject({ equivocates: true, rivals: ids.filter((id) => id !== ids[at]).slice(0, 64), rivalCount: 70 })
  }
})

test('D10 files of one question end with the one that reaches MAX_EVIDENCE_FILES_BYTES', async () => {
  const { node } = await nodeWith(chainOf('one', 1_000, 900), chainOf('other', 1_000, 900))
  const sizes = (await node.room.evidence(null)).map(({ file }) => file?.length ?? 0)
  expect(sizes).toHaveLength(1_000)
  const built = sizes.filter((size) => size > 0)
  const sum = (list: readonly number[]): number => list.reduce((all, size) => all + size, 0)
  expect(sum(built)).toBeGreaterThanOrEqual(16 * 1024 * 1024)
  expect(sum(built.slice(0, -1))).toBeLessThan(16 * 1024 * 1024)
  expect(sizes.slice(built.length).every((size) => size === 0)).toBe(true)
}, 60_000)

test('E9 of ops that the disk cannot give back there is no file, and the log says why', async () => {
  const { node, disk } = await nodeWith([says('one')], [says('other')])
  for (const record of disk.records.values()) record.bytes[9]! ^= 1
  expect(await node.room.evidence(null)).toMatchObject([{ seq: 1, file: null }])
  // Once for each record that holds one of them: they may have been stored in one, together with the room's first op or not.
  const refused = node.refused.latest()
  expect(refused.length).toBeGreaterThanOrEqual(1)
  expect(refused.length).toBeLessThanOrEqual(Math.min(2, disk.records.size))
  for (const each of refused) expect(each).toMatchObject({ reason: 'bad-checksum', from: 'disk' })
})

test('B1 of ops that are not stored yet the evidence is the same', async () => {
  const disk = createMemoryDisk()
  const openStore: OpenStore = async () => createMemoryStore(disk)
  const opened = await joinRoom(openStore, LINK)
  const stuck: OpenedNode = { ...opened, store: { ...opened.store, append: () => new Promise(() => {}) } }
  const node = await start(stuck, openStore)
  await node.import(fileOf([GENESIS], chainOf('one', 3), [says('other')]))
  expect(node.status()).toMatchObject({ ops: 5, stored: 0 })
  expect((await node.room.evidence(null)).map(provenBy)).toEqual([[1, 3]])
})
