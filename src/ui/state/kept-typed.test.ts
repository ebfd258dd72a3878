/** What was typed as a node, with storage that works, is full, lies, or refuses. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  type Desk,
  forgetTyped,
  forgetTypedIn,
  holdsUnsentText,
  isTypedKey,
  keepDraft,
  keepUnsent,
  keptDraft,
  keptUnsent,
  MAX_TYPED_LENGTH,
  MAX_TYPED_NODES,
  moveTyped,
} from './kept-typed.ts'
import { createStorage } from './storage.naive.ts'

const ROOM = 'ab'.repeat(32)
const as = (node: string, linkId = ROOM): Desk => ({ linkId, node })

const stub = (storage: { readonly tab?: unknown; readonly shared?: unknown } = {}): void => {
  vi.stubGlobal('sessionStorage', storage.tab ?? createStorage())
  vi.stubGlobal('localStorage', storage.shared ?? createStorage())
}
const keys = (): string[] => [...Object.keys(sessionStorage), ...Object.keys(localStorage)]

beforeEach(() => stub())
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a draft and unsent texts come back in a later tab, each to its own node in its own room', () => {
  keepDraft(as('a'), 'half a thought')
  keepUnsent(as('b'), ['one', 'two'], [])
  // The tab is closed.
  vi.stubGlobal('sessionStorage', createStorage())
  expect([keptDraft(as('a')), keptUnsent(as('a'))]).toEqual(['half a thought', []])
  expect([keptDraft(as('b')), keptUnsent(as('b'))]).toEqual(['', ['one', 'two']])
  expect([keptDraft(as('a', 'cd')), keptUnsent(as('b', 'cd'))]).toEqual(['', []])
})

test('nothing is left behind once there is nothing to keep', () => {
  keepDraft(as('a'), 'x')
  keepUnsent(as('a'), ['x'], [])
  expect(keys().every(isTypedKey)).toBe(true)
  keepDraft(as('a'), '')
  expect(keptUnsent(as('a'))).toEqual(['x'])
  keepUnsent(as('a'), [], [])
  expect(keys()).toEqual([])
  expect([null, 'tabweave.names'].map(isTypedKey)).toEqual([false, false])
})

test('a tab holds unsent text while a draft or an unanswered text is kept', () => {
  const desks = [as('a'), as('b')]
  expect(holdsUnsentText(desks)).toBe(false)
  keepDraft(as('b'), 'x')
  expect(holdsUnsentText(desks)).toBe(true)
  keepDraft(as('b'), '')
  keepUnsent(as('a'), ['y'], [])
  expect(holdsUnsentText(desks)).toBe(true)
})

test('texts of MAX_TYPED_NODES nodes are kept: the one at which nobody has typed for longest is left out', () => {
  vi.useFakeTimers()
  const nodes = Array.from({ length: MAX_TYPED_NODES }, (_, i) => `${i}`)
  for (const node of nodes) {
    vi.advanceTimersByTime(1)
    keepDraft(as(node), `draft of ${node}`)
  }
  vi.advanceTimersByTime(1)
  keepDraft(as('0'), 'still being written')
  vi.advanceTimersByTime(1)
  keepDraft(as('one more', 'cd'), 'in another room')
  expect(Object.keys(localStorage)).toHaveLength(MAX_TYPED_NODES)
  expect(['0', '1', '2'].map((node) => keptDraft(as(node)))).toEqual(['still being written', '', 'draft of 2'])
  expect(keptDraft(as('one more', 'cd'))).toBe('in another room')
})

test('what is too long for all tabs, or finds the storage full, is kept for this tab, and no older text comes back for it', () => {
  keepDraft(as('a'), 'short')
  const long = 'x'.repeat(MAX_TYPED_LENGTH)
  keepDraft(as('a'), long)
  expect([keptDraft(as('a')) === long, Object.keys(localStorage)]).toEqual([true, []])
  keepDraft(as('a'), 'short again')
  expect([keptDraft(as('a')), Object.keys(sessionStorage)]).toEqual(['short again', []])

  stub({ shared: createStorage({}, 500) })
  keepDraft(as('a'), 'fits')
  keepDraft(as('a'), 'x'.repeat(500))
  expect([keptDraft(as('a')), Object.keys(localStorage)]).toEqual(['x'.repeat(500), []])
})

test('the node that takes the place of another one gets what was typed at both', () => {
  keepDraft(as('damaged'), 'begun')
  keepUnsent(as('damaged'), ['one'], [])
  keepDraft(as('next'), 'here')
  keepUnsent(as('next'), ['two'], [])
  moveTyped(as('damaged'), 'next')
  expect([keptDraft(as('next')), keptUnsent(as('next'))]).toEqual(['begun\nhere', ['one', 'two']])
  moveTyped(as('next'), 'last')
  expect([keptDraft(as('last')), keptUnsent(as('last'))]).toEqual(['begun\nhere', ['one', 'two']])
  expect(keys()).toHaveLength(1)
})

test('it is forgotten with its node, and with its room', () => {
  for (const desk of [as('a'), as('b'), as('a', 'cd')]) keepDraft(desk, 'x')
  keepDraft(as('b'), 'x'.repeat(MAX_TYPED_LENGTH))
  forgetTyped(as('b'))
  expect([keptDraft(as('a')), keptDraft(as('b'))]).toEqual(['x', ''])
  forgetTypedIn(ROOM)
  expect([keptDraft(as('a')), keptDraft(as('a', 'cd'))]).toEqual(['', 'x'])
  expect(keys()).toHaveLength(1)
})

test('values in another form are ignored', () => {
  for (const written of ['{', 'null', '7', '[]', '{"draft":"x"}', '{"draft":7,"unsent":[],"at":1}', '{"draft":"x","unsent":{},"at":1}']) {
    stub({ shared: createStorage({ [`tabweave.typed.${ROOM}.a`]: written }) })
    expect([keptDraft(as('a')), keptUnsent(as('a'))]).toEqual(['', []])
  }
})

test('storage that refuses stops nobody', () => {
  const refuse = (): never => {
    throw new DOMException('refused', 'SecurityError')
  }
  const refusing = { getItem: refuse, setItem: refuse, removeItem: refuse }
  stub({ tab: refusing, shared: refusing })
  keepDraft(as('a'), 'x')
  forgetTypedIn(ROOM)
  expect([keptDraft(as('a')), keptUnsent(as('a'))]).toEqual(['', []])
})
