/** What becomes of a whole node when the file of its ops is damaged. */
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { concatBytes } from '../core/bytes.ts'
import { linkOf } from '../node/link.ts'
import type { Node } from '../node/node.ts'
import { foundRoom, joinRoom, type OpenStore } from '../node/open-node.ts'
import { newHub, start } from '../node/running.naive.ts'
import { packSegment } from '../store/segment-record.ts'
import { openFileStore } from './file-store.ts'
import { generateKeptKey } from './identity-file.ts'
import { encodeHead, HEADER_BYTES, MAGIC, type Placed, scan } from './record.ts'

const PUBLIC = 4
const OWN = 6
const ownTexts = Array.from({ length: OWN }, (_, n) => `own ${n}`)
const textsOf = async (node: Node): Promise<string[]> => (await node.room.entries(0, 100)).entries.map(({ text }) => text)

/** Alice has Bob's ops, wrote offline, and was closed: each op has a segment of its own. Then `hurt` gets her file, which she starts with. */
async function aliceStartsAfter(hurt: (file: Buffer, segments: readonly Placed[]) => Uint8Array) {
  const base = fs.mkdtempSync(join(tmpdir(), 'tabweave-damaged-'))
  onTestFinished(() => fs.rmSync(base, { recursive: true, force: true }))
  const folderOf = (id: string): string => join(base, id.slice(0, 16))
  const openStore: OpenStore = async (id) => openFileStore(folderOf(id))
  const hub = newHub()
  const opened = await foundRoom(openStore, 'a room', generateKeptKey)
  const bob = await start(opened, openStore, hub, generateKeptKey)
  const joined = await joinRoom(openStore, linkOf(opened.identity), generateKeptKey)
  const before = await start(joined, openStore, hub, generateKeptKey)
  for (let n = 0; n < PUBLIC; n++) {
    await bob.submit(`public ${n}`)
    await vi.waitFor(() => expect(before.status().stored).toBe(2 + n), 10_000)
  }
  await before.setOffline(true)
  for (const text of ownTexts) expect(await before.submit(text)).toHaveProperty('id')
  await vi.waitFor(() => expect(before.status().stored).toBe(1 + PUBLIC + OWN), 10_000)
  await before.close()
  const path = join(folderOf(before.author), 'ops')
  const file = fs.readFileSync(path)
  const { groups } = scan(file.length, (at, length) => file.subarray(at, at + length))!
  const segments = groups.flat().filter(({ kind }) => kind === 'segment')
  fs.writeFileSync(path, hurt(file, segments))
  const store = await openStore(before.author)
  const again = { identity: (await store.identity())!, store, resumed: true, salvaged: false }
  const alice = await start(again, openStore, hub, generateKeptKey)
  return { bob, before, alice }
}

async function expectAllWithBob({ bob, alice }: Awaited<ReturnType<typeof aliceStartsAfter>>): Promise<void> {
  await vi.waitFor(async () => expect(await textsOf(bob)).toEqual(expect.arrayContaining(ownTexts)), 10_000)
  expect(await textsOf(alice)).toEqual(await textsOf(bob))
  expect([bob.status().equivocations, alice.status().ops]).toEqual([0, 1 + PUBLIC + OWN])
}

test('E9 whole ops behind a damaged header reach a peer', async () => {
  const room = await aliceStartsAfter((file, segments) => {
    file[segments[2]!.at + 30]! ^= 1
    return file
  })
  await expectAllWithBob(room)
  expect(room.alice.author).not.toBe(room.before.author)
})

test('E9 a record of another version that damage lays open in a payload keeps no node from starting', async () => {
  const room = await aliceStartsAfter((file, segments) => {
    const { at, length } = segments[2]!
    const bundle = file.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length)
    const bytes = new Uint8Array(bundle).with(2, bundle[2]! + 1)
    const segment = { first: 0, count: 1, bytes }
    const head = encodeHead({ kind: 'segment', isLast: true, length, ...segment, checksum: packSegment(segment).checksum })
    return concatBytes([file.subarray(0, at), new Uint8Array(HEADER_BYTES), head, bytes, file.subarray(at + HEADER_BYTES)])
  })
  await expectAllWithBob(room)
  expect(room.alice.author).not.toBe(room.before.author)
})

test('E9 a damaged format number is no other version', async () => {
  const room = await aliceStartsAfter((file) => {
    file[MAGIC.length - 3]! ^= 2
    return file
  })
  await expectAllWithBob(room)
  expect(room.alice.author).toBe(room.before.author)
})
