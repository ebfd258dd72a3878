/** The live view with a recording canvas, a clock set by hand and frames that come when the test says so. */
import { describe, expect, test } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { authorLook } from './author-look.ts'
import { type Ghost, type GraphFeed, type GraphOutput, type GraphView, MAX_FRONTIERS, type PeerFrontier } from './feed.ts'
import { PALETTES } from './palette.ts'
import { createRecorder } from './recorder.naive.ts'
import { createGraphView } from './view.ts'
import { feedOf, holderOf, idBytes, keyBytes, type WrittenOp, writtenDag } from './written-dag.naive.ts'

const VIEW: GraphView = {
  width: 600,
  height: 500,
  coveredRight: 0,
  coveredBottom: 0,
  pixelRatio: 1,
  theme: 'light',
  reducedMotion: false,
  visible: true,
}
const CHAT = writtenDag('a0, b0 < a0, a1 < a0 b0, b1 < b0 a1, c0 < b1')
const FORK = writtenDag("a0, b0 < a0, b1 < b0, b1' < b0, a1 < a0 b1 b1'")

function openGraph(ops: readonly WrittenOp[], view: GraphView = VIEW) {
  const context = createRecorder()
  const said: GraphOutput[] = []
  const frames: (() => void)[] = []
  let now = 0
  /** How long each picture takes (ms). */
  const cost = { ms: 0 }
  const graph = createGraphView(
    {
      canvas: { width: 0, height: 0 },
      context,
      words: { you: 'you', equivocation: 'equivocation', more: 'more' },
      post: (output) => said.push(output),
      requestFrame: (callback) => frames.push(callback),
      afterFrame: (callback) => {
        now += cost.ms
        callback()
      },
      clock: () => now,
    },
    view,
  )
  /** Lets frames come, 16 ms apart, until none is asked for. */
  const rest = (): number => {
    let drawn = 0
    for (let i = 0; frames.length > 0; i++) {
      if (i > 500) throw new Error('the view never rests')
      now += 16
      drawn++
      for (const frame of frames.splice(0)) frame()
    }
    return drawn
  }
  /** Lets the next frame come, if one is asked for: whether a picture was drawn in it. */
  const frame = (): boolean => {
    const pictures = (): number => context.calls.get('setTransform') ?? 0
    const before = pictures()
    now += 16
    for (const callback of frames.splice(0)) callback()
    return pictures() > before
  }
  const last = <T extends GraphOutput['type']>(type: T) =>
    said.findLast((output): output is Extract<GraphOutput, { type: T }> => output.type === type)
  graph.feed({ type: 'reset', self: keyBytes(0) })
  for (const feed of feedOf(ops)) graph.feed(feed)
  rest()
  return { graph, context, said, frames, frame, rest, last, cost }
}

const hex = (op: number): string => toHex(idBytes(op))
const ghost = (state: Ghost['state'], parents: number[]): Ghost => ({
  id: new Uint8Array(32).fill(0xee),
  author: keyBytes(1),
  seq: 9,
  state,
  reason: state === 'pending' ? 'missing-parent' : 'seq-gap',
  parents,
})

/** A chat of `count` ops by four authors in turn. */
function longChat(count: number): WrittenOp[] {
  return Array.from({ length: count }, (_, op) => ({
    name: `${op}`,
    author: op % 4,
    seq: Math.floor(op / 4),
    parents: op === 0 ? [] : op < 4 ? [op - 1] : [op - 4, op - 1],
  }))
}

test('every op in sight is drawn with its short id, one below the other', () => {
  const { context } = openGraph(CHAT)
  const ids = context.texts.filter(({ text }) => /^[0-9a-f]{6}$/.test(text))
  const latest = ids.slice(-CHAT.length).toSorted((a, b) => a.y - b.y)
  expect(latest.map(({ text }) => text)).toEqual(CHAT.map((_, op) => hex(op).slice(0, 6)))
})

test('no short id is drawn under the buttons of the page: at the left where that is free, or not at all', () => {
  const ids = (ops: readonly WrittenOp[]) => {
    const { context, rest, graph } = openGraph(ops)
    context.forget()
    graph.input({ type: 'view', view: { ...VIEW, width: 360, height: 270 } })
    rest()
    return context.texts.filter(({ text }) => /^[0-9a-f]{6}$/.test(text)).slice(-ops.length)
  }
  expect(ids(writtenDag('a0, b0 < a0, c0 < b0, d0 < c0')).map(({ text }) => text)).toContain(hex(3).slice(0, 6))
  // The last two are concurrent.
  const shown = ids(writtenDag('a0, b0 < a0, c0 < b0, d0 < b0'))
  for (const { x } of shown) expect(x + 36).toBeLessThan(360 - 58)
  const texts = shown.map(({ text }) => text)
  expect(texts).toContain(hex(2).slice(0, 6))
  expect(texts).not.toContain(hex(3).slice(0, 6))
})

test('no edge is drawn over the label of an op, or seen through it, also where the op is muted', () => {
  const { graph, context, rest } = openGraph(FORK)
  graph.feed({ type: 'ghosts', ghosts: [ghost('pending', [0])] })
  graph.feed({ type: 'peers', peers: [holderOf(9, [1])] })
  graph.input({ type: 'select', id: hex(2), reveal: false })
  rest()
  const labels = context.halos.filter(({ text }) => /^[0-9a-f]{6}$/.test(text))
  expect(labels).toHaveLength(FORK.length)
  for (const label of labels) expect(label).toMatchObject({ alpha: 1, curvesBefore: context.curves() })
})

