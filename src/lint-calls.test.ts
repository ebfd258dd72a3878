/** The lint rule of `.scripts/lint-calls.mjs`, by the very command and settings of `npm test -- lint`, on files that break it. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lint-calls-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Of these files, those in which the rule finds something. */
function refused(files: Readonly<Record<string, string>>): string[] {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  const linter = join(root, 'node_modules/oxlint/bin/oxlint')
  const { stdout } = spawnSync(process.execPath, [linter, '-c', join(root, '.oxlintrc.json'), '--format', 'json', folder], {
    encoding: 'utf8',
  })
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string; filename: string }[] }
  const found = diagnostics.filter(({ code }) => code === 'calls(no-list-as-arguments)').map(({ filename }) => filename)
  return Object.keys(files).filter((name) => found.some((file) => file.endsWith(`/${name}`)))
}

test('D17 a list that becomes the arguments of a call does not pass lint', () => {
  const wrong = {
    'spread.ts': 'export const joined = (list: string[]): string => String.prototype.concat(...list)\n',
    'among-others.ts': 'export const most = (list: number[]): number => Math.max(0, ...list.map((n) => n + 1), 1)\n',
    'mapped.mjs': 'export const add = (all, more) => all.push(...more.map(String))\n',
    'made.ts': 'export const made = (list: number[]): Date => new Date(...(list as [number, number]))\n',
    'optional.ts': 'export const added = (all: number[] | null, list: number[]): unknown => all?.push(...list)\n',
    'applied.ts': 'export const most = (list: number[]): number => Math.max.apply(null, list)\n',
    'reflected.ts': 'export const most = (list: number[]): unknown => Reflect.apply(Math.max, null, list)\n',
    'constructed.ts': 'export const made = (list: number[]): unknown => Reflect.construct(Date, list)\n',
  }
  expect(refused(wrong)).toEqual(Object.keys(wrong))
})

test('D17 what is no list of unknown length passes', () => {
  const right = {
    'array.ts': 'export const copy = (list: number[]): number[] => [...list, 1]\n',
    'object.ts': 'export const frozen = (from: object): object => Object.freeze({ ...from })\n',
    'written.ts': 'export const most = (a: number, b: number): number => Math.max(...[a, b])\n',
    'called.ts': 'export const called = (f: (n: number) => number): number => f.call(null, 1)\n',
  }
  expect(refused(right)).toEqual([])
})
