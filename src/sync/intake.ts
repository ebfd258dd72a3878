/**
 * From bytes to admitted ops, in order of arrival: inflate, decode, verify the signatures of what is new, admit. The
 * asynchronous stages of several bundles overlap; admission waits for the head of the queue, so that a unit is never
 * pending only because an earlier one is still being verified.
 */
import { numberOf } from '../core/dag.ts'
import { equalBytes } from '../core/bytes.ts'
import { signedBytes } from '../core/keys.ts'
import { type Outcome, receive } from '../core/replica.ts'
import type { Refusal } from '../core/result.ts'
import type { Unit, UnitOp } from '../core/unit.ts'
import { decodeBundle, MAX_BUNDLE_BYTES, unwrapBundle } from './bundle.ts'
import type { Link, SignatureClaim } from './effects.ts'
import { keep } from './persist.ts'
import { announceSoon } from './gossip.ts'
import { ask, type Engine, notify, refuseFrom } from './state.ts'

/** Bytes waiting to be judged: more are not taken, so a fast sender cannot fill the tab. Whoever sent them is asked again. */
const MAX_INTAKE_BYTES = 64 * 1024 * 1024

export interface IntakeItem {
  readonly from: Link
  readonly bytes: number
  /** Set once all is verified: ready to be admitted. */
  units: readonly Unit[] | null
  readonly done: (result: IntakeResult) => void
}

export interface IntakeResult {
  admitted: number
  duplicate: number
  refused: number
  pending: number
}

/** Takes in one wrapped bundle; `done` is called when its ops were judged (at once, in this step, or later). */
export function takeIn(engine: Engine, from: Link, wrapped: Uint8Array, done: (result: IntakeResult) => void): void {
  if (engine.intakeBytes + wrapped.length > MAX_INTAKE_BYTES && from !== 'file') return done(emptyResult())
  const item: IntakeItem = { from, bytes: wrapped.length, units: null, done }
  engine.intake.push(item)
  engine.intakeBytes += wrapped.length
  const unwrapped = unwrapBundle(wrapped)
  if (!unwrapped.ok) return refuseItem(engine, item, unwrapped.reason)
  const { codec, payload } = unwrapped.value
  if (codec === 'raw') return decode(engine, item, payload)
  ask(engine, { type: 'inflate', bytes: payload, limit: MAX_BUNDLE_BYTES }, (answer) => {
    if (answer.type !== 'inflated') return
    if (answer.bytes === null) refuseItem(engine, item, 'bad-deflate')
    else decode(engine, item, answer.bytes)
  })
}

function decode(engine: Engine, item: IntakeItem, bytes: Uint8Array): void {
  const units = decodeBundle(bytes)
  if (!units.ok) return refuseItem(engine, item, units.reason)
  if (units.value.some((unit) => unit.some(({ op, id }) => !equalBytes(op.room ?? id, engine.replica.room)))) {
    return refuseItem(engine, item, 'not-for-this-room')
  }
  verify(engine, item, units.value)
}

function verify(engine: Engine, item: IntakeItem, units: readonly Unit[]): void {
  const claims: SignatureClaim[] = []
  const signed: UnitOp[] = []
  for (const unit of units) {
    for (const unitOp of unit) {
      if (unitOp.signature === null || numberOf(engine.replica.dag, unitOp.id) >= 0) continue
      signed.push(unitOp)
      claims.push({ signature: unitOp.signature, message: signedBytes(unitOp.id), author: unitOp.op.author })
    }
  }
  if (claims.length === 0) return ready(engine, item, units)
  ask(engine, { type: 'verify', claims }, (answer) => {
    if (answer.type !== 'verified') return
    const wrong = new Set(signed.filter((_, i) => answer.valid[i] !== true))
    for (const { id } of wrong) refuseFrom(engine, item.from, 'bad-signature', id, 3)
    const strip = (unitOp: UnitOp): UnitOp => (wrong.has(unitOp) ? { ...unitOp, signature: null } : unitOp)
    ready(engine, item, wrong.size === 0 ? units : units.map((unit) => unit.map(strip)))
  })
}

function refuseItem(engine: Engine, item: IntakeItem, reason: Refusal): void {
  refuseFrom(engine, item.from, reason, null, 5)
  ready(engine, item, [])
}

function ready(engine: Engine, item: IntakeItem, units: readonly Unit[]): void {
  item.units = units
  while (engine.intake[0] !== undefined && engine.intake[0].units !== null) {
    const next = engine.intake.shift()!
    engine.intakeBytes -= next.bytes
    const result = emptyResult()
    for (const unit of next.units!) {
      for (const outcome of receive(engine.replica, unit, next.from)) settle(engine, next.from, outcome, result)
    }
    if (next.units!.length === 0) result.refused++
    next.done(result)
  }
}

function settle(engine: Engine, from: Link, outcome: Outcome, result: IntakeResult): void {
  switch (outcome.type) {
    case 'admitted':
      result.admitted += outcome.unit.length
      keep(engine, outcome.unit, false)
      notify(engine, { type: 'admitted', first: outcome.first, unit: outcome.unit })
      announceSoon(engine)
      return
    case 'duplicate':
      result.duplicate++
      return
    case 'pending':
      result.pending++
      notify(engine, { type: 'changed' })
      return
    case 'rejected':
      result.refused++
      refuseFrom(engine, from, outcome.reason, outcome.id, outcome.reason === 'parent-rejected' ? 0 : 3)
      return
    case 'dropped':
      result.refused++
      refuseFrom(engine, from, outcome.reason, outcome.id, outcome.reason === 'pending-full' ? 0 : 1)
      return
    case 'equivocation':
      notify(engine, { type: 'changed' })
  }
}

const emptyResult = (): IntakeResult => ({ admitted: 0, duplicate: 0, refused: 0, pending: 0 })
