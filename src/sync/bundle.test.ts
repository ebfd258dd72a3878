import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRandom, mutated, randomBytes } from '../core/bytes.naive.ts'
import { bytesOf } from '../core/byte-writer.ts'
import { concatBytes, equalBytes } from '../core/bytes.ts'
import { encodeValue } from '../core/cbor.ts'
import { MAX_BODY_BYTES, MAX_UNIT_BYTES, MAX_UNIT_OPS } from '../core/limits.ts'
import { encodeOp, type Op, type OpId, opLength } from '../core/op.ts'
import type { Refusal } from '../core/result.ts'
import { SLAB_BYTES } from '../core/slab.ts'
import { type Unit, unitBytes, type UnitOp } from '../core/unit.ts'
import { BUNDLE_BUDGET, decodeBundle, encodeBundle, MAX_BUNDLE_BYTES, MAX_BUNDLE_OP_BYTES, reopenBundle, unitCost } from './bundle.ts'
import { addBody, createBodyWriter, writeBodies } from './bodies.ts'
import { decodeFile, encodeFile, unwrapBundle, wrapBundle } from './wrap.ts'
import { MAX_BUNDLE_OPS, readColumns, writeColumns, type Columns } from './columns.ts'
import { authorOf, cutIntoUnits, genesisOp, randomOps, unitOp } from './units.naive.ts'

const genesis = genesisOp()
const author = genesis.op.author

/** The op after another one of the same author. */
const after = (mate: UnitOp, fields: Partial<Op> = {}, isSigned = true): UnitOp =>
  unitOp(
    { room: genesis.id, author: mate.op.author, seq: mate.op.seq + 1, prev: mate.id, deps: [], time: 0, body: encodeValue(1), ...fields },
    isSigned,
  )

const idOf = (n: number): OpId => new Uint8Array(32).fill(n) as OpId

/** Whether decoding gave these units; much quicker than `toEqual`, which the single cases use. */
function isSame(decoded: ReturnType<typeof decodeBundle>, units: readonly Unit[]): boolean {
  if (!decoded.ok || decoded.value.length !== units.length) return false
  return decoded.value.every((unit, i) => unit.length === units[i]!.length && unit.every((each, j) => isSameOp(each, units[i]![j]!)))
}

function isSameOp(a: UnitOp, b: UnitOp): boolean {
  const signatures = a.signature === null ? b.signature === null : b.signature !== null && equalBytes(a.signature, b.signature)
  return signatures && equalBytes(a.id, b.id) && equalBytes(encodeOp(a.op), encodeOp(b.op))
}

/** The columns of one author's bodies. */
function bodiesOf(...bodies: readonly Uint8Array[]): Pick<Columns, 'refs' | 'patterns' | 'contents'> {
  const writer = createBodyWriter()
  const refs = bodies.map((body, i) => addBody(writer, body, bodies[i - 1] ?? null))
  const { patterns, contents } = writer
  const both = bytesOf((out) => writeBodies(out, writer))
  return { refs, patterns: both.subarray(0, patterns.length), contents: both.subarray(both.length - contents.length) }
}

/** A bundle of one signed op whose prev is outside, for bending one column at a time. */
const columns: Columns = {
  room: genesis.id,
  external: [idOf(9)],
  unitSizes: [1],
  authors: [author],
  writers: [0],
  prevs: [3],
  seqs: [7],
  depCounts: [0],
  deps: [],
  times: [5],
  ...bodiesOf(encodeValue('hi')),
  signatures: [new Uint8Array(64)],
}

const bent = (fields: Partial<Columns>): Uint8Array => writeColumns({ ...columns, ...fields })
const refusal = (bytes: Uint8Array): Refusal | null => {
  const decoded = decodeBundle(bytes)
  return decoded.ok ? null : decoded.reason
}

