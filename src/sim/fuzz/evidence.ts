/** Target: evidence of an equivocation, as anyone may hand it over: two bundles, beside what evidence is in plain words. */
import { equalBytes } from '../../core/bytes.ts'
import { provesEquivocation, type Verify } from '../../core/evidence.ts'
import { signedBytes } from '../../core/keys.ts'
import { MAX_UNIT_OPS } from '../../core/limits.ts'
import { asOpId, encodeOp, type Op } from '../../core/op.ts'
import { assert } from '../../core/result.ts'
import type { Unit, UnitOp } from '../../core/unit.ts'
import { encodeBody } from '../../crdt/body.ts'
import { decodeBundle } from '../../sync/bundle.ts'
import { STAND_IN } from '../identity.ts'
import type { Random } from '../random.ts'
import { bendOp, bendUnits } from './bend-ops.ts'
import { encodeOneRoom } from './make-bundle.ts'
import { aBody, isSigned, ROOMS, signed, unsigned } from './corpus.ts'
import { joinParts, partsOf } from './parts.ts'
import { ACCEPTED, refusedFor, type Target } from './target.ts'

/** The op and some more of its author's on top of it, the last one signed. */
function chainFrom(random: Random, op: Op, length: number): Unit {
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

function cut(unit: Unit): Unit[] {
  return unit.length <= MAX_UNIT_OPS ? [unit] : [unit.slice(0, -MAX_UNIT_OPS), unit.slice(-MAX_UNIT_OPS)]
}

const verify: Verify = (signature, id, author) => STAND_IN.verify(signature, signedBytes(asOpId(id)), author)

/** Why two chains prove nothing, or null if they do. */
function whyNot(a: Unit, b: Unit): string | null {
  const [x, y] = [a[0], b[0]]
  if (x === undefined || y === undefined) return 'nothing'
  if (equalBytes(encodeOp(x.op), encodeOp(y.op))) return 'one op'
  const [roomOfX, roomOfY] = [x, y].map(({ op, id }) => op.room ?? id)
  if (!equalBytes(roomOfX!, roomOfY!)) return 'two rooms'
  if (!equalBytes(x.op.author, y.op.author)) return 'two authors'
  if (x.op.seq !== y.op.seq) return 'two seqs'
  for (const chain of [a, b]) {
    if (chain.length > MAX_UNIT_OPS) return 'too long'
    // Downwards from the signed op: each names the one below it, and is by the same author.
    const top = chain.at(-1)!
    if (top.signature === null) return 'not signed'
    if (!isSigned(top)) return 'badly signed'
    let expected = top.id
    for (const { id, op } of chain.toReversed()) {
      if (op.author.join() !== top.op.author.join()) return 'a chain of two authors'
      if (id.join() !== expected.join()) return 'a broken chain'
      expected = op.prev ?? asOpId(new Uint8Array(32))
    }
  }
  return null
}

export const evidence: Target = {
  share: 3,
  reasons: [
    'nothing',
    'one op',
    'two rooms',
    'two authors',
    'two seqs',
    'badly signed',
    'a broken chain',
    'a chain of two authors',
    'too long',
    'unauthentic',
  ],
  within: 10_000,
  inParts: true,
  make(random) {
    const { op } = random.pick(random.pick(ROOMS).ops)
    const twin = random.chance(0.8) ? { ...op, body: encodeBody(aBody(random)) } : bendOp(random, op)
    const length = random.chance(0.002) ? MAX_UNIT_OPS + random.below(2) : 1 + random.below(4)
    const sides = [op, twin].map((first) => cut(chainFrom(random, first, length)))
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
    assert(provesEquivocation({ a, b }, verify) === (why === null), `evidence is what the definition says: ${why ?? 'it proves'}`)
    assert(provesEquivocation({ a: b, b: a }, verify) === (why === null), 'evidence does not depend on which op comes first')
    return why === null ? ACCEPTED : refusedFor(why)
  },
}
