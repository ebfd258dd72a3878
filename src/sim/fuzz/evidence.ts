/** Targets: evidence of an equivocation, as anyone may hand it over: as two bundles and as a file, beside what evidence is in plain words. */
import { compareBytes, equalBytes } from '../../core/bytes.ts'
import { encodeEvidence, MAX_EVIDENCE_BYTES, openEvidence } from '../../core/evidence-file.ts'
import { checkEvidence, type Evidence, type Verify } from '../../core/evidence.ts'
import { signedBytes } from '../../core/keys.ts'
import { MAX_UNIT_BYTES, MAX_UNIT_OPS } from '../../core/limits.ts'
import { asOpId, encodeOp, type Op, opLength } from '../../core/op.ts'
import { assert } from '../../core/result.ts'
import type { Unit, UnitOp } from '../../core/unit.ts'
import { encodeBody } from '../../crdt/body.ts'
import { decodeBundle } from '../../sync/bundle.ts'
import { STAND_IN } from '../identity.ts'
import type { Random } from '../random.ts'
import { bendBytes } from './bend-bytes.ts'
import { bendOp, bendUnits } from './bend-ops.ts'
import { encodeOneRoom } from './make-bundle.ts'
import { aBody, isSigned, ROOMS, signed, unsigned } from './corpus.ts'
import { assertOp } from './decoders.ts'
import { joinParts, partsOf } from './parts.ts'
import { ACCEPTED, assertLinear, refusedFor, type Target } from './target.ts'

/** The op and some more of its author's on top of it, the last one signed. */
function chainFrom(random: Random, op: Op, length: number): UnitOp[] {
  const out: UnitOp[] = []
  let next = op
  for (let left = length; left > 0; left--) {
    const isLast = left === 1 || left === MAX_UNIT_OPS + 1
    const unitOp = isLast || random.chance(0.3) ? signed(next) : unsigned(next)
    out.push(unitOp)
    next = {
      ...op,
      room: op.room ?? unitOp.id,
      seq: Math.min(next.seq + 1, Number.MAX_SAFE_INTEGER),
      prev: unitOp.id,
      deps: [],
      body: encodeBody(aBody(random)),
    }
  }
  return out
}

/** Two chains that begin with an op and what may be its twin. */
function twoChains(random: Random): UnitOp[][] {
  const { op } = random.pick(random.pick(ROOMS).ops)
  const twin = random.chance(0.8) ? { ...op, body: encodeBody(aBody(random)) } : bendOp(random, op)
  const length = random.chance(0.002) ? MAX_UNIT_OPS + random.below(2) : 1 + random.below(4)
  return [op, twin].map((first) => chainFrom(random, first, length))
}

function cut(unit: Unit): Unit[] {
  const rest = unit.length - MAX_UNIT_OPS
  return rest <= 0 ? [unit] : [unit.slice(0, rest), unit.slice(rest)]
}

const verify: Verify = (signature, id, author) => STAND_IN.verify(signature, signedBytes(asOpId(id)), author)

/** Why two chains prove nothing, or null if they do. */
function whyNot(a: Unit, b: Unit): string | null {
  const [x, y] = [a[0], b[0]]
  if (x === undefined || y === undefined) return 'empty-chain'
  for (const chain of [a, b]) {
    if (chain.length > MAX_UNIT_OPS || chain.reduce((sum, { op }) => sum + opLength(op), 0) > MAX_UNIT_BYTES) return 'unit-too-large'
  }
  if (equalBytes(encodeOp(x.op), encodeOp(y.op))) return 'one-op'
  const [roomOfX, roomOfY] = [x, y].map(({ op, id }) => op.room ?? id)
  if (!equalBytes(roomOfX!, roomOfY!)) return 'two-rooms'
  if (!equalBytes(x.op.author, y.op.author)) return 'two-authors'
  if (x.op.seq !== y.op.seq) return 'two-seqs'
  for (const chain of [a, b]) {
    // Downwards from the signed op: each names the one below it, and is by the same author.
    const top = chain.at(-1)!
    let expected = top.id
    for (const { id, op } of chain.toReversed()) {
      if (op.author.join() !== top.op.author.join() || id.join() !== expected.join()) return 'broken-chain'
      expected = op.prev ?? asOpId(new Uint8Array(32))
    }
  }
  return [a, b].every((chain) => isSigned(chain.at(-1)!)) ? null : 'bad-signature'
}

