/** What of the history is in the page before anything else has had its turn, and what is rendered in slices. */
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import type { ShownEntry } from '../../worker/api.ts'
import { NodeProvider } from '../state/bindings.ts'
import type { NodeState } from '../state/node-state.ts'
import type { PageNode } from '../state/page-node.ts'
import { useHistory } from './use-history.ts'

type History = NodeState['history']

/** Entries 0 … `to`, but those before `from`. */
function historyOf(from: number, to: number): History {
  const entries = Array.from({ length: to - from }, (_, i) => ({ id: `${from + i}` }) as ShownEntry)
  return { total: to, from, entries }
}

const store = createStore(() => ({ history: historyOf(0, 1) }) as NodeState)
let root: Root
let place: HTMLElement

function List() {
  return useHistory().entries.map(({ id }) => <li key={id}>{id}</li>)
}

const shown = (): string => `${place.firstChild?.textContent ?? ''} … ${place.lastChild?.textContent ?? ''}`

/** Tells it, and gives what is shown when no other task has run since. */
async function tell(history: History): Promise<string> {
  store.setState({ history })
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  return shown()
}

beforeEach(async () => {
  store.setState({ history: historyOf(0, 1) })
  place = document.createElement('ol')
  document.body.append(place)
  root = createRoot(place)
  root.render(
    <NodeProvider value={{ store } as unknown as PageNode}>
      <List />
    </NodeProvider>,
  )
  await vi.waitFor(() => {
    if (shown() !== '0 … 0') throw new Error('not shown yet')
  })
})

afterEach(() => {
  root.unmount()
  place.remove()
})

test('what a few people write is shown at once', async () => {
  expect(await tell(historyOf(0, 2))).toBe('0 … 1')
  expect(await tell(historyOf(0, 10))).toBe('0 … 9')
})

test('a window full of new entries is shown when it is rendered, and until then what was', async () => {
  expect(await tell(historyOf(100, 132))).toBe('0 … 0')
  await vi.waitFor(() => expect(shown()).toBe('100 … 131'))
})

test('a window full of new entries right after a few of them takes nothing back', async () => {
  expect(await tell(historyOf(0, 2))).toBe('0 … 1')
  expect(await tell(historyOf(100, 132))).toBe('0 … 1')
  await vi.waitFor(() => expect(shown()).toBe('100 … 131'))
})