test('E6 what an author calls itself is drawn under its nickname, in its own line: cut, isolated, and clipped', () => {
  const { graph, context, rest } = openGraph(CHAT)
  const names = new Map([
    [toHex(keyBytes(1)), 'Ada'],
    [toHex(keyBytes(2)), `\u2069\u202e${'w'.repeat(38)}`],
  ])
  const before = context.calls.get('clip') ?? 0
  context.forget()
  graph.feed({ type: 'names', names })
  rest()
  const called = context.texts.filter(({ text }) => text.startsWith('“'))
  expect([...new Set(called.map(({ text }) => text))].toSorted()).toEqual([
    '“\u2068Ada\u2069”',
    expect.stringMatching(/^“\u2068w{3,30}…\u2069”$/),
  ])
  // The band of a node's own lane is no wider.
  expect(Math.max(...called.map(({ text }) => context.measureText(text).width))).toBeLessThanOrEqual(124)
  const [ada] = called
  const nickname = context.texts.filter(({ x, y }) => x === ada!.x && y < ada!.y).map(({ text }) => text)
  expect(nickname.join(' ')).toContain(authorLook(keyBytes(1)).name.split(' ')[1])
  expect(context.calls.get('clip')! - before).toBeGreaterThanOrEqual(called.length)
  context.forget()
  graph.feed({ type: 'names', names: new Map() })
  rest()
  expect(context.texts.some(({ text }) => text.startsWith('“'))).toBe(false)
})

test('of a chosen name five letters are drawn at least, or nothing', () => {
  const called = (width: number): string[] => {
    const { graph, context, rest } = openGraph(longChat(12), { ...VIEW, width: 34 + 58 + 4 * width })
    context.forget()
    graph.feed({
      type: 'names',
      names: new Map([
        [toHex(keyBytes(1)), 'Bo'],
        [toHex(keyBytes(2)), 'Margarethe'],
      ]),
    })
    rest()
    return [...new Set(context.texts.flatMap(({ text }) => (text.startsWith('“') ? [text.replaceAll(/[“”\u2068\u2069]/g, '')] : [])))]
  }
  expect(called(110)).toEqual(['Bo', 'Margarethe'])
  expect(called(70)).toEqual(['Bo', expect.stringMatching(/^Marga\w*…$/)])
  expect(called(44)).toEqual(['Bo'])
})

test('at rest nothing is drawn, and a hidden page draws nothing even when ops come', () => {
  const { graph, context, frames, rest } = openGraph(CHAT.slice(0, 3))
  context.forget()
  expect(frames).toHaveLength(0)
  graph.input({ type: 'view', view: { ...VIEW, visible: false } })
  for (const feed of feedOf(CHAT, 3)) graph.feed(feed)
  expect(frames).toHaveLength(0)
  expect(context.calls.size).toBe(0)
  graph.input({ type: 'view', view: VIEW })
  expect(rest()).toBeGreaterThan(0)
  expect(context.texts.some(({ text }) => text === hex(4).slice(0, 6))).toBe(true)
})

test('while a load streams in, pictures are a tenth of a second apart, and a hand is not kept waiting', () => {
  const { graph, frame, rest } = openGraph([])
  const ops = longChat(1_000)
  const stream = (from: number, parts: number): number => {
    let drawn = 0
    for (let i = 0; i < parts; i++) {
      for (const feed of feedOf(ops, from + 25 * i, from + 25 * (i + 1))) graph.feed(feed)
      if (frame()) drawn++
    }
    return drawn
  }
  // 20 parts in 320 ms.
  const drawn = stream(0, 20)
  expect(drawn).toBeLessThanOrEqual(4)
  expect(drawn).toBeGreaterThanOrEqual(2)
  stream(500, 1)
  graph.input({ type: 'pan', dx: 0, dy: 5 })
  expect(frame()).toBe(true)
  expect(rest()).toBeGreaterThan(0)
})

test('an op that comes to a graph at rest is drawn two frames later, when it was shown where it is read; a stream of them does not wait', () => {
  const { graph, frame, rest } = openGraph(longChat(40).slice(0, 20))
  const ops = longChat(40)
  rest()
  const comes = (i: number): boolean => {
    for (const feed of feedOf(ops, i, i + 1)) graph.feed(feed)
    return frame()
  }
  expect([comes(20), frame(), frame()]).toEqual([false, false, true])
  rest()
  expect([comes(21), comes(22), comes(23), comes(24), comes(25)]).toEqual([false, false, true, true, true])
})

test('pictures that take long are drawn less often, and a hand is not kept waiting', () => {
  const { graph, frame, rest, cost } = openGraph(CHAT)
  rest()
  const drawn = (frames: number): number => Array.from({ length: frames }, frame).filter(Boolean).length
  cost.ms = 8
  graph.input({ type: 'follow', what: 'all' })
  graph.input({ type: 'zoom', factor: 0.5, x: 300, y: 300 })
  graph.feed({ type: 'reset', self: keyBytes(0) })
  for (const feed of feedOf(longChat(60), 0, 60)) graph.feed(feed)
  // Of 20 frames of 16 ms; a picture of 8 ms each 48 ms.
  expect(drawn(20)).toBeLessThanOrEqual(9)
  for (let i = 0; i < 5; i++) {
    graph.input({ type: 'pan', dx: 0, dy: 1 })
    expect(frame()).toBe(true)
  }
})

test('a tap selects the op under it and says so; a tap beside all clears', () => {
  const { graph, context, rest, last } = openGraph(CHAT)
  const label = context.texts.findLast(({ text }) => text === hex(2).slice(0, 6))!
  graph.input({ type: 'tap', x: label.x - 12, y: label.y })
  rest()
  expect(last('selected')).toEqual({ type: 'selected', id: hex(2), ghost: null })
  expect(last('drawn')?.reach).toEqual({ past: 2, future: 2, concurrent: 0 })
  graph.input({ type: 'tap', x: 590, y: 480 })
  expect(last('selected')?.id).toBeNull()
})

test('what the pointer is over is named, until the picture moves under it', () => {
  const { graph, context, last } = openGraph(CHAT)
  const label = context.texts.findLast(({ text }) => text === hex(1).slice(0, 6))!
  graph.input({ type: 'hover', x: label.x - 12, y: label.y })
  expect(last('hovered')?.op).toMatchObject({ id: hex(1), author: toHex(keyBytes(1)), seq: 0, row: 1 })
  graph.input({ type: 'zoom', factor: 1.1, x: 300, y: 300 })
  expect(last('hovered')?.op).toBeNull()
})