describe('decode(encode(units)) is units', () => {
  test('for random rooms with forks and merges, whole', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 120 }), fc.integer({ min: 1, max: 5 }), (seed, count, authors) => {
        const random = createRandom(seed)
        const units = cutIntoUnits(random, randomOps(random, count, authors))
        expect(isSame(decodeBundle(encodeBundle(units)), units)).toBe(true)
      }),
      { numRuns: 60, seed: 1 },
    )
  })

  test('for any later part of a room, whose parents are then outside', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(80), (seed, from) => {
        const random = createRandom(seed)
        const units = cutIntoUnits(random, randomOps(random, 100).slice(from))
        expect(isSame(decodeBundle(encodeBundle(units)), units)).toBe(true)
      }),
      { numRuns: 60, seed: 2 },
    )
  })

  test('for no units at all', () => {
    expect(decodeBundle(encodeBundle([]))).toEqual({ ok: true, value: [] })
  })

  test('for the largest numbers an op can hold', () => {
    const most = Number.MAX_SAFE_INTEGER
    const first = unitOp({ room: genesis.id, author, seq: most - 1, prev: idOf(9), deps: [idOf(3)], time: most, body: encodeValue(0) })
    const units = [[first, after(first), after(first, { time: most })]]
    expect(decodeBundle(encodeBundle(units))).toEqual({ ok: true, value: units })
  })

  test('for ops whose prev is in the bundle and which are invalid all the same: a gap in seq, another author', () => {
    const mate = after(genesis)
    const units = [[genesis, mate, after(mate, { seq: 9 }), after(mate, { author: authorOf(2) })].map(({ op }) => unitOp(op))]
    expect(decodeBundle(encodeBundle(units))).toEqual({ ok: true, value: units })
  })

  test('for a unit at both of its limits, which also keeps the limit of a bundle', () => {
    const filler = Math.floor(MAX_UNIT_BYTES / MAX_UNIT_OPS) - opLength(genesis.op) - 80
    const unit: UnitOp[] = [genesis]
    while (unit.length < MAX_UNIT_OPS) unit.push(after(unit.at(-1)!, { body: encodeValue(new Uint8Array(filler)) }))
    expect(unitBytes(unit)).toBeLessThanOrEqual(MAX_UNIT_BYTES)
    const bundle = encodeBundle([unit])
    expect(bundle.length).toBeLessThanOrEqual(MAX_BUNDLE_BYTES)
    expect(unitCost(unit)).toBeLessThanOrEqual(BUNDLE_BUDGET)
    const decoded = decodeBundle(bundle)
    expect(decoded.ok && decoded.value[0]!.length).toBe(MAX_UNIT_OPS)
  })

  test('for the bytes of a bundle inside a larger array', () => {
    const bundle = encodeBundle([[genesis]])
    const inside = concatBytes([new Uint8Array(5), bundle]).subarray(5)
    expect(decodeBundle(inside)).toEqual({ ok: true, value: [[genesis]] })
  })
})

describe('a bundle that is opened again with the ids it had', () => {
  test('gives the units that decoding gives, and hashes nothing', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const random = createRandom(seed)
        const units = cutIntoUnits(random, randomOps(random, 40))
        const from = Math.floor(random() * units.length)
        const part = units.slice(from)
        const ids = part.flat().map(({ id }) => id)
        const reopened = reopenBundle(encodeBundle(part), (n) => ids[n]!)
        expect(reopened).toEqual(part.map((unit) => unit.map(({ op, id, signature }) => ({ op, id, signature }))))
      }),
      { numRuns: 30 },
    )
  })

  test('is none when its bytes are cut', () => {
    const units = cutIntoUnits(createRandom(1), randomOps(createRandom(1), 10))
    const bytes = encodeBundle(units)
    const ids = units.flat().map(({ id }) => id)
    for (let length = 0; length < bytes.length; length++) expect(reopenBundle(bytes.subarray(0, length), (n) => ids[n]!)).toBe(null)
  })
})

