/** What the page is told, and in which order. */
import { serialize } from 'node:v8'
import { afterEach, expect, test, vi } from 'vitest'
import { append, type Dag } from '../core/dag.ts'
import { asAuthor } from '../core/op.ts'
import { idNumber } from '../core/room.naive.ts'
import { createNode, type Node } from '../node/node.ts'
import { foundRoom, type OpenStore } from '../node/open-node.ts'
import { createMemoryStore } from '../store/memory.ts'
import type { FromNode, Held } from './api.ts'
import { MAX_BEGINNING } from './beginning.ts'
import { createPublisher, type Publisher } from './publisher.ts'

afterEach(() => vi.restoreAllMocks())

const rethrow = (error: unknown): never => {
  throw error
}

/** A publisher for a page that draws each picture at once; `hear` hears the rest. */
function publisherFor(hear: (message: FromNode) => void, failed: (error: unknown) => void): Publisher {
  const publisher = createPublisher((message) => (message.type === 'picture' ? publisher.drawn(message.nth) : hear(message)), failed)
  return publisher
}

/** An op of another author comes, after all others. */
const arrive = (dag: Dag, author = 1): number =>
  append(dag, { id: idNumber(dag.length), author: asAuthor(idNumber(-1 - author)), seq: dag.length, prev: -1, parents: [dag.length - 1] })

/** An op of another author in each millisecond. */
async function floodFor(ms: number, dag: Dag, { changed }: Pick<Publisher, 'changed'>): Promise<void> {
  for (let at = 0; at < ms; at++) {
    arrive(dag)
    changed()
    await vi.advanceTimersByTimeAsync(1)
  }
}

async function startNode(onChange: () => void): Promise<Node> {
  const openStore: OpenStore = async () => createMemoryStore()
  return createNode({ opened: await foundRoom(openStore, 'a room'), openStore, ways: () => [], onChange, onBroken: rethrow })
}

test('a part of the history that is read slowly is told before the one that was read after it', async () => {
  const told: FromNode[] = []
  const publisher = publisherFor((message) => told.push(message), rethrow)
  const node = await startNode(publisher.changed)
  const totals = (): number[] => told.flatMap((message) => (message.type === 'history' ? [message.total] : []))
  let readSlowly = (): void => {}
  const slow = new Promise<void>((resolve) => (readSlowly = resolve))
  const { entries } = node.room
  vi.spyOn(node.room, 'entries').mockImplementationOnce(async (from, count) => {
    const found = await entries(from, count)
    await slow
    return found
  })
  publisher.show(null, 10)
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  await vi.waitFor(() => expect(node.room.entries).toHaveBeenCalled())
  await node.submit('meanwhile')
  // Long enough for a second telling to overtake the first, were they not one after the other.
  await new Promise((resolve) => setTimeout(resolve, 100))
  readSlowly()
  await vi.waitFor(() => expect(totals()).toEqual([1, 2]))
  await node.close()
})

test('D10 telling takes no more than half of the time, however long it takes', async () => {
  const node = await startNode(() => {})
  const { status } = node
  let clock = 0
  let cost = 0
  vi.spyOn(performance, 'now').mockImplementation(() => clock)
  vi.spyOn(node, 'status').mockImplementation(() => {
    clock += cost
    return status()
  })
  const pauses: number[] = []
  let tell = (): void => {}
  const timer = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((next: () => void, pause: number) => {
    pauses.push(pause)
    tell = next
  }) as unknown as typeof setTimeout)
  const publisher = publisherFor(() => {}, rethrow)
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  for (cost of [300, 2]) {
    tell()
    for (let turn = 0; turn < 100; turn++) await Promise.resolve()
    publisher.changed()
  }
  timer.mockRestore()
  expect(pauses).toEqual([0, 300, 98])
  await node.close()
})

