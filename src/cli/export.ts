/** `--export FILE`: writes what a node's files hold as a room's file. The node does not run, so a room that cannot be opened can be saved. */
import { writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { exportStored } from '../node/archive.ts'
import type { Options } from './args.ts'
import { openFileStore } from './file-store.ts'
import { folderOfKept } from './kept-nodes.ts'
import { PRIVATE_FILE } from './record-file.ts'
import { sentenceOf } from './run.ts'
import type { Terminal } from './session.ts'
import { words } from './words.ts'

/** The command's exit code: 0 if all that is stored was written, 1 if something was damaged or nothing was written. */
export async function exportKept(
  options: Pick<Options, 'room' | 'name' | 'isNamed' | 'folder'>,
  file: string,
  { print, complain }: Pick<Terminal, 'print' | 'complain'>,
): Promise<0 | 1> {
  try {
    const folder = await folderOfKept(options, options.folder ?? join(homedir(), '.tabweave'))
    const store = openFileStore(folder)
    const stored = await exportStored([store])
    store.close()
    // A file that exists is never replaced.
    await writeFile(file, stored.file, { flag: 'wx', mode: PRIVATE_FILE })
    print(words.exported(file, stored.file.length, stored.ops, folder))
    if (stored.lost > 0) complain(words.lostOps(stored.lost))
    return stored.lost > 0 ? 1 : 0
  } catch (error) {
    const sentence = sentenceOf(error) ?? (isOfSystem(error) ? whyNotWritten(file, error) : null)
    if (sentence === null) throw error
    complain(sentence)
    return 1
  }
}

const isOfSystem = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'syscall' in error

const whyNotWritten = (file: string, { code, message }: NodeJS.ErrnoException): string =>
  code === 'EEXIST' ? words.fileExists(file) : words.notWritten(file, message)
