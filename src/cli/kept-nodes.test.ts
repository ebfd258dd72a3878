/** Which of the kept nodes a command is. */
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { asOpId } from '../core/op.ts'
import { someIdentity } from '../store/store.contract.ts'
import type { Options } from './args.ts'
import { openFileStore } from './file-store.ts'
import { generateKeptKey } from './identity-file.ts'
import { keepRelay, keptRelay, openKept } from './kept-nodes.ts'

function newFolder(): string {
  const folder = fs.mkdtempSync(join(tmpdir(), 'tabweave-kept-'))
  onTestFinished(() => fs.rmSync(folder, { recursive: true }))
  return folder
}

/** Keeps a node, and gives its author. */
async function keep(base: string, name: string, room: number, createdAt: number): Promise<string> {
  const { author, key } = await generateKeptKey()
  const store = openFileStore(join(base, `${name}-${toHex(author).slice(0, 16)}`))
  await store.putIdentity({ ...someIdentity(), author, key, genesis: new Uint8Array(32).fill(room), createdAt })
  store.close()
  return toHex(author)
}

/** The author that a command is. */
async function opened(base: string, name: string, room: Options['room']): Promise<{ author: string; resumed: boolean }> {
  const { opened: node } = await openKept(
    { room, name, isNamed: true, relay: null, folder: base, mode: 'stay', writesNow: false, wait: 1 },
    base,
  )
  node.store.close()
  return { author: toHex(node.identity.author), resumed: node.resumed }
}

const linkTo = (room: number): Options['room'] => ({
  type: 'join',
  link: { genesis: asOpId(new Uint8Array(32).fill(room)), secret: someIdentity().secret },
})

describe('a command', () => {
  test('is the node that has its name and its room, and the latest of several', async () => {
    for (const order of [
      [1, 2, 3],
      [3, 2, 1],
      [2, 3, 1],
    ]) {
      const base = newFolder()
      const authors = new Map<number, string>()
      for (const at of order) authors.set(at, await keep(base, 'alice', 7, at))
      const other = await keep(base, 'alice', 8, 9)
      await keep(base, 'bobby', 7, 9)
      expect(await opened(base, 'alice', linkTo(7))).toEqual({ author: authors.get(3), resumed: true })
      expect(await opened(base, 'alice', linkTo(8))).toEqual({ author: other, resumed: true })
    }
  })

  test('is a new node where its name or its room is new, and the same one afterwards', async () => {
    const base = newFolder()
    const kept = await keep(base, 'alice', 7, 1)
    for (const [name, room] of [
      ['alice', 9],
      ['al', 7],
    ] as const) {
      const fresh = await opened(base, name, linkTo(room))
      expect(fresh.resumed).toBe(false)
      expect(fresh.author).not.toBe(kept)
      expect(await opened(base, name, linkTo(room))).toEqual({ author: fresh.author, resumed: true })
    }
  })

  test('without a link is the only node of its name', async () => {
    const base = newFolder()
    const alice = await keep(base, 'alice', 7, 1)
    await keep(base, 'alice-in-chains', 8, 2)
    expect(await opened(base, 'alice', { type: 'resume' })).toEqual({ author: alice, resumed: true })
    await expect(opened(base, 'bob', { type: 'resume' })).rejects.toThrow(`No node called “bob” is kept in ${base}:`)
  })

  test('does not mind what else is in the folder', async () => {
    const base = newFolder()
    fs.writeFileSync(join(base, 'alice-note.txt'), '')
    fs.mkdirSync(join(base, `alice-${'0'.repeat(16)}`))
    const alice = await keep(base, 'alice', 7, 1)
    expect(await opened(base, 'alice', linkTo(7))).toEqual({ author: alice, resumed: true })
  })

  test('has a folder beside the others, whatever its name is, and another one for each name', async () => {
    const base = newFolder()
    const names = [
      'Ana Maria',
      '../x',
      'a/b',
      'a_b',
      'a:b',
      'a%002fb',
      'O’Brien',
      'می\u200cخواهم',
      '🦊',
      '\u202e'.repeat(40),
      '🦊'.repeat(40),
    ]
    const authors = new Map<string, string>()
    for (const name of names) authors.set(name, (await opened(base, name, linkTo(7))).author)
    for (const name of names) expect(await opened(base, name, linkTo(7))).toEqual({ author: authors.get(name), resumed: true })
    // Beside them is a folder with their marks.
    const folders = fs.readdirSync(base).filter((folder) => /-[0-9a-f]{16}$/.test(folder))
    expect(new Set(authors.values()).size).toBe(names.length)
    expect(folders).toHaveLength(names.length)
    expect(folders.filter((folder) => /["*/:<>?\\|\u202e]/.test(folder))).toEqual([])
    expect(folders).toContain(`Ana Maria-${authors.get('Ana Maria')!.slice(0, 16)}`)
    expect(folders).toContain(`می\u200cخواهم-${authors.get('می\u200cخواهم')!.slice(0, 16)}`)
  })

  test('is the node whose folder the file system has in another normal form', async () => {
    const base = newFolder()
    const kept = await keep(base, 'Zoë'.normalize('NFD'), 7, 1)
    expect(await opened(base, 'Zoë'.normalize('NFC'), linkTo(7))).toEqual({ author: kept, resumed: true })
  })

  test('meets others by the relay that was used last, if that is still an address', () => {
    const folder = newFolder()
    expect(keptRelay(folder)).toBe(null)
    keepRelay(folder, 'wss://relay.example:1')
    expect(keptRelay(folder)).toBe('wss://relay.example:1')
    const file = fs.readFileSync(join(folder, 'relay'))
    for (let at = 0; at < file.length; at++) {
      fs.writeFileSync(join(folder, 'relay'), file.with(at, file[at]! ^ 1))
      expect(keptRelay(folder)).toBe('damaged')
    }
  })
})
