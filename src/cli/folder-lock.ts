/**
 * One process at a time in a folder, and none kept out by one that was killed.
 *
 * Locks are numbered folders with the holder's name in them: the process that made the highest one holds the lock, if it still runs. To
 * take a lock over from a process that is gone is to make the one with the next number, which one process alone can do: a folder
 * cannot be renamed onto another one that is not empty. (Hard links would do the same, but exFAT and shared folders have none.) The
 * highest one is never removed, so numbers only grow: a slow process that made a lower one sees a higher one afterwards and gives way.
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

/** In a lock's folder: its process, or nothing once it was given back. */
const HOLDER = 'holder'

/**
 * Takes the lock of a folder that is there; what is returned gives it back.
 * @throws FolderHeld where a running process has it; what the file system says (no such folder, read only)
 */
export function lockFolder(folder: string): () => void {
  const pathOf = (number: number): string => join(folder, `lock.${number}`)
  // Made beside it first, since a lock must never be seen without its holder in it.
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
        // Systems differ in what they call it.
        if (!fs.existsSync(pathOf(mine))) throw cause
        continue
      }
      if (numbersIn(folder)[0] !== mine) {
        fs.renameSync(pathOf(mine), draft)
        continue
      }
      for (const number of [last, ...before]) fs.rmSync(pathOf(number), REMOVED)
      return () => {
        // It may be gone with its folder.
        if (fs.existsSync(pathOf(mine))) fs.writeFileSync(join(pathOf(mine), HOLDER), '')
      }
    }
  } finally {
    fs.rmSync(draft, REMOVED)
  }
}

const REMOVED = { recursive: true, force: true }

/** What the lock of a running process has in it. */
export const holding = (pid: number): string => `${pid} ${startOf(pid)}`

/** Of the locks, highest first. */
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
    // It is there, and another user's.
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * When a process began, so that another one that got its number later is not taken for it: ticks since a start of the machine, and
 * which start that was. Empty where the system does not say (it is not Linux): there its number alone decides.
 */
function startOf(pid: number): string {
  const boot = readIfThere('/proc/sys/kernel/random/boot_id').trim()
  // proc(5): the second field is the program's name in parentheses, with any characters in it; the third is its state, the 22nd its start.
  const stat = readIfThere(`/proc/${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // A zombie has ended, though nobody has asked how.
  return fields[19] === undefined || fields[0] === 'Z' ? '' : `${boot}/${fields[19]}`
}

function readIfThere(path: string): string {
  try {
    return fs.readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
