/**
 * One process at a time in a folder, and none kept out by one that was killed.
 *
 * Lock files are numbered: whoever made the highest one holds the lock, if it still runs. To take a lock over from a process that
 * is gone is to make the file with the next number, which one process alone can do. The highest file is never removed, so
 * that numbers only grow: whoever was slow, and made a lower one meanwhile, sees a higher one afterwards and gives way.
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

/**
 * Takes the lock of a folder that is there; what is returned gives it back.
 * @throws FolderHeld where a running process has it; what the file system says (no such folder, read only, no hard links)
 */
export function lockFolder(folder: string): () => void {
  const pathOf = (number: number): string => join(folder, `lock.${number}`)
  // Made beside it first, since a lock file must never be seen without its holder in it.
  const draft = join(folder, `lock-${self}-${process.hrtime.bigint()}`)
  fs.writeFileSync(draft, holding(self), { mode: PRIVATE_FILE })
  try {
    for (;;) {
      const [last = 0, ...before] = numbersIn(folder)
      const holder = last === 0 ? null : holderOf(pathOf(last))
      if (holder !== null) throw new FolderHeld(folder, holder)
      const mine = last + 1
      try {
        fs.linkSync(draft, pathOf(mine))
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
        continue
      }
      if (numbersIn(folder)[0] !== mine) {
        fs.rmSync(pathOf(mine), { force: true })
        continue
      }
      for (const number of [last, ...before]) fs.rmSync(pathOf(number), { force: true })
      return () => {
        // An empty one is held by nobody. It may be gone with its folder.
        if (fs.existsSync(pathOf(mine))) fs.writeFileSync(pathOf(mine), '')
      }
    }
  } finally {
    fs.rmSync(draft, { force: true })
  }
}

/** What a lock file that this running process holds has in it. */
export const holding = (pid: number): string => `${pid} ${startOf(pid)}`

/** Of the lock files, highest first. */
const numbersIn = (folder: string): number[] =>
  fs
    .readdirSync(folder)
    .flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a)

/** The running process that a lock file names, or null. */
function holderOf(path: string): number | null {
  const said = readIfThere(path)
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
