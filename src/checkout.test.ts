/** A clone has the bytes that were committed, on systems whose git writes other line ends too. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')

test.runIf(existsSync(`${root}/.git`))('every text file has line ends LF, with core.autocrlf too', () => {
  const files = execFileSync('git', ['-c', 'core.autocrlf=true', 'ls-files', '--eol'], { cwd: root, encoding: 'utf8' })
    .trimEnd()
    .split('\n')
  expect(files.length).toBeGreaterThan(100)
  const others = files.filter((line) => !/^i\/(-text|none|lf +w\/(lf|) +attr\/text=auto eol=lf)/.test(line))
  expect(others).toEqual([])
})