test('new ops are told at once though something else was told a moment before, and what else changes together with what follows', async () => {
  const node = await startNode(() => {})
  let clock = 0
  vi.spyOn(performance, 'now').mockImplementation(() => clock)
  const told: [at: number, ops: number][] = []
  const pauses: number[] = []
  let tell = (): void => {}
  const timer = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((next: () => void, pause: number) => {
    pauses.push(pause)
    tell = next
  }) as unknown as typeof setTimeout)
  const publisher = publisherFor((message) => {
    if (message.type === 'status') told.push([clock, message.status.ops])
  }, rethrow)
  const { dag } = node.engine.replica
  const tellAfter = async (ms: number): Promise<void> => {
    clock += ms
    tell()
    for (let turn = 0; turn < 100; turn++) await Promise.resolve()
  }
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  await tellAfter(0)
  clock = 100
  publisher.changed()
  clock = 101
  publisher.changed()
  await tellAfter(15)
  clock = 120
  publisher.changed()
  clock = 121
  arrive(dag)
  publisher.changed()
  await tellAfter(0)
  clock = 125
  arrive(dag)
  publisher.changed()
  await tellAfter(12)
  timer.mockRestore()
  expect(pauses).toEqual([0, 16, 96, 0, 12])
  expect(told).toEqual([
    [0, 1],
    [116, 1],
    [121, 2],
    [137, 3],
  ])
  await node.close()
})

/** A publisher whose time is the test's, and when (ms) it told a status. */
function publisherInTime(heard: (message: FromNode) => void = () => {}): { readonly publisher: Publisher; readonly told: number[] } {
  const told: number[] = []
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const publisher = publisherFor((message) => {
    heard(message)
    if (message.type === 'status') told.push(performance.now())
  }, rethrow)
  return { publisher, told }
}

test('D22 what others change with each frame that they send is told ten times a second', async () => {
  const node = await startNode(() => {})
  const { publisher, told } = publisherInTime()
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  for (let ms = 0; ms < 1_000; ms++) {
    publisher.changed()
    await vi.advanceTimersByTimeAsync(1)
  }
  vi.useRealTimers()
  // The first one at once.
  expect(told.length).toBe(1 + 10)
  await node.close()
})

test('D17 what others write without end is told NEWS_PER_SECOND times, and what this node writes meanwhile at once', async () => {
  const node = await startNode(() => {})
  const { publisher, told } = publisherInTime()
  const { dag } = node.engine.replica
  const flood = (ms: number): Promise<void> => floodFor(ms, dag, publisher)
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  await flood(3_000)
  told.length = 0
  await flood(1_000)
  const often = told.length
  // One of them was its own.
  dag.tip[0] = 1
  const before = performance.now()
  await flood(40)
  const [next] = told.filter((at) => at >= before)
  vi.useRealTimers()
  expect(often).toBe(4)
  expect(next! - before).toBeLessThanOrEqual(16)
  await node.close()
})

test('D17 after any number of own ops, that the last one is stored is told within a second', async () => {
  const node = await startNode(() => {})
  const { publisher, told } = publisherInTime()
  const { engine } = node
  const { dag } = engine.replica
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  for (let n = 0; n < 200; n++) {
    dag.tip[0] = arrive(dag)
    publisher.changed()
    await vi.advanceTimersByTimeAsync(20)
  }
  told.length = 0
  engine.stored++
  publisher.changed()
  await vi.advanceTimersByTimeAsync(1_000)
  vi.useRealTimers()
  expect(told.length).toBe(1)
  await node.close()
})

test('D17 what an author who was quiet writes beside a flood is told at once, and a flood of authors as often as both budgets allow', async () => {
  const node = await startNode(() => {})
  const { publisher, told } = publisherInTime()
  const { dag } = node.engine.replica
  const flood = async (ms: number, author: (at: number) => number): Promise<void> => {
    for (let at = 0; at < ms; at++) {
      arrive(dag, author(at))
      publisher.changed()
      await vi.advanceTimersByTimeAsync(1)
    }
  }
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  await flood(3_000, () => 1)
  const late: number[] = []
  for (let author = 2; author < 10; author++) {
    const before = performance.now()
    await flood(213, (at) => (at === 0 ? author : 1))
    late.push(told.find((at) => at >= before)! - before)
  }
  await flood(3_000, (at) => at + 10)
  told.length = 0
  await flood(1_000, (at) => at + 4_000)
  vi.useRealTimers()
  expect(Math.max(...late)).toBeLessThanOrEqual(16)
  expect(told.length).toBe(4 + 10)
  await node.close()
})

test('that an op is stored is told as soon as that it is there', async () => {
  const node = await startNode(() => {})
  const told: [ops: number, stored: number][] = []
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const publisher = publisherFor((message) => {
    if (message.type === 'status') told.push([message.status.ops, message.status.stored])
  }, rethrow)
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  await vi.advanceTimersByTimeAsync(50)
  const { engine } = node
  arrive(engine.replica.dag)
  publisher.changed()
  await vi.advanceTimersByTimeAsync(20)
  engine.stored++
  publisher.changed()
  await vi.advanceTimersByTimeAsync(20)
  vi.useRealTimers()
  expect(told).toEqual([
    [1, 1],
    [2, 1],
    [2, 2],
  ])
  await node.close()
})