test('D8 B6 an op keeps its own bytes in memory, and not the bundle that it came in', () => {
  const large = after(genesis, { body: encodeValue(new Uint8Array(MAX_BODY_BYTES - 5)) })
  const small = after(genesis, { author: authorOf(2), seq: 3, prev: idOf(1), deps: [idOf(2), idOf(3)] })
  const decoded = decodeBundle(encodeBundle([[small], ...Array.from({ length: 10 }, () => [large])]))
  if (!decoded.ok) throw new Error(decoded.reason)
  const { op, id, signature } = decoded.value[0]![0]!
  const buffers = new Set([op.room!, op.author, op.prev!, ...op.deps, op.body, id, signature!].map(({ buffer }) => buffer))
  const kept = [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0)
  expect(kept).toBeLessThanOrEqual(SLAB_BYTES + 6 * 32 + 64)
})

test('the cost of units is at least what they add to a bundle', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(60), (seed, from) => {
      const random = createRandom(seed)
      const units = cutIntoUnits(random, randomOps(random, 80, 5).slice(from), 4)
      const cost = units.reduce((sum, unit) => sum + unitCost(unit), 0)
      expect(encodeBundle(units).length).toBeLessThanOrEqual(cost + MAX_BUNDLE_BYTES - BUNDLE_BUDGET)
    }),
    { numRuns: 60, seed: 3 },
  )
})

test('so it is of units that are nothing but parents from outside, by as many authors, with the largest numbers', () => {
  const id = (n: number): OpId => new Uint8Array(32).map((_, i) => (i < 3 ? n >> (8 * i) : 1)) as OpId
  const units = Array.from({ length: 500 }, (_, n) => {
    const [by, prev, ...deps] = Array.from({ length: 66 }, (_, i) => id(1 + 66 * n + i))
    const fields = { seq: 2 ** 53 - 1 - n, time: n % 2 === 0 ? 0 : 2 ** 52, body: encodeValue(n) }
    return [unitOp({ room: genesis.id, author: by! as Uint8Array as typeof author, prev: prev!, deps, ...fields })]
  })
  const cost = units.reduce((sum, unit) => sum + unitCost(unit), 0)
  expect(encodeBundle(units).length).toBeLessThanOrEqual(cost + MAX_BUNDLE_BYTES - BUNDLE_BUDGET)
})

test('what one author types costs a byte a character, and a little for each change of direction', () => {
  const ops = [after(genesis)]
  while (ops.length < 1000) {
    const body = encodeValue([3, 1_000 + ops.length, 0, 'x'])
    ops.push(after(ops.at(-1)!, { time: genesis.op.time + (ops.length >> 8), body }, false))
  }
  const unit: Unit = [...ops, after(ops.at(-1)!)]
  expect(encodeBundle([unit]).length).toBeLessThan(3 * 32 + 2 * 64 + unit.length + 80)
})

test('D8 what was read is told of a few bytes that say a great many numbers, and are refused before anything is hashed', () => {
  const ops = [after(genesis, {}, false)]
  while (ops.length < MAX_BUNDLE_OPS) ops.push(after(ops.at(-1)!, {}, false))
  const units = Array.from({ length: MAX_BUNDLE_OPS / MAX_UNIT_OPS }, (_, n) => ops.slice(n * MAX_UNIT_OPS, (n + 1) * MAX_UNIT_OPS))
  const bytes = encodeBundle(units)
  expect(bytes.length).toBeLessThan(200)
  const spentOn = (length: number): number => {
    const spent = { ops: 7 }
    expect(decodeBundle(bytes.subarray(0, length), spent)).toEqual({ ok: false, reason: 'bad-bundle' })
    return spent.ops
  }
  expect(spentOn(20)).toBe(0)
  // Six numbers an op, and its pattern is cut.
  expect(spentOn(bytes.length - 1)).toBeGreaterThanOrEqual((6 * MAX_BUNDLE_OPS) / 128)
})