test('over the head of a lane the pointer is told whose lane it is', () => {
  const { graph, context, last } = openGraph(CHAT)
  const name = authorLook(keyBytes(1)).name
  const word = context.texts.findLast(({ text }) => name.includes(text) && text.length > 2)!
  graph.input({ type: 'hover', x: word.x, y: word.y })
  expect(last('hovered')).toMatchObject({ op: null, head: { folded: false, authors: [toHex(keyBytes(1))], more: 0 } })
  graph.input({ type: 'hover', x: 5, y: word.y })
  expect(last('hovered')).toMatchObject({ op: null, head: null })
})

test('numbers on the canvas are written as beside it', () => {
  const many = 1_000 * 12 + 431
  const { graph, context, rest } = openGraph(
    Array.from({ length: many }, (_, i) => ({ name: `${i}`, author: 0, seq: i, parents: i === 0 ? [] : [i - 1] })),
  )
  graph.feed({ type: 'peers', peers: [holderOf(9, [0])] })
  rest()
  const texts = context.texts.map(({ text }) => text)
  expect(texts).toEqual(expect.arrayContaining(['you · 12,431', '−12,430', '12,430']))
})

describe('a lane that is narrow', () => {
  /** The scale and the buttons stand beside them. */
  const withLanes = (width: number): GraphView => ({ ...VIEW, width: 34 + 58 + 4 * width })
  const nicknames = [0, 1, 2, 3].flatMap((author) => authorLook(keyBytes(author)).name.split(' '))

  test.each([
    // At 6 pixels a letter, of which a quarter may be lost.
    [60, 12],
    [40, 8],
    [36, 7],
  ])('of %i pixels has a head with both words of the nickname, condensed, and cut after %i letters', (width, letters) => {
    const { context, graph, rest } = openGraph(longChat(40), withLanes(width))
    graph.feed({ type: 'present', authors: [0, 1, 2, 3].map(keyBytes) })
    graph.input({ type: 'follow', what: 'all' })
    rest()
    context.forget()
    graph.input({ type: 'pan', dx: 0, dy: 0 })
    rest()
    const shown = nicknames.map((word) => (word.length <= letters ? word : `${word.slice(0, letters - 1)}…`))
    expect(context.texts.map(({ text }) => text)).toEqual(expect.arrayContaining(shown))
    // The node's own lane says so in the middle of itself, below the nickname.
    const lane = context.texts.findLast(({ text }) => text === shown[1])!
    const you = context.texts.findLast(({ text }) => text === 'you')!
    expect(you.x).toBe(lane.x)
    expect(you.y).toBeGreaterThan(lane.y + 10)
  })

  test('of fewer than 36 pixels has the mark alone, until somebody zooms in; of a selected op it has the whole nickname', () => {
    const { context, graph, rest } = openGraph(longChat(40), withLanes(24))
    graph.feed({ type: 'present', authors: [0, 1, 2, 3].map(keyBytes) })
    graph.input({ type: 'follow', what: 'all' })
    rest()
    const texts = (): string[] => {
      context.forget()
      graph.input({ type: 'pan', dx: 0, dy: 0 })
      rest()
      return context.texts.map(({ text }) => text)
    }
    const isNamed = (): boolean =>
      texts().some((text) => nicknames.some((word) => text.startsWith(word.slice(0, 1)) && text.endsWith('…')) || nicknames.includes(text))
    expect(isNamed()).toBe(false)
    expect(texts()).toContain('you')
    const whole = authorLook(keyBytes(2)).name
    expect(texts()).not.toContain(whole)
    graph.input({ type: 'select', id: hex(38), reveal: true })
    rest()
    expect(texts()).toContain(whole)
    graph.input({ type: 'select', id: null, reveal: false })
    graph.input({ type: 'zoom', factor: 8, x: 60, y: 200 })
    rest()
    expect(isNamed()).toBe(true)
  })
})

test('a touch on the head of a lane says whose it is, and selects nothing; on no head it clears', () => {
  const { graph, context, last } = openGraph(CHAT)
  const word = context.texts.findLast(({ text }) => authorLook(keyBytes(1)).name.includes(text) && text.length > 2)!
  graph.input({ type: 'select', id: hex(2), reveal: false })
  graph.input({ type: 'tap', x: word.x, y: word.y })
  expect(last('hovered')).toMatchObject({ op: null, head: { folded: false, authors: [toHex(keyBytes(1))] } })
  expect(last('selected')?.id).toBe(hex(2))
  graph.input({ type: 'tap', x: 5, y: word.y })
  expect(last('selected')?.id).toBeNull()
})

/** A room in which the author of the second column is learned last. */
const LATE: readonly GraphFeed[] = [
  { type: 'authors', first: 0, keys: Uint8Array.from([0, 1, 2].flatMap((author) => [...keyBytes(author)])) },
  ...[
    [0, 5, []],
    [1, 9, [0]],
    [2, 7, [0]],
  ].map(([author, id, parents], op): GraphFeed => ({
    type: 'ops',
    first: op,
    ids: new Uint8Array(32).fill(id as number),
    authors: Int32Array.of(author as number),
    parentStart: Int32Array.of(0, (parents as number[]).length),
    parents: Int32Array.from(parents as number[]),
    seqs: Int32Array.of(0),
  })),
]