test('an op is in the history that is told as soon as it is admitted, and again when it is stored', async () => {
  const node = await startNode(() => {})
  const asked = vi.spyOn(node.room, 'entries')
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const publisher = publisherFor(() => {}, rethrow)
  publisher.show(null, 10)
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  const counts: number[] = []
  const { engine } = node
  for (const change of [() => {}, () => arrive(engine.replica.dag), () => engine.stored++, () => {}]) {
    change()
    publisher.changed()
    await vi.advanceTimersByTimeAsync(120)
    counts.push(asked.mock.calls.length)
  }
  vi.useRealTimers()
  expect(counts).toEqual([1, 2, 3, 3])
  await node.close()
})

test('what people read is told before what is told about it', async () => {
  const told: string[] = []
  const publisher = publisherFor(({ type }) => told.push(type), rethrow)
  const node = await startNode(() => {})
  publisher.show(null, 10)
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  await vi.waitFor(() => expect(told).toEqual(['opened', 'history', 'status']))
  await node.close()
})

test('another part of the history is told at once when it is asked for', async () => {
  const told: number[] = []
  const publisher = publisherFor((message) => {
    if (message.type === 'history') told.push(message.from)
  }, rethrow)
  const node = await startNode(publisher.changed)
  await node.submit('second')
  publisher.show(null, 10)
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  await vi.waitFor(() => expect(told).toEqual([0]))
  const timer = vi.spyOn(globalThis, 'setTimeout')
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 100)
  publisher.show(1, 10)
  expect(timer.mock.calls.map(([, pause]) => pause)).toEqual([0])
  await vi.waitFor(() => expect(told).toEqual([0, 1]))
  await node.close()
})

test('while ops stream in, pictures of the history are told twice a second, and the last one at once', async () => {
  const told: number[] = []
  const node = await startNode(() => {})
  const { status } = node
  let clock = 0
  let ops = 1
  vi.spyOn(performance, 'now').mockImplementation(() => clock)
  vi.spyOn(node, 'status').mockImplementation(() => ({ ...status(), ops, stored: ops }))
  let tell = (): void => {}
  const timer = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((next: () => void) => (tell = next)) as unknown as typeof setTimeout)
  const publisher = publisherFor((message) => {
    if (message.type === 'history') told.push(clock)
  }, rethrow)
  publisher.show(null, 10)
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  const after = async (ms: number, more: number): Promise<void> => {
    clock += ms
    ops += more
    publisher.changed()
    tell()
    for (let turn = 0; turn < 100; turn++) await Promise.resolve()
  }
  await after(0, 0)
  node.engine.intake.set('file/1', { items: [], bytes: 0, answers: 1 })
  for (let i = 0; i < 10; i++) await after(100, 1_000)
  expect(told).toEqual([0, 500, 1_000])
  // What a few people type is no stream.
  await after(100, 64)
  expect(told).toEqual([0, 500, 1_000, 1_100])
  await after(100, 1_000)
  node.engine.intake.clear()
  await after(100, 0)
  expect(told).toEqual([0, 500, 1_000, 1_100, 1_300])
  timer.mockRestore()
  await node.close()
})

test('D24 while ops stream in, a picture with an own op is told at once', async () => {
  const node = await startNode(() => {})
  const told: number[] = []
  const { publisher } = publisherInTime((message) => {
    if (message.type === 'history') told.push(performance.now())
  })
  const { dag } = node.engine.replica
  const flood = (ms: number): Promise<void> => floodFor(ms, dag, publisher)
  vi.spyOn(node.room, 'entries').mockImplementation(async () => ({ total: dag.length, from: 0, entries: [] }))
  node.engine.intake.set('file/1', { items: [], bytes: 0, answers: 1 })
  publisher.show(null, 1)
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  await flood(3_000)
  while (told.at(-1)! < performance.now() - 1) await flood(1)
  await flood(100)
  // One of them was its own.
  dag.tip[0] = 1
  const before = performance.now()
  await flood(40)
  vi.useRealTimers()
  expect(told.find((at) => at >= before)! - before).toBeLessThanOrEqual(16)
  await node.close()
})

