/** Packing: merged segments hold the ops that were there, the index tells what a replay tells, and no failure loses anything. */
import { expect, onTestFinished, test, vi } from 'vitest'
import { createRandom } from '../core/bytes.naive.ts'
import { equalBytes, toHex } from '../core/bytes.ts'
import { idOf, parentsOf, sortedHeads, tipsOf } from '../core/dag.ts'
import { sliceHistory } from '../core/history.ts'
import { publicKeyOf } from '../core/keys.ts'
import { MAX_UNIT_BYTES, MAX_UNIT_OPS } from '../core/limits.ts'
import { asAuthor, hashOp, type Op } from '../core/op.ts'
import { createReplica, receive } from '../core/replica.ts'
import { type Unit, unitBytes, type UnitOp } from '../core/unit.ts'
import { encodeBody } from '../crdt/body.ts'
import { judgeOpen } from '../rules/open.ts'
import { createMemoryDisk, createMemoryStore, type MemoryDisk } from '../store/memory.ts'
import { type Place, type Store, StoreError } from '../store/store.ts'
import { decodeBundle, encodeBundle } from '../sync/bundle.ts'
import { createEngine, restore, restoreIndex } from '../sync/engine.ts'
import type { Engine } from '../sync/state.ts'
import { wrapBundle } from '../sync/wrap.ts'
import { longRoom, singles } from './long-room.naive.ts'
import { readDisk, readIndex, readSegment } from './open-node.ts'
import { createPacker } from './packer.ts'

const engineOf = (ops: readonly UnitOp[]): Engine =>
  createEngine({
    room: ops[0]!.id,
    author: asAuthor(new Uint8Array(32)),
    sender: new Uint8Array(32),
    judge: judgeOpen,
    seed: 5,
    random: () => 0,
    now: 0,
    resumed: true,
  })

/** A node's disk as it is opened: what the index gave, and what reading the segments gave. */
async function opened(
  disk: MemoryDisk,
  ops: readonly UnitOp[],
): Promise<{ engine: Engine; store: Store; index: Place[]; damaged: number | null }> {
  const engine = engineOf(ops)
  const store = createMemoryStore(disk)
  const index = await readIndex(store, (bytes, expected) => restoreIndex(engine, bytes, expected))
  const damaged = await readDisk(store, engine.stored, (units) => restore(engine, units))
  return { engine, store, index, damaged }
}

const rethrow = (error: unknown): never => {
  throw error
}

/** Packs until there is no more to pack. */
async function pack({ engine, store, index }: Awaited<ReturnType<typeof opened>>): Promise<void> {
  const packer = createPacker(store, engine, index, rethrow)
  packer.due()
  await vi.waitFor(async () => {
    const [last] = (await store.readIndex(0, 1_000)).slice(-1)
    expect(engine.stored - (last === undefined ? 0 : last.first + last.count)).toBeLessThan(2_048)
  }, 30_000)
  await packer.stop()
}

async function diskOf(ops: readonly UnitOp[]): Promise<MemoryDisk> {
  const disk = createMemoryDisk()
  await createMemoryStore(disk).append(singles(ops), 'relaxed')
  return disk
}

/** Everything that can be asked of an engine's replica. */
function told({ replica: { dag, history }, stored }: Engine) {
  const ops = Array.from({ length: dag.length }, (_, op) => op)
  return {
    stored,
    ops: ops.map(
      (op) => `${toHex(idOf(dag, op))} ${dag.author[op]} ${dag.seq[op]} ${dag.depth[op]} ${dag.prev[op]} ${parentsOf(dag, op).join()}`,
    ),
    tips: Array.from({ length: dag.authors.length }, (_, author) => [...tipsOf(dag, author)].sort((a, b) => a - b)),
    heads: sortedHeads(dag).map(toHex),
    equivocations: dag.equivocations,
    history: sliceHistory(history, 0, dag.length),
  }
}

const unitsOn = async (disk: MemoryDisk): Promise<Unit[]> => {
  const units: Unit[] = []
  for (const segment of await createMemoryStore(disk).read(0, 100_000)) if ('bytes' in segment) units.push(...(await readSegment(segment))!)
  return units
}

const OPS = longRoom(5_000, 1)

/** Messages of one more author, who has seen this op. */
function chainAfter({ id: room }: UnitOp, length: number): UnitOp[] {
  const chain: UnitOp[] = []
  for (let seq = 0; seq < length; seq++) {
    const [prev, deps] = [chain.at(-1)?.id ?? null, seq === 0 ? [room] : []]
    const body = encodeBody({ kind: 'message', text: `${seq}` })
    const op: Op = { room, author: publicKeyOf(new Uint8Array(32).fill(9)), seq, prev, deps, time: 0, body }
    chain.push({ op, id: hashOp(op), signature: new Uint8Array(64) })
  }
  return chain
}

