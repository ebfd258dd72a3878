/** The place "node", opened at one of its parts. */
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { page as browserPage, userEvent } from 'vitest/browser'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { PendingList, RefusedEntry } from '../../worker/api.ts'
import '../base.css'
import '../theme.css'
import '../frame/sheet.css'
import { Sheet } from '../frame/Sheet.tsx'
import { NodeProvider, PageProvider } from '../state/bindings.ts'
import type { PageNode } from '../state/page-node.ts'
import type { Page, PageState } from '../state/page.ts'
import NodePlace from './NodePlace.tsx'
import { nodeMessages } from './node-messages.ts'

const ID = 'ab'.repeat(32)

const REFUSED = Array.from({ length: 60 }, (_, i): RefusedEntry => ({ reason: 'bad-body', id: ID, from: ID, at: i }))

const PENDING: PendingList = {
  count: 70,
  ops: Array.from({ length: 64 }, (_, i) => ({
    ...{ id: `${i + 10}`.repeat(32), author: ID, seq: i, from: ID },
    ...{ missing: ['cd'.repeat(32)], missingCount: 9, waitingParents: 1 },
  })),
}

let root: Root
let place: HTMLElement
let store: StoreApi<PageState>
let tellPending: (list: PendingList) => void

beforeEach(() => browserPage.viewport(1_400, 900))

/** Opens the place at this part, or at its beginning. */
function open(part: PageState['part']): void {
  store = createStore(() => ({ part, nodes: [] as PageState['nodes'] }) as PageState)
  const nodeStore = createStore(() => ({
    ...{ opened: { node: ID, roomName: 'a room' }, status: null, allowed: { name: true, servers: true } },
    refused: { entries: REFUSED, count: 60 },
    names: new Map<string, string>(),
  }))
  const node = {
    slot: 0,
    store: nodeStore,
    ownName: () => '',
    sayName: (name: string) => nodeStore.setState({ names: new Map([[ID, name]]) }),
    pending: () => new Promise<PendingList>((resolve) => (tellPending = resolve)),
  } as unknown as PageNode
  const page = { store } as unknown as Page
  place = document.createElement('div')
  document.body.append(place)
  root = createRoot(place)
  root.render(
    <PageProvider value={page}>
      <NodeProvider value={node}>
        <Sheet place="node">
          <NodePlace />
        </Sheet>
      </NodeProvider>
    </PageProvider>,
  )
}

afterEach(() => {
  root.unmount()
  place.remove()
})

/** Where the focus is: a heading that stands below the head of the sheet, with its first entry in view. Null: elsewhere. */
function arrivedAt(): string | null {
  const heading = document.activeElement!
  const first = place.querySelector('h3:focus ~ ul > li')?.getBoundingClientRect()
  const { bottom } = place.querySelector('.sheet-head')!.getBoundingClientRect()
  const isInView = first !== undefined && heading.getBoundingClientRect().top >= bottom - 1 && first.bottom < innerHeight
  return isInView ? heading.textContent : null
}

test('a count of what was refused leads to these, in view and with the focus, however often it is pressed', async () => {
  open({ name: 'refused' })
  await vi.waitFor(() => expect(arrivedAt()).toBe(nodeMessages.refused))
  place.querySelector('.sheet')!.scrollTop = 0
  place.querySelector<HTMLElement>('.sheet')!.focus()
  expect(arrivedAt()).toBe(null)
  store.setState({ part: { name: 'refused' } })
  await vi.waitFor(() => expect(arrivedAt()).toBe(nodeMessages.refused))
})

test('a count of what is pending leads to the list of it, once that is there, with the ids of missing parents', async () => {
  open({ name: 'pending' })
  await vi.waitFor(() => expect(document.activeElement).toBe(place.querySelector('.sheet')))
  await vi.waitFor(() => expect(tellPending).toBeDefined())
  tellPending(PENDING)
  await vi.waitFor(() => expect(arrivedAt()).toBe(nodeMessages.pending))
  const rows = place.querySelectorAll('h3:focus ~ ul > li')
  expect(rows).toHaveLength(64)
  const told = rows[0]!.textContent
  for (const words of [nodeMessages.pendingMissing(9), 'cdcdcdcd', nodeMessages.pendingMore(8), nodeMessages.pendingParents(1)])
    expect(told).toContain(words)
})

test('the field for the name says what others see of it: the name, the beginning of one that is too long, or none', async () => {
  open(null)
  await vi.waitFor(() => expect(place.querySelector('.own-name input')).not.toBe(null))
  const field = place.querySelector<HTMLInputElement>('.own-name input')!
  const { ownNameSeen, ownNameLong, ownNameNone } = nodeMessages
  expect(place.querySelector('.own-name-sign')!.textContent).toBe('')
  for (const [typed, sign] of [
    [' Ada ', ownNameSeen('Ada')],
    ['\u{1f98a}'.repeat(40), ownNameSeen('\u{1f98a}'.repeat(40))],
    ['x'.repeat(41), ownNameLong(40, 'x'.repeat(40))],
    ['', ownNameNone],
  ] as const) {
    await userEvent.fill(field, typed)
    await vi.waitFor(() => expect(place.querySelector('.own-name-sign')!.textContent).toBe(sign))
    expect(field.getAttribute('aria-invalid')).toBe(String(typed.length === 41))
  }
})
