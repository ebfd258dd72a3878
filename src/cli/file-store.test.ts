/**
 * A store in files: the contract, and what only a file can come to: cut anywhere, changed anywhere, deleted, held by two. Long, since
 * all of it is done to the same few files.
 */
import fc from 'fast-check'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { concatBytes } from '../core/bytes.ts'
import { packSegment } from '../store/segment-record.ts'
import { runStoreContract, segmentAt, someIdentity } from '../store/store.contract.ts'
import type { CorruptSegment, Segment, Store } from '../store/store.ts'
import { openFileStore } from './file-store.ts'
import { checkedFields, withChecksum } from './fields-file.ts'
import { FolderHeld } from './folder-lock.ts'
import { generateKeptKey } from './identity-file.ts'
import { markPath } from './mark-file.ts'
import { decodeHead, encodeHead, HEADER_BYTES, MAGIC, type Placed, type Scan, scan } from './record.ts'

const folders: string[] = []
function newFolder(): string {
  const folder = fs.mkdtempSync(join(tmpdir(), 'tabweave-store-'))
  folders.push(folder)
  return join(folder, 'node')
}
afterEach(() => {
  vi.restoreAllMocks()
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
})

const opsOf = (folder: string): string => join(folder, 'ops')

const scanned = (bytes: Uint8Array): Scan => scan(bytes.length, (at, length) => bytes.subarray(at, at + length))!
const recordsOf = (folder: string): Placed[] => scanned(new Uint8Array(fs.readFileSync(opsOf(folder)))).groups.flat()

const bytesOf = (segment: Segment | CorruptSegment): Uint8Array | null => ('bytes' in segment ? segment.bytes : null)

function flipBit(folder: string, at: number, bit = 2): void {
  const bytes = fs.readFileSync(opsOf(folder))
  bytes[at]! ^= 1 << bit
  fs.writeFileSync(opsOf(folder), bytes)
}

function flipPayload(folder: string, kind: Placed['kind'], first: number): void {
  const record = recordsOf(folder).findLast((each) => each.kind === kind && each.first === first)!
  flipBit(folder, record.at + HEADER_BYTES + 3)
}

const noRoom = (): never => {
  throw Object.assign(new Error('no room'), { code: 'ENOSPC', syscall: 'write' })
}

/** A disk that is full after `writes` more writes, each of which is a record. */
function fillAfter(writes: number): () => void {
  const write = fs.writeSync.bind(fs)
  const spy = vi
    .spyOn(fs, 'writeSync')
    .mockImplementation((...args: unknown[]) => (writes-- > 0 ? (write as (...args: unknown[]) => number)(...args) : noRoom()))
  return () => spy.mockRestore()
}

runStoreContract('a store in files', () => {
  const folder = newFolder()
  return {
    open: async () => openFileStore(folder),
    flipBit: async (first) => flipPayload(folder, 'segment', first),
    flipIndexBit: async (first) => flipPayload(folder, 'index', first),
    fillAfter,
    loseMark: async () => fs.rmSync(markPath(folder)),
    dispose: async () => fs.rmSync(folder, { recursive: true, force: true }),
  }
})

/** All that a store says of what it holds. */
async function told(store: Store) {
  const [segments, index, length] = await Promise.all([store.read(0, 1_000), store.readIndex(0, 1_000), store.length()])
  return { segments, index, length }
}

/** Runs on a store in this folder, and closes it. */
async function using<T>(folder: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = openFileStore(folder)
  try {
    return await work(store)
  } finally {
    store.close()
  }
}

/** Calls of every kind; what the store held after each, and how long its file was then. */
async function lived(folder: string) {
  const store = openFileStore(folder)
  await store.putIdentity(someIdentity())
  const moments = [{ size: fs.statSync(opsOf(folder)).size, held: await told(store) }]
  const calls: (() => Promise<void>)[] = [
    () => store.append([segmentAt(0, 3), segmentAt(3, 1)], 'strict'),
    () => store.append([segmentAt(4, 2), segmentAt(6, 3)], 'relaxed'),
    () => store.pack([segmentAt(0, 4, 60)], segmentAt(0, 4)),
    () => store.append([segmentAt(9, 1)], 'strict'),
    () => store.cutIndex(0),
    () => store.pack([segmentAt(4, 4, 60), segmentAt(8, 1)], segmentAt(0, 9)),
    () => store.truncate(9),
    () => store.append([segmentAt(9, 2), segmentAt(11, 1)], 'strict'),
  ]
  for (const call of calls) {
    await call()
    moments.push({ size: fs.statSync(opsOf(folder)).size, held: await told(store) })
  }
  store.close()
  return moments
}