describe('A9 an author who is learned late', () => {
  const hexes = (...authors: number[]): string[] => authors.map((author) => toHex(keyBytes(author)))
  function openLate() {
    const opened = openGraph([])
    for (const feed of LATE.slice(0, 3)) opened.graph.feed(feed)
    opened.rest()
    const { context } = opened
    const xOf = (id: number): number => context.texts.findLast(({ text }) => text === toHex(new Uint8Array(3).fill(id)))!.x
    return { ...opened, xOf }
  }

  test('is put in its place, and the lane at its right moves there in several pictures', () => {
    const { graph, context, rest, last, xOf } = openLate()
    const before = xOf(9)
    context.forget()
    graph.feed(LATE[3]!)
    rest()
    expect(last('drawn')!.authors).toEqual(hexes(0, 2, 1))
    expect(xOf(7)).toBeLessThan(xOf(9))
    const xs = new Set(context.texts.filter(({ text }) => text === '090909').map(({ x }) => Math.round(x)))
    expect(xs.size).toBeGreaterThan(3)
    expect(Math.max(...xs)).toBe(Math.round(xOf(9)))
    expect(before).toBeLessThan(xOf(9))
  })

  test('stands at the right while a pointer is on the picture, and is put in its place when the pointer leaves or rests for long', () => {
    for (const release of ['leave', 'rest'] as const) {
      const { graph, rest, frame, last, xOf } = openLate()
      graph.input({ type: 'hover', x: 300, y: 300 })
      graph.feed(LATE[3]!)
      for (let i = 0; i < 100; i++) frame()
      expect(last('drawn')!.authors).toEqual(hexes(0, 1, 2))
      expect(xOf(9)).toBeLessThan(xOf(7))
      if (release === 'leave') graph.input({ type: 'leave' })
      rest()
      expect(last('drawn')!.authors).toEqual(hexes(0, 2, 1))
      expect(xOf(7)).toBeLessThan(xOf(9))
    }
  })
})

describe('A10 more authors than the width has room for', () => {
  const PHONE: GraphView = { ...VIEW, width: 360 }
  /** The genesis, an op on it by each of `count` authors, and a chat of the last two of them. */
  const crowd = (count: number): WrittenOp[] => {
    const ops: WrittenOp[] = [{ name: 'genesis', author: 0, seq: 0, parents: [] }]
    for (let i = 1; i <= count; i++) ops.push({ name: `${i}`, author: i, seq: 0, parents: [0] })
    for (let i = 0; i < 40; i++)
      ops.push({ name: `chat ${i}`, author: count - (i % 2), seq: 1 + (i >> 1), parents: [ops.length - 2, ops.length - 1] })
    return ops
  }
  const key = (author: number): string => toHex(keyBytes(author))

  test.each([30, 80])('of %i authors those who are silent and absent share a lane, and the newest op is in sight', (count) => {
    const { context, last, graph, rest } = openGraph(crowd(count), PHONE)
    const { authors, folded } = last('drawn')!
    expect(authors).toHaveLength(10)
    expect(authors).toEqual(expect.arrayContaining([key(0), key(count), key(count - 1)]))
    expect(folded).toBe(count + 1 - 10)
    expect(context.texts.some(({ text, x }) => text === `+${folded}` && x < PHONE.width)).toBe(true)
    // A peer who is here is not folded, and is where its least op puts it.
    graph.feed({ type: 'present', authors: [keyBytes(1)] })
    rest()
    expect(last('drawn')!.authors.slice(0, 2)).toEqual([key(0), key(1)])
    // Nor is whose op somebody looks at.
    graph.input({ type: 'select', id: hex(2), reveal: true })
    rest()
    expect(last('drawn')!.authors.slice(0, 3)).toEqual([key(0), key(1), key(2)])
  })

  test('lanes of connected authors that are out of sight are counted at the side where they are, and no head is picked there', () => {
    const { context, graph, rest, last } = openGraph(crowd(30), PHONE)
    const outside = (): string[] => context.texts.filter(({ text }) => /^← |→$/.test(text)).map(({ text }) => text)
    expect(outside()).toEqual([])
    graph.feed({ type: 'present', authors: Array.from({ length: 30 }, (_, i) => keyBytes(i + 1)) })
    rest()
    // 31 lanes of 24 pixels. From the middle of the first one at 46 there is room for 10 before the words at the right.
    const seenFrom = (dx: number): string[] => {
      context.forget()
      graph.input({ type: 'pan', dx, dy: 0 })
      rest()
      return outside()
    }
    expect(seenFrom(1_000)).toEqual(['21 more →'])
    graph.input({ type: 'hover', x: 330, y: 20 })
    expect(last('hovered')?.head ?? null).toBe(null)
    expect(seenFrom(-240)).toEqual(['← 10', '11 more →'])
    expect(seenFrom(-1_000)).toEqual(['← 20'])
  })

  test('no lane is folded while all of them fit beside each other, as wide as their marks, however long their authors are silent', () => {
    // 28 lanes of 24 pixels, between the depth scale and the buttons.
    const { last, graph, rest } = openGraph(crowd(27), { ...VIEW, width: 34 + 28 * 24 + 106 })
    expect(last('drawn')).toMatchObject({ folded: 0 })
    expect(last('drawn')!.authors).toHaveLength(28)
    graph.input({ type: 'view', view: { ...VIEW, width: 34 + 28 * 24 + 106 - 1 } })
    rest()
    expect(last('drawn')!.folded).toBe(2)
  })

  test('over their number the pointer is told whose lanes are folded, as many as can be read, and how many more there are', () => {
    const { context, last, graph } = openGraph(crowd(30), PHONE)
    const { authors, folded } = last('drawn')!
    const { x, y } = context.texts.findLast(({ text }) => text === `+${folded}`)!
    graph.input({ type: 'hover', x, y })
    const silent = Array.from({ length: 31 }, (_, author) => key(author)).filter((each) => !authors.includes(each))
    expect(last('hovered')).toMatchObject({ op: null, head: { folded: true, authors: silent.slice(0, 12), more: folded - 12 } })
    // As the list for screen readers has them.
    expect(last('drawn')!.foldedAuthors).toEqual(silent.slice(0, 12))
    graph.input({ type: 'hover', x: x + 60, y })
    expect(last('hovered')!.head).toBeNull()
  })

  test('lanes that are moved to the left lie under the depth numbers, and nothing is pointed at there', () => {
    const { context, graph, last, rest } = openGraph([])
    graph.feed({ type: 'present', authors: Array.from({ length: 31 }, (_, i) => keyBytes(i)) })
    for (const feed of feedOf(crowd(30))) graph.feed(feed)
    rest()
    context.forget()
    graph.input({ type: 'pan', dx: 10, dy: 10_000 })
    rest()
    const numbers = context.texts.filter(({ text, x }) => /^\d+$/.test(text) && x < 34)
    const scale = context.rects.findLast(({ x, height, ink }) => x === 0 && height === VIEW.height && ink === PALETTES.light.paper)
    const under = context.shapes.filter(({ right }) => right < 34)
    expect(numbers.length).toBeGreaterThan(3)
    expect(under.length).toBeGreaterThan(3)
    expect(Math.max(...under.map(({ at }) => at))).toBeLessThan(scale!.at)
    expect(Math.min(...numbers.map(({ at }) => at))).toBeGreaterThan(scale!.at)
    // A pointer finds what is 14 pixels away.
    for (let x = 0; x < 34 - 14; x += 3) {
      for (let y = 4; y < VIEW.height; y += 6) {
        graph.input({ type: 'hover', x, y })
        expect([last('hovered')?.op ?? null, last('hovered')?.head ?? null]).toEqual([null, null])
      }
    }
  })

  test('a window that gets narrower folds lanes at once, also under a pointer', () => {
    const { last, graph, rest } = openGraph(crowd(30), { ...VIEW, width: 1_400 })
    const foldedWide = last('drawn')!.folded
    graph.input({ type: 'hover', x: 300, y: 300 })
    graph.input({ type: 'view', view: PHONE })
    rest()
    expect(last('drawn')!.folded).toBe(21)
    graph.input({ type: 'hover', x: 300, y: 300 })
    graph.input({ type: 'view', view: { ...VIEW, width: 1_400 } })
    rest()
    expect(last('drawn')!.folded).toBe(foldedWide)
  })

  test('a lane that is open for a selection under a pointer is folded again when the pointer rests', () => {
    const { last, graph, rest } = openGraph(crowd(30), PHONE)
    const { authors } = last('drawn')!
    graph.input({ type: 'select', id: hex(2), reveal: true })
    rest()
    expect(last('drawn')!.authors).toContain(key(2))
    graph.input({ type: 'hover', x: 300, y: 300 })
    graph.input({ type: 'select', id: null, reveal: false })
    rest()
    expect(last('drawn')!.authors).toEqual(authors)
  })

  test('when all of them are here, following the newest goes sideways too, and panning away ends it', () => {
    const { graph, rest, last } = openGraph([], PHONE)
    const ops = crowd(30)
    const isInSight = (id: string): boolean => {
      for (let x = 34; x < 302; x += 12) {
        for (let y = 60; y < 500; y += 12) {
          graph.input({ type: 'hover', x, y })
          if (last('hovered')?.op?.id === id) return true
        }
      }
      return false
    }
    graph.feed({ type: 'present', authors: Array.from({ length: 31 }, (_, i) => keyBytes(i)) })
    for (const feed of feedOf(ops)) graph.feed(feed)
    graph.input({ type: 'zoom', factor: 1.5, x: 100, y: 490 })
    graph.input({ type: 'follow', what: 'newest' })
    rest()
    expect(last('drawn')!.folded).toBe(0)
    expect(isInSight(hex(ops.length - 1))).toBe(true)
    graph.input({ type: 'pan', dx: 10_000, dy: 0 })
    rest()
    expect(last('following')).toEqual({ type: 'following', what: null })
  })
})

