/** Imports of files by a whole node: each is told what became of its own file, and of nothing else. */
import { expect, test } from 'vitest'
import { concatBytes } from '../core/bytes.ts'
import { createMemoryDisk, createMemoryStore, type MemoryDisk } from '../store/memory.ts'
import { decodeFile, encodeFile, wrapBundle } from '../sync/wrap.ts'
import { createImports, beginImport, endImport, noteRefusal } from './imports.ts'
import { linkOf } from './link.ts'
import type { Node } from './node.ts'
import { foundRoom, joinRoom, type OpenStore } from './open-node.ts'
import { MAX_ENTRIES } from './refused-log.ts'
import type { ImportOutcome, RefusedEntry } from './views.ts'
import { start } from './running.naive.ts'

/** A file of a room with 3 ops in three bundles, and a node that has the room's link and nothing else. */
async function fileAndNewcomer(): Promise<{ file: Uint8Array; newcomer: Node }> {
  const disks = new Map<string, MemoryDisk>()
  const openStore: OpenStore = async (id) => {
    if (!disks.has(id)) disks.set(id, createMemoryDisk())
    return createMemoryStore(disks.get(id))
  }
  const opened = await foundRoom(openStore, 'a room')
  const alice = await start(opened, openStore)
  const bundles = [...decodeFile((await alice.export()).file).bundles]
  for (const text of ['one', 'two']) {
    await alice.submit(text)
    bundles.push(...decodeFile((await alice.export()).file).bundles)
  }
  return { file: encodeFile(bundles), newcomer: await start(await joinRoom(openStore, linkOf(opened.identity)), openStore) }
}

const reasonsOf = ({ refused }: ImportOutcome): string[] => refused.map(({ reason }) => reason)
const garbage = encodeFile([wrapBundle('raw', new Uint8Array(64).fill(9)), new Uint8Array(66).fill(1)])
const letter = new TextEncoder().encode('a letter')

test('E10 the refusals of a file are not told again with the next, good one', async () => {
  const { file, newcomer } = await fileAndNewcomer()
  expect(reasonsOf(await newcomer.import(letter))).toEqual(['not-a-bundle'])
  expect(reasonsOf(await newcomer.import(garbage))).toEqual(['unknown-version', 'not-a-bundle'])
  expect(await newcomer.import(file)).toMatchObject({ admitted: 3, refused: [], refusals: 0, unread: null })
  expect(await newcomer.import(file)).toMatchObject({ admitted: 0, refused: [], refusals: 0, unread: null })
  expect(newcomer.refused.count).toBe(3)
})

test('E10 of imports that run at once each is told its own refusals', async () => {
  const { file, newcomer } = await fileAndNewcomer()
  const outcomes = await Promise.all([garbage, file, letter, file, garbage].map((bytes) => newcomer.import(bytes)))
  const ofGarbage = ['unknown-version', 'not-a-bundle']
  expect(outcomes.map(reasonsOf)).toEqual([ofGarbage, [], ['not-a-bundle'], [], ofGarbage])
  expect(outcomes.reduce((sum, { admitted }) => sum + admitted, 0)).toBe(3)
})

test('E10 of a file that is cut the whole bundles are taken, and the rest is named', async () => {
  const { file, newcomer } = await fileAndNewcomer()
  const whole = encodeFile(decodeFile(file).bundles.slice(0, 2)).length
  const outcome = await newcomer.import(file.subarray(0, whole + 7))
  expect(outcome).toMatchObject({ admitted: 2, refusals: 1, unread: { bytes: 7, reason: 'truncated' } })
  expect(reasonsOf(outcome)).toEqual(['truncated'])
  expect(newcomer.status().ops).toBe(2)
  expect(newcomer.refused.latest()).toMatchObject([{ reason: 'truncated', from: 'file' }])
  expect(await newcomer.import(concatBytes([file, Uint8Array.of(0x80)]))).toMatchObject({
    admitted: 1,
    unread: { bytes: 1, reason: 'truncated' },
  })
})

test('E10 an import lists its first MAX_ENTRIES refusals and counts all', () => {
  const imports = createImports()
  const told: ImportOutcome[] = []
  beginImport(imports, 1, null, (outcome) => told.push(outcome))
  beginImport(imports, 2, null, (outcome) => told.push(outcome))
  const entry = (at: number): RefusedEntry => ({ reason: 'unauthentic', id: null, from: 'file', at })
  for (let at = 0; at <= MAX_ENTRIES; at++) noteRefusal(imports, 'file/1', entry(at))
  noteRefusal(imports, 'disk', entry(0))
  for (const ref of [1, 2, 1]) endImport(imports, { type: 'imported', ref, admitted: 0, duplicate: 0, refused: 0 })
  expect(told.map(({ refused, refusals }) => [refused.length, refusals])).toEqual([
    [MAX_ENTRIES, MAX_ENTRIES + 1],
    [0, 0],
  ])
  expect(told[0]!.refused.at(-1)).toEqual(entry(MAX_ENTRIES - 1))
  noteRefusal(imports, 'file/1', entry(0))
  expect(imports.size).toBe(0)
})

test('E10 of the file of another room nothing is taken, and each part says so', async () => {
  const [{ newcomer }, { file }] = [await fileAndNewcomer(), await fileAndNewcomer()]
  const outcome = await newcomer.import(file)
  expect(outcome).toMatchObject({ admitted: 0, duplicate: 0, refusals: 3, unread: null })
  expect(new Set(reasonsOf(outcome))).toEqual(new Set(['not-for-this-room']))
})
