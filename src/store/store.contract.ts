/** What every store guarantees (the port's docstring), as tests that each adapter runs. */
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { CorruptSegment, Identity, Segment, Store } from './store.ts'

/** One disk, empty at first, and what tests do to it behind the store's back. */
export interface DiskUnderTest {
  /** A store on this disk; a second one only after the first was closed. */
  open(): Promise<Store>
  /** Flips a bit in the stored bytes of the segment that begins at `first`. */
  flipBit(first: number): Promise<void>
  /** Flips a bit in the stored bytes of the part of the index that begins at `first`. */
  flipIndexBit(first: number): Promise<void>
  /** From now on `writes` more records are written, and then the disk is full. Returns what frees it. */
  fillAfter(writes: number): () => void
  /** Deletes the mark alone. */
  loseMark(): Promise<void>
  /** Deletes what is left of it. */
  dispose(): Promise<void>
}

/** A segment of `count` ops, whose bytes tell segments apart. */
export function segmentAt(first: number, count: number, length = 40): Segment {
  return { first, count, bytes: Uint8Array.from({ length }, (_, i) => (first * 7 + i) & 0xff) }
}

export function someIdentity(): Identity {
  return {
    author: new Uint8Array(32).fill(1),
    key: new Uint8Array(32).fill(2),
    genesis: new Uint8Array(32).fill(3),
    secret: new Uint8Array(32).fill(4),
    createdAt: 1_700_000_000_000,
  }
}

const bytesOf = (found: readonly (Segment | CorruptSegment)[]) =>
  found.map((segment) => ('bytes' in segment ? segment.bytes : segment.reason))
const firstsOf = (found: readonly (Segment | CorruptSegment)[]) => found.map(({ first }) => first)