test('arrows walk to parents, children and neighbours', () => {
  const { graph, last } = openGraph(CHAT)
  const step = (to: 'parent' | 'child' | 'previous' | 'next'): string | null | undefined => {
    graph.input({ type: 'step', to })
    return last('selected')?.id
  }
  expect(step('parent')).toBe(hex(4))
  expect(step('parent')).toBe(hex(3))
  expect(step('parent')).toBe(hex(1))
  expect(step('previous')).toBe(hex(0))
  expect(step('next')).toBe(hex(1))
  expect(step('child')).toBe(hex(2))
})

test('an op asked for before it arrived is selected when it does', () => {
  const { graph, last, said } = openGraph(CHAT.slice(0, 2))
  graph.input({ type: 'select', id: hex(3), reveal: true })
  expect(said.some(({ type }) => type === 'selected')).toBe(false)
  for (const feed of feedOf(CHAT, 2)) graph.feed(feed)
  expect(last('selected')?.id).toBe(hex(3))
})

test('it follows the newest until someone pans away, and again when asked', () => {
  const ops = longChat(300)
  const { graph, rest, last } = openGraph(ops.slice(0, 200))
  const lowest = (): number => Math.max(...last('drawn')!.seen.map(({ row }) => row))
  expect(lowest()).toBe(199)
  for (const feed of feedOf(ops, 200, 210)) graph.feed(feed)
  rest()
  expect(lowest()).toBe(209)
  graph.input({ type: 'pan', dx: 0, dy: 2000 })
  rest()
  expect(last('following')).toEqual({ type: 'following', what: null })
  const before = lowest()
  for (const feed of feedOf(ops, 210, 300)) graph.feed(feed)
  rest()
  expect(lowest()).toBe(before)
  graph.input({ type: 'follow', what: 'newest' })
  rest()
  expect(last('following')?.what).toBe('newest')
  expect(lowest()).toBe(299)
})

