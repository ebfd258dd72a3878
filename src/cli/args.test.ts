/** The command line: what it asks for, and a sentence for whatever else stands there. */
import { expect, test } from 'vitest'
import { formatLink, parseLink } from '../node/link.ts'
import { type Options, readArgs } from './args.ts'

const FRAGMENT = `${'A'.repeat(43)}-${'B'.repeat(41)}A`
const LINK = parseLink(FRAGMENT)!

const asked = (...args: string[]): Options => {
  const answer = readArgs(args)
  if (answer.type !== 'run') throw new Error(JSON.stringify(answer))
  return answer.options
}
const refusal = (...args: string[]): string => {
  const answer = readArgs(args)
  return answer.type === 'wrong' ? answer.sentence : answer.type
}

test('a link joins its room, by the relay where it is from', () => {
  const options = {
    room: { type: 'join', link: LINK },
    name: 'node',
    isNamed: false,
    relay: 'https://example.org',
    folder: null,
    mode: 'stay',
    writesNow: false,
    wait: 30_000,
  }
  expect(asked(`https://example.org/#${FRAGMENT}`)).toEqual(options)
  expect(asked(`https://example.org:443/?x=/y#${FRAGMENT}`)).toEqual(options)
  for (const page of ['https://example.org/app/?x=1', 'https://example.org/app/index.html'])
    expect(asked(`${page}#${FRAGMENT}`)).toMatchObject({ relay: 'https://example.org/app' })
  expect(asked(FRAGMENT)).toEqual({ ...options, relay: null })
  expect(asked(`#${FRAGMENT}`)).toEqual({ ...options, relay: null })
})

test('what is said of the relay counts more than where the link is from', () => {
  const link = `https://example.org/#${FRAGMENT}`
  expect(asked(link, '--relay', 'wss://relay.example:7').relay).toBe('wss://relay.example:7')
  expect(asked(link, '--relay', 'wss://relay.example:7/a/b/?x').relay).toBe('wss://relay.example:7/a/b')
  expect(asked(link, '--relay', 'none').relay).toBe('none')
})

test('a room is begun by its name, and gone on with where nothing is said', () => {
  expect(asked('--new', ' Thursday seminar ').room).toEqual({ type: 'found', name: 'Thursday seminar' })
  expect(asked().room).toEqual({ type: 'resume' })
})

test('name, folder, and how it ends', () => {
  expect(asked(FRAGMENT, '--name', 'Ålice_2', '--dir', '/tmp/x y', '--once', '--wait', '2.5')).toMatchObject({
    name: 'Ålice_2',
    isNamed: true,
    folder: '/tmp/x y',
    mode: 'once',
    wait: 2_500,
  })
  expect(asked(FRAGMENT, '--once', '--digest').mode).toBe('digest')
})

test.each(['हिन्दी', 'ไทย', 'தமிழ்', 'עִבְרִית', 'می\u200cخواهم', 'ශ්\u200dරී', '日本語', '١٢٣'])('a name may be in any script: %s', (name) => {
  expect(asked(FRAGMENT, '--name', name).name).toBe(name)
})

test.each(['Ana Maria', 'O’Brien (home)', '../x', 'a/b:c', '🦊', '“”'])('a name may be whatever a browser takes: %s', (name) => {
  expect(asked(FRAGMENT, '--name', ` ${name} `).name).toBe(name)
})

test('a name is one node, however its letters are encoded', () => {
  expect(asked(FRAGMENT, '--name', 'A\u030alice').name).toBe('Ålice')
})

test('a fragment that begins with "-" is no option', () => {
  const genesis = LINK.genesis.slice() as typeof LINK.genesis
  genesis[0] = 0xf8
  const fragment = formatLink({ ...LINK, genesis })
  expect(fragment[0]).toBe('-')
  expect(asked(fragment, '--once').room).toEqual({ type: 'join', link: { ...LINK, genesis } })
})

test.each([
  [['https://example.org/'], 'not the link of a room'],
  [[FRAGMENT.slice(1)], 'not the link of a room'],
  [[`https://example.org/#${FRAGMENT}x`], 'not the link of a room'],
  [[`file:///home/#${FRAGMENT}`], 'begins with https:// or http://'],
  [[`localhost:5173/#${FRAGMENT}`], 'begins with https:// or http://'],
  [[FRAGMENT, 'and', 'more'], 'Put a name with spaces in quotes'],
  [[FRAGMENT, '--new', 'x'], 'not both'],
  [['--new', '  '], '--new takes'],
  [['--new', 'x'.repeat(121)], '--new takes'],
  [['--new', '\ud800'], '--new takes'],
  [['--new', '\u200b'], '--new takes'],
  [['--new', '\u202e\u2066\ufeff'], '--new takes'],
  [['--new', '\u3164 \u2800\u00ad'], '--new takes'],
  [['--new', '\u0301\u0301'], '--new takes'],
  [[FRAGMENT, '--name', ''], '--name takes'],
  [[FRAGMENT, '--name', ' '], '--name takes'],
  [[FRAGMENT, '--name', '\u200d'], '--name takes'],
  [[FRAGMENT, '--name', '\ud800'], '--name takes'],
  [[FRAGMENT, '--name', 'x'.repeat(41)], '--name takes'],
  [[FRAGMENT, '--relay', 'example'], '--relay takes'],
  [[FRAGMENT, '--relay', 'ftp://example.org'], '--relay takes'],
  [[FRAGMENT, '--relay', ''], '--relay takes'],
  [[FRAGMENT, '--wait', '0'], '--wait takes'],
  [[FRAGMENT, '--wait', 'long'], '--wait takes'],
  [[FRAGMENT, '--wait', 'Infinity'], '--wait takes'],
  [[FRAGMENT, '--frobnicate'], '--help lists'],
  [[FRAGMENT, '--name'], '--help lists'],
])('%j is refused in a sentence', (args, part) => {
  expect(refusal(...args)).toContain(part)
})

test('help is given whatever else is wrong with it', () => {
  expect(refusal('--help', '--name', '')).toBe('help')
  expect(refusal('-h')).toBe('help')
})

test('--check takes one file and nothing else', () => {
  expect(readArgs(['--check', 'a b.evidence'])).toEqual({ type: 'check', file: 'a b.evidence' })
  expect(readArgs(['--check=x'])).toEqual({ type: 'check', file: 'x' })
  expect(refusal('--check')).toMatch(/--check/)
  expect(refusal('--check', '')).toMatch('name of a file')
  expect(refusal('--check', 'x', FRAGMENT)).toMatch('one file')
  expect(refusal('--check=x', '--once')).toMatch('one file')
  expect(refusal('--check', 'x', '--once')).toMatch('one file')
})

test('a kept room is exported into a file, and no node runs beside it', () => {
  expect(readArgs(['--export', 'room.tabweave'])).toMatchObject({
    type: 'export',
    file: 'room.tabweave',
    options: { room: { type: 'resume' } },
  })
  expect(readArgs([FRAGMENT, '--export=x', '--name', 'a', '--dir', 'd'])).toMatchObject({
    type: 'export',
    options: { name: 'a', folder: 'd' },
  })
  for (const more of [['--new', 'a room'], ['--once'], ['--digest'], ['--write-now']])
    expect(refusal('--export', 'x', ...more)).toContain('--export runs no node')
  expect(refusal('--export', '')).toContain('--export takes')
  expect(refusal('--export', 'x', '--name', '')).toContain('--name takes')
})