test('D8 what was hashed is told, of a bundle that is refused at its last op too', () => {
  const chain = [genesis]
  while (chain.length < 300) chain.push(after(chain.at(-1)!, {}, false))
  const spent = { ops: 0 }
  expect(decodeBundle(encodeBundle([[...chain, after(chain.at(-1)!)]]), spent).ok).toBe(true)
  expect(spent.ops).toBe(301)
  expect(decodeBundle(encodeBundle([chain]), spent)).toEqual({ ok: false, reason: 'unauthentic' })
  expect(spent.ops).toBe(300)
  expect(decodeBundle(encodeBundle([]), spent).ok).toBe(true)
  expect(spent.ops).toBe(0)
})

describe('a bundle at one of its limits is taken, and beyond it is not:', () => {
  const many = <T>(length: number, item: T): T[] => Array.from({ length }, () => item)

  test('MAX_BUNDLE_BYTES of columns', () => {
    // Nothing that is written is quite as long: that it is read at all is what tells.
    expect(refusal(new Uint8Array(MAX_BUNDLE_BYTES))).toBe('unknown-version')
    expect(refusal(new Uint8Array(MAX_BUNDLE_BYTES + 1))).toBe('too-large')
  })

  test('MAX_BUNDLE_OPS ops', () => {
    const of = (count: number): Uint8Array =>
      bent({
        unitSizes: many(count, 1),
        writers: many(count, 0),
        prevs: many(count, 3),
        seqs: many(count, 7),
        depCounts: many(count, 0),
        times: many(count, 5),
        ...bodiesOf(...many(count, Uint8Array.of(0))),
        signatures: many(count, new Uint8Array(64)),
      })
    expect(refusal(of(MAX_BUNDLE_OPS))).toBeNull()
    expect(refusal(of(MAX_BUNDLE_OPS + 1))).toBe('too-large')
  })

  test('D8 MAX_BUNDLE_OP_BYTES of canonical bytes', () => {
    const deps = Array.from({ length: 64 }, (_, i) => 2 * i + 3)
    /** 1,900 ops with 64 deps each, and one with a body of so many bytes. */
    const of = (last: number): Uint8Array =>
      bent({
        external: Array.from({ length: 65 }, (_, i) => idOf(i + 1)),
        unitSizes: many(1_901, 1),
        writers: many(1_901, 0),
        prevs: many(1_901, 3),
        seqs: many(1_901, 7),
        depCounts: [...many(1_818, 64), ...many(83, 0)],
        deps: many(1_818, deps).flat(),
        times: many(1_901, 0),
        ...bodiesOf(...many(1_900, Uint8Array.of(0)), encodeValue(new Uint8Array(last - 3))),
        signatures: many(1_901, new Uint8Array(64)),
      })
    const decoded = decodeBundle(of(1_000))
    if (!decoded.ok) throw new Error(decoded.reason)
    const rest = MAX_BUNDLE_OP_BYTES - unitBytes(decoded.value.flat())
    expect(refusal(of(1_000 + rest))).toBeNull()
    expect(refusal(of(1_000 + rest + 1))).toBe('too-large')
  })

  test('B17 MAX_UNIT_BYTES of one unit', () => {
    const body = encodeValue(new Uint8Array(60_000))
    const unit = [genesis]
    while (unit.length < 18) unit.push(after(unit.at(-1)!, { body }))
    const left = MAX_UNIT_BYTES - unitBytes(unit)
    const lastOf = (length: number): UnitOp => after(unit.at(-1)!, { body: encodeValue(new Uint8Array(length - 3)) })
    const rest = left - opLength(lastOf(1_000).op)
    expect(refusal(encodeBundle([[...unit, lastOf(1_000 + rest)]]))).toBeNull()
    expect(refusal(encodeBundle([[...unit, lastOf(1_000 + rest + 1)]]))).toBe('unit-too-large')
  })
})

