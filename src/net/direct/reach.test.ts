/** To whom a node offers in a room with more devices than connect each to each. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fromHex } from '../../core/bytes.ts'
import { asAuthor } from '../../core/op.ts'
import { FULL_MESH } from './mesh.ts'
import { ADDRESSED, begin, described, end, named, opened, pass, play, writers, writes } from './played.naive.ts'
import { encodeSignal } from './signal.ts'

beforeEach(begin)
afterEach(end)

/** Devices to which a node of an author of this place offers, among 60 of other authors, the earliest first. */
async function offered(place: number): Promise<Set<string | null>> {
  const a = play(1)
  const others = Array.from({ length: 60 }, (_, n) => named(n * 1_000))
  for (const [n, peer] of others.entries()) {
    if (n === place) writers.push(asAuthor(a.author))
    writes(a, peer)
  }
  await pass(1_000)
  for (const peer of others) a.direct.hearSignal(peer, encodeSignal({ type: 'here', device: fromHex(peer)!, near: [] }), ADDRESSED)
  await pass(1_000)
  for (const { connection } of opened(a)) a.direct.hearPage({ type: 'description', connection, description: described('offer', 0xa) })
  return new Set(a.said.filter(({ signal }) => signal.type === 'description').map(({ to }) => to))
}

test('an author of the first FULL_MESH reaches the others of them, whatever number of later keys is in the ring', async () => {
  const to = await offered(3)
  for (let n = 0; n < FULL_MESH - 1; n++) expect(to).toContain(named(n * 1_000))
  // And six in the ring.
  expect(to.size).toBeLessThanOrEqual(FULL_MESH - 1 + 6)
})

test('a later author reaches its places in the ring alone', async () => {
  expect((await offered(FULL_MESH)).size).toBe(6)
})