/** Places in a file at which it is tried what happens there: around every edge, and each seventh of the others; all with EVERY_BYTE. */
function placesIn(from: number, to: number, edges: readonly number[]): number[] {
  const near = new Set(edges.flatMap((edge) => [edge - 1, edge, edge + 1]))
  const all = Array.from({ length: to - from }, (_, i) => from + i)
  return process.env['EVERY_BYTE'] === undefined ? all.filter((at) => near.has(at) || at % 7 === 0) : all
}

describe('a store in files', () => {
  test('E2 killed at any byte of any write, it is what it was before that call or after it, and goes on from there', async () => {
    const folder = newFolder()
    const moments = await lived(folder)
    const whole = fs.readFileSync(opsOf(folder))
    expect(whole.length).toBe(moments.at(-1)!.size)
    const sizes = moments.map(({ size }) => size)
    for (const size of placesIn(sizes[0]!, whole.length + 1, sizes)) {
      fs.writeFileSync(opsOf(folder), whole.subarray(0, size))
      const { held } = moments.findLast((moment) => moment.size <= size)!
      await using(folder, async (store) => {
        expect({ size, ...(await told(store)) }).toEqual({ size, ...held })
        await store.append([segmentAt(held.length, 2)], 'relaxed')
      })
      const after = await using(folder, told)
      expect({ size, ...after }).toEqual({
        size,
        ...held,
        segments: [...held.segments, segmentAt(held.length, 2)],
        length: held.length + 2,
      })
    }
  })

  test('E9 with any byte of its file changed, it gives what was written up to some op, and then what is damaged by name', async () => {
    const folder = newFolder()
    const moments = await lived(folder)
    const { held } = moments.at(-1)!
    const whole = fs.readFileSync(opsOf(folder))
    for (const at of placesIn(
      0,
      whole.length,
      moments.map(({ size }) => size),
    )) {
      fs.writeFileSync(opsOf(folder), whole)
      flipBit(folder, at, at % 8)
      const found = await using(folder, told)
      const isOld = moments.some((moment) => isBeginning(found.segments, moment.held.segments))
      expect({ at, isOld }).toEqual({ at, isOld: true })
      const isSame = JSON.stringify(found) === JSON.stringify(held)
      const isSaid = found.segments.some((segment) => !('bytes' in segment)) || found.index.some((part) => !('bytes' in part))
      // What is changed is said, or was no more part of what is held.
      expect({ at, isSame: isSame || isSaid }).toEqual({ at, isSame: true })
    }
  })

  test('E9 with any byte of a header changed, it gives what was written before, then damage, then all whole segments behind it', async () => {
    const folder = newFolder()
    const moments = await lived(folder)
    const whole = new Uint8Array(fs.readFileSync(opsOf(folder)))
    const { groups } = scanned(whole)
    for (const [g, group] of groups.entries()) {
      const bytes = group.flatMap(({ at }) => Array.from({ length: HEADER_BYTES }, (_, i) => at + i))
      for (const hit of bytes) {
        const damaged = whole.slice()
        damaged[hit]! ^= 1 << (hit % 8)
        const rest = groups.slice(g).flat()
        const loose = rest.filter(({ kind, at }) => kind === 'segment' && (hit < at || hit >= at + HEADER_BYTES))
        expect(scanned(damaged)).toEqual({ groups: groups.slice(0, g), end: group[0]!.at, isDamaged: true, loose })
      }
      flipBit(folder, group[0]!.at + (g % HEADER_BYTES))
      const found = await using(folder, told)
      const { held } = moments.findLast(({ size }) => size <= group[0]!.at)!
      expect(found.index).toEqual(held.index)
      expect(found.segments.slice(0, held.segments.length)).toEqual(held.segments)
      const [damage, ...behind] = found.segments.slice(held.segments.length)
      expect(damage).toEqual({ first: held.length, count: 1, reason: 'bad-checksum' })
      const segments = [...group.slice(1), ...groups.slice(g + 1).flat()].filter(({ kind }) => kind === 'segment')
      expect(behind.map(bytesOf)).toEqual(segments.map(({ at, length }) => whole.slice(at + HEADER_BYTES, at + HEADER_BYTES + length)))
      fs.writeFileSync(opsOf(folder), whole)
    }
  })

  test('E9 a segment behind damage is found wherever it begins', async () => {
    const folder = newFolder()
    await using(folder, (store) => store.append([segmentAt(0, 3), segmentAt(3, 2)], 'strict'))
    const whole = new Uint8Array(fs.readFileSync(opsOf(folder)))
    const [damaged, next] = scanned(whole).groups.flat()
    for (let between = 65_536 - 3 * HEADER_BYTES; between < 65_536 + HEADER_BYTES; between++) {
      const bytes = concatBytes([whole.subarray(0, damaged!.at), new Uint8Array(between).fill(1), whole.subarray(next!.at)])
      expect(scanned(bytes).loose).toEqual([{ ...next, at: damaged!.at + between }])
    }
  })

  test('E9 records that others wrote into a payload change nothing that is held, and hide nothing, when damage lays them open', async () => {
    const folder = newFolder()
    const forged = (kind: Placed['kind'], first: number, count: number, claimed?: number): Uint8Array => {
      const { bytes, checksum } = packSegment(segmentAt(first, count))
      return concatBytes([encodeHead({ kind, isLast: true, first, count, length: claimed ?? bytes.length, checksum }), bytes])
    }
    const hostile = concatBytes([
      forged('truncate', 0, 0),
      forged('cut', 0, 0),
      forged('index', 0, 3),
      forged('segment', 0, 3),
      forged('segment', 2 ** 50, 2 ** 50),
      forged('segment', 5, 1, 1_000),
      forged('segment', 5, 1, 2 ** 32 - 1),
    ])
    await using(folder, async (store) => {
      await store.append([segmentAt(0, 3), segmentAt(3, 1)], 'strict')
      await store.pack([], segmentAt(0, 4))
      await store.append([{ first: 4, count: 1, bytes: hostile }], 'strict')
      await store.append([segmentAt(5, 1), segmentAt(6, 2, 70_000)], 'strict')
    })
    const held = [segmentAt(0, 3), segmentAt(3, 1)]
    flipBit(folder, recordsOf(folder).find(({ first, kind }) => kind === 'segment' && first === 4)!.at + 30)
    const { segments, index, length } = await using(folder, told)
    expect(segments.slice(0, 3)).toEqual([...held, { first: 4, count: 1, reason: 'bad-checksum' }])
    expect(index).toEqual([segmentAt(0, 4)])
    expect(segments.slice(3).map(bytesOf)).toEqual(
      [segmentAt(0, 3), segmentAt(2 ** 50, 2 ** 50), segmentAt(5, 1), segmentAt(6, 2, 70_000)].map(bytesOf),
    )
    // Memory is kept for so many ops.
    expect(length).toBeLessThan(100)
  })

  test('E9 an index that tells of ops behind damage is not believed', async () => {
    const folder = newFolder()
    await using(folder, (store) => store.append([segmentAt(0, 3)], 'strict'))
    const { bytes, checksum } = packSegment(segmentAt(0, 4))
    const index = encodeHead({ kind: 'index', isLast: true, first: 0, count: 4, length: bytes.length, checksum })
    fs.appendFileSync(opsOf(folder), concatBytes([index, bytes, new Uint8Array(HEADER_BYTES)]))
    expect((await using(folder, told)).index).toEqual([])
  })

  test('of another format is refused by name and left as it is', () => {
    const folder = newFolder()
    fs.mkdirSync(folder)
    fs.writeFileSync(opsOf(folder), `tabweave ops 2\n\n${'what that format has '.repeat(50)}`)
    const before = fs.readFileSync(opsOf(folder))
    expect(() => openFileStore(folder)).toThrow('store: failed')
    // Also when it is asked again: nobody holds it.
    expect(() => openFileStore(folder)).toThrow('store: failed')
    expect(fs.readFileSync(opsOf(folder))).toEqual(before)
  })

  test('E9 with any bit of its first line changed, it is whole', async () => {
    const folder = newFolder()
    const [last] = (await lived(folder)).slice(-1)
    for (let bit = 0; bit < 8 * MAGIC.length; bit++) {
      flipBit(folder, bit >> 3, bit & 7)
      expect({ bit, ...(await using(folder, told)) }).toEqual({ bit, ...last!.held })
      flipBit(folder, bit >> 3, bit & 7)
    }
  })

  test('E2 a store whose ops are gone, whole or in part of their beginning, is damaged and not new: its key has signed something', async () => {
    for (const left of [null, 0, 7]) {
      const folder = newFolder()
      await lived(folder)
      if (left === null) fs.rmSync(opsOf(folder))
      else fs.truncateSync(opsOf(folder), left)
      const { segments } = await using(folder, told)
      expect(segments).toEqual([{ first: 0, count: 1, reason: 'bad-checksum' }])
    }
  })

  test('E2 the file that is being written anew is of no account until it is there whole', async () => {
    const folder = newFolder()
    const [last] = (await lived(folder)).slice(-1)
    fs.writeFileSync(`${opsOf(folder)}.new`, fs.readFileSync(opsOf(folder)).subarray(0, 100))
    expect(await using(folder, told)).toEqual(last!.held)
    expect(fs.existsSync(`${opsOf(folder)}.new`)).toBe(false)
  })

  test('E1 what a write that failed left behind is not there when a shorter one follows it', async () => {
    const folder = newFolder()
    const held = await using(folder, async (store) => {
      await store.append([segmentAt(0, 3)], 'strict')
      const free = fillAfter(2)
      const large = [1, 2, 3].map((count, i) => segmentAt(3 + [0, 1, 3][i]!, count, 500))
      await expect(store.append(large, 'strict')).rejects.toMatchObject({ failure: 'full' })
      free()
      await store.append([segmentAt(3, 1)], 'strict')
      return told(store)
    })
    expect(held.segments).toEqual([segmentAt(0, 3), segmentAt(3, 1)])
    expect(await using(folder, told)).toEqual(held)
  })

  test('E9 with a damaged header it is not written to, so that what is behind the damage stays', async () => {
    const folder = newFolder()
    await using(folder, (store) => store.append([segmentAt(0, 3), segmentAt(3, 2)], 'strict'))
    flipBit(folder, recordsOf(folder)[0]!.at)
    const before = fs.readFileSync(opsOf(folder))
    await using(folder, async (store) => {
      const { segments, length } = await told(store)
      expect(segments).toEqual([
        { first: 0, count: 1, reason: 'bad-checksum' },
        { ...segmentAt(3, 2), first: 1 },
      ])
      await store.cutIndex(0)
      for (const refused of [store.append([segmentAt(length, 1)], 'strict'), store.truncate(0)])
        await expect(refused).rejects.toMatchObject({ failure: 'failed' })
    })
    expect(fs.readFileSync(opsOf(folder))).toEqual(before)
  })

  test('whatever is appended, packed, cut and truncated, it comes back after each reopening as it was', async () => {
    const step = fc.oneof(
      fc.record({ append: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }) }),
      fc.record({ pack: fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 5 })) }),
      fc.record({ truncate: fc.nat(30) }),
      fc.record({ cut: fc.nat(30) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15, size: 'max' }), async (steps) => {
        const folder = newFolder()
        let before = await using(folder, told)
        for (const each of steps) {
          const after = await using(folder, async (store) => {
            expect(await told(store)).toEqual(before)
            await take(store, each)
            return told(store)
          })
          before = after
        }
        expect(await using(folder, told)).toEqual(before)
      }),
      { numRuns: 40 },
    )
  })

  test('what has been replaced is left out once it is more than what is left, and nothing else changes', async () => {
    const folder = newFolder()
    const large = (first: number, count: number): Segment => segmentAt(first, count, 1_300_000)
    await using(folder, async (store) => {
      for (let first = 0; first < 8; first++) await store.append([large(first, 1)], 'relaxed')
      await store.pack([large(0, 4)], segmentAt(0, 4))
      const before = fs.statSync(opsOf(folder)).size
      await store.pack([large(4, 4)], segmentAt(4, 4))
      expect(before).toBeGreaterThan(11_000_000)
      expect(fs.statSync(opsOf(folder)).size).toBeLessThan(2_700_000)
      const { segments, index } = await told(store)
      expect(segments.map((segment) => 'bytes' in segment && Buffer.from(segment.bytes).equals(large(segment.first, 4).bytes))).toEqual([
        true,
        true,
      ])
      expect(index).toEqual([segmentAt(0, 4), segmentAt(4, 4)])
      await store.append([segmentAt(8, 1)], 'strict')
    })
    expect((await using(folder, told)).segments.map(({ first, count }) => [first, count])).toEqual([
      [0, 4],
      [4, 4],
      [8, 1],
    ])
  })

  test('E1 a disk without room for the new file keeps the old one, which is as good', async () => {
    const folder = newFolder()
    await using(folder, async (store) => {
      for (let first = 0; first < 8; first++) await store.append([segmentAt(first, 1, 1_300_000)], 'relaxed')
      const free = fillAfter(3)
      await store.pack([segmentAt(0, 8)], segmentAt(0, 8))
      free()
      expect(fs.readdirSync(folder).filter((name) => name.startsWith('ops'))).toEqual(['ops'])
      await store.append([segmentAt(8, 1)], 'strict')
    })
    expect((await using(folder, told)).segments).toEqual([segmentAt(0, 8), segmentAt(8, 1)])
  })

  test('writes what must survive to the disk before it says so, and bulk when the system likes', async () => {
    const folder = newFolder()
    await using(folder, async (store) => {
      let synced = 0
      const sync = fs.fdatasync.bind(fs)
      vi.spyOn(fs, 'fdatasync').mockImplementation((fd, then) =>
        sync(fd, (cause) => {
          synced++
          then(cause)
        }),
      )
      await store.append([segmentAt(0, 1)], 'relaxed')
      expect(synced).toBe(0)
      await store.append([segmentAt(1, 1), segmentAt(2, 1)], 'strict')
      expect(synced).toBe(1)
      await store.pack([], segmentAt(0, 1))
      expect(synced).toBe(1)
      await store.pack([segmentAt(1, 2)], segmentAt(1, 2))
      expect(synced).toBe(2)
      await store.cutIndex(0)
      expect(synced).toBe(3)
      await store.truncate(0)
      expect(synced).toBe(4)
    })
  })

  test('E2 a disk that cannot say that it has something closes the store: nothing is said to be kept that may not be', async () => {
    const folder = newFolder()
    await using(folder, async (store) => {
      vi.spyOn(fs, 'fdatasync').mockImplementation((_, then) => then(new Error('EIO')))
      await expect(store.append([segmentAt(0, 1)], 'strict')).rejects.toMatchObject({ failure: 'closed' })
    })
  })

  test('closed while it waits for the disk, it waits to the end', async () => {
    const folder = newFolder()
    const store = openFileStore(folder)
    const appended = store.append([segmentAt(0, 1)], 'strict')
    store.close()
    await appended
    expect((await using(folder, told)).length).toBe(1)
  })

  test('E3 a folder that is deleted while the store is open closes it, instead of taking what nobody keeps', async () => {
    const folder = newFolder()
    const store = openFileStore(folder)
    onTestFinished(() => store.close())
    await store.append([segmentAt(0, 1)], 'strict')
    fs.rmSync(folder, { recursive: true })
    await expect(store.append([segmentAt(1, 1)], 'strict')).rejects.toMatchObject({ failure: 'closed' })
  })

  test('E4 a folder is one store’s at a time', async () => {
    const folder = newFolder()
    const store = openFileStore(folder)
    expect(() => openFileStore(folder)).toThrow(FolderHeld)
    store.close()
    await using(folder, told)
  })

  test('keeps a key that signs, for its owner alone', async () => {
    const folder = newFolder()
    const { author, key } = await generateKeptKey()
    await using(folder, (store) => store.putIdentity({ ...someIdentity(), author, key }))
    for (const name of ['identity', 'ops']) expect(fs.statSync(join(folder, name)).mode & 0o777).toBe(0o600)
    expect(fs.statSync(folder).mode & 0o777).toBe(0o700)
    const again = (await using(folder, (store) => store.identity()))!
    expect(again.author).toEqual(author)
    const message = new Uint8Array([1, 2, 3])
    const signature = await crypto.subtle.sign('Ed25519', again.key as CryptoKey, message)
    const publicKey = await crypto.subtle.importKey('raw', author.slice(), 'Ed25519', false, ['verify'])
    expect(await crypto.subtle.verify('Ed25519', publicKey, signature, message)).toBe(true)
    await expect(crypto.subtle.exportKey('pkcs8', again.key as CryptoKey)).rejects.toThrow()
  })

  test('E9 an identity with any byte changed, or cut anywhere, is refused', async () => {
    const folder = newFolder()
    await using(folder, (store) => store.putIdentity(someIdentity()))
    const path = join(folder, 'identity')
    const whole = fs.readFileSync(path)
    const isRefused = () => using(folder, (store) => expect(store.identity()).rejects.toMatchObject({ failure: 'failed' }))
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole)
      changed[at]! ^= 1 << (at % 8)
      fs.writeFileSync(path, changed)
      await isRefused()
      fs.writeFileSync(path, whole.subarray(0, at))
      await isRefused()
    }
    fs.writeFileSync(path, whole)
    expect(await using(folder, (store) => store.identity())).toEqual(someIdentity())
  })

  test('E9 an identity with a right checksum and other fields is refused', async () => {
    const folder = newFolder()
    await using(folder, (store) => store.putIdentity(someIdentity()))
    const path = join(folder, 'identity')
    const fields = checkedFields(fs.readFileSync(path))!
    const others = [null, 1, 'text', new Uint8Array(31), [], new Map()]
    const bent = fields.flatMap((_, i) => others.filter((other) => i !== 3 || other !== 1).map((other) => fields.with(i, other)))
    for (const wrong of [[], fields.slice(1), [...fields, null], fields.with(3, -1), fields.with(3, 0.5), ...bent]) {
      fs.writeFileSync(path, withChecksum(wrong))
      await using(folder, (store) => expect(store.identity()).rejects.toMatchObject({ failure: 'failed' }))
    }
    fs.writeFileSync(path, withChecksum(fields))
    expect(await using(folder, (store) => store.identity())).toEqual(someIdentity())
  })

  test('E9 a record of a place that is none is damage', () => {
    const head = { kind: 'segment', isLast: true, first: 0, count: 1, length: 0, checksum: new Uint8Array(32) } as const
    expect(decodeHead(encodeHead(head))).toEqual(head)
    for (const wrong of [NaN, Infinity, -1, 0.5, 1e300]) {
      expect(decodeHead(encodeHead({ ...head, first: wrong }))).toBe(null)
      expect(decodeHead(encodeHead({ ...head, count: wrong }))).toBe(null)
    }
  })
})

