/** Targets: bundles, and the files that hold them. */
import { equalBytes } from '../../core/bytes.ts'
import { opId } from '../../core/hash.ts'
import { MAX_UNIT_BYTES, MAX_UNIT_OPS } from '../../core/limits.ts'
import { encodeOp, opLength } from '../../core/op.ts'
import { assert, type Result, ok } from '../../core/result.ts'
import { keyOf, type Unit, unitBytes, type UnitOp } from '../../core/unit.ts'
import { decodeBundle, encodeBundle, MAX_BUNDLE_BYTES, MAX_BUNDLE_OP_BYTES } from '../../sync/bundle.ts'
import { decodeFile, encodeFile, unwrapBundle, wrapBundle } from '../../sync/wrap.ts'
import { MAX_BUNDLE_OPS, readColumns, writeColumns } from '../../sync/columns.ts'
import { unsqueeze } from '../squeeze.ts'
import { bendBytes } from './bend-bytes.ts'
import { assertOp } from './decoders.ts'
import { aBundle, aWrapped } from './make-bundle.ts'
import { ACCEPTED, assertLinear, refusedFor, type Target } from './target.ts'

const sameUnits = (a: readonly Unit[], b: readonly Unit[]): boolean =>
  a.length === b.length && a.every((unit, i) => unit.length === b[i]!.length && unit.every((each, j) => sameOp(each, b[i]![j]!)))

const sameOp = (a: UnitOp, b: UnitOp): boolean =>
  equalBytes(a.id, b.id) &&
  equalBytes(encodeOp(a.op), encodeOp(b.op)) &&
  (a.signature === null ? b.signature === null : b.signature !== null && equalBytes(a.signature, b.signature))

/** Asserts everything that is promised of the units of a bundle. */
export function assertUnits(units: readonly Unit[]): void {
  let total = 0
  const firstPlace = new Map<string, number>()
  const all = units.flat()
  all.forEach(({ id }, place) => firstPlace.set(keyOf(id), firstPlace.get(keyOf(id)) ?? place))
  all.forEach(({ op, id, signature }, place) => {
    assertOp(op)
    assert(equalBytes(opId(encodeOp(op)), id), 'an id is the hash of the canonical bytes')
    assert(signature === null || signature.length === 64, 'a signature is 64 bytes')
    for (const parent of [op.prev, ...op.deps]) {
      if (parent !== null) assert((firstPlace.get(keyOf(parent)) ?? -1) < place, 'parents come before children')
    }
    total += opLength(op)
  })
  assert(all.length <= MAX_BUNDLE_OPS && total <= MAX_BUNDLE_OP_BYTES, 'a bundle keeps its limits')
  for (const unit of units) {
    assert(unit.length > 0 && unit.length <= MAX_UNIT_OPS, 'a unit keeps its limit of ops')
    assert(unitBytes(unit) <= MAX_UNIT_BYTES, 'a unit keeps its limit of bytes')
    assert(
      unit.every((each) => each.signature !== null || unit.some((mate) => continues(mate, each))),
      'what is not signed is vouched for',
    )
  }
}

const continues = (above: UnitOp, below: UnitOp): boolean =>
  above.op.prev !== null && equalBytes(above.op.prev, below.id) && equalBytes(above.op.author, below.op.author)

/** Decodes a bundle and asserts what is promised of it, refused or not. */
function judgeBundle(bytes: Uint8Array, counting: boolean): Result<readonly Unit[]> {
  const columns = readColumns(bytes)
  if (columns.ok) assert(equalBytes(writeColumns(columns.value), bytes), 'columns that are read have the encoding they came in')
  const spent = { ops: 0 }
  const decoded = decodeBundle(bytes, spent)
  // A dep costs a byte, and an id of 32 bytes that is sorted, compared and hashed; and each op reads its pattern again, at most thrice.
  if (counting) assertLinear(bytes, (each) => decodeBundle(each), 1_000, 3 * Math.min(MAX_BUNDLE_OP_BYTES, (spent.ops + 1) * bytes.length))
  if (!decoded.ok) return decoded
  assertUnits(decoded.value)
  const written = encodeBundle(decoded.value)
  const again = decodeBundle(written)
  assert(again.ok && sameUnits(again.value, decoded.value), 'units are read back as they are written')
  assert(equalBytes(encodeBundle(again.value), written), 'units that are read back are written as before')
  return decoded
}

const BUNDLE_REASONS = [
  'bad-bundle',
  'unknown-version',
  'too-large',
  'unit-too-large',
  'unauthentic',
  'too-many-deps',
  'bad-author',
  'bad-seq',
  'prev-in-deps',
] as const

export const bundle: Target = {
  share: 5,
  reasons: [...BUNDLE_REASONS, 'not-canonical', 'unsupported-type', 'bad-text'],
  within: 20_000,
  make: (random) => aBundle(random),
  judge(bytes, counting) {
    const units = judgeBundle(bytes, counting)
    return units.ok ? ACCEPTED : refusedFor(units.reason)
  },
}

/** What is inside of a wrapped bundle, inflated as the shell does it. */
export function decodeWrapped(wrapped: Uint8Array, counting = false): Result<readonly Unit[]> {
  const unwrapped = unwrapBundle(wrapped)
  if (!unwrapped.ok) return unwrapped
  const { codec, payload } = unwrapped.value
  assert(equalBytes(wrapBundle(codec, payload), wrapped), 'what was wrapped is wrapped again to the same')
  const raw = codec === 'raw' ? ok(payload) : unsqueeze(payload, MAX_BUNDLE_BYTES)
  return raw.ok ? judgeBundle(raw.value, counting) : raw
}

export const file: Target = {
  share: 2,
  reasons: ['not-a-bundle', 'truncated', 'too-large', 'bad-deflate', 'bad-bundle', 'unauthentic'],
  within: 8_000,
  make(random) {
    const bytes = encodeFile(Array.from({ length: random.below(4) }, () => aWrapped(random)))
    return random.chance(0.7)
      ? bytes
      : bendBytes(random, bytes, random.chance(0.5) ? Uint8Array.of(0xff, 0xff, 0xff, 0x7f, 0) : aWrapped(random))
  },
  judge(bytes) {
    const { bundles, unread } = decodeFile(bytes)
    const end = unread?.bytes ?? 0
    const whole = encodeFile(bundles)
    assert(unread?.reason === 'not-a-bundle' ? end === bytes.length : whole.length + end === bytes.length, 'every byte is read or unread')
    assert(end === bytes.length || equalBytes(whole, bytes.subarray(0, whole.length)), 'what is read of a file has the encoding it came in')
    const refused = bundles.map((wrapped) => decodeWrapped(wrapped)).flatMap((units) => (units.ok ? [] : [units.reason]))
    const reasons = unread === null ? refused : [...refused, unread.reason]
    return { accepted: refused.length < bundles.length, refused: [...new Set(reasons)] }
  },
}
