/**
 * The mark of a node as a file: `marks/NAME` beside the node's folder NAME. So if the folder alone is copied, restored or deleted, its
 * mark is not.
 *
 * A mark counts only where it was written. It names the file of the node's identity, and its own file, by inode and time of birth. No
 * copy and no restored backup has the same ones. An image of the whole file system has them, and is not noticed.
 *
 *   file = SHA-256 of the rest, [own, id, identity's inode, its birth, own inode, own birth] in the protocol's own encoding
 */
import fs from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { ID_BYTES } from '../core/limits.ts'
import type { Mark } from '../core/mark.ts'
import { StoreError } from '../store/store.ts'
import { checkedFields, isBytes, isCount, withChecksum } from './fields-file.ts'
import { named, PRIVATE_FILE, PRIVATE_FOLDER } from './record-file.ts'

export const identityPath = (folder: string): string => join(folder, 'identity')

export const markPath = (folder: string): string => join(dirname(folder), 'marks', basename(folder))

/** Tells a file from its copies: decimal numbers, since an inode has 64 bits. */
interface FileMark {
  readonly inode: string
  /** ns since 1970. */
  readonly birth: string
}

/** A mark that is written and does not count yet. */
export interface DraftedMark {
  /** Resolves when it is on the disk. @throws StoreError "closed" if it is not */
  sync(): Promise<void>
  /** From now on this mark counts, and the one before does not. @throws StoreError */
  put(): void
  drop(): void
}

/** Writes a mark beside the one that counts. @throws StoreError "closed" where the node is gone */
export function draftMark(folder: string, { own, id }: Mark): DraftedMark {
  const path = markPath(folder)
  const draft = `${path}.new`
  return named(() => {
    // Somebody deleted the node: nobody would keep the mark.
    if (!fs.existsSync(identityPath(folder))) throw new StoreError('closed')
    fs.mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_FOLDER })
    // A new file each time. If a file were written over, it would look the same after a backup was written over it.
    fs.rmSync(draft, { force: true })
    const fd = fs.openSync(draft, 'wx', PRIVATE_FILE)
    const drop = (): void => {
      fs.closeSync(fd)
      fs.rmSync(draft, { force: true })
    }
    try {
      const [node, self] = [identityFile(folder), fileMark(fs.fstatSync(fd, { bigint: true }))]
      fs.writeSync(fd, withChecksum([own, id, node.inode, node.birth, self.inode, self.birth]))
    } catch (cause) {
      drop()
      throw cause
    }
    return {
      sync: () =>
        new Promise((resolve, reject) => {
          fs.fdatasync(fd, (cause) => (cause ? reject(new StoreError('closed', cause)) : resolve()))
        }),
      // The folder is not synced. If a power cut brings the earlier mark back, the store is ahead of it, which does no harm.
      put: () =>
        named(() => {
          fs.closeSync(fd)
          fs.renameSync(draft, path)
        }),
      drop: () => named(drop),
    }
  })
}

/** The mark that counts; null where there is none, it is damaged, or it is of another file or folder. @throws StoreError */
export function readMark(folder: string): Mark | null {
  const path = markPath(folder)
  return named(() => {
    if (!fs.existsSync(path)) return null
    const [own, id, ...files] = checkedFields(new Uint8Array(fs.readFileSync(path))) ?? []
    if (!isCount(own) || !(id === null || isBytes(id, ID_BYTES)) || files.length !== 4) return null
    const self = fs.statSync(path, { bigint: true })
    // A file system without times of birth gives the time of the last change instead, which writing has changed.
    const hasBirth = self.birthtimeNs !== self.ctimeNs
    const [node, mark] = [identityFile(folder), fileMark(self)]
    const now = [node.inode, node.birth, mark.inode, hasBirth ? mark.birth : files[3]]
    return now.every((each, i) => each === files[i]) ? { own, id } : null
  })
}

export const forgetMark = (folder: string): void => named(() => fs.rmSync(markPath(folder), { force: true }))

const identityFile = (folder: string): FileMark => fileMark(fs.statSync(identityPath(folder), { bigint: true }))

const fileMark = ({ ino, birthtimeNs }: fs.BigIntStats): FileMark => ({ inode: `${ino}`, birth: `${birthtimeNs}` })
