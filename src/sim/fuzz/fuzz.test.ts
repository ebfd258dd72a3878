/** A short run of the fuzzer, and its parts: that it can be repeated, that it sees, that it knows the formats it bends. */
import { describe, expect, test } from 'vitest'
import { concatBytes, fromHex, toHex } from '../../core/bytes.ts'
import { decodeValue } from '../../core/cbor.ts'
import { type EvidenceRefusal, ok, type Refusal, refuse } from '../../core/result.ts'
import { createRandom } from '../random.ts'
import { bendColumns, columnsOf, joinColumns } from './bend-columns.ts'
import { CASES } from './cases.ts'
import { aValueBytes, ROOMS } from './corpus.ts'
import { counted } from './counted.ts'
import { joinParts, partsOf } from './parts.ts'
import { divide, inputOf, runInputs, startTally, type Tally, unreached } from './run.ts'
import { ACCEPTED, assertLinear, refusedFor, type Target } from './target.ts'
import { TARGETS } from './targets.ts'

/** Inputs of the short run, over all targets. */
const INPUTS = 20_000

test.each([...divide(INPUTS)])('hostile input for the target "%s": no finding in %i', (name, inputs) => {
  const tally = startTally(name)
  runInputs(tally, 1, 0, inputs)
  expect(tally.failures).toEqual([])
  expect(tally.inputs).toBe(inputs)
  expect(tally.accepted).toBeGreaterThan(0)
  expect(Object.keys(tally.refused).length).toBeGreaterThan(1)
})

test('what was found once is not found again', () => {
  const findings = CASES.flatMap(({ target, hex, was }) => {
    try {
      TARGETS[target]!.judge(fromHex(hex)!, true)
      return []
    } catch (error) {
      return [`${was}: ${String(error)}`]
    }
  })
  expect(findings).toEqual([])
})

test.each(Object.keys(TARGETS))('an input of the target "%s" is a function of seed and number', (name) => {
  const tally = startTally(name)
  const inputs = (seed: number): string[] => [3, 1, 2].map((index) => toHex(inputOf(tally, seed, index)))
  const first = inputs(5)
  expect(inputs(5)).toEqual(first)
  expect(toHex(inputOf(tally, 5, 2))).toBe(first[2])
  expect(inputs(6)).not.toEqual(first)
})

/** Where a refusal is given: by a target, which must list it, or not by what the targets read. */
const GIVEN: Readonly<Record<Refusal | EvidenceRefusal, 'here' | 'elsewhere'>> = {
  'too-large': 'here',
  truncated: 'here',
  'trailing-bytes': 'here',
  'not-canonical': 'here',
  'unsupported-type': 'here',
  'bad-number': 'here',
  'bad-text': 'here',
  'bad-key': 'here',
  'too-deep': 'here',
  'bad-shape': 'here',
  'unknown-version': 'here',
  'bad-author': 'here',
  'bad-seq': 'here',
  'deps-unsorted': 'here',
  'too-many-deps': 'here',
  'prev-in-deps': 'here',
  'no-parents': 'here',
  'bad-genesis': 'here',
  'wrong-room': 'here',
  'second-genesis': 'here',
  'prev-not-own': 'here',
  'seq-gap': 'here',
  'self-parent': 'elsewhere',
  'parent-rejected': 'here',
  'unknown-rules': 'here',
  'unknown-kind': 'here',
  'bad-body': 'here',
  'bad-signature': 'here',
  unauthentic: 'here',
  'unit-too-large': 'here',
  'not-a-bundle': 'here',
  'bad-bundle': 'here',
  'bad-deflate': 'here',
  'too-many-ops': 'elsewhere',
  'bad-message': 'here',
  'unknown-message': 'here',
  'bad-envelope': 'elsewhere',
  'wrong-sender': 'elsewhere',
  'bad-candidate': 'here',
  'bad-channel': 'elsewhere',
  'not-for-this-room': 'here',
  'bad-checksum': 'here',
  'pending-full': 'here',
  'not-evidence': 'here',
  'empty-chain': 'here',
  'one-op': 'here',
  'two-rooms': 'here',
  'two-authors': 'here',
  'two-seqs': 'here',
  'broken-chain': 'here',
}

test('every named refusal of bytes must be reached by some target', () => {
  const reasons = new Set(Object.values(TARGETS).flatMap((target) => target.reasons))
  const missing = Object.entries(GIVEN).filter(([reason, where]) => reasons.has(reason) !== (where === 'here'))
  expect(missing).toEqual([])
})

