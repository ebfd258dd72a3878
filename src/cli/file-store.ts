/**
 * A store in a folder of files (the port is `store/store.ts`): `identity`, `ops` (`record-file.ts`), `names`, `rescued` and a lock. The mark is
 * outside of it (`mark-file.ts`). Each record of `ops` is applied to two lists in memory, in the same way when it is written and when the
 * file is opened again. So a crash does not change what is read.
 */
import fs from 'node:fs'
import { join } from 'node:path'
import { assert } from '../core/result.ts'
import { pushAll } from '../core/lists.ts'
import { assertContiguous, assertFilled, assertReplaces, packSegment, runsOf, unpackLong } from '../store/segment-record.ts'
import { type CorruptSegment, type Place, type Segment, type Store, StoreError } from '../store/store.ts'
import { lockFolder } from './folder-lock.ts'
import { readIdentity, writeIdentity } from './identity-file.ts'
import { draftMark, forgetMark, identityPath, readMark } from './mark-file.ts'
import { HEADER_BYTES, type Placed } from './record.ts'
import { type Fresh, named, openRecordFile, PRIVATE_FOLDER, readWhole, removeWhole, writeWhole } from './record-file.ts'

/** Bytes of records that have been replaced. If there are so many, and as many as bytes that count, the file is written anew without them. */
const REWRITE_FROM = 4 * 1024 * 1024

/** Where some ops are, or (null) where they should be. The place is the record's own, unless that is loose (`record.ts`). */
interface Held extends Place {
  readonly record: Placed | null
}

/**
 * Opens the store in `folder`, making it when there is none, for this process alone until it is closed. Calls block while the system
 * reads or writes.
 * @throws FolderHeld where it is open already; StoreError "failed" where files are refused, or written by another version
 */
export function openFileStore(folder: string): Store {
  named(() => fs.mkdirSync(folder, { recursive: true, mode: PRIVATE_FOLDER }))
  const unlock = named(() => lockFolder(folder))
  try {
    return openLocked(folder, unlock)
  } catch (cause) {
    unlock()
    throw cause
  }
}

