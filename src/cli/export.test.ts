/** `--export FILE`: the room that a node's files hold, written without the node. */
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { type RoomLink, linkOf } from '../node/link.ts'
import { foundRoom } from '../node/open-node.ts'
import { decodeFile } from '../sync/wrap.ts'
import type { Options } from './args.ts'
import { exportKept } from './export.ts'
import { openFileStore } from './file-store.ts'
import { generateKeptKey } from './identity-file.ts'

/** A base folder with a kept node, which has founded a room. */
async function keptRoom(): Promise<{ base: string; folder: string; link: RoomLink }> {
  const base = fs.mkdtempSync(join(tmpdir(), 'tabweave-export-'))
  onTestFinished(() => fs.rmSync(base, { recursive: true }))
  let folder = ''
  const openStore = async (id: string) => openFileStore((folder = join(base, `node-${id.slice(0, 16)}`)))
  const { identity, store } = await foundRoom(openStore, 'a room', generateKeptKey)
  store.close()
  return { base, folder, link: linkOf(identity) }
}

async function exported(base: string, room: Options['room'] = { type: 'resume' }, file = join(base, 'room.tabweave')) {
  const [printed, complained]: [string[], string[]] = [[], []]
  const code = await exportKept({ room, name: 'node', isNamed: false, folder: base }, file, {
    print: (line) => void printed.push(line),
    complain: (line) => void complained.push(line),
  })
  const bundles = fs.existsSync(file) ? decodeFile(fs.readFileSync(file)).bundles.length : null
  return { code, printed, complained: complained.join('\n'), bundles }
}

describe('D17 a room that is kept in files', () => {
  test('is exported by the only node, and by its link', async () => {
    const { base, link } = await keptRoom()
    const all = await exported(base)
    expect(all).toMatchObject({ code: 0, complained: '', bundles: 1 })
    expect(all.printed.join()).toMatch(/^\* 1 op of /)
    expect(await exported(base, { type: 'join', link }, join(base, 'other'))).toMatchObject({ code: 0, bundles: 1 })
  })

  test('is exported when the identity of its node is damaged', async () => {
    const { base, folder } = await keptRoom()
    fs.writeFileSync(join(folder, 'identity'), 'no identity')
    expect(await exported(base)).toMatchObject({ code: 0, bundles: 1 })
  })

  test('is exported as far as it can be read when its file is damaged', async () => {
    const { base, folder } = await keptRoom()
    const ops = fs.readFileSync(join(folder, 'ops'))
    ops[ops.length - 9]! ^= 1
    fs.writeFileSync(join(folder, 'ops'), ops)
    const { code, complained } = await exported(base)
    expect(code).toBe(1)
    expect(complained).toBe('1 op of this node is damaged on the disk and not in the file.')
  })

  test('is written over no file, and nowhere if it cannot be', async () => {
    const { base } = await keptRoom()
    const file = join(base, 'mine')
    fs.writeFileSync(file, 'mine')
    const refused = await exported(base, undefined, file)
    expect(refused.code).toBe(1)
    expect(refused.complained).toBe(`${file} exists already, and is not replaced. Choose another name.`)
    expect(fs.readFileSync(file, 'utf8')).toBe('mine')
    expect(await exported(base, undefined, join(base, 'none', 'room'))).toMatchObject({ code: 1, bundles: null })
  })
})

test('a room that is not kept, and one of several that may be meant, are named', async () => {
  const { base, folder, link } = await keptRoom()
  const other = { ...link, genesis: link.genesis.map((byte) => byte ^ 1) as typeof link.genesis }
  const ofOther = () => exported(base, { type: 'join', link: other })
  expect((await ofOther()).complained).toBe(`No node without a --name is kept in ${base} for this room.`)
  for (const n of [1, 2]) {
    const damaged = join(base, `node-${toHex(new Uint8Array(8).fill(n))}`)
    fs.cpSync(folder, damaged, { recursive: true })
    fs.writeFileSync(join(damaged, 'identity'), 'no identity')
  }
  expect((await ofOther()).complained).toContain('Move all of them away but the one that you want to export')
  expect(await exported(base)).toMatchObject({ code: 0, bundles: 1 })
})