test('ops that came one by one are packed into whole units, and the room opens from its index as the room that it was', async () => {
  const disk = await diskOf(OPS)
  const before = await opened(disk, OPS)
  expect(before.index).toEqual([])
  await pack(before)
  const layout = (await createMemoryStore(disk).layout(0, 10_000)).map(({ count }) => count)
  expect(layout).toEqual([1_024, 1_024, 1_024, ...Array.from({ length: 5_000 - 3 * 1_024 }, () => 1)])
  expect((await unitsOn(disk)).flat().map(({ id }) => toHex(id))).toEqual(OPS.map(({ id }) => toHex(id)))

  const after = await opened(disk, OPS)
  expect(after.damaged).toBeNull()
  expect(after.index.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(5_000 - 2_048)
  expect(told(after.engine)).toEqual(told(before.engine))
  const more = longRoom(5_300, 1).slice(5_000)
  for (const op of more) for (const { engine } of [before, after]) receive(engine.replica, [op], 'link')
  expect(told(after.engine)).toEqual(told(before.engine))
})

test('packed segments hold units: whatever a peer holds, the rest is admitted whole, and one signature an author and branch is left', async () => {
  const disk = await diskOf(OPS)
  await pack(await opened(disk, OPS))
  const units = await unitsOn(disk)
  const packed = units.filter(({ length }) => length > 1)
  expect(packed.length).toBeGreaterThan(1)
  for (const unit of packed) {
    expect(unit.length).toBeLessThanOrEqual(MAX_UNIT_OPS)
    const followed = new Set(unit.map(({ op }) => op.prev && toHex(op.prev)))
    for (const { id, signature } of unit) expect(signature === null).toBe(followed.has(toHex(id)))
  }
  const random = createRandom(2)
  for (let turn = 0; turn < 3; turn++) {
    const place = new Map(OPS.map(({ id }, i) => [toHex(id), i]))
    const holds = new Uint8Array(OPS.length)
    for (let i = 0; i < 3; i++) holds[Math.floor(random() * OPS.length)] = 1
    for (let i = OPS.length - 1; i >= 0; i--) {
      const { op } = OPS[i]!
      if (holds[i] === 1) for (const parent of [...op.deps, ...(op.prev === null ? [] : [op.prev])]) holds[place.get(toHex(parent))!] = 1
    }
    const peer = createReplica(OPS[0]!.id, judgeOpen, turn)
    for (const [i, op] of OPS.entries()) if (holds[i] === 1) receive(peer, [op], 'before')
    const lacking = units.map((unit) => unit.filter(({ id }) => holds[place.get(toHex(id))!] === 0)).filter(({ length }) => length > 0)
    for (const unit of lacking) {
      const sent = decodeBundle(encodeBundle([unit]))
      expect(sent.ok).toBe(true)
      if (sent.ok) for (const each of sent.value) receive(peer, each, 'link')
    }
    expect(peer.dag.length).toBe(OPS.length)
  }
})

test('a part of the index that is damaged, of another layout, or of ops that are not there, costs reading the segments and nothing else', async () => {
  const disk = await diskOf(OPS)
  const whole = await opened(disk, OPS)
  await pack(whole)
  const [first, ...others] = [...disk.index.keys()]
  expect(first).toBe(0)
  const damages: (() => void)[] = [
    () => void (disk.index.get(others.at(-1) ?? 0)!.bytes[40]! ^= 1),
    () => void (disk.index.get(0)!.bytes[0]! ^= 1),
    () => void disk.records.delete(Math.max(...disk.records.keys())),
    () => disk.index.clear(),
  ]
  for (const damage of damages) {
    damage()
    const { engine, damaged } = await opened(disk, OPS)
    expect(damaged).toBeNull()
    const naive = engineOf(OPS)
    for (const op of OPS.slice(0, engine.stored)) restore(naive, [[op]])
    expect(engine.stored).toBeGreaterThanOrEqual(OPS.length - 1)
    expect(told(engine)).toEqual(told(naive))
    // The lost part is written again.
    await pack(await opened(disk, OPS))
    expect((await opened(disk, OPS)).index.length).toBeGreaterThan(0)
  }
})

test('E9 an index that tells of more ops than there are is used as far as the segments reach', async () => {
  const disk = await diskOf(OPS)
  await pack(await opened(disk, OPS))
  for (const first of [...disk.records.keys()]) if (first >= 1_024) disk.records.delete(first)
  const { engine, index, damaged } = await opened(disk, OPS)
  expect([index, damaged, engine.stored]).toEqual([[], null, 1_024])
})

test('E9 an index that told of ops that the disk has lost is not believed when others have taken their place', async () => {
  const room = longRoom(5_120, 1)
  const disk = await diskOf(room)
  await pack(await opened(disk, room))
  expect([...disk.index.keys()]).toEqual([0, 3_072])
  for (const first of [...disk.records.keys()]) if (first >= 3_072) disk.records.delete(first)
  const { store, engine } = await opened(disk, room)
  expect(engine.stored).toBe(3_072)
  const others = chainAfter(room[0]!, 1_200)
  await store.append(singles(others, 3_072), 'relaxed')
  const again = await opened(disk, room)
  expect([again.damaged, again.engine.stored]).toEqual([null, 4_272])
  expect(others.map(({ id }, i) => equalBytes(idOf(again.engine.replica.dag, 3_072 + i), id))).not.toContain(false)
})

test('E1 a disk that is full, or fails, while it packs keeps what it held, and is packed when something more is stored', async () => {
  const disk = await diskOf(OPS)
  const node = await opened(disk, OPS)
  const before = [...disk.records]
  const full = vi.spyOn(disk.index, 'set').mockImplementation(() => {
    throw new DOMException('no room', 'QuotaExceededError')
  })
  onTestFinished(() => void vi.restoreAllMocks())
  const packer = createPacker(node.store, node.engine, node.index, rethrow)
  packer.due()
  await vi.waitFor(() => expect(full).toHaveBeenCalled(), 30_000)
  await packer.stop()
  expect([...disk.records]).toEqual(before)
  expect(told((await opened(disk, OPS)).engine)).toEqual(told(node.engine))
  full.mockRestore()
  await pack(node)
  expect(disk.records.size).toBeLessThan(before.length)
})

test('E1 a disk that is full is not packed again, whatever is heard, before something more is stored', async () => {
  const disk = await diskOf(OPS.slice(0, 2_100))
  const { store, engine, index } = await opened(disk, OPS)
  const begun = vi.spyOn(store, 'layout')
  const tried = vi.spyOn(store, 'pack').mockRejectedValue(new StoreError('full'))
  onTestFinished(() => void vi.restoreAllMocks())
  const packer = createPacker(store, engine, index, rethrow)
  /** The first call begins what is to be begun before it returns. */
  const hear = async (times: number): Promise<void> => {
    for (let i = 0; i < 5; i++) {
      packer.due()
      await vi.waitFor(() => expect(tried).toHaveBeenCalledTimes(times), 30_000)
      await new Promise((resolve) => setTimeout(resolve))
    }
    expect(begun).toHaveBeenCalledTimes(times)
  }
  await hear(1)
  await store.append(singles([OPS[2_100]!], 2_100), 'relaxed')
  restore(engine, [[OPS[2_100]!]])
  await hear(2)
  await packer.stop()
})

test('large ops are packed into units of MAX_UNIT_BYTES', async () => {
  const large = longRoom(2_100, 3, 6_000)
  const disk = await diskOf(large)
  await pack(await opened(disk, large))
  const units = await unitsOn(disk)
  expect(units.flat().map(({ id }) => toHex(id))).toEqual(large.map(({ id }) => toHex(id)))
  const sizes = units.map(unitBytes)
  for (const size of sizes) expect(size).toBeLessThanOrEqual(MAX_UNIT_BYTES)
  expect(sizes.filter((size) => size > MAX_UNIT_BYTES / 2).length).toBeGreaterThan(5)
  expect((await opened(disk, large)).damaged).toBeNull()
}, 60_000)

test('parts of the index swallow those before them that are no larger, so that there are few', async () => {
  const disk = createMemoryDisk()
  const store = createMemoryStore(disk)
  const ops = longRoom(13_000, 4, 1)
  const engine = engineOf(ops)
  const index: Place[] = []
  for (let at = 0; at < ops.length; at += 500) {
    const batch = ops.slice(at, at + 500)
    const bytes = wrapBundle('raw', encodeBundle(batch.map((op) => [op])))
    await store.append([{ first: at, count: batch.length, bytes }], 'relaxed')
    restore(
      engine,
      batch.map((op) => [op]),
    )
    if (engine.stored >= 2_048) await pack({ engine, store, index, damaged: null })
    index.splice(0, Infinity, ...[...disk.index].map(([first, { count }]) => ({ first, count })))
  }
  expect(index.length).toBeLessThanOrEqual(4)
  expect(told((await opened(disk, ops)).engine)).toEqual(told(engine))
})
