/**
 * One process at a time in a folder. A process that was killed keeps no other one out.
 *
 * Locks are numbered folders with the holder's name in them. The process that made the highest one holds the lock, if it still runs. To
 * take over the lock of a process that is gone, another process makes the one with the next number. Only one process can do that: a
 * folder cannot be renamed onto another one that is not empty. (Hard links would do the same, but exFAT and shared folders have none.)
 * The highest one is never removed, so numbers only grow: a slow process that made a lower one sees a higher one afterwards and gives
 * way.
 */
import fs from 'node:fs'
import { join } from 'node:path'
import { pid as self } from 'node:process'
import { PRIVATE_FILE } from './record-file.ts'

/** The folder is held by another process, or by another store of this one. */
export class FolderHeld extends Error {
  readonly folder: string
  readonly pid: number
  constructor(folder: string, pid: number) {
    super(`process ${pid} holds ${folder}`)
    this.name = 'FolderHeld'
    this.folder = folder
    this.pid = pid
  }
}

/** A file in a lock's folder: it names its process, and is empty once the lock was given back. */
const HOLDER = 'holder'

/**
 * Takes the lock of a folder that exists. Gives the function that gives it back.
 * @throws FolderHeld where a running process has it; errors of the file system (no such folder, read only)
 */
export function lockFolder(folder: string): () => void {
  const pathOf = (number: number): string => join(folder, `lock.${number}`)
  // Made beside its place first: a lock must never be seen without its holder in it.
  const draft = join(folder, `lock-${self}-${process.hrtime.bigint()}`)
  fs.mkdirSync(draft)
  try {
    fs.writeFileSync(join(draft, HOLDER), holding(self), { mode: PRIVATE_FILE })
    for (;;) {
      const [last = 0, ...before] = numbersIn(folder)
      const holder = last === 0 ? null : holderOf(pathOf(last))
      if (holder !== null) throw new FolderHeld(folder, holder)
      const mine = last + 1
      try {
        fs.renameSync(draft, pathOf(mine))
      } catch (cause) {
        // Systems name this error differently.
        if (!fs.existsSync(pathOf(mine))) throw cause
        continue
      }
      if (numbersIn(folder)[0] !== mine) {
        fs.renameSync(pathOf(mine), draft)
        continue
      }
      for (const number of [last, ...before]) fs.rmSync(pathOf(number), REMOVED)
      return () => {
        // The lock may be gone together with its folder.
        if (fs.existsSync(pathOf(mine))) fs.writeFileSync(join(pathOf(mine), HOLDER), '')
      }
    }
  } finally {
    fs.rmSync(draft, REMOVED)
  }
}

const REMOVED = { recursive: true, force: true }

/** The content of the lock of a running process. */
export const holding = (pid: number): string => `${pid} ${startOf(pid)}`

/** The numbers of the locks, highest first. */
const numbersIn = (folder: string): number[] =>
  fs
    .readdirSync(folder)
    .flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a)

/** The running process that a lock names, or null. Earlier versions made it a file. */
function holderOf(path: string): number | null {
  const said = readIfThere(join(path, HOLDER)) || readIfThere(path)
  const pid = Number.parseInt(said, 10)
  return pid > 0 && isRunning(pid) && said === holding(pid) ? pid : null
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    // The process runs, and belongs to another user.
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * The start of a process, so that a later process with the same number is not taken for it: ticks since a start of the machine, and which
 * start that was. Empty where the system does not say (it is not Linux): there only the number decides.
 */
function startOf(pid: number): string {
  const boot = readIfThere('/proc/sys/kernel/random/boot_id').trim()
  // proc(5): the second field is the program's name in parentheses, with any characters in it; the third is its state, the 22nd its start.
  const stat = readIfThere(`/proc/${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // A zombie has ended, although its parent has not asked for its result.
  return fields[19] === undefined || fields[0] === 'Z' ? '' : `${boot}/${fields[19]}`
}

function readIfThere(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
