/** The search in a real browser: what Enter does, and where one is among what was found. */
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { createStore } from 'zustand/vanilla'
import type { Hex, Match, Matches } from '../../worker/api.ts'
import { messages } from '../messages.ts'
import { NodeProvider, PageProvider } from '../state/bindings.ts'
import type { Found } from '../state/node-state.ts'
import type { PageNode } from '../state/page-node.ts'
import type { Page } from '../state/page.ts'
import { Search } from './Search.tsx'

const matchOf = (n: number): Match => ({
  id: n.toString(16).padStart(64, '0'),
  author: 'ab'.repeat(32),
  kind: 'message',
  time: 1_700_000_000,
  excerpt: { before: '…many lines, ', words: `entry ${n}`, after: ' and more…' },
  byId: false,
  byAuthor: false,
})

let root: Root
let place: HTMLElement
/** Numbers of the entries that were shown, and the words that were found in them. */
let selected: { n: number; words: string }[]
/** What is searched for, and the answer that ends it. */
let asked: { words: string; limit: number; answer(matches: Matches): void }[]

beforeEach(async () => {
  selected = []
  asked = []
  const node = {
    slot: 0,
    store: createStore(() => ({ names: new Map() })),
    search: (words: string, limit: number) => new Promise<Matches>((answer) => asked.push({ words, limit, answer })),
    showFound: (id: Hex, { words }: Found) => void selected.push({ n: Number.parseInt(id, 16), words }),
  } as unknown as PageNode
  const page = { store: createStore(() => ({})), focus: () => {} } as unknown as Page
  place = document.createElement('div')
  place.className = 'console'
  document.body.append(place)
  root = createRoot(place)
  root.render(
    <PageProvider value={page}>
      <NodeProvider value={node}>
        <Search />
        <div className="history" tabIndex={-1} />
      </NodeProvider>
    </PageProvider>,
  )
  await vi.waitFor(() => field().focus())
})

afterEach(() => {
  root.unmount()
  place.remove()
})

const field = (): HTMLInputElement => place.querySelector('input')!
const said = (): string => place.querySelector('.found-count')?.textContent ?? ''
const listed = (): number => place.querySelectorAll('.found-entry').length
const shown = (): number | undefined => selected.at(-1)?.n

/** Answers the search for these words and so many matches. */
async function answer(words: string, limit: number, numbers: readonly number[], more = false): Promise<void> {
  await vi.waitFor(() => expect([asked.at(-1)?.words, asked.at(-1)?.limit]).toEqual([words, limit]))
  asked.at(-1)!.answer({ matches: numbers.map(matchOf), more })
}

async function find(words: string, ...numbers: readonly number[]): Promise<void> {
  await userEvent.fill(field(), words)
  await answer(words, 100, numbers)
  await vi.waitFor(() => expect(said()).not.toBe(''))
}

/** So many numbers, the greatest first. */
const downFrom = (n: number, count: number): number[] => Array.from({ length: count }, (_, i) => n - i)

test('Enter goes from match to match, Shift+Enter back, both around the end; the list makes way for the history', async () => {
  await find('entry', 9, 5, 2)
  expect([listed(), said()]).toEqual([3, messages.console.found(3, false)])
  for (const [key, at] of [
    ['{Enter}', 9],
    ['{Enter}', 5],
    ['{Enter}', 2],
    ['{Enter}', 9],
    ['{Shift>}{Enter}{/Shift}', 2],
    ['{Shift>}{Enter}{/Shift}', 5],
  ] as const) {
    await userEvent.keyboard(key)
    expect(selected.at(-1)).toEqual({ n: at, words: 'entry' })
    expect([listed(), said()]).toEqual([0, messages.console.foundAt([9, 5, 2].indexOf(at) + 1, 3, false)])
    expect(document.activeElement).toBe(field())
  }
})

test('Shift+Enter first goes to the last match', async () => {
  await find('entry', 9, 5, 2)
  await userEvent.keyboard('{Shift>}{Enter}{/Shift}')
  expect(shown()).toBe(2)
})

test('Enter that is faster than the search is answered when that is, and not by what was found before', async () => {
  await find('entry', 9, 5)
  await userEvent.fill(field(), 'entry 4')
  await userEvent.keyboard('{Enter}')
  expect(selected).toEqual([])
  await vi.waitFor(() => expect(asked.at(-1)?.words).toBe('entry 4'))
  await answer('entry 4', 100, [4])
  await vi.waitFor(() => expect(shown()).toBe(4))
})

test('Enter leads nowhere where nothing is found, and what is typed next shows the list again', async () => {
  await find('nothing')
  await userEvent.keyboard('{Enter}')
  expect(selected).toEqual([])
  await find('entry', 9, 5)
  await userEvent.keyboard('{Enter}')
  expect(listed()).toBe(0)
  await find('entr', 9, 5)
  expect(listed()).toBe(2)
})