describe('a bundle is refused whole', () => {
  test('when it is empty, cut anywhere, or followed by anything', () => {
    const bundle = encodeBundle([[genesis, after(genesis)]])
    for (let length = 0; length < bundle.length; length++) expect(refusal(bundle.subarray(0, length))).toBe('bad-bundle')
    expect(refusal(concatBytes([bundle, new Uint8Array(1)]))).toBe('bad-bundle')
  })
  test('when it is of another version', () => {
    const bundle = encodeBundle([[genesis]])
    for (const version of [0, 1, 3]) expect(refusal(bundle.with(0, version))).toBe('unknown-version')
  })
  test('D9 when it is larger than any bundle, unread', () => {
    expect(refusal(new Uint8Array(MAX_BUNDLE_BYTES + 1))).toBe('too-large')
  })
  test('A13 when it declares more of anything than it could hold', () => {
    const huge = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]
    const header = [2, ...new Uint8Array(32)]
    for (const column of [[], [0]]) expect(refusal(Uint8Array.from([...header, ...column, ...huge]))).toBe('bad-bundle')
    for (const column of [
      [0, 0],
      [0, 0, 1],
    ])
      expect(refusal(Uint8Array.from([...header, ...column, ...huge]))).toBe('too-large')
    // Two units of one op in a run, and then a number that comes in a run without end: the writers.
    expect(refusal(Uint8Array.from([...header, 0, 0, 2, 3, 0, 1, ...huge]))).toBe('bad-bundle')
  })
  test('when it has more ops than one message may ask to be hashed', () => {
    const sizes = Array.from({ length: MAX_BUNDLE_OPS / MAX_UNIT_OPS }, () => MAX_UNIT_OPS)
    expect(refusal(bent({ unitSizes: [...sizes, 1] }))).toBe('too-large')
  })
  test('D8 when few columns make more canonical bytes than one message may ask to be built', () => {
    const many = <T>(length: number, item: T): T[] => Array.from({ length }, () => item)
    const count = Math.ceil(MAX_BUNDLE_OP_BYTES / (64 * 34))
    const deps = Array.from({ length: 64 }, (_, i) => 2 * i + 3)
    const bomb = bent({
      external: Array.from({ length: 65 }, (_, i) => idOf(i + 1)),
      unitSizes: many(count, 1),
      writers: many(count, 0),
      prevs: many(count, 3),
      seqs: many(count, 1),
      depCounts: many(count, 64),
      deps: many(count, deps).flat(),
      times: many(count, 0),
      ...bodiesOf(...many(count, Uint8Array.of(0))),
      signatures: many(count, new Uint8Array(64)),
    })
    expect(bomb.length).toBeLessThan(MAX_BUNDLE_OP_BYTES / 8)
    expect(refusal(bomb)).toBe('too-large')
  })
  test('B17 when a unit has no ops, too many, or too many bytes', () => {
    expect(refusal(bent({ unitSizes: [1, 0] }))).toBe('bad-bundle')
    expect(refusal(bent({ unitSizes: [MAX_UNIT_OPS + 1] }))).toBe('unit-too-large')
    const body = encodeValue(new Uint8Array(MAX_BODY_BYTES - 5))
    const unit = [genesis]
    while (unit.length < 18) unit.push(after(unit.at(-1)!, { body }))
    expect(refusal(encodeBundle([unit]))).toBe('unit-too-large')
  })
  test('A2 B17 when an op is neither signed nor the prev of a unit-mate', () => {
    expect(refusal(bent({ signatures: [null] }))).toBe('unauthentic')
    const mate = after(genesis, {}, false)
    expect(refusal(encodeBundle([[genesis, mate, after(mate)]]))).toBeNull()
    expect(refusal(encodeBundle([[genesis, mate], [after(mate)]]))).toBe('unauthentic')
  })
  test('A3 A16 when the op that names it as prev is by another author: nobody vouches for others', () => {
    const mate = after(genesis, {}, false)
    const other = after(mate, { author: authorOf(2) })
    expect(refusal(encodeBundle([[genesis, mate, other]]))).toBe('unauthentic')
  })
  test('B18 when only one branch of a fork is signed', () => {
    const [left, right] = [after(genesis, { time: 1 }, false), after(genesis, { time: 2 })]
    expect(refusal(encodeBundle([[genesis, left, right]]))).toBe('unauthentic')
  })
  test('when a child comes before its parent', () => {
    const child = after(genesis)
    expect(refusal(encodeBundle([[child, genesis]]))).toBe('bad-bundle')
    const merge = unitOp({ ...child.op, author: authorOf(2), seq: 0, prev: null, deps: [child.id] })
    expect(refusal(encodeBundle([[genesis, merge, child]]))).toBe('bad-bundle')
  })
  test('B11 when an op without parents is not the genesis of its room', () => {
    const second = unitOp({ ...genesis.op, time: 1 })
    expect(refusal(encodeBundle([[second]]))).toBeNull()
    expect(refusal(encodeBundle([[genesis, second]]))).toBe('bad-bundle')
    expect(refusal(bent({ prevs: [1], seqs: [], external: [] }))).toBe('bad-bundle')
  })
  test('when a parent is nowhere: before the first op, beyond the table, no last op of its author', () => {
    for (const prev of [0, 2, 5]) expect(refusal(bent({ prevs: [prev], seqs: prev === 5 ? [1] : [] }))).toBe('bad-bundle')
    for (const dep of [0, 3]) expect(refusal(bent({ depCounts: [1], deps: [dep] }))).toBe('bad-bundle')
  })
  test('when deps are repeated, not ascending, too many, or prev is among them', () => {
    const external = [idOf(9), idOf(3)]
    expect(refusal(bent({ external, depCounts: [1], deps: [3] }))).toBeNull()
    expect(refusal(bent({ external, depCounts: [2], deps: [3, 3] }))).toBe('bad-bundle')
    expect(refusal(bent({ external: [...external, idOf(4)], depCounts: [2], deps: [5, 3] }))).toBe('bad-bundle')
    expect(refusal(bent({ depCounts: [65], deps: Array.from({ length: 65 }, (_, i) => i) }))).toBe('too-many-deps')
    expect(refusal(bent({ external, depCounts: [1], deps: [1] }))).toBe('prev-in-deps')
    expect(refusal(bent({ external: [...external, idOf(3)], depCounts: [2], deps: [3, 5] }))).toBe('deps-unsorted')
  })
  test("when an op breaks a rule of its own, by that rule's name", () => {
    expect(refusal(bent({ seqs: [0] }))).toBe('bad-seq')
    expect(refusal(bent({ authors: [idOf(0) as Uint8Array as typeof author] }))).toBe('bad-author')
    expect(refusal(bent(bodiesOf(Uint8Array.of(0x18, 1))))).toBe('not-canonical')
    expect(refusal(bent(bodiesOf(Uint8Array.of(0xf7))))).toBe('unsupported-type')
    expect(refusal(bent(bodiesOf(encodeValue(new Uint8Array(MAX_BODY_BYTES)))))).toBe('too-large')
  })
  test('when a flag says more than that an op is signed', () => {
    const bundle = encodeBundle([[genesis]])
    const at = bundle.length - 64 - genesis.op.body.length - 2
    expect([...bundle.subarray(at, at + 2)]).toEqual([2, 0])
    expect(refusal(bundle.with(at, 4))).toBe('bad-bundle')
  })
  test('when authors or external parents are listed and never named, or out of order', () => {
    const external = [idOf(9), idOf(3)]
    expect(refusal(bent({ authors: [author, authorOf(2)] }))).toBe('bad-bundle')
    expect(refusal(bent({ authors: [author, authorOf(2)], writers: [1] }))).toBe('bad-bundle')
    expect(refusal(bent({ external }))).toBe('bad-bundle')
    expect(refusal(bent({ external, prevs: [5] }))).toBe('bad-bundle')
    expect(refusal(bent({ external, prevs: [5], depCounts: [1], deps: [1] }))).toBe('bad-bundle')
    expect(refusal(bent({ external, prevs: [3], depCounts: [1], deps: [3] }))).toBeNull()
    // All are named in the end, and the second before the first.
    const bodies = bodiesOf(encodeValue(1), encodeValue(2), encodeValue(3))
    const signatures = [1, 2, 3].map(() => new Uint8Array(64))
    const three = { unitSizes: [1, 1, 1], depCounts: [0, 0, 0], times: [1, 2, 3], ...bodies, signatures }
    const both = { ...three, authors: [author, authorOf(2)], external, seqs: [1, 2, 3] }
    expect(refusal(bent({ ...both, writers: [0, 1, 0], prevs: [3, 5, 3] }))).toBeNull()
    expect(refusal(bent({ ...both, writers: [1, 0, 1], prevs: [3, 5, 3] }))).toBe('bad-bundle')
    expect(refusal(bent({ ...both, writers: [0, 1, 0], prevs: [5, 3, 5] }))).toBe('bad-bundle')
  })
})

