/**
 * The threat model names tests, and numbers. The tests must be there, and each row of attacks must have one that begins with its id. A
 * row is short; what it leaves out is in a section. The numbers must be those of the code.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path/posix'
import { expect, test } from 'vitest'
import { DEFENCES } from './sim/defences.ts'

const root = new URL('../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const model = read('docs/threat-model.md')

interface Named {
  readonly path: string
  readonly name: string
}

/** The tests that some words of the document name: a file, then parts of names. */
const namedIn = (words: string): Named[] =>
  [...words.matchAll(/`([\w/.-]+\.tsx?)`((?:,?\s"[^"]+")+)/g)].flatMap(([, path, names]) =>
    [...names!.matchAll(/"([^"]+)"/g)].map(([, name]) => ({ path: path!, name: name! })),
  )

/** Rows of the table of attacks: id, text, and the tests that they name. */
const rows = [...model.matchAll(/^\| ([A-Z]\d+) \|.*$/gm)].map(([line, id]) => ({ id: id!, line, tests: namedIn(line) }))

test('every test that the threat model names is in the file it names', () => {
  const named = namedIn(model)
  const missing = named.filter(({ path, name }) => !existsSync(new URL(path, root)) || !read(path).includes(name))
  expect(missing).toEqual([])
  expect(named.length).toBeGreaterThan(100)
})

test('every row has a test whose name begins with its id', () => {
  const begins = (id: string, { path, name }: Named): boolean =>
    name.startsWith(`${id} `) && ["'", '"', '`'].some((quote) => read(path).includes(`${quote}${name}`))
  expect(rows.filter(({ id, tests }) => !tests.some((each) => begins(id, each))).map(({ id }) => id)).toEqual([])
})

test('its rows are those of the table of defences', () => {
  expect(new Set(rows.map(({ id }) => id))).toEqual(new Set(DEFENCES.map(({ row }) => row)))
})

/** Sections that say more about a row: the row's id, the heading as a link names it, and the tests that the section names. */
const sections = [...model.matchAll(/^### (([A-Z]\d+): .+)\n([^]*?)(?=\n##)/gm)].map(([, heading, id, words]) => ({
  id: id!,
  anchor: heading!
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-'),
  tests: namedIn(words!).map(({ path, name }) => `${path} ${name}`),
}))

/** Characters of a row. A longer one is a wall of text in a narrow column: the rest belongs in a section. */
const LONGEST_ROW = 1_000

test('no row is longer than a reader can follow', () => {
  expect(rows.filter(({ line }) => line.length > LONGEST_ROW).map(({ id }) => id)).toEqual([])
})

test('each row that has a section links to it, and the section names the tests of its row', () => {
  expect(sections.length).toBeGreaterThan(5)
  const linked = rows.flatMap(({ id, line }) => [...line.matchAll(/\(#(\S+?)\)/g)].map(([, anchor]) => `${id} ${anchor}`))
  const toSections = linked.filter((each) => !each.endsWith(' what-is-not-covered'))
  expect(toSections.toSorted()).toEqual(sections.map(({ id, anchor }) => `${id} ${anchor}`).toSorted())
  for (const { id, tests } of sections) {
    const ofRow = rows.find((row) => row.id === id)!.tests.map(({ path, name }) => `${path} ${name}`)
    expect([id, ofRow.filter((each) => !tests.includes(each))]).toEqual([id, []])
  }
})

/** A row of "What others can cost": its constant, its number in bytes, ms or things, its file, and whether it names a test. */
interface Row {
  readonly name: string
  readonly number: number
  readonly file: string
  readonly isTried: boolean
}

const UNITS: Readonly<Record<string, number>> = { '': 1, ms: 1, s: 1_000, KiB: 1_024, MiB: 1_024 ** 2 }

function rowsOf(section: string): Row[] {
  return section
    .split('\n')
    .filter((line) => line.startsWith('|') && line.includes('`'))
    .map((line) => {
      const [, , limit = '', , file = '', tests = ''] = line.split('|').map((cell) => cell.trim())
      const [, name, digits, unit] = /^`(\w+)` ([\d,]+) ?(\w*)$/.exec(limit) ?? []
      const factor = UNITS[unit ?? '?']
      if (name === undefined || factor === undefined) throw new Error(`no limit in the row ${line}`)
      return { name, number: Number(digits!.replaceAll(',', '')) * factor, file: file.replaceAll('`', ''), isTried: tests.includes('"') }
    })
}

const costs = rowsOf(/## What others can cost\n([^]*?)\n## /.exec(model)?.[1] ?? '')

/** The number of a constant that is written as sums and products of numbers and of other constants. */
function valueOf(name: string, file: string): number {
  const source = read(file)
  const written = new RegExp(`^(?:export )?const ${name} = (.+)$`, 'm').exec(source)?.[1]
  if (written !== undefined) return calculate(written, file)
  const from = new RegExp(`import [^']*\\b${name}\\b[^']*'([^']+)'`).exec(source)?.[1]
  if (from === undefined) throw new Error(`${file} has no ${name}`)
  return valueOf(name, join(file, '..', from))
}

function calculate(written: string, file: string): number {
  const tokens = written.match(/\w+|[-+*()]/g) ?? []
  const factor = (): number => {
    const token = tokens.shift() ?? ''
    if (token !== '(') return /^\d/.test(token) ? Number(token.replaceAll('_', '')) : valueOf(token, file)
    const value = sum()
    tokens.shift()
    return value
  }
  const product = (): number => {
    let value = factor()
    while (tokens[0] === '*') value *= (tokens.shift(), factor())
    return value
  }
  const sum = (): number => {
    let value = product()
    while (tokens[0] === '+' || tokens[0] === '-') value += tokens.shift() === '+' ? product() : -product()
    return value
  }
  return sum()
}

test('every limit that the threat model gives is the number in the code that enforces it, and has a test of its edge', () => {
  expect(costs.length).toBeGreaterThan(60)
  for (const { name, number, file, isTried } of costs)
    expect([name, file, isTried, valueOf(name, file)]).toEqual([name, file, true, number])
})

test('every constant that says of itself that it is a limit is in the table of what others can cost', () => {
  // What others cannot reach: the pace of reconnecting, one spare buffer, the length of a number's head.
  const exempt = ['MAX_DELAY', 'MAX_KEPT', 'MAX_HEAD']
  const listed = costs.map(({ name }) => name)
  const left: string[] = []
  for (const folder of ['src/core', 'src/sync', 'src/net', 'src/net/direct', 'src/net/webrtc', 'src/node', 'src/cli', 'relay']) {
    for (const file of readdirSync(new URL(folder, root))) {
      if (!file.endsWith('.ts') || /\.(test|naive|contract)\.ts$/.test(file)) continue
      for (const [, name] of read(`${folder}/${file}`).matchAll(/^(?:export )?const (MAX_\w+) = /gm))
        if (!listed.includes(name!) && !exempt.includes(name!)) left.push(`${file}: ${name}`)
    }
  }
  expect(left).toEqual([])
})
