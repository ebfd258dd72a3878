/** The search in a real browser: what Enter does, and where one is among what was found. */
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { createStore } from 'zustand/vanilla'
import type { Hex, HistoryEntry } from '../../worker/api.ts'
import { messages } from '../messages.ts'
import { NodeProvider, PageProvider } from '../state/bindings.ts'
import type { PageNode } from '../state/page-node.ts'
import type { Page } from '../state/page.ts'
import { Search } from './Search.tsx'

const entryOf = (n: number): HistoryEntry =>
  ({ id: `${n}`.repeat(64), author: 'ab'.repeat(32), kind: 'message', text: `entry ${n}`, time: 1_700_000_000 }) as unknown as HistoryEntry

let root: Root
let place: HTMLElement
let selected: Hex[]
/** What is searched for, and the answer that ends it. */
let asked: { words: string; answer(entries: readonly HistoryEntry[]): void }[]

beforeEach(async () => {
  selected = []
  asked = []
  const node = {
    slot: 0,
    store: createStore(() => ({ names: new Map() })),
    search: (words: string) => new Promise<readonly HistoryEntry[]>((answer) => asked.push({ words, answer })),
    select: (id: Hex) => void selected.push(id[0]!),
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

async function find(words: string, ...numbers: readonly number[]): Promise<void> {
  await userEvent.fill(field(), words)
  await vi.waitFor(() => expect(asked.at(-1)?.words).toBe(words))
  asked.at(-1)!.answer(numbers.map(entryOf))
  await vi.waitFor(() => expect(said()).not.toBe(''))
}

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
    expect(selected.at(-1)).toBe(`${at}`)
    expect([listed(), said()]).toEqual([0, messages.console.foundAt([9, 5, 2].indexOf(at) + 1, 3, false)])
    expect(document.activeElement).toBe(field())
  }
})

test('Shift+Enter first goes to the last match', async () => {
  await find('entry', 9, 5, 2)
  await userEvent.keyboard('{Shift>}{Enter}{/Shift}')
  expect(selected).toEqual(['2'])
})

test('Enter that is faster than the search is answered when that is, and not by what was found before', async () => {
  await find('entry', 9, 5)
  await userEvent.fill(field(), 'entry 4')
  await userEvent.keyboard('{Enter}')
  expect(selected).toEqual([])
  await vi.waitFor(() => expect(asked.at(-1)?.words).toBe('entry 4'))
  asked.at(-1)!.answer([entryOf(4)])
  await vi.waitFor(() => expect(selected).toEqual(['4']))
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
  await vi.waitFor(() => expect(selected).toEqual(['9']))
  place.querySelector<HTMLElement>(`[aria-label="${messages.console.previousFound}"]`)!.click()
  await vi.waitFor(() => expect(selected).toEqual(['9', '5']))
  field().focus()
  await userEvent.keyboard('{ArrowDown}')
  expect(listed()).toBe(2)
  await userEvent.keyboard('{ArrowDown}')
  expect(document.activeElement).toBe(place.querySelector('.found-entry'))
})
