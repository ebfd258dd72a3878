/** Chosen names that are remembered: the latest ones, at most so many, and how they are written. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Called, createNames, encodeNames } from './names.ts'

const hex = (n: number): string => n.toString(16).padStart(64, '0')

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

/** Author n < `authors` wrote the n-th first op; author n's runs are 1000 n, 1000 n + 1, … */
function open(authors = 1_000, stored: Uint8Array | null = null) {
  const disk: { bytes: Uint8Array | null; writes: number } = { bytes: stored, writes: 0 }
  const names = createNames({
    stored,
    seniorityOf(author) {
      const number = Number.parseInt(author, 16)
      return number < authors ? number : null
    },
    write(bytes) {
      disk.bytes = bytes
      disk.writes++
    },
    now: () => performance.now(),
  })
  const hear = (author: number, name: string, count = 1, run = 0): void =>
    names.hear({ author: hex(author), run: hex(1_000 * author + run), count, name })
  const nameOf = (author: number): string | undefined => names.all().get(hex(author))
  return { names, hear, nameOf, disk }
}

test('the latest name of an author is known, and none when it says that it has none', () => {
  const { names, hear, nameOf } = open()
  hear(1, 'Ada')
  hear(2, 'Bob')
  expect([nameOf(1), nameOf(2), names.version]).toEqual(['Ada', 'Bob', 2])
  hear(1, 'Ada Lovelace', 2)
  expect([nameOf(1), names.version]).toEqual(['Ada Lovelace', 3])
  hear(1, 'Ada Lovelace', 3)
  expect(names.version).toBe(3)
  hear(1, '', 4)
  expect([nameOf(1), names.all().size, names.version]).toEqual([undefined, 1, 4])
})

test('D15 of one run an older name never takes the place of a newer one, also after a restart, nor does it come back when the newer one is none', async () => {
  const before = open()
  before.hear(1, 'old', 1)
  before.hear(1, 'new', 7)
  before.hear(2, 'old', 1)
  before.hear(2, '', 7)
  before.hear(1, 'old', 1)
  before.hear(2, 'old', 1)
  expect([before.nameOf(1), before.nameOf(2)]).toEqual(['new', undefined])
  before.names.close()
  const after = open(1_000, before.disk.bytes)
  expect([after.nameOf(1), after.nameOf(2)]).toEqual(['new', undefined])
  after.hear(1, 'old', 1)
  after.hear(2, 'old', 1)
  after.hear(1, 'older', 7)
  expect([after.nameOf(1), after.nameOf(2)]).toEqual(['new', undefined])
  after.hear(1, 'newest', 8)
  expect(after.nameOf(1)).toBe('newest')
  // A later run counts anew.
  after.hear(1, 'of a later run', 1, 1)
  expect(after.nameOf(1)).toBe('of a later run')
})

test('D10 MAX_NAMES names are remembered: who was here first keeps its place, and who has no name or no op gives way', () => {
  const { names, hear, nameOf } = open(1_000)
  for (let author = 100; author < 356; author++) hear(author, `name ${author}`)
  expect(names.all().size).toBe(256)
  // Later than all of them, and without an op: no place.
  hear(400, 'later')
  hear(2_000, 'without an op')
  expect([names.all().size, nameOf(400), nameOf(2_000)]).toEqual([256, undefined, undefined])
  // Earlier: it has the place of the latest.
  hear(50, 'earlier')
  expect([names.all().size, nameOf(50), nameOf(355), nameOf(354)]).toEqual([256, 'earlier', undefined, 'name 354'])
  // An author who gave up its name loses its place before authors who have one.
  hear(120, '', 2)
  hear(400, 'later')
  expect([names.all().size, nameOf(400), nameOf(354)]).toEqual([256, 'later', 'name 354'])
  // An author who has a place may say another name at any time.
  hear(400, 'another', 2)
  expect(nameOf(400)).toBe('another')
})

test('authors without an op here are not stored before they have one', async () => {
  let authors = 0
  const written: Uint8Array[] = []
  const names = createNames({
    stored: null,
    seniorityOf: (author) => (Number.parseInt(author, 16) < authors ? 0 : null),
    write: (bytes) => void written.push(bytes),
    now: () => performance.now(),
  })
  const said = { author: hex(0), run: hex(7), name: 'Ada' }
  names.hear({ ...said, count: 1 })
  await vi.advanceTimersByTimeAsync(20_000)
  expect(written).toEqual([])
  authors = 1
  names.hear({ ...said, count: 2 })
  await vi.advanceTimersByTimeAsync(20_000)
  expect(written).toEqual([encodeNames([{ ...said, count: 2 }])])
})

test('E1 names are written WRITE_PAUSE apart at least, however often they change, and not because they are said again', async () => {
  const { names, hear, disk } = open()
  hear(1, 'Ada')
  await vi.advanceTimersByTimeAsync(1)
  expect(disk.writes).toBe(1)
  for (let count = 2; count < 502; count++) {
    hear(1, `Ada ${count}`, count)
    await vi.advanceTimersByTimeAsync(100)
  }
  expect(disk.writes).toBeLessThanOrEqual(11)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(open(1_000, disk.bytes).nameOf(1)).toBe('Ada 501')
  const { writes } = disk
  for (let count = 502; count < 600; count++) {
    hear(1, 'Ada 501', count)
    await vi.advanceTimersByTimeAsync(5_000)
  }
  expect(disk.writes).toBe(writes)
  // Names that are not written yet are written in the end.
  hear(1, 'Bob', 600)
  hear(1, 'Carol', 601)
  names.close()
  expect(open(1_000, disk.bytes).nameOf(1)).toBe('Carol')
})

test('E9 a stored record that is cut, changed, too long or of something else is as good as none', () => {
  const called: Called = { author: hex(1), run: hex(1_000), count: 3, name: 'Ada' }
  const good = encodeNames([called])
  expect(open(9, good).nameOf(1)).toBe('Ada')
  const many = Array.from({ length: 257 }, (_, i) => ({ ...called, author: hex(i) }))
  const bad = [
    good.slice(0, -1),
    Uint8Array.of(...good, 0),
    new Uint8Array(),
    Uint8Array.of(0xa0),
    Uint8Array.of(0x81, 0x80),
    encodeNames([{ ...called, name: 'x'.repeat(41) }]),
    encodeNames([{ ...called, author: 'ab' }]),
    encodeNames([called, { ...called, run: 'ab' }]),
    encodeNames(many),
  ]
  for (const bytes of bad) expect(open(9, bytes).names.all().size).toBe(0)
})

test('what this node calls itself is told like the others, and is not stored', async () => {
  const { names, hear, nameOf, disk } = open()
  names.sayOwn(hex(5), 'me')
  hear(1, 'Ada')
  expect([nameOf(5), nameOf(1), names.version]).toEqual(['me', 'Ada', 2])
  names.sayOwn(hex(5), 'me')
  expect(names.version).toBe(2)
  names.sayOwn(hex(5), '')
  expect([nameOf(5), names.version]).toEqual([undefined, 3])
  names.close()
  expect(open(1_000, disk.bytes).names.all()).toEqual(new Map([[hex(1), 'Ada']]))
})

test('E6 a stored name that turns the line around it is shown without that', () => {
  const called = { author: 'ab'.repeat(32), run: 'cd'.repeat(32), count: 1, name: '\u2069\u202eEve' }
  const names = createNames({ stored: encodeNames([called]), seniorityOf: () => 0, write: () => {}, now: () => 0 })
  expect([...names.all().values()]).toEqual(['Eve'])
  names.close()
})