test('it follows the newest row, or all rows, or nothing: one of these at a time', () => {
  const ops = longChat(400)
  const { graph, rest, last, said } = openGraph(ops.slice(0, 200))
  const depths = (): number[] => last('drawn')!.seen.map(({ row }) => row)
  const followed = (): unknown => said.findLast(({ type }) => type === 'following')
  graph.input({ type: 'follow', what: 'all' })
  rest()
  expect(followed()).toEqual({ type: 'following', what: 'all' })
  for (const feed of feedOf(ops, 200, 210)) graph.feed(feed)
  rest()
  expect(Math.max(...depths())).toBe(209)
  expect(last('drawn')!.seen.length + last('drawn')!.hidden).toBe(210)
  // What cannot move does not end it.
  graph.input({ type: 'pan', dx: 0, dy: -500 })
  expect(followed()).toEqual({ type: 'following', what: 'all' })
  graph.input({ type: 'zoom', factor: 8, x: 300, y: 80 })
  rest()
  expect(followed()).toEqual({ type: 'following', what: null })
  graph.input({ type: 'follow', what: 'newest' })
  rest()
  expect(followed()).toEqual({ type: 'following', what: 'newest' })
  expect(Math.max(...depths())).toBe(209)
  // From all to the newest: these are read.
  graph.input({ type: 'follow', what: 'all' })
  graph.input({ type: 'follow', what: 'newest' })
  rest()
  expect(depths().length).toBeLessThan(20)
})

test('a low canvas shows shapes without names, and five rows', () => {
  const { graph, context, rest } = openGraph(longChat(40))
  const shown = (): { rows: number; named: boolean } => {
    context.forget()
    graph.input({ type: 'pan', dx: 0, dy: 0 })
    rest()
    const named = context.texts.some(({ text }) => text.includes(authorLook(keyBytes(1)).name.split(' ')[0]!))
    return { rows: new Set(context.texts.flatMap(({ text, y }) => (/^[0-9a-f]{6}$/.test(text) && y > 30 ? [text] : []))).size, named }
  }
  const before = shown()
  expect(before.named).toBe(true)
  graph.input({ type: 'view', view: { ...VIEW, height: 140 } })
  rest()
  expect(shown()).toEqual({ rows: 5, named: false })
  // As it was.
  graph.input({ type: 'view', view: VIEW })
  rest()
  expect(shown()).toEqual(before)
})

describe('a selection', () => {
  // Their ids differ in one byte.
  const ops = longChat(250)
  function openFollowing(what: 'newest' | 'all') {
    const opened = openGraph(ops)
    const { context, graph, rest } = opened
    graph.input({ type: 'follow', what })
    rest()
    /** The depth scale says where rows are, and how high. */
    const scale = (): readonly [number, number][] => {
      context.forget()
      graph.input({ type: 'pan', dx: 0, dy: 0 })
      rest()
      const numbers = context.texts.flatMap(({ text, x, y }): [number, number][] =>
        /^\d+$/.test(text) && x < 34 ? [[Number(text), Math.round(y)]] : [],
      )
      return numbers.toSorted(([a], [b]) => a - b)
    }
    return { ...opened, scale }
  }
  const rowGap = (scale: readonly (readonly [number, number])[]): number => (scale[1]![1] - scale[0]![1]) / (scale[1]![0] - scale[0]![0])

  test('moves the picture as little as brings the op into sight, in the same size', () => {
    const { graph, rest, scale } = openFollowing('newest')
    const before = scale()
    const [firstShown, top] = before[0]!
    graph.input({ type: 'select', id: hex(firstShown + 3), reveal: true })
    rest()
    expect(scale()).toEqual(before)
    graph.input({ type: 'select', id: hex(firstShown - 4), reveal: true })
    rest()
    const after = scale()
    expect(rowGap(after)).toBe(rowGap(before))
    const moved = after.find(([row]) => row === firstShown)![1] - top
    expect(moved).toBeGreaterThan(2 * rowGap(before))
    expect(moved).toBeLessThan(6 * rowGap(before))
  })

  test.each(['newest', 'all'] as const)('that is cleared gives the view back that followed %s', (what) => {
    const { graph, rest, scale, said } = openFollowing(what)
    const before = scale()
    graph.input({ type: 'select', id: hex(100), reveal: true })
    rest()
    graph.input({ type: 'view', view: { ...VIEW, coveredRight: 300 } })
    rest()
    expect(scale()).not.toEqual(before)
    graph.input({ type: 'select', id: null, reveal: false })
    graph.input({ type: 'view', view: VIEW })
    rest()
    expect(scale()).toEqual(before)
    // It follows on.
    for (const feed of feedOf([...ops, { name: 'next', author: 0, seq: 62, parents: [249] }], 250)) graph.feed(feed)
    rest()
    expect(said.findLast(({ type }) => type === 'following') ?? { type: 'following', what: 'newest' }).toEqual({ type: 'following', what })
  })

  test('folds no lane and moves none, where its card covers only others', () => {
    const lanes = Array.from({ length: 20 }, (_, i) => ({ name: `${i}`, author: i, seq: 0, parents: i === 0 ? [] : [i - 1] }))
    const { graph, context, rest, last } = openGraph(lanes, { ...VIEW, width: 34 + 20 * 24 + 106 })
    const stand = (): number[] => {
      context.forget()
      graph.input({ type: 'pan', dx: 0, dy: 0 })
      rest()
      return context.shapes.map(({ right }) => Math.round(right))
    }
    expect(last('drawn')).toMatchObject({ folded: 0 })
    graph.input({ type: 'select', id: hex(12), reveal: true })
    rest()
    const before = stand()
    graph.input({ type: 'view', view: { ...VIEW, width: 34 + 20 * 24 + 106, coveredRight: 240 } })
    rest()
    expect(last('drawn')).toMatchObject({ folded: 0 })
    expect(stand()).toEqual(before)
    // The card covers this one: it is moved out, and no further.
    graph.input({ type: 'select', id: hex(17), reveal: true })
    rest()
    const label = context.texts.findLast(({ text }) => text === authorLook(keyBytes(17)).name)!
    expect(label.x).toBeGreaterThan(300)
    expect(label.x).toBeLessThan(380)
  })

  test('that is cleared leaves the picture where a person has moved it', () => {
    const { graph, rest, scale, last } = openFollowing('newest')
    graph.input({ type: 'select', id: hex(100), reveal: true })
    graph.input({ type: 'pan', dx: 0, dy: 150 })
    rest()
    const there = scale()
    graph.input({ type: 'select', id: null, reveal: false })
    rest()
    expect(scale()).toEqual(there)
    expect(last('following')?.what).toBe(null)
  })
})

