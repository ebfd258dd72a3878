/**
 * Every regular expression of the product, by its form: its work grows with the length of the text, and not with the square of it. Others choose
 * the text of links, addresses, names, messages, headers and session descriptions.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'
import { expect, test } from 'vitest'
import { findLink } from './core/room-link.ts'
import { relayAddress } from './cli/args.ts'
import { withoutEndSlashes } from './core/end-slashes.ts'
import { childOf, listOf, type Tree, walk } from './sim/source/tree.ts'

const root = join(import.meta.dirname, '..')

/** Patterns that are linear, or read nothing of others, although their form does not tell. */
const JUDGED: Readonly<Record<string, string>> = {
  // Of the host's own index.html.
  'relay/app.ts': '(<meta\\s+name="tabweave-relay"\\s+content=")[^"]*(")',
  // Of the person's own environment.
  'src/cli/proxy.ts': '^(\\[.*\\]|[^:]*|.*?:.*:.*?)(?::(\\d+))?$',
  // What is repeated at its end takes whatever comes and never fails, and the next match begins behind it.
  'src/core/find-text.ts':
    '(?:\\p{RI}{2}|\\P{M}|^\\p{M}+)(?:[\\p{M}\\p{Emoji_Modifier}\\u1160-\\u11ff\\u{16d67}-\\u{16d6a}]|\\u200d\\P{M})*',
  // Tried at one place. Of its two repetitions the first letter chooses one.
  'src/ui/shared/web-addresses.ts': '^https?:\\/\\/([a-z0-9._-]+|\\[[0-9a-f:.]+\\])(?::\\d{1,5})?(?=[/?#]|$)',
  // Tried at the beginning of a word only. What is repeated takes all letters of a word, so what follows never fails behind it.
  'src/core/room-link.ts': '(?<![\\w-])([\\w-]{8}[AQgw])(\\.[\\w-]+)?(?![\\w-])',
}

/** Whether the form of a pattern tells that it is linear: one unbounded repetition at most, at its end, or in a pattern that is tried at one place only. */
function isLinear(pattern: string): boolean {
  const form = pattern
    .replaceAll(/\\(?:[pPuk]\{[^}]*\}|u[0-9a-f]{4}|.)/g, 'c')
    .replaceAll(/\[[^\]]*\]/g, 'c')
    .replaceAll(/\(\?(?:[:=!]|<[=!]|<\w+>)/g, '(')
  const repetitions = [...form.matchAll(/[*+]|\{\d+,\}/g)]
  if (repetitions.length === 0) return true
  const [{ 0: sign, index }] = repetitions as [RegExpExecArray]
  const isAtEnd = /^\??\)*$/.test(form.slice(index + sign.length))
  let outside = form
  while (/\([^()]*\)/.test(outside)) outside = outside.replaceAll(/\([^()]*\)/g, 'c')
  const hasChoice = outside.includes('|')
  return repetitions.length === 1 && !isInRepeated(form, index) && !hasChoice && (isAtEnd || form.startsWith('^'))
}

/** Whether the place is in a group that is repeated. */
function isInRepeated(form: string, place: number): boolean {
  let depth = 0
  for (let at = place + 1; at < form.length; at++) {
    if (form[at] === '(') depth++
    else if (form[at] === ')' && --depth < 0) {
      if (/^[*+{]/.test(form.slice(at + 1))) return true
      depth = 0
    }
  }
  return false
}

test('the form tells of known patterns whether they are linear', () => {
  const linear = [
    'a+',
    '^\\s*',
    '^[^a-z]+',
    '(\\p{M}{8})\\p{M}+',
    '^#(\\d+)\\n',
    '^(.+\\.)?local$',
    '[?#]',
    '^a{1,9}b?$',
    '^c(?:[\\w+]|d)*$',
  ]
  const others = ['\\S*$', '\\/+$', '#.*$', '^a+b*', '^(a+)+$', '^(\\.\\d+){3}$', '^(a|(b+))*', '^-+|-+$', 'a{2,}b']
  expect([...linear, ...others].filter(isLinear)).toEqual(linear)
})

test('E6 no pattern of the product takes time that grows with the square of a text', () => {
  const below = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((file) => `src/${file.replaceAll('\\', '/')}`)
  const files = [...below, ...readdirSync(join(root, 'relay')).map((file) => `relay/${file}`)].filter(
    (file) => /\.tsx?$/.test(file) && !/\.(?:test|contract|naive)\.tsx?$|^src\/(?:bench|sim)\//.test(file),
  )
  const found = files.flatMap((file) => patternsOf(readFileSync(join(root, file), 'utf8')).map((pattern) => ({ file, pattern })))
  expect(found.length).toBeGreaterThan(40)
  expect(found.filter(({ file, pattern }) => !isLinear(pattern) && JUDGED[file] !== pattern)).toEqual([])
  expect(Object.keys(JUDGED).filter((file) => !found.some((each) => each.file === file && each.pattern === JUDGED[file]))).toEqual([])
})

/** The patterns in a source. Of one that is put together, numbers stand for the parts; one that is not written there is "?". */
function patternsOf(source: string): string[] {
  const { program } = parseSync('source.tsx', source)
  return walk({ node: program as unknown as Tree, up: null }).flatMap(({ node }) => {
    if (node.type === 'Literal' && 'regex' in node) return [(node['regex'] as { pattern: string }).pattern]
    if (node.type !== 'NewExpression' || childOf(node, 'callee')?.['name'] !== 'RegExp') return []
    const [given] = listOf(node, 'arguments')
    const parts = listOf(given, 'quasis').map((part) => (part['value'] as { cooked: string }).cooked)
    return [parts.length === 0 ? '*?' : parts.join('8')]
  })
}

test('E6 a link is found behind 200,000 letters, and an address loses as many slashes, each in one look at the text', () => {
  const link = 'A'.repeat(86)
  expect(findLink(`${'!'.repeat(200_000)} ${link}`)).toEqual({ fragment: link, address: '' })
  expect(findLink(`${'!'.repeat(200_000)}https://a.example/#${link}`)).toEqual({ fragment: link, address: 'https://a.example/' })
  expect(relayAddress(`https://a.example/${'/'.repeat(200_000)}b`)).toMatch(/\/b$/)
  expect(withoutEndSlashes(`a${'/'.repeat(200_000)}`)).toBe('a')
})