test('what is held back while ops stream in is told soon after answers bring no more, though nothing else changes', async () => {
  const node = await startNode(() => {})
  const totals: number[] = []
  const { publisher } = publisherInTime((message) => {
    if (message.type === 'history') totals.push(message.total)
  })
  const { dag } = node.engine.replica
  vi.spyOn(node.room, 'entries').mockImplementation(async () => ({ total: dag.length, from: 0, entries: [] }))
  node.engine.intake.set('a link', { items: [], bytes: 0, answers: 0 })
  publisher.show(null, 1)
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  await vi.advanceTimersByTimeAsync(1_000)
  for (let i = 0; i < 2; i++) {
    for (let op = 0; op < 100; op++) arrive(dag)
    node.engine.tookInAt = performance.now()
    publisher.changed()
    await vi.advanceTimersByTimeAsync(50)
  }
  await vi.advanceTimersByTimeAsync(5_000)
  const ops = dag.length
  vi.useRealTimers()
  expect(totals).toEqual([1, 101, ops])
  await node.close()
})

/** A publisher for a page that draws nothing by itself: which pictures it was told, each as the ops that are in it. */
function publisherForSlowPage(): { readonly publisher: Publisher; readonly pictures: number[] } {
  const pictures: number[] = []
  let ops = 0
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const publisher = createPublisher((message) => {
    if (message.type === 'status') ({ ops } = message.status)
    if (message.type === 'picture') pictures[message.nth - 1] = ops
  }, rethrow)
  return { publisher, pictures }
}

test('D22 a page that has not drawn a picture is told no other one; the next one has all that came meanwhile', async () => {
  const node = await startNode(() => {})
  const { publisher, pictures } = publisherForSlowPage()
  const { dag } = node.engine.replica
  const flood = async (ms: number): Promise<void> => {
    for (let at = 0; at < ms; at++) {
      arrive(dag, 1 + at)
      publisher.changed()
      await vi.advanceTimersByTimeAsync(1)
    }
  }
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  await vi.advanceTimersByTimeAsync(1)
  await flood(2_000)
  expect(pictures).toEqual([1])
  publisher.drawn(1)
  await vi.advanceTimersByTimeAsync(0)
  expect(pictures).toEqual([1, 2_001])
  // Neither one that it drew before nor one that it was never told.
  publisher.drawn(1)
  publisher.drawn(3)
  await flood(1_000)
  expect(pictures).toHaveLength(2)
  // Nothing is told when it has drawn and nothing came.
  publisher.drawn(2)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(pictures).toEqual([1, 2_001, 3_001])
  publisher.drawn(3)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(pictures).toHaveLength(3)
  vi.useRealTimers()
  await node.close()
})

test('a page that draws nothing is told one picture in LONGEST_DRAWING', async () => {
  const node = await startNode(() => {})
  const { publisher, pictures } = publisherForSlowPage()
  const { dag } = node.engine.replica
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  await vi.advanceTimersByTimeAsync(1)
  for (let n = 0; n < 350; n++) {
    arrive(dag, 1 + n)
    publisher.changed()
    await vi.advanceTimersByTimeAsync(100)
  }
  vi.useRealTimers()
  expect(pictures).toHaveLength(1 + 3)
  await node.close()
})

test('a new own op waits for no more than one picture to be drawn', async () => {
  const node = await startNode(() => {})
  const { publisher, pictures } = publisherForSlowPage()
  const { dag } = node.engine.replica
  const write = async (): Promise<void> => {
    dag.tip[0] = arrive(dag)
    publisher.changed()
    await vi.advanceTimersByTimeAsync(100)
  }
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  await vi.advanceTimersByTimeAsync(100)
  await write()
  expect(pictures).toEqual([1, 2])
  await write()
  expect(pictures).toEqual([1, 2])
  publisher.drawn(1)
  await vi.advanceTimersByTimeAsync(0)
  vi.useRealTimers()
  expect(pictures).toEqual([1, 2, 3])
  await node.close()
})

