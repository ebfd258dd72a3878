/** The threat model names tests: each of them must be there, and each row of its table has one that begins with the row's id. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DEFENCES } from './sim/defences.ts'

const root = new URL('../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const text = read('docs/threat-model.md')

interface Named {
  readonly path: string
  readonly name: string
}

/** The tests that some words of the document name: a file, then parts of names. */
const namedIn = (words: string): Named[] =>
  [...words.matchAll(/`([\w/.-]+\.ts)`((?:,?\s"[^"]+")+)/g)].flatMap(([, path, names]) =>
    [...names!.matchAll(/"([^"]+)"/g)].map(([, name]) => ({ path: path!, name: name! })),
  )

/** Ids of the table's rows, with the tests they name. */
const rows = [...text.matchAll(/^\| ([A-Z]\d+) \|.*$/gm)].map(([line, id]) => ({ id: id!, tests: namedIn(line) }))

test('every test that the threat model names is in the file it names', () => {
  const named = namedIn(text)
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
  expect(rows.map(({ id }) => id)).toEqual([...new Set(DEFENCES.map(({ row }) => row))])
})
