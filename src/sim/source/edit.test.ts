/** The pattern language: what it finds, what it does there, and what it refuses. */
import { parseSync } from 'oxc-parser'
import { describe, expect, test } from 'vitest'
import { applied, said, spliceOf, type Edit } from './edit.ts'
import type { Tree } from './tree.ts'

function parse(source: string): Tree {
  const { program, errors } = parseSync('source.tsx', source)
  if (errors.length > 0) throw new Error(errors[0]!.message)
  return program as unknown as Tree
}

const SOURCE = `
import { refuse } from './refuse.ts'
const MAX = 4 * 16
export const isFine = (op: Op): boolean => op.size <= MAX && !op.isBad && isSigned(op)
export function take(ops: Op[], from: string): string | null {
  const kept = ops.map(sorted).slice(0, MAX)
  if (kept.length > MAX) return refuse('too-many', from, 3)
  for (const op of kept) {
    if (op.isBad) continue
    if (op.size === 0) return refuse('empty', from, 1)
  }
  state.until = now + (wait ?? 5)
  if (from === '') leave(from)
  else if (kept.length === 0) stay(from)
  else go(from)
  return kept.length > 1 ? 'some' : null
}
export const kindOf = (op: Op): string => {
  switch (op.kind) {
    case KIND.list:
      if (op.size === 0) return 'none'
      return 'list'
    case KIND.map:
      if (op.size === 0) return 'none'
      return 'map'
    default:
      return text({ kind: op.kind, most: MAX, from: [1, 2] })
  }
}
const host = { open() { return start({ limit: MAX }) }, close: () => stop() }
const other = { open: () => start({ limit: 0 }) }
`

/** The lines of the source that an edit changes: as they were, and as they are then. Spaces at their ends do not count. */
function changed(edit: Edit): [string, string] {
  const lines = (text: string): string[] => text.split('\n').map((line) => line.trim())
  const [before, after] = [lines(SOURCE), lines(applied(SOURCE, spliceOf(SOURCE, parse, edit)))]
  const lead = before.findIndex((line, i) => line !== after[i])
  const trail = before.toReversed().findIndex((line, i) => line !== after.at(-1 - i))
  const text = (some: string[]): string =>
    some
      .slice(lead, some.length - trail)
      .join(' ')
      .trim()
  return [text(before), text(after)]
}

/** Only what is there afterwards. */
const outcome = (edit: Edit): string => changed(edit)[1]

describe('takes out', () => {
  test('a statement, by its kind and what it mentions', () => {
    expect(changed({ in: 'take', drop: 'if', mentions: ['too-many'] })).toEqual([
      "if (kept.length > MAX) return refuse('too-many', from, 3)",
      '',
    ])
    expect(changed({ in: 'take', drop: 'if', mentions: ['empty'] })[0]).toBe("if (op.size === 0) return refuse('empty', from, 1)")
    expect(outcome({ in: 'take', drop: 'set until' })).toBe('')
  })

  test('an if, and leaves its else', () => {
    expect(outcome({ in: 'take', drop: 'if', mentions: ['leave'] })).toBe('if (kept.length === 0) stay(from)')
    expect(changed({ in: 'take', drop: 'if', mentions: ['stay'] })).toEqual(['else if (kept.length === 0) stay(from)', ''])
  })

  test('a statement that is all of a branch, and leaves an empty block', () => {
    expect(outcome({ in: 'take', drop: 'call leave' })).toBe("if (from === '') {}")
    expect(changed({ in: 'take', drop: 'call go' })).toEqual(['else go(from)', ''])
  })

  test('one operand of a chain, and keeps the others', () => {
    const all = 'export const isFine = (op: Op): boolean => '
    expect(outcome({ in: 'isFine', drop: 'operand', mentions: ['MAX'] })).toBe(`${all}!op.isBad && isSigned(op)`)
    expect(outcome({ in: 'isFine', drop: 'operand', mentions: ['isBad'] })).toBe(`${all}op.size <= MAX && isSigned(op)`)
    expect(outcome({ in: 'isFine', drop: 'call isSigned' })).toBe(`${all}op.size <= MAX && !op.isBad`)
    expect(outcome({ in: 'isFine', drop: 'not' })).toBe(`${all}op.size <= MAX && isSigned(op)`)
    expect(outcome({ in: 'take', drop: 'term', mentions: ['wait'] })).toBe('state.until = now')
    expect(outcome({ in: 'take', drop: 'operand', mentions: ['5'] })).toBe('state.until = now + (wait)')
  })

  test('a call within an expression, and leaves what it was called on, or its argument', () => {
    expect(outcome({ in: 'take', drop: 'call slice' })).toBe('const kept = ops.map(sorted)')
    expect(outcome({ in: 'host.open', drop: 'call start' })).toContain('return { limit: MAX }')
  })

  test('members of lists, with their commas', () => {
    expect(outcome({ in: 'take', drop: 'argument', mentions: ['3'] })).toContain("refuse('too-many', from)")
    expect(outcome({ in: 'take', drop: 'argument 1 of call refuse', mentions: ['empty'] })).toContain('refuse(from, 1)')
    expect(outcome({ drop: 'property most' })).toContain('{ kind: op.kind, from')
    expect(outcome({ drop: 'property from' })).toContain('most: MAX }')
    expect(outcome({ drop: 'element', mentions: ['1'] })).toContain('from: [2]')
  })

  test('a case', () => {
    expect(changed({ in: 'kindOf', drop: 'case map' })[0]).toContain("return 'map'")
  })
})