test('who follows goes on following while the newest row stays in sight of a zoom', () => {
  const { graph, rest, said } = openGraph(longChat(300))
  graph.input({ type: 'zoom', factor: 0.3, x: 300, y: 495 })
  rest()
  expect(said.some(({ type }) => type === 'following')).toBe(false)
  graph.input({ type: 'zoom', factor: 4, x: 300, y: 80 })
  rest()
  expect(said.findLast(({ type }) => type === 'following')).toEqual({ type: 'following', what: null })
})

test('of 20,000 ops only those in sight cost a path', () => {
  const { graph, context, rest } = openGraph(longChat(20_000))
  context.forget()
  graph.input({ type: 'pan', dx: 0, dy: 1 })
  rest()
  expect(context.calls.get('beginPath')! / context.calls.get('clearRect')!).toBeLessThan(250)
})

test('from afar, ops too small to tell apart are a band for each author, with no edges', () => {
  for (const count of [3_000, 20_000]) {
    const { graph, context, rest } = openGraph(longChat(count))
    graph.input({ type: 'follow', what: 'all' })
    rest()
    context.forget()
    graph.input({ type: 'pan', dx: 0, dy: 1 })
    rest()
    expect(context.calls.get('bezierCurveTo') ?? 0).toBe(0)
    expect(context.calls.get('lineTo')! / context.calls.get('clearRect')!).toBeLessThan(4 * 2 * VIEW.height)
  }
})

test('an equivocation is marked at its column’s head, at both ops and between them; an honest graph has no red at all', () => {
  const redStrokes = (ops: readonly WrittenOp[], pairs: readonly number[]): number => {
    const { graph, context, rest } = openGraph(ops)
    graph.feed({ type: 'equivocations', pairs: Int32Array.from(pairs) })
    rest()
    context.forget()
    graph.input({ type: 'pan', dx: 0, dy: 0 })
    rest()
    return (context.inks.get(PALETTES.light.danger) ?? 0) / context.calls.get('clearRect')!
  }
  expect(redStrokes(CHAT, [])).toBe(0)
  expect(redStrokes(FORK, [])).toBe(1)
  expect(redStrokes(FORK, [2, 3])).toBe(1 + 2 + 1)
})

test('the mirror names an equivocation', () => {
  const { graph, rest, last } = openGraph(FORK)
  graph.feed({ type: 'equivocations', pairs: Int32Array.of(2, 3) })
  rest()
  expect(
    last('drawn')
      ?.seen.filter(({ state }) => state === 'forked')
      .map(({ id }) => id),
  ).toEqual([hex(3), hex(2)])
})

test('a ghost is drawn, picked, named with its reason, and gone when the node says so', () => {
  const { graph, rest, last } = openGraph(CHAT)
  graph.feed({ type: 'ghosts', ghosts: [ghost('rejected', [4])] })
  rest()
  expect(last('drawn')?.seen[0]).toMatchObject({ state: 'rejected', seq: 9, row: 5 })
  graph.input({ type: 'select', id: 'ee'.repeat(32), reveal: false })
  expect(last('selected')?.ghost).toEqual({ author: toHex(keyBytes(1)), seq: 9, state: 'rejected', reason: 'seq-gap' })
  graph.feed({ type: 'ghosts', ghosts: [] })
  rest()
  expect(last('drawn')?.seen.every(({ state }) => state === 'admitted')).toBe(true)
})

test('a reset forgets everything, the selection too', () => {
  const { graph, rest, last } = openGraph(CHAT)
  graph.input({ type: 'select', id: hex(1), reveal: true })
  graph.feed({ type: 'reset', self: keyBytes(0) })
  rest()
  expect(last('selected')?.id).toBeNull()
  expect(last('drawn')).toMatchObject({ ops: 0, lanes: 0, seen: [], reach: null })
})

test('with reduced motion the camera is where it goes in one frame, and nothing pops in', () => {
  const ops = longChat(101)
  const { graph, rest, context } = openGraph(ops.slice(0, 100), { ...VIEW, reducedMotion: true })
  const draws = (): number => context.calls.get('clearRect') ?? 0
  context.forget()
  graph.input({ type: 'follow', what: 'all' })
  rest()
  expect(draws()).toBe(1)
})

test('of a peer that has not been heard, or of whose heads none is known here, nothing is claimed to be lacked', () => {
  const { graph, context, rest } = openGraph(CHAT)
  const lacking = (): string[] => context.texts.flatMap(({ text }) => (text.startsWith('−') ? [text] : []))
  for (const [heads, told] of [
    [[], []],
    [[1], ['−3']],
  ] as const) {
    context.forget()
    graph.feed({ type: 'peers', peers: [holderOf(9, heads)] })
    rest()
    expect([...new Set(lacking())]).toEqual(told)
  }
})

test('D17 of a peer that may hold more ops than it is known to hold, nothing is claimed to be lacked', () => {
  const { graph, context, rest } = openGraph(CHAT)
  const told = (peer: PeerFrontier): unknown => {
    context.forget()
    graph.feed({ type: 'peers', peers: [peer] })
    rest()
    const isTinted = context.shapes.some(({ alpha }) => alpha === 0.05)
    return { lacks: context.texts.some(({ text }) => text.startsWith('−')), isTinted, isDashed: context.calls.has('dashed stroke') }
  }
  expect(told(holderOf(9, [1]))).toEqual({ lacks: true, isTinted: true, isDashed: false })
  expect(told({ ...holderOf(9, [1]), isAll: false })).toEqual({ lacks: false, isTinted: false, isDashed: true })
  expect(told({ ...holderOf(9, [4]), isAll: false })).toEqual({ lacks: false, isTinted: false, isDashed: false })
})