describe('times', () => {
  const last = Number.MAX_SAFE_INTEGER
  const two = { unitSizes: [2], writers: [0, 0], prevs: [3, 0], depCounts: [0, 0], ...bodiesOf(encodeValue(1), encodeValue(2)) }
  test('are any in 0 … 2^53 − 1 after any other, for their steps go round', () => {
    const times = [0, 1, 2 ** 52 - 1, 2 ** 52, 2 ** 52 + 1, last - 1, last]
    for (const first of times) {
      for (const second of times) {
        const read = readColumns(bent({ ...two, signatures: [null, new Uint8Array(64)], times: [first, second] }))
        expect(read.ok && read.value.times).toEqual([first, second])
      }
    }
  })
  test('take as few bytes as their steps are small, in either direction', () => {
    const lengthOf = (...times: number[]): number => bent({ ...two, signatures: [null, new Uint8Array(64)], times }).length
    const [now, small] = [1_763_800_000, lengthOf(1_763_800_000, 1_763_800_000)]
    expect([now - 32, now + 31].map((time) => lengthOf(now, time))).toEqual([small, small])
    expect([now - 33, now + 32].map((time) => lengthOf(now, time))).toEqual([small + 1, small + 1])
    expect(lengthOf(0, last)).toBe(lengthOf(0, 1))
  })
})

