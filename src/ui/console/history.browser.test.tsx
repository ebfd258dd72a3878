/** The history in a real browser: what is followed, what stays in place, and what is shown wherever one scrolls to. */
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { HistoryEntry } from '../../worker/api.ts'
import { shownOf } from '../../worker/beginning.ts'
import '../base.css'
import '../theme.css'
import { messages } from '../messages.ts'
import { NodeProvider, PageProvider } from '../state/bindings.ts'
import type { NodeState } from '../state/node-state.ts'
import type { PageNode } from '../state/page-node.ts'
import type { Page } from '../state/page.ts'
import './console.css'
import './history.css'
import { History } from './History.tsx'
import { addLate, lookAtLate } from './late.ts'

const AUTHOR = 'ab'.repeat(32)

const entryOf = (n: number, text = `entry ${n}`): HistoryEntry =>
  ({
    id: n.toString(16).padStart(64, '0'),
    author: AUTHOR,
    own: false,
    kind: 'message',
    text,
    time: 1_700_000_000 + n,
    saved: true,
    seenBy: 0,
    others: 1,
    held: null,
    equivocates: false,
  }) as unknown as HistoryEntry

let root: Root
let place: HTMLElement
let store: StoreApi<NodeState>
/** The whole history, by place: a text, or the entry's number. */
let total: number
let texts: Map<number, string>
let window_: { from: number | null; count: number }
/** Windows that were asked for and are not told yet. */
let asked = 0

/** Tells the window that was asked for last, as the node's worker does. */
function tell(): void {
  const from = window_.from ?? Math.max(0, total - window_.count)
  const count = Math.min(window_.count, total - from)
  const entries = Array.from({ length: count }, (_, i) => shownOf(entryOf(from + i, texts.get(from + i))))
  store.setState({ history: { total, from, entries } })
}

beforeEach(async () => {
  texts = new Map()
  window_ = { from: null, count: 32 }
  store = createStore(
    () =>
      ({
        history: { total: 0, from: 0, entries: [] },
        late: new Map(),
        lateCount: 0,
        names: new Map(),
        selected: null,
        found: null,
        live: 0,
        sent: 0,
        status: null,
      }) as unknown as NodeState,
  )
  const node = {
    slot: 0,
    store,
    showFrom(from: number | null, count = 64) {
      window_ = { from, count }
      asked++
      setTimeout(() => {
        asked--
        tell()
      }, 5)
    },
    lookAtLate: (isInSight: (id: string) => boolean) => store.setState(({ late }) => ({ late: lookAtLate(late, isInSight) })),
    inspect: async (id: string) => ({ position: Number.parseInt(id, 16) }),
    wholeText: async (id: string) => texts.get(Number.parseInt(id, 16)) ?? null,
  } as unknown as PageNode
  const page = { store: createStore(() => ({})) } as unknown as Page
  place = document.createElement('div')
  place.style.cssText = 'width: 400px; height: 500px; display: flex; flex-direction: column'
  document.body.append(place)
  root = createRoot(place)
  root.render(
    <PageProvider value={page}>
      <NodeProvider value={node}>
        <History author={AUTHOR} />
      </NodeProvider>
    </PageProvider>,
  )
  await vi.waitUntil(() => place.querySelector('.history') !== null)
})

afterEach(() => {
  root.unmount()
  place.remove()
})

const box = (): HTMLElement => place.querySelector<HTMLElement>('.history')!

/** The numbers of the entries that can be seen, at least in part. */
function seen(): number[] {
  const { top, bottom } = box().getBoundingClientRect()
  return [...place.querySelectorAll<HTMLElement>('.entry')]
    .filter((entry) => entry.getBoundingClientRect().bottom > top + 1 && entry.getBoundingClientRect().top < bottom - 1)
    .map((entry) => Number.parseInt(entry.dataset['id']!, 16))
}

const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve))

/** Waits until nothing is asked for and nothing moves any more. */
async function settled(): Promise<void> {
  let last = ''
  for (let same = 0; same < 4;) {
    await frame()
    const now = `${box().scrollTop} ${box().scrollHeight} ${seen().join()}`
    const first = place.querySelector<HTMLElement>('.entry')?.dataset['id']
    const isShown = asked === 0 && first === store.getState().history.entries[0]?.id
    same = isShown && now === last ? same + 1 : 0
    last = now
  }
}

