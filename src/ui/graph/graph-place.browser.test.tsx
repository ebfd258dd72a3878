/** The graph's place in a real browser: one canvas, a worker that draws, a selection that goes both ways. */
import { StrictMode, useState } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { toHex } from '../../core/bytes.ts'
import { authorLook } from '../../graph/author-look.ts'
import { feedOf, idBytes, keyBytes, writtenDag } from '../../graph/written-dag.naive.ts'
import type { OpDetails } from '../../worker/api.ts'
import { GraphPlace } from './GraphPlace.tsx'
import type { GraphHost } from './graph-host.ts'
import { cardMessages } from './card-messages.ts'
import { graphMessages } from './graph-messages.ts'
import { legendMessages } from './legend-messages.ts'

const CHAT = writtenDag('a0, b0 < a0, a1 < a0 b0')
const hex = (op: number): string => toHex(idBytes(op))
/** The second author calls itself as the first one is nicknamed. */
const NAMES = new Map([[toHex(keyBytes(1)), authorLook(keyBytes(0)).name]])

let root: Root
let place: HTMLElement

beforeEach(() => {
  place = document.createElement('div')
  place.style.cssText = 'width: 600px; height: 500px'
  document.body.append(place)
  root = createRoot(place)
})

afterEach(() => {
  root.unmount()
  place.remove()
})

/** A node that tells the whole chat to the last one that connects. */
function createHost(): GraphHost & { ports: MessagePort[] } {
  const ports: MessagePort[] = []
  return {
    ports,
    connectGraph(port) {
      ports.push(port)
      port.postMessage({ type: 'reset', self: keyBytes(0) })
      for (const feed of feedOf(CHAT)) port.postMessage(feed)
    },
    inspect: (id) => Promise.resolve(detailsOf(id)),
    evidence: () => Promise.resolve([]),
  }
}

function detailsOf(id: string): OpDetails | null {
  const op = CHAT.findIndex((_, i) => hex(i) === id)
  const written = CHAT[op]
  if (written === undefined) return null
  return {
    id,
    author: toHex(keyBytes(written.author)),
    seq: written.seq,
    time: 0,
    depth: op,
    kind: 'message',
    text: `text of ${written.name}`,
    seenBy: 0,
    others: 1,
    held: null,
    own: written.author === 0,
    saved: true,
    equivocates: false,
    prev: null,
    parents: written.parents.map(hex),
    children: [],
    childCount: 0,
    seenByAuthors: [],
    heldBy: [],
    signed: true,
    rivals: [],
    rivalCount: 0,
    position: op,
    bytes: 300,
  }
}

function Shown({ node, first }: { readonly node: GraphHost; readonly first: string | null }) {
  const [selected, setSelected] = useState(first)
  const [large, setLarge] = useState(false)
  return <GraphPlace {...{ node, selected, large }} live={0} names={NAMES} empty={false} onLarge={setLarge} onSelect={setSelected} />
}

const show = (node: GraphHost, first: string | null = null): void =>
  root.render(
    <StrictMode>
      <Shown node={node} first={first} />
    </StrictMode>,
  )
const options = (): string[] => Array.from(place.querySelectorAll('[role=option]'), (option) => option.textContent)
const card = (): string => place.querySelector('.op-card')?.textContent ?? ''

test('mounted twice by StrictMode there is one canvas, and the mirror names every op in sight, newest first', async () => {
  show(createHost())
  const name = authorLook(keyBytes(0)).name
  await vi.waitFor(() => expect(options()).toHaveLength(3), { timeout: 10_000 })
  expect(options()[0]).toBe(graphMessages.mirror.item(name, 1, 2, hex(2).slice(0, 8)))
  expect(place.querySelectorAll('canvas')).toHaveLength(1)
})

test('an op selected before the graph had it opens its card, and its parents lead on', async () => {
  show(createHost(), hex(2))
  await vi.waitFor(() => expect(card()).toContain('text of a1'), { timeout: 10_000 })
  place.querySelectorAll<HTMLButtonElement>('.op-card-op')[1]!.click()
  await vi.waitFor(() => expect(card()).toContain('text of b0'), { timeout: 10_000 })
  const stage = place.querySelector('[role=listbox]')!
  expect(stage.getAttribute('aria-activedescendant')).toBe(`graph-op-${hex(1)}`)
})