/** The same segments, up to where `found` has one that is damaged. */
function isBeginning(found: readonly (Segment | CorruptSegment)[], held: readonly (Segment | CorruptSegment)[]): boolean {
  const damaged = found.findIndex((segment) => !('bytes' in segment))
  const whole = damaged < 0 ? found : found.slice(0, damaged)
  return JSON.stringify(whole) === JSON.stringify(held.slice(0, whole.length))
}

type Step = { append?: number[]; pack?: [number, number]; truncate?: number; cut?: number }

async function take(store: Store, { append, pack, truncate, cut }: Step): Promise<void> {
  if (append) {
    let first = await store.length()
    const added = append.map((count) => {
      first += count
      return segmentAt(first - count, count, 5 * count)
    })
    await store.append(added, 'relaxed')
  }
  if (pack) {
    // Some neighbours as one, beyond the index.
    const index = (await store.readIndex(0, 1_000)).reduce((sum, { count }) => sum + count, 0)
    const places = (await store.layout(index, 1_000)).slice(0, pack[1])
    if (places.length > 0 && places[0]!.first === index) {
      const count = places.reduce((sum, place) => sum + place.count, 0)
      const isReplacing = pack[0] > 3
      await store.pack(isReplacing ? [segmentAt(index, count, pack[0])] : [], segmentAt(index, count))
    }
  }
  if (truncate !== undefined) await store.truncate(truncate)
  if (cut !== undefined) await store.cutIndex(cut)
}
