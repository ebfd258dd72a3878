import { expect, test } from 'vitest'
import { authorLook } from '../graph/author-look.ts'
import { createMatcher } from './search.ts'
import type { HistoryEntry } from './views.ts'

const AUTHOR = 'ab'.repeat(32)

test('an entry is found by its author’s nickname and chosen name as they stand one after the other', () => {
  const nickname = authorLook(new Uint8Array(32).fill(0xab)).name
  const lastWord = nickname.split(' ').at(-1)!
  const entry = { id: '12'.repeat(32), author: AUTHOR, text: 'hello' } as HistoryEntry
  const isFound = (text: string): boolean => createMatcher(text, new Map([[AUTHOR, 'Ada Lovelace']]))(entry)
  expect([`${lastWord} Ada`, `${nickname} ada love`, lastWord, 'Lovelace'].map(isFound)).toEqual([true, true, true, true])
  expect([`Ada ${lastWord}`, `${lastWord} Lovelace`, 'velace'].map(isFound)).toEqual([false, false, false])
})