test('what an author calls itself stands in quotation marks beside its nickname, on the card and among the lanes', async () => {
  show(createHost(), hex(1))
  const [first, second] = [0, 1].map((author) => authorLook(keyBytes(author)).name)
  await vi.waitFor(() => expect(place.querySelector('.op-card h2')?.textContent).toBe(`${second}“${first}”`), { timeout: 10_000 })
  await vi.waitFor(() => expect(place.textContent).toContain(`Lanes from left to right: ${first}, ${second} “\u2068${first}\u2069”`))
})

test('arrow keys walk the graph, Escape clears', async () => {
  show(createHost())
  await vi.waitFor(() => expect(options()).toHaveLength(3), { timeout: 10_000 })
  const stage = place.querySelector<HTMLElement>('[role=listbox]')!
  const press = (key: string): boolean => stage.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  press('ArrowUp')
  await vi.waitFor(() => expect(card()).toContain('text of a1'), { timeout: 10_000 })
  press('ArrowUp')
  await vi.waitFor(() => expect(card()).toContain('text of a0'), { timeout: 10_000 })
  press('Escape')
  await vi.waitFor(() => expect(place.querySelector('.op-card')).toBeNull(), { timeout: 10_000 })
})

test('what the page selects is not told back; what a person selects is told', async () => {
  const node = createHost()
  const told: (string | null)[] = []
  const onSelect = (id: string | null): void => void told.push(id)
  const select = async (selected: string | null): Promise<void> => {
    root.render(<GraphPlace {...{ node, selected, onSelect }} live={0} names={NAMES} empty={false} large={false} onLarge={() => {}} />)
    if (selected !== null) await vi.waitFor(() => expect(card()).toContain(detailsOf(selected)!.text))
  }
  await select(null)
  await vi.waitFor(() => expect(options()).toHaveLength(3), { timeout: 10_000 })
  for (const op of [0, 1, 2]) await select(hex(op))
  const stage = place.querySelector<HTMLElement>('[role=listbox]')!
  stage.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true, cancelable: true }))
  await vi.waitFor(() => expect(told).not.toEqual([]), { timeout: 10_000 })
  expect(told).toEqual([hex(0)])
})

test('a ghost’s card says why it is one', async () => {
  const node = createHost()
  show(node, 'ee'.repeat(32))
  await vi.waitFor(() => expect(options()).toHaveLength(3), { timeout: 10_000 })
  const ghost = { id: new Uint8Array(32).fill(0xee), author: keyBytes(1), seq: 4, state: 'rejected', reason: 'seq-gap', parents: [2] }
  node.ports.at(-1)!.postMessage({ type: 'ghosts', ghosts: [ghost] })
  await vi.waitFor(() => expect(card()).toContain(cardMessages.rejected), { timeout: 10_000 })
})

test('the card of an equivocation leads to the other op', async () => {
  const node: GraphHost = {
    ...createHost(),
    inspect: (id) => Promise.resolve({ ...detailsOf(id)!, equivocates: true, rivals: [hex(1)], rivalCount: 20 }),
  }
  show(node, hex(2))
  const other = (): HTMLButtonElement | null => place.querySelector<HTMLButtonElement>('.op-card-lie button')
  await vi.waitFor(() => expect(other()?.textContent).toBe(hex(1).slice(0, 8)), { timeout: 10_000 })
  expect(card()).toContain('and 19 more, which are not listed')
  other()!.click()
  await vi.waitFor(() => expect(card()).toContain('text of b0'), { timeout: 10_000 })
})

test('of many who have seen an op, the first stand below their number, and a press shows the others', async () => {
  const seenByAuthors = Array.from({ length: 30 }, (_, author) => toHex(keyBytes(author)))
  show({ ...createHost(), inspect: (id) => Promise.resolve({ ...detailsOf(id)!, seenBy: 30, others: 30, seenByAuthors }) }, hex(2))
  const more = (): HTMLButtonElement | null => place.querySelector<HTMLButtonElement>('.op-card-more')
  await vi.waitFor(() => expect(more()?.textContent).toBe('and 18 more'), { timeout: 10_000 })
  const count = place.querySelector('.op-card dd > span')!
  expect(count.textContent).toBe('30 of 30')
  const first = place.querySelector('.op-card-author')!
  expect(first.getBoundingClientRect().top).toBeGreaterThanOrEqual(count.getBoundingClientRect().bottom)
  more()!.click()
  await vi.waitFor(() => expect(place.querySelectorAll('.op-card-author')).toHaveLength(30))
  expect(more()).toBeNull()
})

