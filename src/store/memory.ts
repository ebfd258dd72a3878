/**
 * A store and a registry in memory, for tests, the simulator and nodes that keep nothing. A `MemoryDisk` outlives the stores opened on
 * it, so a restart is a second store on the same disk.
 */
import type { Mark } from '../core/mark.ts'
import { assert } from '../core/result.ts'
import { asStoreFailure } from './failure.ts'
import { assertContiguous, assertFilled, assertReplaces, packSegment, runsOf, type SegmentRecord, unpackLong } from './segment-record.ts'
import {
  type CorruptSegment,
  type Identity,
  type KnownNode,
  type Place,
  type Registry,
  type Segment,
  type Store,
  StoreError,
} from './store.ts'

export interface MemoryDisk {
  identity: Identity | null
  /** Records by the number of their first op; `count` beside the record. */
  readonly records: Map<number, MemoryRecord>
  /** Records of the index, in the same form. */
  readonly index: Map<number, MemoryRecord>
  /** The mark, under MARK, while there is one. */
  readonly marks: Map<typeof MARK, Mark>
  names: Uint8Array | null
  rescued: Uint8Array | null
}

const MARK = 'mark'

type MemoryRecord = SegmentRecord & { readonly count: number }

export function createMemoryDisk(): MemoryDisk {
  return { identity: null, records: new Map(), index: new Map(), marks: new Map(), names: null, rescued: null }
}

/** A store on `disk`. Every call takes effect before it returns its promise. Each costs O(segments held). */
export function createMemoryStore(disk: MemoryDisk = createMemoryDisk()): Store {
  let closed = false

  const assertOpen = () => {
    if (closed) throw new StoreError('closed')
  }
  const end = () => endOf(disk.records)

  return {
    async identity() {
      assertOpen()
      return disk.identity
    },
    async putIdentity(identity) {
      assertOpen()
      assert(disk.identity === null, 'an identity is written once')
      disk.identity = { ...identity, author: identity.author.slice(), genesis: identity.genesis.slice(), secret: identity.secret.slice() }
    },
    async append(segments, _durability, mark = null) {
      assertOpen()
      assertContiguous(segments, end())
      allOrNothing(disk, () => {
        segments.forEach((segment) => put(disk.records, segment))
        if (mark !== null) disk.marks.set(MARK, { ...mark })
      })
    },
    async mark() {
      assertOpen()
      return disk.marks.get(MARK) ?? null
    },
    async names() {
      assertOpen()
      return disk.names?.slice() ?? null
    },
    async putNames(names) {
      assertOpen()
      disk.names = names.slice()
    },
    async rescued() {
      assertOpen()
      return disk.rescued?.slice() ?? null
    },
    async putRescued(file) {
      assertOpen()
      disk.rescued = file && file.slice()
    },
    async pack(segments, part) {
      assertOpen()
      assertFilled([...segments, part])
      const runs = runsOf(segments)
      assertReplaces(runs, part, placesOf(disk.records), endOf(disk.index, part.first))
      allOrNothing(disk, () => {
        for (const run of runs) remove(disk.records, ({ first }) => first >= run.first && first < run.first + run.count)
        for (const segment of segments) put(disk.records, segment)
        remove(disk.index, ({ first }) => first >= part.first)
        put(disk.index, part)
      })
    },
    async read(from, limit) {
      assertOpen()
      return readFrom(disk.records, from, limit)
    },
    async readIndex(from, limit) {
      assertOpen()
      return readFrom(disk.index, from, limit)
    },
    async cutIndex(from) {
      assertOpen()
      remove(disk.index, ({ first, count }) => first + count > from)
    },
    async layout(from, limit) {
      assertOpen()
      return placesOf(disk.records)
        .filter(({ first, count }) => first + count > from)
        .slice(0, limit)
    },
    async length() {
      assertOpen()
      return end()
    },
    async truncate(from) {
      assertOpen()
      remove(disk.records, ({ first }) => first >= from)
      remove(disk.index, ({ first, count }) => first + count > from)
    },
    close() {
      closed = true
    },
    async destroy() {
      closed = true
      disk.identity = null
      disk.records.clear()
      disk.index.clear()
      disk.marks.clear()
      disk.names = null
      disk.rescued = null
    },
  }
}

type Records = Map<number, MemoryRecord>

const placesOf = (records: Records): Place[] =>
  Array.from(records, ([first, { count }]) => ({ first, count })).sort((a, b) => a.first - b.first)

/** Where the last record before op `before` ends. */
const endOf = (records: Records, before = Infinity): number =>
  placesOf(records).reduce((end, { first, count }) => (first < before ? first + count : end), 0)

function put(records: Records, segment: Segment): void {
  const { bytes, checksum } = packSegment(segment)
  records.set(segment.first, { bytes: bytes.slice(), checksum, count: segment.count })
}

function remove(records: Records, isGone: (place: Place) => boolean): void {
  for (const place of placesOf(records)) if (isGone(place)) records.delete(place.first)
}

/** Does the work, or, when it fails, nothing. @throws StoreError */
function allOrNothing({ records, index }: MemoryDisk, work: () => void): void {
  const before = [records, index].map((map) => [map, [...map]] as const)
  try {
    work()
  } catch (cause) {
    for (const [map, entries] of before) {
      map.clear()
      for (const [first, record] of entries) Map.prototype.set.call(map, first, record)
    }
    throw asStoreFailure(cause)
  }
}

function readFrom(records: Records, from: number, limit: number): Promise<(Segment | CorruptSegment)[]> {
  assert(Number.isSafeInteger(limit), 'IndexedDB takes no limit that is not a whole number')
  const places = placesOf(records).filter(({ first, count }) => first + count > from)
  const found = places.slice(0, limit).map(({ first, count }) => {
    const { bytes, checksum } = records.get(first)!
    return unpackLong(first, count, { bytes: bytes.slice(), checksum })
  })
  return Promise.all(found)
}

export function createMemoryRegistry(): Registry {
  const nodes = new Map<string, KnownNode>()
  return {
    async list() {
      return [...nodes.values()].toSorted(byLastUsed)
    },
    async put(node) {
      nodes.set(node.id, { ...node })
    },
    async forget(id) {
      nodes.delete(id)
    },
  }
}

/** Latest used first; by id where that is equal, so that a list never flickers. */
export function byLastUsed(a: KnownNode, b: KnownNode): number {
  return b.lastUsed - a.lastUsed || (a.id < b.id ? -1 : 1)
}
