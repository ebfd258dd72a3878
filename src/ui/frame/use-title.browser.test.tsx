/** The tab's title while somebody looks at the tab, and while nobody does. */
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { NodeState } from '../state/node-state.ts'
import { useTitle } from './use-title.ts'

let root: Root
let store: StoreApi<NodeState>
let isHidden: boolean

function Titled() {
  useTitle(store)
  return null
}

const show = (hidden: boolean): void => {
  isHidden = hidden
  document.dispatchEvent(new Event('visibilitychange'))
}
const tell = (total: number): void => store.setState({ history: { total, from: 0, entries: [] } })
const open = (roomName: string): void => store.setState({ opened: { roomName } as NodeState['opened'] })

beforeEach(() => {
  isHidden = false
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => isHidden)
  store = createStore(() => ({ opened: null, history: { total: 0, from: 0, entries: [] } }) as unknown as NodeState)
  root = createRoot(document.createElement('div'))
})

afterEach(() => {
  root.unmount()
  vi.restoreAllMocks()
})

test('what comes while nobody looks at the tab is counted in its title, until somebody looks', async () => {
  root.render(<Titled />)
  await vi.waitFor(() => expect(document.title).toBe('Tabweave'))
  open('seminar')
  tell(7)
  expect(document.title).toBe('seminar · Tabweave')
  show(true)
  expect(document.title).toBe('seminar · Tabweave')
  tell(9)
  expect(document.title).toBe('(2) seminar · Tabweave')
  tell(7 + 5_000)
  expect(document.title).toBe('(99+) seminar · Tabweave')
  show(false)
  expect(document.title).toBe('seminar · Tabweave')
  show(true)
  tell(7 + 5_001)
  expect(document.title).toBe('(1) seminar · Tabweave')
})

test('a room that was opened in the background has nothing new until somebody has looked at it', async () => {
  isHidden = true
  open('seminar')
  tell(500)
  root.render(<Titled />)
  await vi.waitFor(() => expect(document.title).toBe('seminar · Tabweave'))
  tell(600)
  expect(document.title).toBe('seminar · Tabweave')
})