test('what the pointer is over is said over the buttons, and within the place', async () => {
  place.style.cssText = 'width: 380px; height: 230px'
  show(createHost())
  await vi.waitFor(() => expect(options()).toHaveLength(3), { timeout: 10_000 })
  const all = place.getBoundingClientRect()
  const said = (): HTMLElement | null => place.querySelector('.graph-hover')
  const canvas = place.querySelector('canvas')!
  // From the bottom row up, until the pointer is over something.
  const points = Array.from({ length: 300 }, (_, i) => ({ x: all.left + 40 + (i % 20) * 13, y: all.bottom - 10 - Math.floor(i / 20) * 9 }))
  let at = points[0]!
  await vi.waitUntil(
    async () => {
      at = points.shift() ?? at
      canvas.dispatchEvent(new PointerEvent('pointermove', { clientX: at.x, clientY: at.y, bubbles: true, pointerType: 'mouse' }))
      await new Promise((resolve) => requestAnimationFrame(resolve))
      return said() !== null
    },
    { timeout: 30_000, interval: 1 },
  )
  const text = said()!
  expect(at.y).toBeGreaterThan(all.top + all.height / 2)
  expect(text.getBoundingClientRect().bottom).toBeLessThan(at.y + 16)
  // As long as it may be.
  text.style.width = '296px'
  expect(text.getBoundingClientRect().right).toBeLessThanOrEqual(all.right - 10)
  expect(text.getBoundingClientRect().left).toBeGreaterThanOrEqual(all.left)
  const buttons = place.querySelector('.graph-toolbar')!.getBoundingClientRect()
  Object.assign(text.style, { translate: 'none', bottom: 'auto', top: `${buttons.top - all.top}px`, pointerEvents: 'auto' })
  const { right } = text.getBoundingClientRect()
  expect(right).toBeGreaterThan(buttons.left)
  expect(text.contains(document.elementFromPoint(right - 3, buttons.top + 6))).toBe(true)
})

test('of "Follow the newest" and "Show all" one is pressed, or none', async () => {
  show(createHost())
  await vi.waitFor(() => expect(options()).toHaveLength(3), { timeout: 10_000 })
  const { follow, fit } = graphMessages.toolbar
  const button = (label: string): HTMLButtonElement => place.querySelector(`[aria-label="${label}"]`)!
  const pressed = (): string[] => [follow, fit].filter((label) => button(label).ariaPressed === 'true')
  expect(pressed()).toEqual([follow])
  button(fit).click()
  await vi.waitFor(() => expect(pressed()).toEqual([fit]), { timeout: 10_000 })
  button(follow).click()
  await vi.waitFor(() => expect(pressed()).toEqual([follow]), { timeout: 10_000 })
  button(follow).click()
  await vi.waitFor(() => expect(pressed()).toEqual([]), { timeout: 10_000 })
})

test('the legend, which may cover the button that opened it, is closed by its own and by Escape', async () => {
  show(createHost())
  await vi.waitFor(() => expect(options()).toHaveLength(3), { timeout: 10_000 })
  const legend = (): HTMLElement | null => place.querySelector('.graph-legend')
  const open = (): void => place.querySelector<HTMLButtonElement>(`[aria-label="${graphMessages.toolbar.legend}"]`)!.click()
  open()
  await vi.waitFor(() => expect(legend()).not.toBeNull())
  place.querySelector<HTMLButtonElement>('.graph-close')!.click()
  await vi.waitFor(() => expect(legend()).toBeNull())
  open()
  await vi.waitFor(() => expect(legend()).not.toBeNull())
  place.querySelector('[role=listbox]')!.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }))
  await vi.waitFor(() => expect(legend()).toBeNull())
})

