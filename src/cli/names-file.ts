/** The names of a node (`node/names.ts`) as a file in its folder: whole or not at all, and no loss if it goes. */
import fs from 'node:fs'
import { join } from 'node:path'
import { named, PRIVATE_FILE } from './record-file.ts'

const namesPath = (folder: string): string => join(folder, 'names')

/** Null where there is none. @throws StoreError */
export const readNames = (folder: string): Uint8Array | null =>
  named(() => (fs.existsSync(namesPath(folder)) ? new Uint8Array(fs.readFileSync(namesPath(folder))) : null))

/** @throws StoreError, and then what was there before is there */
export function writeNames(folder: string, names: Uint8Array): void {
  named(() => {
    const draft = `${namesPath(folder)}.new`
    const fd = fs.openSync(draft, 'w', PRIVATE_FILE)
    try {
      fs.writeSync(fd, names)
    } finally {
      fs.closeSync(fd)
    }
    fs.renameSync(draft, namesPath(folder))
  })
}