async function begin(entries: number): Promise<void> {
  total = entries
  tell()
  await vi.waitFor(() => expect(seen().at(-1)).toBe(entries - 1))
  await settled()
}

test('the end is followed, whatever is written: many lines, a long word, one after the other', async () => {
  await begin(60)
  for (let n = 0; n < 12; n++) {
    texts.set(total, n % 3 === 0 ? 'line\n'.repeat(9) : n % 3 === 1 ? 'w'.repeat(400) : 'short')
    total++
    tell()
    await settled()
    expect(seen().at(-1)).toBe(total - 1)
    expect(box().scrollHeight - box().scrollTop - box().clientHeight).toBeLessThan(2)
    // Receipts change, and all is told again.
    tell()
    await settled()
  }
  expect(place.querySelector('.jump')).toBe(null)
})

test('an entry that becomes higher moves nobody away from the end', async () => {
  await begin(60)
  const last = place.querySelector<HTMLElement>('.entry:last-child .entry-text')!
  last.style.height = '300px'
  await settled()
  expect(box().scrollHeight - box().scrollTop - box().clientHeight).toBeLessThan(2)
  expect(place.querySelector('.jump')).toBe(null)
})

test('who scrolls up stays where they are, whatever is written meanwhile', async () => {
  await begin(200)
  box().scrollTop -= 600
  await settled()
  const [first] = seen()
  const top = (): number => place.querySelector(`[data-id="${entryOf(first!).id}"]`)!.getBoundingClientRect().top
  const before = top()
  for (let n = 0; n < 8; n++) {
    texts.set(total, 'line\n'.repeat(9))
    total++
    tell()
    await settled()
  }
  expect(Math.abs(top() - before)).toBeLessThan(2)
  expect(place.querySelector('.jump')?.textContent).toContain('8')
})

/** Tells that these entries arrived late. */
const tellLate = (...places: number[]): void =>
  store.setState(({ late, lateCount }) => ({
    late: addLate(
      late,
      places.map((n) => ({ id: entryOf(n).id, author: 1 })),
    ),
    lateCount: lateCount + places.length,
  }))

const toLate = (): HTMLButtonElement | null => place.querySelector<HTMLButtonElement>('.to-late')

const marked = (): number[] =>
  [...place.querySelectorAll<HTMLElement>('.entry[data-late="true"]')].map((entry) => Number.parseInt(entry.dataset['id']!, 16))

test('of entries that arrive late out of sight a button tells how many, and leads from one to the next', async () => {
  await begin(300)
  total += 3
  tell()
  tellLate(20, 21, 120)
  await vi.waitFor(() => expect(toLate()?.textContent).toContain('3 late entries further up'))
  expect(place.querySelector('[role="status"]')!.textContent).toContain('3 late entries further up')
  // They are not below.
  toLate()!.click()
  await vi.waitFor(() => expect(seen()).toContain(20))
  await vi.waitFor(() => expect(toLate()?.textContent).toContain('1 late entry further up'))
  expect(place.querySelector('.jump')!.textContent).toBe(messages.console.newest)
  expect(marked()).toEqual([20, 21])
  toLate()!.click()
  await vi.waitFor(() => expect(seen()).toContain(120))
  await vi.waitFor(() => expect(toLate()).toBe(null))
  await settled()
  // The mark stays, so that people find them again.
  expect(marked()).toContain(120)
  box().scrollTop = 0
  await settled()
  expect(place.querySelector('.jump')!.textContent).toBe(messages.console.newest)
})

test('an entry that arrives late in sight is shown to be new, and keeps no mark', async () => {
  await begin(60)
  const late = seen().at(-2)!
  tellLate(late)
  await vi.waitFor(() => expect(place.querySelector(`[data-id="${entryOf(late).id}"]`)!.getAttribute('data-arrived')).toBe('true'))
  await vi.waitFor(() => expect(store.getState().late.size).toBe(0))
  expect([toLate(), ...marked()]).toEqual([null])
})

