import { expect, test } from 'vitest'
import { authorLook } from '../graph/author-look.ts'
import { createMatcher } from './search.ts'
import type { HistoryEntry, Match } from './views.ts'

const AUTHOR = 'ab'.repeat(32)

const entryOf = (text: string, kind: HistoryEntry['kind'] = 'message'): HistoryEntry =>
  ({ id: '12'.repeat(32), author: AUTHOR, kind, text, time: 0 }) as HistoryEntry

const match = (words: string, entry: HistoryEntry, name = ''): Match | null => createMatcher(words, new Map([[AUTHOR, name]]))(entry)

test('an entry is found by its author’s nickname and chosen name as they stand one after the other', () => {
  const nickname = authorLook(new Uint8Array(32).fill(0xab)).name
  const lastWord = nickname.split(' ').at(-1)!
  const isFound = (words: string): boolean => match(words, entryOf('hello'), 'Ada Lovelace')?.byAuthor ?? false
  expect([`${lastWord} Ada`, `${nickname} ada love`, lastWord, 'Lovelace'].map(isFound)).toEqual([true, true, true, true])
  expect([`Ada ${lastWord}`, `${lastWord} Lovelace`, 'velace'].map(isFound)).toEqual([false, false, false])
})

test('an entry that is no message is found by what the screen says of it', () => {
  const genesis = entryOf('A room', 'genesis')
  expect(match('CREATED the room “a', genesis)?.excerpt).toEqual({ before: '', words: 'created the room “A', after: ' room”' })
  expect(match('a room', genesis)?.excerpt.words).toBe('A room')
  expect(match('joined the', entryOf('', 'merge'))?.excerpt).toEqual({ before: '', words: 'joined the', after: ' branches' })
  expect(match('created', entryOf('A room'))).toBe(null)
})

test('what was found is told apart: words of the entry, its id, its author', () => {
  const told = (words: string) => {
    const { excerpt, byId, byAuthor } = match(words, entryOf('abab and 1212'))!
    return [excerpt.before, excerpt.words, excerpt.after, byId, byAuthor]
  }
  expect(told('and')).toEqual(['abab ', 'and', ' 1212', false, false])
  expect(told('1212')).toEqual(['abab and ', '1212', '', true, false])
  expect(told('abab')).toEqual(['', 'abab', ' and 1212', false, true])
  expect(told('12121')).toEqual(['', '', 'abab and 1212', true, false])
})
