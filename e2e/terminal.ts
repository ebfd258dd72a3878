/** Nodes in terminals, kept in a folder that is gone when the test ends. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { root } from '../.scripts/paths.mjs'
import { test as base } from './fixtures.ts'

/** A command that runs, and what it has printed. */
export interface Command {
  readonly printed: () => string
  readonly type: (line: string) => void
  readonly end: () => void
  /** Sends the signal, if there is one, and gives the exit code (null: it was killed). */
  readonly ended: (signal?: NodeJS.Signals) => Promise<number | null>
}

export const test = base.extend<{ readonly node: (...args: string[]) => Command }>({
  node: async ({ host: _host }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'tabweave-e2e-'))
    const started: ChildProcess[] = []
    await use((...args) => {
      const child = spawn(execPath, [join(root, '.scripts/node.mjs'), '--dir', folder, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
      started.push(child)
      let printed = ''
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (printed += text))
      const closed = once(child, 'close')
      return {
        printed: () => printed,
        type: (line) => void child.stdin.write(`${line}\n`),
        end: () => void child.stdin.end(),
        async ended(signal) {
          if (signal !== undefined) child.kill(signal)
          const [code] = (await closed) as [number | null]
          return code
        },
      }
    })
    for (const child of started) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  },
})