function openLocked(folder: string, unlock: () => void): Store {
  const { file, groups, isDamaged, loose } = openRecordFile(join(folder, 'ops'), !fs.existsSync(identityPath(folder)))
  let isOpen = true
  let segments: Held[] = []
  let index: Held[] = []

  const cutIndex = (from: number): void => {
    index = index.filter((part) => endOf(part) <= from)
  }
  const add = (added: readonly Held[]): void => {
    if (added.length === 0) return
    if (added[0]!.first >= endOf(segments.at(-1))) {
      pushAll(segments, gapBefore(added[0]!.first, segments.at(-1)))
      pushAll(segments, added)
      return
    }
    const runs = runsOf(added)
    const next = [...segments.filter((held) => !runs.some((run) => overlap(held, run))), ...added].sort(byFirst)
    segments = next.flatMap((held, i) => [...gapBefore(held.first, next[i - 1]), held])
  }
  const apply = (group: readonly Placed[]): void => {
    add(group.filter(({ kind }) => kind === 'segment').map(heldBy))
    for (const record of group) {
      if (record.kind === 'index') index = [...index.filter(({ first }) => first < record.first), heldBy(record)]
      if (record.kind === 'truncate') segments = segments.filter(({ first }) => first < record.first)
      if (record.kind === 'truncate' || record.kind === 'cut') cutIndex(record.first)
    }
  }
  for (const group of groups) apply(group)
  if (isDamaged) {
    const end = endOf(segments.at(-1))
    cutIndex(end)
    // Nobody can tell which ops were there: one op at least.
    segments.push({ first: end, count: 1, record: null })
    for (const record of loose) segments.push({ first: endOf(segments.at(-1)), count: believedCount(record), record })
  }

  const assertOpen = (): void => {
    if (!isOpen) throw new StoreError('closed')
  }
  const write = (records: readonly Fresh[]): void => {
    if (isDamaged) throw new StoreError('failed', new Error(`${join(folder, 'ops')} is damaged`))
    apply(file.append(records))
  }
  const close = (): void => {
    if (!isOpen) return
    isOpen = false
    file.close()
    unlock()
  }
  const readFrom = (held: readonly Held[], from: number, limit: number): Promise<(Segment | CorruptSegment)[]> => {
    const found = placesFrom(held, from, limit).map(async ({ first, count, record }) => {
      const own = record ?? { first, count }
      const read = record && { bytes: file.payload(record), checksum: record.checksum }
      return { ...(await unpackLong(own.first, own.count, read)), first, count }
    })
    return Promise.all(found)
  }
  const isWasteful = (): boolean => {
    const live = [...segments, ...index].reduce((sum, { record }) => sum + HEADER_BYTES + (record?.length ?? 0), 0)
    return file.size - live > Math.max(live, REWRITE_FROM)
  }
  /** Rewriting only saves space, so it may fail. */
  const rewrite = (): void => {
    if (!isWasteful()) return
    const records = [...segments, ...index].flatMap(({ record }) => record ?? [])
    // Not while something is damaged: rewriting would forget that.
    if (records.length < segments.length + index.length) return
    try {
      const moved = file.rewrite(records).map(heldBy)
      segments = moved.slice(0, segments.length)
      index = moved.slice(segments.length)
    } catch (cause) {
      if (!(cause instanceof StoreError)) throw cause
    }
  }

  return {
    async identity() {
      assertOpen()
      const identity = await readIdentity(identityPath(folder))
      if (identity === 'damaged') throw new StoreError('failed', new Error(`${identityPath(folder)} is damaged`))
      return identity
    },
    async putIdentity(identity) {
      assertOpen()
      assert(!fs.existsSync(identityPath(folder)), 'an identity is written once')
      await writeIdentity(identityPath(folder), identity)
    },
    async append(added, durability, mark = null) {
      assertOpen()
      assertContiguous(added, endOf(segments.at(-1)))
      // This comes first: if there is no space for the mark, nothing of the ops may stay.
      const drafted = mark === null ? null : draftMark(folder, mark)
      try {
        if (added.length > 0) write(added.map(recordOf('segment')))
      } catch (cause) {
        drafted?.drop()
        throw cause
      }
      if (durability === 'strict') await Promise.all([file.sync(), drafted?.sync()])
      drafted?.put()
    },
    async mark() {
      assertOpen()
      return readMark(folder)
    },
    async names() {
      assertOpen()
      return readWhole(join(folder, 'names'))
    },
    async putNames(names) {
      assertOpen()
      writeWhole(join(folder, 'names'), names, false)
    },
    async rescued() {
      assertOpen()
      return readWhole(join(folder, 'rescued'))
    },
    async putRescued(file) {
      assertOpen()
      if (file === null) removeWhole(join(folder, 'rescued'))
      else writeWhole(join(folder, 'rescued'), file, true)
    },
    async pack(packed, part) {
      assertOpen()
      assertFilled([...packed, part])
      const before = index.filter(({ first }) => first < part.first).at(-1)
      assertReplaces(runsOf(packed), part, segments, endOf(before))
      write([...packed.map(recordOf('segment')), recordOf('index')(part)])
      rewrite()
      if (packed.length > 0) await file.sync()
    },
    async read(from, limit) {
      assertOpen()
      return readFrom(segments, from, limit)
    },
    async readIndex(from, limit) {
      assertOpen()
      return readFrom(index, from, limit)
    },
    async cutIndex(from) {
      assertOpen()
      // The index is not needed, and a damaged file is left as it is.
      if (isDamaged) return cutIndex(from)
      write([mark('cut', from)])
      await file.sync()
    },
    async layout(from, limit) {
      assertOpen()
      return placesFrom(segments, from, limit).map(({ first, count }) => ({ first, count }))
    },
    async length() {
      assertOpen()
      return endOf(segments.at(-1))
    },
    async truncate(first) {
      assertOpen()
      write([mark('truncate', first)])
      await file.sync()
    },
    close,
    async destroy() {
      close()
      named(() => fs.rmSync(folder, { recursive: true, force: true }))
      forgetMark(folder)
    },
  }
}

const heldBy = (record: Placed): Held => ({ first: record.first, count: record.count, record })
const endOf = (place: Place | undefined): number => (place === undefined ? 0 : place.first + place.count)
const byFirst = (a: Place, b: Place): number => a.first - b.first
const overlap = (a: Place, b: Place): boolean => a.first < endOf(b) && b.first < endOf(a)

/** How many ops a loose segment counts for: at most one for each of its bytes. A node reserves memory for them, and others may have written the segment. */
const believedCount = ({ count, length }: Placed): number => Math.max(1, Math.min(count, length))

/** Ops that no whole record holds, although later ones are there. */
const gapBefore = (first: number, before: Held | undefined): Held[] =>
  first > endOf(before) ? [{ first: endOf(before), count: first - endOf(before), record: null }] : []

const recordOf =
  (kind: 'segment' | 'index') =>
  (segment: Segment): Fresh => ({ kind, first: segment.first, count: segment.count, ...packSegment(segment) })

const mark = (kind: 'truncate' | 'cut', first: number): Fresh => ({
  kind,
  first,
  count: 0,
  bytes: new Uint8Array(),
  checksum: new Uint8Array(32),
})

/** The places from the one with op `from` on, at most `limit`. O(log of all). */
function placesFrom<P extends Place>(places: readonly P[], from: number, limit: number): readonly P[] {
  let [low, high] = [0, places.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (endOf(places[middle]) <= from) low = middle + 1
    else high = middle
  }
  return places.slice(low, low + limit)
}
