/** Where a benchmark ran: figures mean nothing without it. */
import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { cpuUsage, versions } from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** "2 cores, Node 20.20, Chromium 156" */
export function describeMachine(chromiumVersion: string | null): string {
  const short = (version: string, parts: number): string => version.split('.').slice(0, parts).join('.')
  const cores = cpus().length
  return [
    `${cores} ${cores === 1 ? 'core' : 'cores'}`,
    `Node ${short(versions.node, 2)}`,
    ...(chromiumVersion === null ? [] : [`Chromium ${short(chromiumVersion, 1)}`]),
  ].join(', ')
}

/** CPU time of this process so far (ms), whatever else the machine does; of all its threads, so see that none has work of its own. */
export function cpuMs(): number {
  const { user, system } = cpuUsage()
  return (user + system) / 1_000
}

/** How long threads go on sweeping a heap of a gigabyte or two after it was collected (ms), at least. */
const SWEEPING = 1_500

/** Frees what was used before, and resolves when the threads that do so are done, so that `cpuMs` does not count them. */
export async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
  await new Promise((resolve) => setTimeout(resolve, SWEEPING))
}

/** The commit of this folder, with a plus when its files were changed since; "unknown" outside of git. */
export function describeCommit(root: string): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', 'src', 'relay') !== ''
    return `${git('rev-parse', '--short=12', 'HEAD')}${changed ? '+' : ''}`
  } catch {
    return 'unknown'
  }
}