export function runStoreContract(name: string, createDisk: () => DiskUnderTest): void {
  describe(`${name} keeps the store's contract`, () => {
    const disks: DiskUnderTest[] = []
    const freshDisk = () => {
      const disk = createDisk()
      disks.push(disk)
      return disk
    }
    afterEach(async () => {
      for (const disk of disks.splice(0)) await disk.dispose()
    })

    test('a new store has no identity and no ops', async () => {
      const store = await freshDisk().open()
      expect(await store.identity()).toBe(null)
      expect(await store.length()).toBe(0)
      expect(await store.read(0, 10)).toEqual([])
      store.close()
    })

    test('an identity comes back after reopening, and is written once', async () => {
      const disk = freshDisk()
      const first = await disk.open()
      await first.putIdentity(someIdentity())
      await expect(first.putIdentity({ ...someIdentity(), createdAt: 0 })).rejects.toThrow('assertion failed: an identity is written once')
      first.close()
      const second = await disk.open()
      expect(await second.identity()).toEqual(someIdentity())
      second.close()
    })

    test('E2 the mark comes back after reopening, is that of the last call that gave one, and can be lost alone', async () => {
      const disk = freshDisk()
      const first = await disk.open()
      await first.putIdentity(someIdentity())
      expect(await first.mark()).toBe(null)
      await first.append([], 'strict', { own: 0, id: null })
      expect(await first.mark()).toEqual({ own: 0, id: null })
      const mark = { own: 7, id: new Uint8Array(32).fill(9) }
      await first.append([segmentAt(0, 3)], 'strict', mark)
      await first.append([segmentAt(3, 1)], 'relaxed')
      first.close()
      const second = await disk.open()
      expect(await second.mark()).toEqual(mark)
      second.close()
      await disk.loseMark()
      const third = await disk.open()
      expect(await third.mark()).toBe(null)
      expect(await third.length()).toBe(4)
      third.close()
    })

    test('names come back as they were put last, and are the reader’s', async () => {
      const disk = freshDisk()
      const first = await disk.open()
      await first.putIdentity(someIdentity())
      expect(await first.names()).toBe(null)
      await first.putNames(Uint8Array.of(1, 2, 3))
      const names = Uint8Array.of(4, 5)
      await first.putNames(names)
      names.fill(0)
      const found = (await first.names())!
      expect(found).toEqual(Uint8Array.of(4, 5))
      found.fill(0)
      first.close()
      const second = await disk.open()
      expect(await second.names()).toEqual(Uint8Array.of(4, 5))
      second.close()
    })

    test('a file of rescued ops comes back as it was put last, until it is removed', async () => {
      const disk = freshDisk()
      const first = await disk.open()
      await first.putIdentity(someIdentity())
      expect(await first.rescued()).toBe(null)
      await first.putNames(Uint8Array.of(9))
      await first.putRescued(Uint8Array.of(1, 2, 3))
      const file = Uint8Array.of(4, 5)
      await first.putRescued(file)
      file.fill(0)
      first.close()
      const second = await disk.open()
      expect(await second.rescued()).toEqual(Uint8Array.of(4, 5))
      await second.putRescued(null)
      await second.putRescued(null)
      expect(await second.rescued()).toBe(null)
      expect(await second.names()).toEqual(Uint8Array.of(9))
      second.close()
    })

    test('E1 a mark that finds no room leaves nothing of its segments, and the store goes on once there is room', async () => {
      for (const writes of [0, 1]) {
        const disk = freshDisk()
        const store = await disk.open()
        await store.putIdentity(someIdentity())
        await store.append([segmentAt(0, 3)], 'strict', { own: 1, id: new Uint8Array(32).fill(1) })
        const free = disk.fillAfter(writes)
        const mark = { own: 2, id: new Uint8Array(32).fill(2) }
        await expect(store.append([segmentAt(3, 1)], 'strict', mark)).rejects.toMatchObject({ failure: 'full' })
        free()
        expect([writes, await store.length()]).toEqual([writes, 3])
        await store.append([segmentAt(3, 2)], 'strict', mark)
        store.close()
        const again = await disk.open()
        expect(await again.mark()).toEqual(mark)
        expect(await again.length()).toBe(5)
        again.close()
      }
    })

    test('segments come back byte for byte, in order, after reopening', async () => {
      const disk = freshDisk()
      const first = await disk.open()
      await first.append([segmentAt(0, 3), segmentAt(3, 1)], 'strict')
      await first.append([segmentAt(4, 1000)], 'relaxed')
      first.close()
      const second = await disk.open()
      expect(await second.length()).toBe(1004)
      expect(await second.read(0, 10)).toEqual([segmentAt(0, 3), segmentAt(3, 1), segmentAt(4, 1000)])
      second.close()
    })

    test('reading starts with the segment that holds the op, and stops at the limit', async () => {
      const store = await freshDisk().open()
      await store.append([segmentAt(0, 10), segmentAt(10, 1), segmentAt(11, 5)], 'relaxed')
      expect(firstsOf(await store.read(9, 10))).toEqual([0, 10, 11])
      expect(firstsOf(await store.read(10, 10))).toEqual([10, 11])
      expect(firstsOf(await store.read(13, 10))).toEqual([11])
      expect(firstsOf(await store.read(16, 10))).toEqual([])
      expect(firstsOf(await store.read(3, 2))).toEqual([0, 10])
      store.close()
    })

    test('whatever is appended and truncated, reading is what a list would say', async () => {
      const step = fc.oneof(
        fc.record({ append: fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 4 }) }),
        fc.record({ truncate: fc.integer({ min: 0, max: 60 }) }),
        fc.record({ read: fc.tuple(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 1, max: 5 })) }),
      )
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 12, size: 'max' }), async (steps) => {
          const disk = createDisk()
          const store = await disk.open()
          let naive: Segment[] = []
          const end = () => naive.reduce((at, { count }) => at + count, 0)
          for (const { append, truncate, read } of steps as { append?: number[]; truncate?: number; read?: [number, number] }[]) {
            if (append) {
              const added: Segment[] = []
              let first = end()
              for (const count of append) {
                added.push(segmentAt(first, count))
                first += count
              }
              await store.append(added, 'relaxed')
              naive.push(...added)
            }
            if (truncate !== undefined) {
              await store.truncate(truncate)
              naive = naive.filter(({ first }) => first < truncate)
            }
            if (read) {
              const expected = naive.filter(({ first, count }) => first + count > read[0]).slice(0, read[1])
              expect(await store.read(...read)).toEqual(expected)
            }
            expect(await store.length()).toBe(end())
          }
          store.close()
          await disk.dispose()
        }),
        { numRuns: 15 },
      )
    })

    test('segments that do not begin where the last one ended are a mistake, and nothing of the call is written', async () => {
      const store = await freshDisk().open()
      await store.append([segmentAt(0, 3)], 'relaxed')
      const wrong = [[segmentAt(4, 1)], [segmentAt(2, 1)], [segmentAt(0, 3)], [segmentAt(3, 1), segmentAt(5, 1)], [segmentAt(3, 0)]]
      for (const segments of wrong) await expect(store.append(segments, 'relaxed')).rejects.toThrow('assertion failed')
      expect(await store.read(0, 10)).toEqual([segmentAt(0, 3)])
      store.close()
    })

    test('E1 a full disk is refused by name, writes all or nothing of the call, and stays readable', async () => {
      const disk = freshDisk()
      const store = await disk.open()
      await store.append([segmentAt(0, 3)], 'relaxed')
      const free = disk.fillAfter(1)
      await expect(store.append([segmentAt(3, 1), segmentAt(4, 1), segmentAt(5, 1)], 'strict')).rejects.toMatchObject({ failure: 'full' })
      expect(await store.length()).toBe(3)
      expect(await store.read(0, 10)).toEqual([segmentAt(0, 3)])
      free()
      await store.append([segmentAt(3, 1)], 'strict')
      expect(await store.length()).toBe(4)
      store.close()
    })

    test('E9 a flipped bit on the disk is reported as corrupt, and its neighbours are not', async () => {
      const disk = freshDisk()
      const store = await disk.open()
      await store.append([segmentAt(0, 3), segmentAt(3, 2), segmentAt(5, 1)], 'relaxed')
      await disk.flipBit(3)
      expect(await store.read(0, 10)).toEqual([segmentAt(0, 3), { first: 3, count: 2, reason: 'bad-checksum' }, segmentAt(5, 1)])
      await store.truncate(3)
      await store.append([segmentAt(3, 1)], 'relaxed')
      expect(bytesOf(await store.read(0, 10))).toEqual([segmentAt(0, 3).bytes, segmentAt(3, 1).bytes])
      store.close()
    })

    test('truncating removes the segments that begin there or later, and leaves one that only reaches over it', async () => {
      const store = await freshDisk().open()
      await store.append([segmentAt(0, 10), segmentAt(10, 5), segmentAt(15, 1)], 'relaxed')
      await store.truncate(5)
      expect(await store.read(0, 10)).toEqual([segmentAt(0, 10)])
      expect(await store.length()).toBe(10)
      await store.truncate(0)
      expect(await store.length()).toBe(0)
      store.close()
    })

    test('packed segments take the place of those that held their ops, and the index tells of them', async () => {
      const disk = freshDisk()
      const store = await disk.open()
      await store.append([segmentAt(0, 3), segmentAt(3, 1), segmentAt(4, 2), segmentAt(6, 3), segmentAt(9, 2)], 'relaxed')
      expect(await store.readIndex(0, 10)).toEqual([])
      // The second one ends where none of the old ones does; the last one stands alone.
      const packed = [
        [0, 3],
        [3, 2],
        [5, 1],
        [9, 2],
      ].map(([first, count]) => segmentAt(first!, count!, 7))
      await store.pack(packed, segmentAt(0, 6, 5_000))
      store.close()
      const again = await disk.open()
      expect(await again.read(0, 10)).toEqual([...packed.slice(0, 3), segmentAt(6, 3), packed[3]])
      expect(await again.readIndex(0, 10)).toEqual([segmentAt(0, 6, 5_000)])
      expect(await again.length()).toBe(11)
      again.close()
    })

    test('a part of the index takes the place of those that begin where it does or later, and goes on where those before it end', async () => {
      const store = await freshDisk().open()
      await store.append([segmentAt(0, 3), segmentAt(3, 1), segmentAt(4, 2), segmentAt(6, 5)], 'relaxed')
      for (const part of [segmentAt(0, 3), segmentAt(3, 1), segmentAt(4, 2)]) await store.pack([], part)
      await store.pack([], segmentAt(3, 3))
      expect(await store.readIndex(0, 10)).toEqual([segmentAt(0, 3), segmentAt(3, 3)])
      expect(await store.readIndex(4, 10)).toEqual([segmentAt(3, 3)])
      expect(await store.readIndex(0, 1)).toEqual([segmentAt(0, 3)])
      await store.pack([], segmentAt(0, 4))
      expect(await store.readIndex(0, 10)).toEqual([segmentAt(0, 4)])
      expect(firstsOf(await store.read(0, 10))).toEqual([0, 3, 4, 6])
      store.close()
    })

    test('what would leave a gap or half a segment is a mistake, and nothing of it is written', async () => {
      const store = await freshDisk().open()
      await store.append([segmentAt(0, 3), segmentAt(3, 1), segmentAt(4, 2)], 'relaxed')
      await store.pack([], segmentAt(0, 3))
      const wrong = [
        [[segmentAt(3, 2)], segmentAt(3, 3)],
        [[segmentAt(2, 2)], segmentAt(3, 1)],
        [[segmentAt(3, 4)], segmentAt(3, 1)],
        [[segmentAt(3, 0)], segmentAt(3, 1)],
        [[], segmentAt(4, 2)],
        [[], segmentAt(3, 2)],
        [[], segmentAt(3, 0)],
        [[], segmentAt(3, 9)],
      ] as const
      for (const [segments, part] of wrong) await expect(store.pack(segments, part)).rejects.toThrow('assertion failed')
      expect(await store.read(0, 10)).toEqual([segmentAt(0, 3), segmentAt(3, 1), segmentAt(4, 2)])
      expect(await store.readIndex(0, 10)).toEqual([segmentAt(0, 3)])
      store.close()
    })

    test('the layout tells where segments are without their bytes', async () => {
      const store = await freshDisk().open()
      await store.append([segmentAt(0, 3), segmentAt(3, 1), segmentAt(4, 2)], 'relaxed')
      const [a, b, c] = [
        { first: 0, count: 3 },
        { first: 3, count: 1 },
        { first: 4, count: 2 },
      ]
      expect(await store.layout(0, 10)).toEqual([a, b, c])
      expect(await store.layout(2, 2)).toEqual([a, b])
      expect(await store.layout(3, 10)).toEqual([b, c])
      expect(await store.layout(6, 10)).toEqual([])
      store.close()
    })

    test('truncating, and cutting the index alone, removes the parts of the index that reach beyond, wherever they begin', async () => {
      const store = await freshDisk().open()
      await store.append([segmentAt(0, 3), segmentAt(3, 1), segmentAt(4, 2)], 'relaxed')
      for (const part of [segmentAt(0, 3), segmentAt(3, 3)]) await store.pack([], part)
      await store.cutIndex(6)
      expect(firstsOf(await store.readIndex(0, 10))).toEqual([0, 3])
      await store.cutIndex(5)
      expect(await store.readIndex(0, 10)).toEqual([segmentAt(0, 3)])
      expect(await store.length()).toBe(6)
      await store.pack([], segmentAt(3, 3))
      await store.truncate(4)
      expect(await store.readIndex(0, 10)).toEqual([segmentAt(0, 3)])
      await store.truncate(3)
      expect(await store.readIndex(0, 10)).toEqual([segmentAt(0, 3)])
      await store.truncate(0)
      expect(await store.readIndex(0, 10)).toEqual([])
      store.close()
    })

    test('E1 a disk that fills up while it packs keeps the old segments and the old index, all of them', async () => {
      const disk = freshDisk()
      const store = await disk.open()
      await store.append([segmentAt(0, 3), segmentAt(3, 1), segmentAt(4, 2)], 'relaxed')
      await store.pack([], segmentAt(0, 3))
      const free = disk.fillAfter(1)
      const packed = store.pack([segmentAt(0, 3), { ...segmentAt(3, 3), bytes: new Uint8Array([9]) }], segmentAt(0, 6))
      await expect(packed).rejects.toMatchObject({ failure: 'full' })
      free()
      expect(await store.read(0, 10)).toEqual([segmentAt(0, 3), segmentAt(3, 1), segmentAt(4, 2)])
      expect(await store.readIndex(0, 10)).toEqual([segmentAt(0, 3)])
      store.close()
    })

    test('E9 a flipped bit in the index is reported as corrupt, in a short part and in a long one', async () => {
      const disk = freshDisk()
      const store = await disk.open()
      await store.append([segmentAt(0, 3), segmentAt(3, 1), segmentAt(4, 2)], 'relaxed')
      for (const part of [segmentAt(0, 3), segmentAt(3, 1, 10_000), segmentAt(4, 2)]) await store.pack([], part)
      await disk.flipIndexBit(0)
      await disk.flipIndexBit(3)
      const reason = 'bad-checksum'
      expect(await store.readIndex(0, 10)).toEqual([{ first: 0, count: 3, reason }, { first: 3, count: 1, reason }, segmentAt(4, 2)])
      store.close()
    })

    test('calls take effect in the order in which they were made, awaited or not', async () => {
      const store = await freshDisk().open()
      const results = await Promise.all([
        store.append([segmentAt(0, 2)], 'strict'),
        store.length(),
        store.append([segmentAt(2, 2, 100_000)], 'relaxed'),
        store.read(0, 10),
        store.truncate(2),
        store.append([segmentAt(2, 1)], 'strict'),
        store.length(),
      ])
      expect(results[1]).toBe(2)
      expect(firstsOf(results[3])).toEqual([0, 2])
      expect(results[6]).toBe(3)
      expect(await store.read(0, 10)).toEqual([segmentAt(0, 2), segmentAt(2, 1)])
      store.close()
    })

    test('bytes belong to the store once they are appended, and to the reader once they are read', async () => {
      const store = await freshDisk().open()
      const segment = segmentAt(0, 1)
      const appended = store.append([segment], 'relaxed')
      segment.bytes.fill(0)
      await appended
      const [found] = bytesOf(await store.read(0, 1)) as [Uint8Array]
      expect(found).toEqual(segmentAt(0, 1).bytes)
      found.fill(0)
      expect(bytesOf(await store.read(0, 1))).toEqual([segmentAt(0, 1).bytes])
      store.close()
    })

    test('a closed store refuses every call by name', async () => {
      const store = await freshDisk().open()
      store.close()
      const closed = { failure: 'closed' }
      await expect(store.identity()).rejects.toMatchObject(closed)
      await expect(store.putIdentity(someIdentity())).rejects.toMatchObject(closed)
      await expect(store.append([segmentAt(0, 1)], 'relaxed')).rejects.toMatchObject(closed)
      await expect(store.read(0, 1)).rejects.toMatchObject(closed)
      await expect(store.length()).rejects.toMatchObject(closed)
      await expect(store.mark()).rejects.toMatchObject(closed)
      await expect(store.names()).rejects.toMatchObject(closed)
      await expect(store.putNames(Uint8Array.of(1))).rejects.toMatchObject(closed)
      await expect(store.rescued()).rejects.toMatchObject(closed)
      await expect(store.putRescued(null)).rejects.toMatchObject(closed)
      await expect(store.truncate(0)).rejects.toMatchObject(closed)
      await expect(store.pack([], segmentAt(0, 1))).rejects.toMatchObject(closed)
      await expect(store.readIndex(0, 1)).rejects.toMatchObject(closed)
      await expect(store.cutIndex(0)).rejects.toMatchObject(closed)
      await expect(store.layout(0, 1)).rejects.toMatchObject(closed)
    })

    test('a destroyed store has forgotten its key and its ops', async () => {
      const disk = freshDisk()
      const store = await disk.open()
      await store.putIdentity(someIdentity())
      await store.append([segmentAt(0, 3)], 'strict')
      await store.append([], 'strict', { own: 1, id: new Uint8Array(32).fill(1) })
      await store.pack([], segmentAt(0, 3))
      await store.putNames(Uint8Array.of(1))
      await store.putRescued(Uint8Array.of(1))
      await store.destroy()
      await expect(store.length()).rejects.toMatchObject({ failure: 'closed' })
      const next = await disk.open()
      expect(await next.identity()).toBe(null)
      expect(await next.mark()).toBe(null)
      expect(await next.names()).toBe(null)
      expect(await next.rescued()).toBe(null)
      expect(await next.length()).toBe(0)
      expect(await next.readIndex(0, 1)).toEqual([])
      next.close()
    })
  })
}