test('who has scrolled up is told what came at the end, and not what arrived late as if it had', async () => {
  await begin(200)
  box().scrollTop -= 3_000
  await settled()
  total += 5
  tell()
  tellLate(10, 11)
  await vi.waitFor(() => expect(place.querySelector('.jump')!.textContent).toContain('3 new entries below'))
})

test('who has scrolled up and writes is shown what they wrote, and what comes after it', async () => {
  await begin(200)
  box().scrollTop -= 3_000
  await settled()
  expect(place.querySelector('.jump')).not.toBe(null)
  store.setState({ sent: 1 })
  total++
  tell()
  await vi.waitFor(() => expect(seen().at(-1)).toBe(total - 1))
  expect(place.querySelector('.jump')).toBe(null)
  await settled()
  total++
  tell()
  await settled()
  expect(seen().at(-1)).toBe(total - 1)
})

test.each([300, 1_000_000])('wherever one drags the scroll bar in %i entries, entries of about there are shown', async (entries) => {
  await begin(entries)
  for (let n = 0; n < 40; n++) {
    const share = ((n * 17) % 40) / 40
    const scroller = box()
    scroller.scrollTop = share * (scroller.scrollHeight - scroller.clientHeight)
    // Sometimes on before what was asked for is there.
    if (n % 3 > 0) await settled()
    else await frame()
    if (n % 3 === 0) continue
    expect(seen().length, `at ${share}`).toBeGreaterThan(2)
    expect(Math.abs(seen()[0]! / entries - share)).toBeLessThan(entries < 1_000 ? 0.2 : 0.02)
  }
})

test('the first entry and the last one of a million can be scrolled to by the wheel', async () => {
  await begin(1_000_000)
  box().scrollTop = 0
  await settled()
  expect(seen()[0]).toBe(0)
  box().scrollTop = box().scrollHeight
  await settled()
  expect(seen().at(-1)).toBe(999_999)
  // A few steps up again: each entry comes, none is left out.
  const met = new Set(seen())
  for (let step = 0; step < 60; step++) {
    box().scrollTop -= 100
    // Whoever scrolls on before the entries are there jumps over some, since blank space stands for very many.
    await settled()
    for (const each of seen()) met.add(each)
  }
  const least = Math.min(...met)
  expect(met.size).toBe(1_000_000 - least)
  expect(least).toBeLessThan(999_930)
})

test('who goes to the end arrives there, although the page has so much to draw that the box gets its new height first', async () => {
  await begin(1_000)
  box().scrollTop = 0
  await settled()
  // The button to the newest entry goes, and the next picture is due: nothing else is done before it.
  const slow = new MutationObserver(() => {
    if (place.querySelector('.jump') !== null) return
    slow.disconnect()
    for (const until = performance.now() + 50; performance.now() < until;);
  })
  slow.observe(place, { childList: true, subtree: true })
  box().scrollTop = box().scrollHeight
  await settled()
  expect(seen().at(-1)).toBe(999)
  total++
  tell()
  await settled()
  expect(seen().at(-1)).toBe(1_000)
})

test('E6 of 64 kB of piled marks, Arabic with marks, or Thai as little is laid out as of ordinary text: 900 characters, then parts', async () => {
  const kinds = [
    `a${'\u0301\u0323'.repeat(16_000)}`,
    '\u0628\u0651\u064e'.repeat(10_600),
    'กขคงจฉ'.repeat(3_500),
    'lorem ip '.repeat(7_100),
  ]
  for (const [i, text] of kinds.entries()) texts.set(i, text)
  await begin(kinds.length)
  for (const [i] of kinds.entries()) {
    const entry = place.querySelector<HTMLElement>(`[data-id="${entryOf(i).id}"]`)!
    const more = entry.querySelector<HTMLButtonElement>('.entry-more')!
    const laidOut = (): string => entry.querySelector('.entry-text')!.textContent
    expect(laidOut().length).toBeLessThanOrEqual(901)
    for (let parts = 1; parts <= 3; parts++) {
      more.click()
      await frame()
      await vi.waitFor(() => expect(entry.querySelector('.entry-text')!.getAttribute('data-clipped')).toBe('false'))
      expect(laidOut().length).toBeLessThanOrEqual(4_000 * parts)
      expect(laidOut()).not.toMatch(/\p{M}{9}/u)
    }
  }
  // Whoever asks often enough has all of it.
  const last = place.querySelector<HTMLElement>('.entry:last-child')!
  while (last.querySelector('.entry-more')!.textContent === messages.more) {
    last.querySelector<HTMLButtonElement>('.entry-more')!.click()
    await frame()
  }
  expect(last.querySelector('.entry-text')!.textContent).toBe(kinds.at(-1))
  last.querySelector<HTMLButtonElement>('.entry-more')!.click()
  await vi.waitFor(() => expect(last.querySelector('.entry-more')!.textContent).toBe(messages.more))
  expect(last.querySelector('.entry-text')!.textContent.length).toBeLessThanOrEqual(901)
})