const PROOF_REASONS = ['one-op', 'two-rooms', 'two-authors', 'two-seqs', 'bad-signature', 'broken-chain', 'unit-too-large']

export const evidence: Target = {
  share: 3,
  reasons: [...PROOF_REASONS, 'empty-chain', 'unauthentic'],
  within: 10_000,
  inParts: true,
  make(random) {
    const sides = twoChains(random).map(cut)
    return joinParts(sides.map((units) => encodeOneRoom(random.chance(0.35) ? bendUnits(random, units) : units)))
  },
  judge(bytes) {
    const sides: Unit[] = []
    for (const part of partsOf(bytes).slice(0, 2)) {
      const units = decodeBundle(part)
      if (!units.ok) return refusedFor(units.reason)
      sides.push(units.value.flat())
    }
    const [a = [], b = []] = sides
    const why = whyNot(a, b)
    assert(checkEvidence({ a, b }, verify) === why, `evidence is what the definition says: ${why ?? 'it proves'}`)
    assert(checkEvidence({ a: b, b: a }, verify) === why, 'evidence does not depend on which op comes first')
    return why === null ? ACCEPTED : refusedFor(why)
  },
}

/** Every byte is looked at by the judge of values, by the reader, and as a part of a key by its neighbours. */
const READS_PER_BYTE = 20

/** A chain with an op bent, left out, said twice or in another place. */
function bendChain(random: Random, chain: UnitOp[]): UnitOp[] {
  const at = random.below(chain.length)
  const { op } = chain[at]!
  const put = (...ops: UnitOp[]): UnitOp[] => [...chain.slice(0, at), ...ops, ...chain.slice(at + 1)]
  return random.pick([
    () => put(signed(bendOp(random, op))),
    () => (chain.length === 1 ? chain : put()),
    () => put(chain[at]!, chain[at]!),
    () => random.shuffled(chain),
    () => put({ ...chain[at]!, signature: random.bytes(64) }),
  ])()
}

/** As evidence is written: the last op of each chain is signed, by whatever signature. */
function fileOf(random: Random, [a, b]: readonly UnitOp[][]): Uint8Array {
  const withTop = (chain: UnitOp[]): Unit => chain.with(-1, { ...chain.at(-1)!, signature: chain.at(-1)!.signature ?? random.bytes(64) })
  return encodeEvidence({ a: withTop(a!), b: withTop(b!) })
}

function tooLong(file: Uint8Array): Uint8Array {
  const out = new Uint8Array(MAX_EVIDENCE_BYTES + 1)
  out.set(file)
  return out
}

/** Its first chain has 0 ops. */
const withoutOps = (file: Uint8Array): Uint8Array => file.map((byte, i) => (i === 20 || i === 21 ? 0 : byte))

export const evidenceFile: Target = {
  share: 3,
  reasons: [
    ...PROOF_REASONS,
    'not-evidence',
    'unknown-version',
    'truncated',
    'trailing-bytes',
    'empty-chain',
    'not-canonical',
    'bad-author',
    'too-large',
  ],
  within: 20_000,
  make(random) {
    const file = fileOf(
      random,
      twoChains(random).map((chain) => (random.chance(0.25) ? bendChain(random, chain) : chain)),
    )
    if (random.chance(0.01)) return random.chance(0.1) ? tooLong(file) : withoutOps(file)
    return random.chance(0.5) ? file : bendBytes(random, file, fileOf(random, twoChains(random)))
  },
  judge(bytes, counting) {
    const opened = openEvidence(bytes, verify)
    if (counting) assertLinear(bytes, (each) => openEvidence(each, verify), READS_PER_BYTE, 1_024)
    if (!opened.ok) return refusedFor(opened.reason)
    assertProof(opened.value)
    assert(equalBytes(encodeEvidence(opened.value), bytes), 'evidence that is accepted has the encoding it came in')
    return ACCEPTED
  },
}

/** Asserts what accepted evidence is: it proves by the definition, and all its ops are well-formed. */
function assertProof({ a, b }: Evidence): void {
  assert(whyNot(a, b) === null, 'a file that is accepted proves what evidence proves')
  assert(compareBytes(a[0]!.id, b[0]!.id) < 0, 'the lower id comes first')
  for (const { op } of a) assertOp(op)
  for (const { op } of b) assertOp(op)
}