/** A chat of `count` ops by five authors in turn, and so many peers that lack the last `lacks` of them. */
function openWithPeers(count: number, peers: number, lacks: number) {
  const ops = Array.from({ length: count }, (_, op) => ({
    name: `${op}`,
    author: op % 5,
    seq: Math.floor(op / 5),
    parents: op === 0 ? [] : op < 5 ? [op - 1] : [op - 5, op - 1],
  }))
  const opened = openGraph(ops, { ...VIEW, width: 360, height: 276 })
  const heads = [ops.length - 1 - lacks]
  opened.graph.feed({ type: 'peers', peers: Array.from({ length: peers }, (_, i) => holderOf(100 + i, heads)) })
  opened.rest()
  opened.context.forget()
  opened.graph.input({ type: 'follow', what: 'all' })
  opened.rest()
  return { ...opened, words: opened.context.texts.filter(({ text }) => text.startsWith('−')) }
}

test.each([
  [1, 0, []],
  [MAX_FRONTIERS, 0, []],
  [MAX_FRONTIERS, 2, ['−2']],
])('on a telephone the tags of %i peers that lack %i ops stand beside the page’s buttons', (peers, lacks, told) => {
  const { context, words } = openWithPeers(5, peers, lacks)
  expect([...new Set(words.map(({ text }) => text))]).toEqual(told)
  const rights = [...context.shapes.map(({ right }) => right), ...words.map(({ text, x }) => x + text.length * 6)]
  expect(Math.max(...rights)).toBeLessThanOrEqual(360 - 58)
})

test('what many peers lack is tinted no darker than what few lack', () => {
  const faintest = (peers: number): number => Math.min(...openWithPeers(5, peers, 2).context.shapes.map(({ alpha }) => alpha))
  expect(faintest(1)).toBe(0.05)
  expect(faintest(MAX_FRONTIERS) * MAX_FRONTIERS).toBeCloseTo(0.15)
})

test('however small rows are, the threads of many peers lie between the last row that they have and the next one', () => {
  const { context, words } = openWithPeers(40, MAX_FRONTIERS, 1)
  const depthY = (row: number): number => context.texts.findLast(({ text }) => text === `${row}`)!.y
  const rowGap = (depthY(20) - depthY(0)) / 20
  const newest = depthY(0) + 39 * rowGap
  // The words stand beside the lowest of them.
  expect(words.at(-1)!.y).toBeLessThan(newest)
  expect(words.at(-1)!.y).toBeGreaterThan(newest - rowGap)
})

describe.each([
  ['one author', 1],
  ['as many authors', 100_000],
])('100,000 heads by %s', (_, authors) => {
  const HEADS = 100_000
  /** The genesis, `HEADS` ops on it, a chain of 99 that begins at the genesis too, and what a few peers hold. */
  const ops: WrittenOp[] = [{ name: 'genesis', author: 0, seq: 0, parents: [] }]
  for (let i = 0; i < HEADS; i++) ops.push({ name: `${i}`, author: 1 + (i % authors), seq: 0, parents: [0] })
  for (let i = 0; i < 99; i++) ops.push({ name: `own ${i}`, author: 0, seq: i + 1, parents: [i === 0 ? 0 : ops.length - 1] })
  // And some in the middle, each with an edge from far above.
  for (let i = 0; i < 30_000; i++) ops.push({ name: `far ${i}`, author: 1, seq: 0, parents: [HEADS + 8, HEADS + 60] })
  const newest = HEADS + 99
  const PAN_DOWN = { type: 'pan', dx: 0, dy: -1_000_000 } as const
  const { graph, rest, context, last } = openGraph(ops)
  for (let i = 0; i < 20; i++) graph.feed({ type: 'peers', peers: [holderOf(i, [newest - i])] })
  // From the heads down to the newest ops, across every row.
  graph.feed({
    type: 'equivocations',
    pairs: Int32Array.from({ length: 2 * HEADS }, (__, i) => (i % 2 === 0 ? 1 + (i >> 1) : newest - (i % 20))),
  })

  test('D17 heads are counted, the newest ops are named, and one more is', () => {
    rest()
    expect(last('drawn')).toMatchObject({ ops: ops.length })
    expect(last('drawn')!.seen[0]!.seq).toBe(99)
    for (const feed of feedOf([...ops, { name: 'next', author: 0, seq: 100, parents: [newest] }], ops.length)) graph.feed(feed)
    rest()
    expect(last('drawn')).toMatchObject({ ops: ops.length + 1 })
    expect(last('drawn')!.seen[0]!.seq).toBe(100)
  })

  test.each([
    ['at the newest row', [PAN_DOWN], 2_000],
    ['between the heads and those in the middle', [PAN_DOWN, { type: 'pan', dx: 0, dy: 1_800 }], 2_000],
    ['at the heads', [{ type: 'pan', dx: 0, dy: 1_000_000 }], 2_000],
    // A column takes two pixels at least, and goes down one side of its ops and up the other.
    ['all at once', [{ type: 'follow', what: 'all' }], (VIEW.width / 2) * VIEW.height],
  ] as const)('D17 a picture %s is drawn with a bounded number of strokes', (__, inputs, most) => {
    for (const input of inputs) graph.input(input)
    rest()
    context.forget()
    graph.input({ type: 'pan', dx: 0, dy: 1 })
    rest()
    const pictures = context.calls.get('clearRect')!
    const drawn = (call: string): number => (context.calls.get(call) ?? 0) / pictures
    for (const call of ['stroke', 'fill', 'lineTo', 'fillText']) expect(drawn(call)).toBeLessThan(most)
    expect(drawn('bezierCurveTo')).toBeLessThan(9_000)
    graph.input({ type: 'hover', x: 300, y: 250 })
    graph.input({ type: 'tap', x: 300, y: 250 })
    graph.input({ type: 'step', to: 'child' })
    rest()
  })
})