describe('a target that finds something', () => {
  /** Holds that no input has a 7 in it, and refuses those with a 9. */
  const fake: Target = {
    share: 1,
    reasons: ['nine', 'never'],
    within: 1_000,
    make: (random) => Uint8Array.from(random.bytes(8), (byte) => byte % 16),
    judge(bytes) {
      if (bytes.includes(7)) throw new Error('a seven')
      return bytes.includes(9) ? refusedFor('nine') : ACCEPTED
    },
  }
  const ran = (target: Target, inputs: number): Tally => {
    const tally = startTally('fake', target)
    runInputs(tally, 1, 0, inputs)
    return tally
  }

  test('says which input it is, makes it small, and stops after a few', () => {
    const { failures, inputs } = ran(fake, 1_000)
    expect(failures).toHaveLength(3)
    expect(inputs).toBe(failures[2]!.index + 1)
    expect(failures[0]).toMatchObject({ target: 'fake', seed: 1, hex: '07', detail: 'Error: a seven' })
    expect(() => fake.judge(inputOf({ name: 'fake', target: fake }, 1, failures[1]!.index), true)).toThrow('a seven')
  })

  test('makes inputs of parts small part by part', () => {
    const parted: Target = {
      ...fake,
      inParts: true,
      make: (random) => joinParts([random.bytes(30), Uint8Array.of(1, 7, 2), random.bytes(3)]),
    }
    const parts = partsOf(fromHex(ran({ ...parted, judge: (bytes) => fake.judge(concatBytes(partsOf(bytes)), true) }, 9).failures[0]!.hex)!)
    expect(parts.map(toHex)).toEqual(['07'])
  })

  test('is told apart from one that never refuses what it must', () => {
    const fine = { ...fake, make: () => Uint8Array.of(9) }
    expect(unreached(ran(fine, 1_000))).toEqual(['never'])
    expect(unreached(ran(fine, 999))).toEqual([])
  })
})

test('inputs are divided by shares', () => {
  const shares = divide(1_000)
  expect([...shares.keys()]).toEqual(Object.keys(TARGETS))
  expect([...shares.values()].reduce((sum, share) => sum + share, 0)).toBeGreaterThanOrEqual(1_000)
  expect(shares.get('value')).toBeGreaterThan(shares.get('engine')!)
})

test('parts come apart as they were joined, and any bytes are parts', () => {
  const parts = [new Uint8Array(), Uint8Array.of(1), new Uint8Array(70_000).fill(3)]
  expect(partsOf(joinParts(parts)).map(toHex)).toEqual(parts.map(toHex))
  expect(partsOf(Uint8Array.of(0, 0, 5, 1, 2))).toEqual([Uint8Array.of(1, 2)])
  expect(partsOf(Uint8Array.of(0, 0))).toEqual([])
})

test('columns are those of the format: joined again they are the bundle, and they can be bent', () => {
  const random = createRandom(1)
  const bundles = ROOMS.flatMap((room) => room.bundles)
  expect(bundles.length).toBeGreaterThan(30)
  for (const bundle of bundles) {
    expect(toHex(joinColumns(columnsOf(bundle)))).toBe(toHex(bundle))
    expect(columnsOf(bundle).length).toBeGreaterThan(15)
  }
  const bent = bundles.map((bundle) => toHex(bendColumns(random, bundle, bundles[0]!)))
  expect(bent.filter((hex, i) => hex !== toHex(bundles[i]!)).length).toBeGreaterThan(bundles.length / 2)
})

describe('bytes that count their reads', () => {
  test('are read as what they are, views of them too', () => {
    const random = createRandom(1)
    for (let i = 0; i < 50; i++) {
      const bytes = aValueBytes(random)
      expect(decodeValue(counted(bytes).bytes)).toEqual(decodeValue(bytes))
    }
    const watched = counted(Uint8Array.of(1, 2, 3))
    expect(watched.bytes.subarray(1)[1]! + watched.bytes[0]! + watched.bytes.length).toBe(7)
    expect(watched.reads).toBe(2)
  })

  test('tell a reader that reads everything again for each byte', () => {
    const zeros = new Uint8Array(500)
    const sumOf = (bytes: Uint8Array): number => bytes.reduce((sum, _, i) => sum + bytes[i]!, 0)
    const once = (bytes: Uint8Array) => ok(sumOf(bytes))
    const often = (bytes: Uint8Array) => ok(bytes.reduce((sum) => sum + sumOf(bytes), 0))
    expect(() => assertLinear(zeros, once, 1)).not.toThrow()
    expect(() => assertLinear(zeros, often, 16)).toThrow('in proportion')
  })

  test('tell a reader that reads from the beginning of what they lie in', () => {
    const zeros = new Uint8Array(9)
    const past = (bytes: Uint8Array) => (new Uint8Array(bytes.buffer)[0] === 0 ? ok(0) : refuse('bad-bundle'))
    expect(() => assertLinear(zeros, past, 1)).toThrow('where the bytes lie')
  })
})
