import { describe, expect, test } from 'vitest'
import { createRandom, mutated } from './bytes.naive.ts'
import { compareBytes, concatBytes, equalBytes } from './bytes.ts'
import { encodeValue } from './cbor.ts'
import { encodeEvidence, MAX_EVIDENCE_BYTES, openEvidence } from './evidence-file.ts'
import { chainIn, checkEvidence, type Verify } from './evidence.ts'
import { MAX_UNIT_BYTES, MAX_UNIT_OPS } from './limits.ts'
import { opLength } from './op.ts'
import { GENESIS, idNumber, opAfter, unitOpOf, unsigned } from './room.naive.ts'
import { type Unit, unitBytes, type UnitOp } from './unit.ts'

const always: Verify = () => true
const never: Verify = () => false

const first = opAfter(1, null, [GENESIS], 'one')
const twin = opAfter(1, null, [GENESIS], 'other')
const above = opAfter(1, first, [])

/** A chain of so many ops above `first`. */
function chainOf(length: number, body = encodeValue('')): UnitOp[] {
  const chain = [first]
  while (chain.length < length) chain.push(opAfter(1, chain.at(-1)!, [], '', { body }))
  return chain
}

describe('evidence', () => {
  const check = (a: Unit, b: Unit, verify = always): string | null => checkEvidence({ a, b }, verify)

  test('B1 two signed ops with one author, room and seq prove it', () => expect(check([first], [twin])).toBeNull())
  test('B3 an unsigned op is proven by its author’s chain above it', () => expect(check([unsigned(first), above], [twin])).toBeNull())
  test('B1 a genesis and another first op of its author in that room prove it', () =>
    expect(check([GENESIS], [opAfter(0, null, [GENESIS])])).toBeNull())

  test('A7 one op twice proves nothing', () => expect(check([first], [first])).toBe('one-op'))
  test('A8 ops of two rooms prove nothing, and two rooms begun by one author neither', () => {
    expect(check([first], [opAfter(1, null, [GENESIS], '', { room: idNumber(1) })])).toBe('two-rooms')
    expect(check([GENESIS], [unitOpOf({ ...GENESIS.op, time: 9 })])).toBe('two-rooms')
  })
  test('another seq, another author, a signature that does not hold, a missing one: each proves nothing', () => {
    expect(check([first], [above])).toBe('two-seqs')
    expect(check([first], [opAfter(2, null, [GENESIS])])).toBe('two-authors')
    expect(check([first], [twin], never)).toBe('bad-signature')
    expect(check([unsigned(first)], [twin])).toBe('bad-signature')
    expect(check([first], [unsigned(twin)])).toBe('bad-signature')
  })
  test('A3 a chain above that is another author’s, or does not follow, vouches for nothing', () => {
    expect(check([unsigned(first), opAfter(2, first, [])], [twin])).toBe('broken-chain')
    expect(check([twin], [unsigned(first), opAfter(1, twin, [])])).toBe('broken-chain')
    expect(check([unsigned(first), opAfter(1, null, [GENESIS], '', { prev: null })], [twin])).toBe('broken-chain')
  })
  test('B17 nothing, and more ops or bytes than a unit may have, prove nothing', () => {
    expect(check([], [])).toBe('empty-chain')
    expect(check([first], [])).toBe('empty-chain')
    expect(check(chainOf(MAX_UNIT_OPS), [twin])).toBeNull()
    expect(check(chainOf(MAX_UNIT_OPS + 1), [twin])).toBe('unit-too-large')
    const large = chainOf(19, encodeValue('x'.repeat(60_000)))
    expect(unitBytes(large.slice(0, -1))).toBeLessThan(MAX_UNIT_BYTES)
    expect(check([twin], large.slice(0, -1))).toBeNull()
    expect(check([twin], large)).toBe('unit-too-large')
  })
})

describe('the chain of an op in its unit', () => {
  test('is the op alone if it is signed, else its author’s next ops up to a signed one', () => {
    const [a, b, c, d] = chainOf(4) as [UnitOp, UnitOp, UnitOp, UnitOp]
    const unit = [GENESIS, unsigned(a), opAfter(2, null, [GENESIS]), unsigned(b), c, d]
    expect(chainIn(unit, a.id)).toEqual([unsigned(a), unsigned(b), c])
    expect(chainIn(unit, d.id)).toEqual([d])
  })
  test('B18 goes on along any branch of a fork, since each of them ends in a signed op', () => {
    const [a, b, c] = chainOf(3) as [UnitOp, UnitOp, UnitOp]
    const other = opAfter(1, a, [], 'another branch')
    expect(chainIn([unsigned(a), unsigned(b), other, c], a.id)).toEqual([unsigned(a), unsigned(b), c])
    expect(chainIn([unsigned(a), unsigned(other), b, opAfter(1, other, [])], a.id)).toEqual([
      unsigned(a),
      unsigned(other),
      opAfter(1, other, []),
    ])
  })
  test('is null where the op is not in the unit, or nothing in it vouches for the op', () => {
    expect(chainIn([first], twin.id)).toBeNull()
    expect(chainIn([unsigned(first), opAfter(2, null, [GENESIS])], first.id)).toBeNull()
    expect(chainIn([unsigned(first), opAfter(2, first, [])], first.id)).toBeNull()
  })
  test('looks at each op of the largest unit once', () => {
    let looks = 0
    const unit = chainOf(MAX_UNIT_OPS).map((each, i) => ({
      ...(i < MAX_UNIT_OPS - 1 ? unsigned(each) : each),
      get op() {
        looks++
        return each.op
      },
    }))
    expect(chainIn(unit, first.id)).toHaveLength(MAX_UNIT_OPS)
    expect(looks).toBeLessThan(8 * MAX_UNIT_OPS)
  })
})