test('100,000 random and mutated bundles give units or a named refusal', { timeout: 60_000 }, () => {
  const random = createRandom(4)
  const samples = [0, 3, 8, 20].map((count) => encodeBundle(cutIntoUnits(random, randomOps(random, count), 6)))
  const outcomes = new Set<string>()
  let kept = 0
  for (let i = 0; i < 100_000; i++) {
    const bytes = i % 4 === 0 ? randomBytes(random, Math.floor(random() * 120)) : mutated(random, samples[i % samples.length]!)
    if (i % 4 === 0 && bytes.length > 0) bytes[0] = 2
    const decoded = decodeBundle(bytes)
    outcomes.add(decoded.ok ? 'units' : decoded.reason)
    if (decoded.ok && ++kept < 1000 && !isSame(decodeBundle(encodeBundle(decoded.value)), decoded.value)) outcomes.add('other units')
  }
  expect(outcomes).not.toContain('other units')
  for (const outcome of ['units', 'bad-bundle', 'unknown-version', 'unauthentic', 'not-canonical']) expect(outcomes).toContain(outcome)
})

describe('wrapping', () => {
  test('says which codec the payload has', () => {
    for (const codec of ['raw', 'deflate'] as const) {
      const payload = Uint8Array.of(1, 2, 3)
      expect(unwrapBundle(wrapBundle(codec, payload))).toEqual({ ok: true, value: { codec, payload } })
    }
  })
  test('refuses what was never wrapped, and what is larger than any bundle', () => {
    for (const bytes of [[], [0xb5], [0xb5, 2], [0xb6, 0, 1]]) {
      expect(unwrapBundle(Uint8Array.from(bytes))).toEqual({ ok: false, reason: 'not-a-bundle' })
    }
    const large = wrapBundle('deflate', new Uint8Array(MAX_BUNDLE_BYTES + 1))
    expect(unwrapBundle(large)).toEqual({ ok: false, reason: 'too-large' })
  })
})

