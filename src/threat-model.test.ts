/** The threat model names tests: each of them must be there. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

test('every test that the threat model names is in the file it names', () => {
  const missing: string[] = []
  let named = 0
  for (const [, path, names] of read('docs/threat-model.md').matchAll(/`([\w/.-]+\.ts)`((?:,? "[^"]+")+)/g)) {
    const tests = existsSync(new URL(path!, root)) ? read(path!) : ''
    for (const [, name] of names!.matchAll(/"([^"]+)"/g)) {
      named++
      if (!tests.includes(name!)) missing.push(`${path}: ${name}`)
    }
  }
  expect(missing).toEqual([])
  expect(named).toBeGreaterThan(30)
})