test('the buttons do the same, and an arrow key brings the list back', async () => {
  await find('entry', 9, 5)
  place.querySelector<HTMLElement>(`[aria-label="${messages.console.nextFound}"]`)!.click()
  await vi.waitFor(() => expect(shown()).toBe(9))
  place.querySelector<HTMLElement>(`[aria-label="${messages.console.previousFound}"]`)!.click()
  await vi.waitFor(() => expect(shown()).toBe(5))
  field().focus()
  await userEvent.keyboard('{ArrowDown}')
  expect(listed()).toBe(2)
  await userEvent.keyboard('{ArrowDown}')
  expect(document.activeElement).toBe(place.querySelector('.found-entry'))
})

test('a found entry shows the words with what stands around them, marked, and is opened at them', async () => {
  await find('entry', 9, 5)
  const first = place.querySelector<HTMLElement>('.found-entry')!
  expect(first.querySelector('.found-text')!.textContent).toBe('…many lines, entry 9 and more…')
  expect(first.querySelector('mark')!.textContent).toBe('entry 9')
  first.click()
  await vi.waitFor(() => expect(selected).toEqual([{ n: 9, words: 'entry' }]))
})

test('a match that is pressed in the list is gone to as Enter does: the search stays, and the next Enter goes on from there', async () => {
  await find('entry', 9, 5, 2)
  place.querySelectorAll<HTMLElement>('.found-entry')[1]!.click()
  await vi.waitFor(() => expect(shown()).toBe(5))
  expect([field().value, listed(), said()]).toEqual(['entry', 0, messages.console.foundAt(2, 3, false)])
  expect(document.activeElement).toBe(field())
  await userEvent.keyboard('{Enter}')
  expect([shown(), said()]).toEqual([2, messages.console.foundAt(3, 3, false)])
  // The list is a press on the field away, and the end of the search one on its button.
  await userEvent.click(field())
  expect(listed()).toBe(3)
  place.querySelector<HTMLElement>(`[aria-label="${messages.console.closeSearch}"]`)!.click()
  await vi.waitFor(() => expect([field().value, said()]).toEqual(['', '']))
  expect(document.activeElement).toBe(place.querySelector('.history'))
})

test('what is found by its author or its id is marked there, and its text is not opened', async () => {
  await userEvent.fill(field(), 'amber')
  await vi.waitFor(() => expect(asked.at(-1)?.words).toBe('amber'))
  const excerpt = { before: '', words: '', after: 'hello' }
  asked.at(-1)!.answer({ matches: [{ ...matchOf(7), excerpt, byAuthor: true, byId: true }], more: false })
  await vi.waitFor(() => expect(listed()).toBe(1))
  const found = [...place.querySelectorAll('[data-found="true"]')].map((part) => part.querySelector('.author-name, .id') !== null)
  expect([found, place.querySelector('mark')]).toEqual([[true, true], null])
  place.querySelector<HTMLElement>('.found-entry')!.click()
  await vi.waitFor(() => expect(selected).toEqual([{ n: 7, words: '' }]))
})

test('where there are older matches it says so, and a button shows them: the first of them has the focus', async () => {
  await userEvent.fill(field(), 'entry')
  await answer('entry', 100, downFrom(300, 100), true)
  await vi.waitFor(() => expect([listed(), said()]).toEqual([100, messages.console.found(100, true)]))
  place.querySelector<HTMLElement>('.found-older')!.click()
  await answer('entry', 200, downFrom(300, 130))
  await vi.waitFor(() => expect([listed(), said()]).toEqual([130, messages.console.found(130, false)]))
  expect(document.activeElement).toBe(place.querySelectorAll('.found-entry')[100])
  expect(place.querySelector('.found-older')).toBe(null)
  // The next search begins with the newest ones again.
  await find('entr', 9, 5)
  await vi.waitFor(() => expect(listed()).toBe(2))
})

test('Enter at the last of the newest matches goes on to older ones, and the arrow down reaches the button for them', async () => {
  await userEvent.fill(field(), 'entry')
  await answer('entry', 100, downFrom(300, 100), true)
  await vi.waitFor(() => expect(listed()).toBe(100))
  await userEvent.keyboard('{Shift>}{Enter}{/Shift}')
  expect([shown(), said()]).toEqual([201, messages.console.foundAt(100, 100, true)])
  await userEvent.keyboard('{Enter}')
  // One that was written meanwhile moves the others down.
  await answer('entry', 200, downFrom(301, 200), true)
  await vi.waitFor(() => expect([shown(), said()]).toEqual([200, messages.console.foundAt(102, 200, true)]))
  await userEvent.keyboard('{ArrowDown}')
  place.querySelectorAll<HTMLElement>('.found-entry')[199]!.focus()
  await userEvent.keyboard('{ArrowDown}')
  expect(document.activeElement).toBe(place.querySelector('.found-older'))
})
