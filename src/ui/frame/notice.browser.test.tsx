/** What is said for a moment, and what waits for an answer. */
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { messages } from '../messages.ts'
import { PageProvider } from '../state/bindings.ts'
import type { Notice as NoticeState, Page } from '../state/page.ts'
import { Notice } from './Notice.tsx'

let root: Root
let place: HTMLElement
const store = createStore<{ notice: NoticeState | null }>(() => ({ notice: null }))
const shown: unknown[] = []

beforeEach(() => {
  shown.length = 0
  store.setState({ notice: null })
  place = document.createElement('div')
  document.body.append(place)
  root = createRoot(place)
  const page = { store, show: (...args: unknown[]) => void shown.push(args) } as unknown as Page
  root.render(
    <PageProvider value={page}>
      <Notice />
    </PageProvider>,
  )
})

afterEach(() => {
  vi.useRealTimers()
  root.unmount()
  place.remove()
})

const said = (): string => place.querySelector('[role="status"]')?.textContent ?? ''

/** Says it, and lets so much time go by (ms). */
async function say(text: string, others: boolean, then: number): Promise<void> {
  await vi.waitFor(() => expect(place.querySelector('.toast')).not.toBe(null))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  store.setState({ notice: { text, at: Date.now(), others } })
  for (let passed = 0; passed < then; passed += 1_000) await vi.advanceTimersByTimeAsync(1_000)
  vi.useRealTimers()
}

test('what is only told goes after some seconds', async () => {
  await say('told', false, 2_000)
  expect(said()).toBe('told')
  await say('told again', false, 60_000)
  await vi.waitFor(() => expect(said()).toBe(''))
})

test('what offers a choice stays until the choice is made, or it is closed', async () => {
  await say('You are back', true, 600_000)
  expect(said()).toBe('You are back')
  place.querySelector<HTMLElement>(`[aria-label="${messages.close}"]`)!.click()
  await vi.waitFor(() => expect(said()).toBe(''))
  expect(shown).toEqual([])
  await say('You are back again', true, 600_000)
  expect(said()).toBe('You are back again')
  place.querySelector<HTMLElement>('.toast-button')!.click()
  await vi.waitFor(() => expect(said()).toBe(''))
  expect(shown).toEqual([['rooms', 'nodes']])
})