test('the buttons that close the legend and the card of an op stay in sight while these are scrolled', async () => {
  show(createHost())
  await vi.waitFor(() => expect(options()).toHaveLength(3), { timeout: 10_000 })
  Object.assign(place.style, { width: '400px', height: '300px' })
  const staysInSight = async (panelClass: string, closeClass: string): Promise<void> => {
    await vi.waitFor(() => expect(place.querySelector(closeClass)).not.toBeNull())
    const panel = place.querySelector<HTMLElement>(panelClass)!
    const close = panel.querySelector<HTMLElement>(closeClass)!
    await vi.waitFor(() => expect(panel.scrollHeight).toBeGreaterThan(panel.clientHeight + 20))
    panel.scrollTop = panel.scrollHeight
    const { left, right, top, bottom } = close.getBoundingClientRect()
    expect(top).toBeGreaterThanOrEqual(panel.getBoundingClientRect().top)
    expect(close.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2))).toBe(true)
  }
  place.querySelector<HTMLButtonElement>(`[aria-label="${graphMessages.toolbar.legend}"]`)!.click()
  await staysInSight('.graph-legend', '.graph-close')
  place.querySelector('[role=listbox]')!.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true, cancelable: true }))
  await staysInSight('.op-card', 'header button')
})

test('the legend closes on Escape from where the focus is after its button was pressed, and for the card of an op, which lies at the same edge', async () => {
  show(createHost())
  await vi.waitFor(() => expect(options()).toHaveLength(3), { timeout: 10_000 })
  const panels = (): string[] => Array.from(place.querySelectorAll('.graph-legend, .op-card'), ({ className }) => className)
  const stage = place.querySelector<HTMLElement>('[role=listbox]')!
  const button = place.querySelector<HTMLButtonElement>(`[aria-label="${graphMessages.toolbar.legend}"]`)!
  const press = (target: Element, key: string): boolean =>
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
  button.focus()
  button.click()
  await vi.waitFor(() => expect(document.activeElement?.className).toBe('graph-legend'))
  press(document.activeElement!, 'Escape')
  await vi.waitFor(() => expect(panels()).toEqual([]))
  expect(document.activeElement).toBe(button)
  button.click()
  await vi.waitFor(() => expect(panels()).toEqual(['graph-legend']))
  press(stage, 'ArrowUp')
  await vi.waitFor(() => expect(panels()).toEqual(['op-card']))
  button.click()
  await vi.waitFor(() => expect(panels()).toEqual(['graph-legend']))
  press(button, 'Escape')
  await vi.waitFor(() => expect(panels()).toEqual(['op-card']))
})

test('the legend names all that is drawn, the view from afar too, and says how one moves', async () => {
  show(createHost())
  await vi.waitFor(() => expect(options()).toHaveLength(3), { timeout: 10_000 })
  place.querySelector<HTMLButtonElement>(`[aria-label="${graphMessages.toolbar.legend}"]`)!.click()
  await vi.waitFor(() => expect(place.querySelector('.graph-legend')).not.toBeNull())
  const said = (selector: string): string[] => Array.from(place.querySelectorAll(`.graph-legend ${selector}`), (each) => each.textContent)
  expect(said('.graph-marks dd')).toContain(legendMessages.far)
  expect(said('.keys dt')).toEqual(expect.arrayContaining(['Wheel', 'Drag', 'Pinch', '+−0']))
})

test('a finger on the head of a lane makes it say whose it is, until something else is touched', async () => {
  show(createHost())
  await vi.waitFor(() => expect(options()).toHaveLength(3), { timeout: 10_000 })
  const canvas = place.querySelector('canvas')!
  // Of fingers that are no real ones nothing can be captured.
  canvas.setPointerCapture = () => {}
  const all = place.getBoundingClientRect()
  const touch = (x: number, y: number): void => {
    const where = { clientX: all.left + x, clientY: all.top + y, bubbles: true, pointerType: 'touch', pointerId: 9 }
    for (const type of ['pointerdown', 'pointerup', 'pointerleave']) canvas.dispatchEvent(new PointerEvent(type, where))
  }
  const said = (): string => place.querySelector('.graph-hover')?.textContent ?? ''
  // The two lanes stand in the middle of what the buttons leave.
  touch((34 + 600 - 106) / 2 + 70, 16)
  await vi.waitFor(() => expect(said()).toContain(authorLook(keyBytes(1)).name), { timeout: 10_000 })
  touch(300, 490)
  await vi.waitFor(() => expect(said()).toBe(''), { timeout: 10_000 })
})