test('D24 beside a flood, what an author who was quiet writes waits for no more than one picture to be drawn', async () => {
  const node = await startNode(() => {})
  const { publisher, pictures } = publisherForSlowPage()
  const { dag } = node.engine.replica
  let draws = true
  const flood = async (ms: number): Promise<void> => {
    for (let at = 0; at < ms; at++) {
      arrive(dag, 1)
      publisher.changed()
      await vi.advanceTimersByTimeAsync(1)
      if (draws) publisher.drawn(pictures.length)
    }
  }
  const quiet = async (author: number): Promise<number> => {
    arrive(dag, author)
    publisher.changed()
    await vi.advanceTimersByTimeAsync(20)
    return pictures.length
  }
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  await flood(3_000)
  draws = false
  const before = pictures.length
  while (pictures.length === before) await flood(1)
  const told = pictures.length
  expect([await quiet(2), await quiet(3)]).toEqual([told + 1, told + 1])
  vi.useRealTimers()
  await node.close()
})

test('what authors call themselves is told when it changes, and not again', async () => {
  const told: FromNode[] = []
  const publisher = publisherFor((message) => told.push(message), rethrow)
  const node = await startNode(publisher.changed)
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  const ofType = (type: FromNode['type']): FromNode[] => told.filter((message) => message.type === type)
  await vi.waitFor(() => expect(ofType('status')).toHaveLength(1))
  expect(ofType('names')).toEqual([])
  node.present('Ada', true)
  await vi.waitFor(() => expect(ofType('names')).toEqual([{ type: 'names', names: [[node.author, 'Ada']] }]))
  const statuses = ofType('status').length
  node.present('Ada', false)
  await vi.waitFor(() => expect(ofType('status').length).toBeGreaterThan(statuses))
  expect(ofType('names')).toHaveLength(1)
  await node.close()
})

test('E6 a picture of the history has MAX_BEGINNING of each text at most, however long they are', async () => {
  const ENTRIES = 64
  // Ids and numbers of an entry, and the names of its fields.
  const OTHER_BYTES = 512
  const told: FromNode[] = []
  const publisher = publisherFor((message) => told.push(message), rethrow)
  const node = await startNode(publisher.changed)
  const { entries } = node.room
  const texts = ['w'.repeat(65_000), '\u0628\u0651'.repeat(16_000), '😀'.repeat(16_000), 'short']
  vi.spyOn(node.room, 'entries').mockImplementation(async (from, count) => {
    const found = await entries(from, count)
    const [entry] = found.entries
    return { ...found, entries: Array.from({ length: ENTRIES }, (_, i) => ({ ...entry!, text: texts[i % texts.length]! })) }
  })
  publisher.show(null, ENTRIES)
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  await vi.waitFor(() => expect(told.at(-1)?.type).toBe('status'))
  const pictures = told.filter((message) => message.type === 'history')
  expect(pictures.length).toBeGreaterThan(0)
  for (const picture of pictures) {
    expect(serialize(picture).length).toBeLessThanOrEqual(ENTRIES * (2 * MAX_BEGINNING + OTHER_BYTES))
    expect(picture.entries.slice(0, 4).map(({ text, isWhole }) => [text, isWhole])).toEqual([
      ['w'.repeat(MAX_BEGINNING), false],
      ['\u0628\u0651'.repeat(MAX_BEGINNING / 2), false],
      ['😀'.repeat(MAX_BEGINNING / 2), false],
      ['short', true],
    ])
  }
  await node.close()
})

test('a picture is told again when who holds an own entry in it has changed, though no op came, and not when nothing has', async () => {
  const told: Held[] = []
  const publisher = publisherFor((message) => {
    if (message.type === 'history') told.push(message.entries[0]!.held!)
  }, rethrow)
  const node = await startNode(publisher.changed)
  let held = { by: 0, here: 1 }
  vi.spyOn(node.room, 'held').mockImplementation(() => () => held)
  const { entries } = node.room
  vi.spyOn(node.room, 'entries').mockImplementation(async (...window) => {
    const found = await entries(...window)
    return { ...found, entries: found.entries.map((entry) => ({ ...entry, held })) }
  })
  const statuses = vi.spyOn(node, 'status')
  const changed = async (): Promise<void> => {
    const before = statuses.mock.calls.length
    publisher.changed()
    await vi.waitFor(() => expect(statuses.mock.calls.length).toBeGreaterThan(before))
  }
  publisher.show(null, 10)
  await publisher.begin(node, '', { resumed: false, isFirstHere: true, replaces: null })
  await vi.waitFor(() => expect(told).toEqual([{ by: 0, here: 1 }]))
  await changed()
  held = { by: 1, here: 1 }
  await changed()
  await vi.waitFor(() => expect(told).toEqual([{ by: 0, here: 1 }, held]))
  await changed()
  await changed()
  expect(told).toHaveLength(2)
  await node.close()
})
