/** A node whose disk has damage that it cannot mend before its next start. */
import { expect, test, vi } from 'vitest'
import { signedBytes, signPure } from '../core/keys.ts'
import { asOpId } from '../core/op.ts'
import type { UnitOp } from '../core/unit.ts'
import { createMemoryDisk, createMemoryStore, type MemoryDisk } from '../store/memory.ts'
import { identityNumber } from '../sim/identity.ts'
import { chainOf, createStage, message } from '../sim/stage.ts'
import { encodeBundle } from '../sync/bundle.ts'
import { encodeFile, wrapBundle } from '../sync/wrap.ts'
import { linkOf } from './link.ts'
import { foundRoom, joinRoom, type OpenStore } from './open-node.ts'
import { newHub, start } from './running.naive.ts'

test('E9 a newcomer gets what does not follow the damaged ops', async () => {
  const disks = new Map<string, MemoryDisk>()
  const openStore: OpenStore = async (id) => {
    if (!disks.has(id)) disks.set(id, createMemoryDisk())
    return createMemoryStore(disks.get(id))
  }
  const hub = newHub()
  const opened = await foundRoom(openStore, 'a room')
  const bob = await start(opened, openStore, hub)
  const stage = { ...createStage(1), room: asOpId(opened.identity.genesis) }
  const signed = (n: number) => (op: UnitOp) => ({ ...op, signature: signPure(identityNumber(n).seed, signedBytes(op.id)) })
  const mallory = chainOf(stage, identityNumber(1), 3).map(signed(1))
  const carol = Array.from({ length: 20 }, (_, n) => signed(9 + n)(message(stage, identityNumber(9 + n), null, [stage.room], `${n}`)))
  const late = signed(2)(message(stage, identityNumber(2), null, [mallory[2]!.id, carol[0]!.id], 'after both'))
  const all = [...mallory, ...carol, late]
  for (const [n, op] of all.entries()) {
    await bob.import(encodeFile([wrapBundle('raw', encodeBundle([[op]]))]))
    await vi.waitFor(() => expect(bob.status().stored).toBe(2 + n), 10_000)
  }
  disks.get(bob.author)!.records.get(2)!.bytes[20]! ^= 1

  const dave = await start(await joinRoom(openStore, linkOf(opened.identity)), openStore, hub)
  // The genesis, mallory's first op, and all that does not follow her second one. What does would only wait there.
  await vi.waitFor(() => expect(dave.status().ops).toBe(1 + 1 + carol.length), 10_000)
  expect(dave.status().pending).toBe(0)
  expect(bob.refused.damages).toBe(1)
})
