/** A mark counts where it was written, and nowhere else. */
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { segmentAt, someIdentity } from '../store/store.contract.ts'
import { openFileStore } from './file-store.ts'
import { checkedFields, withChecksum } from './fields-file.ts'
import { markPath, readMark } from './mark-file.ts'

const MARK = { own: 2, id: new Uint8Array(32).fill(5) }

/** The folder of a node that has written something, beside its mark. */
async function writtenNode(): Promise<string> {
  const base = fs.mkdtempSync(join(tmpdir(), 'tabweave-mark-'))
  onTestFinished(() => fs.rmSync(base, { recursive: true, force: true }))
  const folder = join(base, 'node')
  const store = openFileStore(folder)
  await store.putIdentity(someIdentity())
  await store.append([segmentAt(0, 2)], 'strict', { own: 1, id: new Uint8Array(32).fill(4) })
  await store.append([segmentAt(2, 1)], 'strict', MARK)
  store.close()
  expect(readMark(folder)).toEqual(MARK)
  return folder
}

describe('a mark in a file', () => {
  test('E2 a copied folder has no mark, alone or with all that is around it, also where it is put in the place of the first', async () => {
    const folder = await writtenNode()
    const base = dirname(folder)
    const copy = `${base}-copy`
    onTestFinished(() => fs.rmSync(copy, { recursive: true, force: true }))
    fs.cpSync(base, copy, { recursive: true, preserveTimestamps: true })
    expect(readMark(join(copy, basename(folder)))).toBe(null)
    fs.cpSync(folder, join(base, 'other'), { recursive: true, preserveTimestamps: true })
    expect(readMark(join(base, 'other'))).toBe(null)
    fs.rmSync(base, { recursive: true })
    fs.cpSync(copy, base, { recursive: true, preserveTimestamps: true })
    expect(readMark(folder)).toBe(null)
  })

  test('E2 a backup that is written over the files, so that they are the same files, has no mark', async () => {
    const folder = await writtenNode()
    const [identity, mark] = [join(folder, 'identity'), markPath(folder)].map((path) => fs.readFileSync(path))
    const store = openFileStore(folder)
    await store.append([segmentAt(3, 1)], 'strict', { own: 3, id: new Uint8Array(32).fill(6) })
    store.close()
    fs.writeFileSync(join(folder, 'identity'), identity!)
    expect(readMark(folder)).toMatchObject({ own: 3 })
    fs.writeFileSync(markPath(folder), mark!)
    expect(readMark(folder)).toBe(null)
  })

  test('E9 a right checksum over other fields leaves no mark', async () => {
    const folder = await writtenNode()
    const path = markPath(folder)
    const fields = checkedFields(fs.readFileSync(path))!
    const others = [null, -1, 0.5, 'text', new Uint8Array(31), [], new Map()]
    const bent = [0, 1].flatMap((i) => others.filter((other) => i !== 1 || other !== null).map((other) => fields.with(i, other)))
    for (const wrong of [[], fields.slice(1), [...fields, null], ...bent]) {
      fs.writeFileSync(path, withChecksum(wrong))
      expect(readMark(folder)).toBe(null)
    }
    fs.writeFileSync(path, withChecksum(fields))
    expect(readMark(folder)).toEqual(MARK)
  })

  test('E2 any changed byte, and any end, leaves no mark', async () => {
    const folder = await writtenNode()
    const path = markPath(folder)
    const whole = fs.readFileSync(path)
    for (let at = 0; at < whole.length; at++) {
      const bent = Buffer.from(whole)
      bent[at]! ^= 1
      fs.writeFileSync(path, bent)
      expect([at, readMark(folder)]).toEqual([at, null])
      fs.writeFileSync(path, whole.subarray(0, at))
      expect([at, readMark(folder)]).toEqual([at, null])
    }
    fs.writeFileSync(path, whole)
    expect(readMark(folder)).toEqual(MARK)
  })

  test('E2 a process that is killed while it writes a mark leaves the one before', async () => {
    const folder = await writtenNode()
    fs.writeFileSync(`${markPath(folder)}.new`, 'half')
    expect(readMark(folder)).toEqual(MARK)
    const store = openFileStore(folder)
    const next = { own: 3, id: new Uint8Array(32).fill(6) }
    await store.append([segmentAt(3, 1)], 'strict', next)
    store.close()
    expect(readMark(folder)).toEqual(next)
  })

  test('nobody but the owner may read it, and a node that is destroyed takes it along', async () => {
    const folder = await writtenNode()
    expect(fs.statSync(markPath(folder)).mode & 0o077).toBe(0)
    await openFileStore(folder).destroy()
    expect(fs.existsSync(markPath(folder))).toBe(false)
  })
})
