/** Pages: kept while they are looked at, read again when they are not. */
import { expect, test, vi } from 'vitest'
import { generateKey } from './signer.ts'
import { createLibrary } from './library.ts'
import { createSegments } from './segments.ts'
import { createMemoryStore } from '../store/memory.ts'
import { encodeBody } from '../crdt/body.ts'
import { asAuthor, hashOp, type Op } from '../core/op.ts'
import type { UnitOp } from '../core/unit.ts'
import { encodeBundle } from '../sync/bundle.ts'
import { wrapBundle } from '../sync/wrap.ts'

const COUNT = 600

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