test('of the newest entry, opened while the end is followed, the beginning stays where it is, each time that more is shown', async () => {
  texts.set(59, 'lorem ip '.repeat(100) + 'line\n'.repeat(9_000))
  await begin(60)
  const entry = place.querySelector<HTMLElement>('.entry:last-child')!
  const more = (): HTMLButtonElement => entry.querySelector<HTMLButtonElement>('.entry-more')!
  for (let time = 0; time < 2; time++) {
    // Who has read on follows the end again.
    box().scrollTop = box().scrollHeight
    await settled()
    expect(place.querySelector('.jump')).toBe(null)
    const before = entry.getBoundingClientRect()
    more().click()
    await vi.waitFor(() => expect(entry.getBoundingClientRect().height).toBeGreaterThan(before.height + 500))
    await settled()
    expect(Math.abs(entry.getBoundingClientRect().top - before.top)).toBeLessThan(2)
    expect(place.querySelector('.jump')).not.toBe(null)
  }
})

/** A text of 60 kB in which the words stand once, so far behind its beginning (UTF-16 units). */
const hiding = (words: string, at: number): string => `${'lorem ip '.repeat(at / 9)}${words}${' lorem ip'.repeat((60_000 - at) / 9)}`

/** Whether the mark can be seen, all of it. */
function seesMark(): boolean {
  const mark = place.querySelector('mark')
  if (mark === null) return false
  const [inner, outer] = [mark.getBoundingClientRect(), box().getBoundingClientRect()]
  return inner.top >= outer.top && inner.bottom <= outer.bottom
}

test.each([
  ['the last one', 299],
  ['one of those that are here', 280],
  ['one that is not here yet', 40],
])('an entry that a search found is opened where the words stand, whatever is written meanwhile: %s', async (_, n) => {
  texts.set(n, hiding('Needle', 45_000))
  await begin(300)
  const { id } = entryOf(n)
  store.setState({ selected: id, found: { words: 'needle' } })
  const entry = (): HTMLElement | null => place.querySelector(`[data-id="${id}"]`)
  await vi.waitFor(() => expect(entry()?.querySelector('.entry-text')?.textContent).toBe(texts.get(n)))
  await vi.waitFor(() => expect(seesMark()).toBe(true))
  expect(place.querySelector('mark')!.textContent).toBe('Needle')
  await settled()
  for (let more = 0; more < 3; more++) {
    total++
    tell()
    await settled()
  }
  expect(seesMark()).toBe(true)
  // What is new is what came since.
  expect(place.querySelector('.jump')!.textContent).toContain('3 new entries')
  // It can be folded again, and stays so.
  entry()!.querySelector<HTMLElement>('.entry-more')!.click()
  await vi.waitFor(() => expect(entry()!.querySelector('.entry-text')!.textContent.length).toBeLessThan(1_000))
  // Who comes to it again by a search sees the words again, from wherever.
  box().scrollTop = 0
  await settled()
  store.setState({ selected: id, found: { words: 'needle' } })
  await vi.waitFor(() => expect(seesMark()).toBe(true))
  box().scrollTop -= 3_000
  await settled()
  store.setState({ selected: id, found: { words: 'needle' } })
  await vi.waitFor(() => expect(seesMark()).toBe(true))
  // And so from the end, which is followed, where the entry is open already.
  store.setState({ live: 1, selected: null, found: null })
  await vi.waitFor(() => expect(seen().at(-1)).toBe(total - 1))
  await settled()
  store.setState({ selected: entryOf(total - 1).id, found: { words: 'nowhere' } })
  await frame()
  store.setState({ selected: id, found: { words: 'needle' } })
  await vi.waitFor(() => expect(seesMark()).toBe(true))
  await settled()
  expect(seesMark()).toBe(true)
})

