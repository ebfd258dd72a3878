/** The names of a node (`node/names.ts`) as a file in its folder. It is written whole or not at all, and does no harm if it is lost. */
import fs from 'node:fs'
import { join } from 'node:path'
import { named, writeWhole } from './record-file.ts'

const namesPath = (folder: string): string => join(folder, 'names')

/** Null where there is none. @throws StoreError */
export const readNames = (folder: string): Uint8Array | null =>
  named(() => (fs.existsSync(namesPath(folder)) ? new Uint8Array(fs.readFileSync(namesPath(folder))) : null))

/** @throws StoreError, and then the earlier file is still there */
export const writeNames = (folder: string, names: Uint8Array): void => writeWhole(namesPath(folder), names, false)
