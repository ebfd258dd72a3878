/**
 * The tables of defences and of planted bugs: that they are whole, and that each pattern matches exactly once. `npm run -s
 * defences` and `npm run -s sim -- --planted` then make the edits.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'
import { describe, expect, test } from 'vitest'
import { DEFENCES } from './defences.ts'
import { PLANTED } from './planted.ts'
import { said, spliceOf, type Edit, type Splice } from './source/edit.ts'
import type { Tree } from './source/tree.ts'

const root = join(import.meta.dirname, '../..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

const rowsOf = (letter: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${letter}${i + 1}`)

/** Rows of what is not built yet: members. */
const LATER = new Set(['B14', 'B15'])

describe('the table of defences', () => {
  test('has every row of what is built, and no other', () => {
    const possible = [...rowsOf('A', 16), ...rowsOf('B', 20), ...rowsOf('D', 27), ...rowsOf('E', 10)].filter((row) => !LATER.has(row))
    const rows = new Set(DEFENCES.map(({ row }) => row))
    expect([...rows].filter((row) => !possible.includes(row))).toEqual([])
    expect(possible.filter((row) => !rows.has(row))).toEqual([])
  })

  test.each(DEFENCES.map((defence) => ({ ...defence, said: said(defence) })))('$row: $file, $said: matches exactly once', (defence) => {
    expect(() => spliceIn(defence)).not.toThrow()
  })

  test('every test that it names is there, and begins with the row', () => {
    const lost = DEFENCES.filter(({ row, test: { file, name } }) => !name.startsWith(`${row} `) || !isThere(file, name))
    expect(lost.map(({ row, test: { file, name } }) => `${row} ${file}: ${name}`)).toEqual([])
  })
})

describe('the table of planted bugs', () => {
  test.each(PLANTED)('$name: the pattern in $file matches exactly once', (planted) => {
    expect(() => spliceIn(planted)).not.toThrow()
  })
})

/** What the files hold, each parsed once: hundreds of patterns are about a few dozen files. */
const sources = new Map<string, { readonly source: string; readonly tree: Tree }>()

function spliceIn(edit: Edit & { readonly file: string }): Splice {
  const known = sources.get(edit.file)
  const source = known?.source ?? read(edit.file)
  const tree = known?.tree ?? parse(source)
  sources.set(edit.file, { source, tree })
  return spliceOf(source, (text) => (text === source ? tree : parse(text)), edit)
}

function parse(source: string): Tree {
  const { program, errors } = parseSync('source.tsx', source)
  if (errors.length > 0) throw new Error(errors[0]!.message)
  return program as unknown as Tree
}

/** Whether a file, or the contract that it runs, has a test whose name begins so: one title, or one of a table of them. */
function isThere(file: string, name: string): boolean {
  const contract = file
    .replace(/\w+\.test\.ts$/, (last) => last.replace('.test.', '.contract.'))
    .replace('memory.contract', 'store.contract')
    .replace('relay/node.contract', 'relay/relay.contract')
  const texts = [file, contract].filter((path) => existsSync(join(root, path))).map(read)
  return texts.some((source) => {
    const isWritten = ["'", '"', '`'].some((quote) => source.includes(`${quote}${name}`))
    return isWritten || [...source.matchAll(/test\.each\(.+?\)\(\s*(['"`])(.+?)\1,/gs)].some(([, , title]) => fits(title!, name))
  })
}

/** "A of $who" fits "A of 'one'". */
const fits = (title: string, name: string): boolean => {
  const [before] = title.split(/\$\w+|%\w/, 1)
  return before !== title && before!.length > 3 && name.startsWith(before!)
}