test('a short entry that a search found is marked, and the end is followed on', async () => {
  texts.set(59, 'a Needle here')
  await begin(60)
  store.setState({ selected: entryOf(59).id, found: { words: 'needle' } })
  await vi.waitFor(() => expect(place.querySelector('mark')?.textContent).toBe('Needle'))
  total++
  tell()
  await vi.waitFor(() => expect(seen().at(-1)).toBe(60))
  store.setState({ selected: entryOf(60).id, found: null })
  await vi.waitFor(() => expect(place.querySelector('mark')).toBe(null))
})

test('the web addresses of a long text that can be followed are those that are shown as a whole', async () => {
  const address = (n: number): string => `https://example.org/${n}/`
  texts.set(0, `${address(1)} ${'w'.repeat(870)} ${address(2)}${'w'.repeat(300)} ${'w '.repeat(300)}${address(3)}`)
  await begin(1)
  const linked = (): (string | null)[] => [...place.querySelectorAll('.entry-text a')].map(({ textContent }) => textContent)
  expect(linked()).toEqual([address(1)])
  place.querySelector<HTMLElement>('.entry-more')!.click()
  await vi.waitFor(() => expect(linked()).toEqual([address(1), `${address(2)}${'w'.repeat(300)}`, address(3)]))
  const first = place.querySelector<HTMLAnchorElement>('.entry-text a')!
  expect([first.href, first.target, first.rel, first.referrerPolicy, first.dir]).toEqual([
    ...[address(1), '_blank', 'noopener noreferrer', 'no-referrer', 'ltr'],
  ])
  // What a search found is marked in an address, too, and it can be followed still.
  store.setState({ selected: entryOf(0).id, found: { words: 'org/3' } })
  await vi.waitFor(() => expect(place.querySelector('a > mark')?.textContent).toBe('org/3'))
  expect(linked()).toContain(address(3))
})

test('in a window of another size the same entry stands at the top, and what is selected and in sight stays in sight', async () => {
  for (let n = 0; n < 300; n++) texts.set(n, `entry ${n} ${'with more words than a narrow line has '.repeat(3)}`)
  await begin(300)
  box().scrollTop -= 2_000
  await settled()
  const [first] = seen()
  const sizes = [
    ['250px', '300px'],
    ['700px', '600px'],
    ['300px', '250px'],
  ] as const
  for (const [width, height] of sizes) {
    Object.assign(place.style, { width, height })
    await settled()
    expect(seen()[0]).toBe(first)
  }
  const last = seen().at(-1)!
  store.setState({ selected: entryOf(last).id, found: { words: `entry ${last}` } })
  await vi.waitFor(() => expect(seesMark()).toBe(true))
  for (const [width, height] of sizes) {
    Object.assign(place.style, { width, height })
    await settled()
    expect(seesMark()).toBe(true)
  }
  store.setState({ selected: null, found: null })
  const thrown = vi.fn<() => void>()
  addEventListener('error', thrown)
  for (const [width, height] of sizes) {
    Object.assign(place.style, { width, height })
    await settled()
  }
  removeEventListener('error', thrown)
  expect(thrown).not.toHaveBeenCalled()
})

test('a match among the entries at the end stays in sight in a smaller window, and the way back to the end follows it', async () => {
  for (let n = 0; n < 60; n++) texts.set(n, `entry ${n} ${'with more words than a narrow line has '.repeat(3)}`)
  await begin(60)
  const [top] = seen().slice(1)
  store.setState({ selected: entryOf(top!).id, found: { words: `entry ${top}` } })
  await vi.waitFor(() => expect(seesMark()).toBe(true))
  Object.assign(place.style, { width: '250px', height: '300px' })
  await settled()
  expect(seesMark()).toBe(true)
  place.querySelector<HTMLElement>('.jump')!.click()
  await vi.waitFor(() => expect(seen().at(-1)).toBe(59))
  await settled()
  expect(seen().at(-1)).toBe(59)
  expect(place.querySelector('.jump')).toBe(null)
})