describe('replaces', () => {
  test('parts of statements', () => {
    expect(outcome({ in: 'take', replace: 'condition of if', mentions: ['too-many'], with: 'false' })).toContain('if (false) return')
    expect(outcome({ in: 'take', replace: 'argument 3 of call refuse', mentions: ['empty'], with: '0' })).toContain("'empty', from, 0)")
    expect(outcome({ in: 'take', replace: 'value of set until', with: 'Infinity' })).toBe('state.until = Infinity')
    expect(outcome({ in: 'take', replace: 'then of choice', with: 'null' })).toContain('? null : null')
    expect(outcome({ in: 'take', replace: 'list of for', with: '[]' })).toBe('for (const op of []) {')
  })

  test('constants, what a short function returns, and properties', () => {
    expect(outcome({ replace: 'value of const MAX', with: 'Infinity' })).toBe('const MAX = Infinity')
    expect(outcome({ in: 'isFine', replace: 'value of return', with: 'true' })).toBe('export const isFine = (op: Op): boolean => true')
    expect(outcome({ in: 'kindOf', replace: 'value of property most', with: '9' })).toContain('most: 9')
  })

  test('what is found within a case only', () => {
    const [before] = changed({ in: 'kindOf', drop: 'if in case map' })
    expect(SOURCE.slice(0, SOURCE.lastIndexOf(before))).toContain('KIND.map')
    expect(outcome({ in: 'kindOf', replace: 'value of return in case default', with: "''" })).toBe("return ''")
  })

  test('around what was there, and after it', () => {
    expect(outcome({ in: 'isFine', replace: 'call isSigned', with: '($it || op.isBad)' })).toContain('(isSigned(op) || op.isBad)')
    expect(outcome({ in: 'take', after: 'set until', add: 'leave(from)' })).toContain('leave(from)')
  })

  test('within a declaration of that name in another one', () => {
    expect(outcome({ in: 'host.open', replace: 'value of property limit', with: '1' })).toContain('limit: 1')
  })
})

describe('does not depend on', () => {
  const broken = SOURCE.replaceAll(/ (=>|&&|=|<=) /g, ' $1\n      ')
    .replaceAll(', ', ',\n')
    .replaceAll('(from)', '( from )')
  const renamed = SOURCE.replaceAll('kept', 'others').replaceAll(/\bop\b/g, 'each')
  const moved = `// A line more.\n${SOURCE.replace(/const MAX.*\n/, '')}\nconst MAX = 4 * 16\n`
  const longer = SOURCE.replaceAll('  if (', '  count()\n  if (seldom) return null\n  if (')

  test.each<[string, string]>([
    ['line breaks', broken],
    ['local names', renamed],
    ['where things stand', moved],
    ['what is added beside it', longer],
  ])('%s', (_, source) => {
    for (const edit of [
      { in: 'take', drop: 'if', mentions: ['too-many'] },
      { in: 'take', replace: 'condition of if', mentions: ['isBad'], with: 'false' },
      { in: 'isFine', drop: 'operand', mentions: ['isSigned'] },
      { replace: 'value of const MAX', with: 'Infinity' },
    ]) {
      const { start, end, text } = spliceOf(source, parse, edit)
      const original = spliceOf(SOURCE, parse, edit)
      expect(tokens(source.slice(start, end))).toEqual(tokens(SOURCE.slice(original.start, original.end)))
      expect(tokens(text)).toEqual(tokens(original.text))
    }
  })

  const tokens = (text: string): string[] =>
    text
      .replaceAll('others', 'kept')
      .replaceAll(/\beach\b/g, 'op')
      .match(/\w+|[^\w\s]/g) ?? []
})

describe('refuses', () => {
  test.each<[string, Edit, RegExp]>([
    ['what is not there', { in: 'take', drop: 'call nothing' }, /has 0 times "call nothing"/],
    ['what is there twice', { in: 'take', drop: 'if', mentions: ['kept'] }, /has 2 times "if kept"/],
    ['a number beyond the last', { in: 'take', drop: 'call refuse', n: 3 }, /has 2 times "call refuse", not 3/],
    ['a declaration that is not there', { in: 'nothing', drop: 'if' }, /0 declarations are called nothing/],
    ['a declaration that is there twice', { in: 'open', drop: 'call start' }, /2 declarations are called open/],
    ['a part that it has not', { in: 'take', replace: 'else of if', mentions: ['empty'], with: '' }, /no part called else/],
    ['a word that is none of its kinds', { in: 'take', drop: 'line 3' }, /no kind called "line"/],
    ['an edit without effect', { in: 'take', replace: 'value of set until', with: '$it' }, /changes nothing/],
    ['what is no source afterwards', { in: 'take', replace: 'condition of if', mentions: ['leave'], with: '(' }, /./],
    ['what belongs to its neighbours then', { in: 'isFine', replace: 'call isSigned', with: 'op.isBad || false' }, /parentheses/],
    ['two statements for one', { in: 'take', replace: 'call go', with: 'leave(from)\ngo(from)' }, /braces/],
    ['a name that nothing has', { in: 'take', replace: 'condition of if', mentions: ['empty'], with: 'unheard.of' }, /called unheard/],
  ])('%s', (_, edit, message) => {
    expect(() => spliceOf(SOURCE, parse, edit)).toThrow(message)
  })
})

test('an edit is said in a few words', () => {
  expect(said({ in: 'take', drop: 'if', mentions: ['MAX', 'too-many'] })).toBe('take: drop if with MAX, too-many')
  expect(said({ replace: 'value of const MAX', with: '1' })).toBe('replace value of const MAX')
  expect(said({ in: 'take', after: 'set until', add: 'go()' })).toBe('take: add after set until')
})
