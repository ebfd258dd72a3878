/**
 * One file of records (`record.ts`), written at its end only. Reading and writing are synchronous: a node in a terminal has no screen to
 * keep moving. So calls take effect in their order, and a process can only be killed between two of them or inside one. Only the wait for
 * the disk is asynchronous. So records that come meanwhile are waited for together.
 */
import fs from 'node:fs'
import { dirname } from 'node:path'
import { concatBytes } from '../core/bytes.ts'
import { StoreError } from '../store/store.ts'
import { encodeHead, HEADER_BYTES, MAGIC, type Placed, type RecordHead, type Scan, scan } from './record.ts'

/** Only the owner may read the file: it holds the room's ops and the node's key. */
export const PRIVATE_FILE = 0o600
export const PRIVATE_FOLDER = 0o700

/** A record to be written. */
export interface Fresh extends Omit<RecordHead, 'isLast' | 'length'> {
  readonly bytes: Uint8Array
}

export interface RecordFile {
  /** Bytes of whole groups. */
  readonly size: number
  /** Writes a group at the end; the system keeps it, also when this process is killed. When it fails nothing of it stays. @throws StoreError */
  append(records: readonly Fresh[]): Placed[]
  /** Resolves when all that was written is on the disk. @throws StoreError "closed" if it is not: then nobody can say which part is */
  sync(): Promise<void>
  /** The payload as it is in the file; shorter when the file is. @throws StoreError */
  payload(record: Placed): Uint8Array
  /** Leaves only these records, in this order: in a new file, which takes the place of this one when it is on the disk. @throws StoreError */
  rewrite(records: readonly Placed[]): Placed[]
  close(): void
}

export interface OpenedFile extends Pick<Scan, 'groups' | 'isDamaged' | 'loose'> {
  /** If it is damaged, nothing may be written: that would take the place of what is behind the damage. */
  readonly file: RecordFile
}

/**
 * Opens the file at `path`, making it when `isNew`. If it is not new and does not exist, it is as damaged as an empty one.
 * @throws StoreError "failed" for a file of another format, which is not changed
 */
export function openRecordFile(path: string, isNew: boolean): OpenedFile {
  return named(() => {
    fs.rmSync(besides(path), { force: true })
    let fd = openFile(path)
    const found = scan(fs.fstatSync(fd).size, (at, length) => readAt(fd, at, length))
    if (found === null) {
      fs.closeSync(fd)
      throw new StoreError('failed', new Error(`${path} is of another version of Tabweave`))
    }
    const { groups, loose } = found
    const isDamaged = found.isDamaged || (found.end === 0 && !isNew)
    let end = found.end
    /** After the end there are, or may be, bytes that are no group. */
    let isRagged = fs.fstatSync(fd).size > end

    const write = (bytes: Uint8Array): void => {
      writeAt(fd, end, bytes)
      end += bytes.length
    }
    const writeGroup = (records: readonly Fresh[]): Placed[] => {
      if (end === 0) write(MAGIC)
      return records.map(({ bytes, ...rest }, i) => {
        const placed = { ...rest, isLast: i === records.length - 1, length: bytes.length, at: end }
        write(concatBytes([encodeHead(placed), bytes]))
        return placed
      })
    }

    const append = (records: readonly Fresh[]): Placed[] =>
      named(() => {
        if (isRagged) fs.ftruncateSync(fd, end)
        const before = end
        isRagged = true
        try {
          const placed = writeGroup(records)
          // Somebody deleted the file: nobody would keep what is written.
          if (fs.fstatSync(fd).nlink === 0) throw new StoreError('closed')
          isRagged = false
          return placed
        } catch (cause) {
          end = before
          fs.ftruncateSync(fd, end)
          isRagged = false
          throw cause
        }
      })

    const rewrite = (records: readonly Placed[]): Placed[] =>
      named(() => {
        const [old, oldEnd] = [fd, end]
        fd = openFile(besides(path))
        end = 0
        try {
          write(MAGIC)
          const placed = records.map((record) => {
            const moved = { ...record, isLast: true, at: end }
            const payload = new Uint8Array(record.length)
            payload.set(readAt(old, record.at + HEADER_BYTES, record.length))
            write(concatBytes([encodeHead(moved), payload]))
            return moved
          })
          fs.fsyncSync(fd)
          fs.renameSync(besides(path), path)
          close(old)
          isRagged = false
          syncFolder(dirname(path))
          return placed
        } catch (cause) {
          fs.closeSync(fd)
          fs.rmSync(besides(path), { force: true })
          fd = old
          end = oldEnd
          throw cause
        }
      })

    /** The syncs for which somebody waits. */
    let syncs: Promise<unknown> = Promise.resolve()
    const sync = (): Promise<void> => {
      const synced = new Promise<void>((resolve, reject) => {
        fs.fdatasync(fd, (cause) => (cause ? reject(new StoreError('closed', cause)) : resolve()))
      })
      syncs = Promise.allSettled([syncs, synced])
      return synced
    }
    const close = (which: number): void => void syncs.then(() => fs.closeSync(which))

    if (isNew && end === 0) {
      append([])
      fs.fsyncSync(fd)
      syncFolder(dirname(path))
    }
    const file: RecordFile = {
      get size() {
        return end
      },
      append,
      sync,
      payload: (record) => named(() => readAt(fd, record.at + HEADER_BYTES, record.length)),
      rewrite,
      close: () => close(fd),
    }
    return { file, groups, isDamaged, loose }
  })
}

const besides = (path: string): string => `${path}.new`

/** Opens a file for reading and writing, from its beginning, and makes it if there is none. */
const openFile = (path: string): number => fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT, PRIVATE_FILE)

function readAt(fd: number, at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let got = 0
  for (let n = -1; n !== 0 && got < length; got += n) n = fs.readSync(fd, bytes, got, length - got, at + got)
  return bytes.subarray(0, got)
}

function writeAt(fd: number, at: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += fs.writeSync(fd, bytes, done, bytes.length - done, at + done)
}

/**
 * Puts a file that only its owner may read in the place of what is at `path`, whole or not at all. `isDurable`: it is on the disk when this returns.
 * @throws StoreError
 */
export function writeWhole(path: string, bytes: Uint8Array, isDurable: boolean): void {
  named(() => {
    const draft = besides(path)
    const fd = fs.openSync(draft, 'w', PRIVATE_FILE)
    try {
      fs.writeFileSync(fd, bytes)
      if (isDurable) fs.fsyncSync(fd)
    } finally {
      fs.closeSync(fd)
    }
    fs.renameSync(draft, path)
    if (isDurable) syncFolder(dirname(path))
  })
}

/** The file at `path`, or null where there is none. @throws StoreError */
export const readWhole = (path: string): Uint8Array | null =>
  named(() => (fs.existsSync(path) ? new Uint8Array(fs.readFileSync(path)) : null))

/** Removes the file at `path`, if there is one. @throws StoreError */
export const removeWhole = (path: string): void => named(() => fs.rmSync(path, { force: true }))

/** After a power cut a file that was made or renamed is there only if its folder was written. Not every platform can do that. */
function syncFolder(folder: string): void {
  try {
    const fd = fs.openSync(folder, 'r')
    fs.fsyncSync(fd)
    fs.closeSync(fd)
  } catch {
    // Folders cannot be opened on this platform.
  }
}

const FULL: readonly (string | undefined)[] = ['ENOSPC', 'EDQUOT', 'EFBIG']

/** Does the work; an error of the system becomes a StoreError. */
export function named<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException
    if (syscall === undefined) throw cause
    throw new StoreError(FULL.includes(code) ? 'full' : 'failed', cause)
  }
}