describe('a file', () => {
  const bundles = [wrapBundle('raw', encodeBundle([[genesis]])), wrapBundle('deflate', new Uint8Array(300))]
  test('gives its bundles back, and may have none', () => {
    expect(decodeFile(encodeFile(bundles))).toEqual({ bundles, unread: null })
    expect(decodeFile(encodeFile([]))).toEqual({ bundles: [], unread: null })
  })
  test('begins with a line that a person can read', () => {
    expect(new TextDecoder().decode(encodeFile(bundles)).split('\n')[0]).toBe('tabweave bundle 1')
  })
  const unread = (reason: string, bytes: number): unknown => ({ bundles: [], unread: { reason, bytes } })
  test('D11 is refused when it is another file, or declares more than it could hold', () => {
    const file = encodeFile(bundles)
    for (let length = 0; length < 18; length++) expect(decodeFile(file.subarray(0, length))).toEqual(unread('not-a-bundle', length))
    const lengthOf = (...bytes: number[]): Uint8Array => concatBytes([encodeFile([]), Uint8Array.from(bytes)])
    expect(decodeFile(lengthOf(0xff, 0xff, 0xff, 0x7f))).toEqual(unread('too-large', 4))
    expect(decodeFile(lengthOf(0x80, 0))).toEqual(unread('bad-bundle', 2))
    expect(decodeFile(lengthOf(0x80, 0x80))).toEqual(unread('truncated', 2))
  })
  test('D8 holds no bundle that is shorter than a signature: its bytes bound its bundles', () => {
    const zeros = new Uint8Array(1_000_000)
    expect(decodeFile(concatBytes([encodeFile([]), zeros]))).toEqual(unread('bad-bundle', 1_000_000))
    const shortest = new Uint8Array(66)
    expect(decodeFile(concatBytes([encodeFile([shortest]), zeros]))).toEqual({
      bundles: [shortest],
      unread: { reason: 'bad-bundle', bytes: 1_000_000 },
    })
    expect(decodeFile(encodeFile([shortest, shortest.subarray(1)]))).toMatchObject({
      bundles: [shortest],
      unread: { reason: 'bad-bundle' },
    })
  })
  test('E10 that is cut anywhere gives all its whole bundles, and says how many bytes are left and why', () => {
    const file = encodeFile(bundles)
    const ends = [[], bundles.slice(0, 1), bundles].map((whole) => encodeFile(whole).length)
    for (let length = 18; length <= file.length; length++) {
      const whole = ends.filter((end) => end <= length).length - 1
      const bytes = length - ends[whole]!
      expect(decodeFile(file.subarray(0, length))).toEqual({
        bundles: bundles.slice(0, whole),
        unread: bytes === 0 ? null : { bytes, reason: 'truncated' },
      })
    }
  })
  test('and 20,000 mutated ones give bundles or a named refusal', { timeout: 60_000 }, () => {
    const random = createRandom(5)
    const file = encodeFile(bundles)
    const outcomes = new Set<string>()
    for (let i = 0; i < 20_000; i++) {
      const decoded = decodeFile(mutated(random, file))
      outcomes.add(decoded.unread?.reason ?? 'whole')
      if (!decoded.bundles.every((bundle) => unwrapBundle(bundle).ok)) outcomes.add('a bundle that is none')
    }
    expect([...outcomes].sort()).toEqual(['a bundle that is none', 'bad-bundle', 'not-a-bundle', 'too-large', 'truncated', 'whole'])
  })
})