describe('evidence in a file', () => {
  const evidence = { a: [unsigned(first), above], b: [twin] }
  const file = encodeEvidence(evidence)
  const refusalOf = (bytes: Uint8Array, verify = always): string | null => {
    const opened = openEvidence(bytes, verify)
    return opened.ok ? null : opened.reason
  }
  /** Where the first chain begins: its first two bytes are the number of ops, and 64 of the signature follow. */
  const chainAt = 20
  const withBytes = (at: number, ...bytes: number[]): Uint8Array => {
    const out = file.slice()
    out.set(bytes, at)
    return out
  }

  test('comes back with both chains, the lower id first, and only the signatures of the last ops', () => {
    const opened = openEvidence(file, always)
    const [low, high] = compareBytes(first.id, twin.id) < 0 ? [evidence.a, evidence.b] : [evidence.b, evidence.a]
    expect(opened).toEqual({ ok: true, value: { a: low, b: high } })
    expect(opened.ok && encodeEvidence(opened.value)).toEqual(file)
    expect(encodeEvidence({ a: evidence.b, b: evidence.a })).toEqual(file)
    expect(encodeEvidence({ a: [first, above], b: [twin] })).toEqual(file)
  })
  test('begins with a line that a person can read', () => expect(new TextDecoder().decode(file).split('\n')[0]).toBe('tabweave evidence 1'))
  test('is refused when it is something else, of another version, cut anywhere, or goes on', () => {
    expect(refusalOf(new TextEncoder().encode('tabweave bundle 1\n'))).toBe('not-evidence')
    expect(refusalOf(new TextEncoder().encode('tabweave evidence 2\n'))).toBe('unknown-version')
    for (let length = 0; length < file.length; length++) {
      expect(refusalOf(file.subarray(0, length))).toBe(length < 18 ? 'not-evidence' : length < chainAt ? 'unknown-version' : 'truncated')
    }
    expect(refusalOf(concatBytes([file, Uint8Array.of(0)]))).toBe('trailing-bytes')
  })
  test('is refused for chains in the other order, of no ops, of too many, and for an op that is none', () => {
    const length = file.length - chainAt
    const firstLength = [evidence.a, evidence.b].map((chain) => 66 + chain.reduce((sum, { op }) => sum + 4 + opLength(op), 0))
    const cut = new DataView(file.buffer).getUint16(chainAt) === 2 ? firstLength[0]! : firstLength[1]!
    const [one, two] = [file.subarray(chainAt, chainAt + cut), file.subarray(chainAt + cut)]
    expect(one.length + two.length).toBe(length)
    expect(refusalOf(concatBytes([file.subarray(0, chainAt), two, one]))).toBe('not-canonical')
    expect(refusalOf(concatBytes([file.subarray(0, chainAt), one, one]))).toBe('one-op')
    expect(refusalOf(withBytes(chainAt, 0, 0))).toBe('empty-chain')
    expect(refusalOf(withBytes(chainAt, 4, 1))).toBe('unit-too-large')
    expect(refusalOf(withBytes(chainAt + 66 + 4, 0x80))).toBe('trailing-bytes')
    expect(refusalOf(withBytes(chainAt + 66, 0xff))).toBe('truncated')
  })
  test('is refused for what it fails to prove, by the same names', () => {
    expect(refusalOf(file, never)).toBe('bad-signature')
    expect(refusalOf(encodeEvidence({ a: [first], b: [opAfter(2, null, [GENESIS])] }))).toBe('two-authors')
    expect(refusalOf(encodeEvidence({ a: [unsigned(first), opAfter(2, first, [])], b: [twin] }))).toBe('broken-chain')
  })
  test('MAX_EVIDENCE_BYTES hold two chains of the largest unit, and more is refused before it is read', () => {
    // As many ops as a unit has, and bytes as near to its limit as these give.
    const body = encodeValue('x'.repeat(912))
    const [a, b] = [chainOf(MAX_UNIT_OPS, body), [twin]]
    while (b.length < MAX_UNIT_OPS) b.push(opAfter(1, b.at(-1)!, [], '', { body }))
    expect([a, b].map((chain) => MAX_UNIT_BYTES - unitBytes(chain) < 2_048)).toEqual([true, true])
    const large = encodeEvidence({ a, b })
    expect(openEvidence(large, always).ok).toBe(true)
    expect(MAX_EVIDENCE_BYTES - large.length).toBeLessThan(4_096)
    const beyond = new Uint8Array(MAX_EVIDENCE_BYTES + 1)
    beyond.set(file)
    expect(refusalOf(beyond)).toBe('too-large')
    expect(refusalOf(beyond.subarray(0, -1))).toBe('trailing-bytes')
  })
  test('and 4,000 mutated ones are refused by name, or are read as they are written', () => {
    const random = createRandom(3)
    const reasons = new Set<string>()
    for (let i = 0; i < 4_000; i++) {
      const bytes = mutated(random, file)
      const opened = openEvidence(bytes, always)
      reasons.add(opened.ok ? 'proves' : opened.reason)
      if (opened.ok && !equalBytes(encodeEvidence(opened.value), bytes)) reasons.add('read as something else')
    }
    expect([...reasons]).not.toContain('read as something else')
    for (const reason of ['truncated', 'not-evidence', 'unknown-version', 'not-canonical', 'broken-chain', 'two-rooms']) {
      expect([...reasons]).toContain(reason)
    }
  })
})
