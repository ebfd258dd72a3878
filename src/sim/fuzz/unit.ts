/** Target: a replica, given decodable units in any order, in lockstep with the definition of the admitted set (`definition.ts`). */
import { concatBytes, equalBytes } from '../../core/bytes.ts'
import { idOf, numberOf, sortedHeads } from '../../core/dag.ts'
import { sliceHistory } from '../../core/history.ts'
import { MAX_PENDING_BYTES, MAX_PENDING_PER_LINK, MAX_PENDING_TOTAL, MAX_UNIT_OPS } from '../../core/limits.ts'
import type { OpId } from '../../core/op.ts'
import { waitingOp, waitingOps } from '../../core/pending.ts'
import { createReplica, type Outcome, receive, type Replica } from '../../core/replica.ts'
import { assert } from '../../core/result.ts'
import { keyOf, type Unit, type UnitOp } from '../../core/unit.ts'
import { judgeOpen } from '../../rules/open.ts'
import { decodeBundle, encodeBundle } from '../../sync/bundle.ts'
import { type Accepts, admittedSet, randomOrder, viewOf } from '../definition.ts'
import type { Random } from '../random.ts'
import { bendUnits } from './bend-ops.ts'
import { encodeOneRoom } from './make-bundle.ts'
import { anAuthor, ghost, isSigned, nextOp, type Room, ROOMS, signed } from './corpus.ts'
import { joinParts, partsOf } from './parts.ts'
import type { Target } from './target.ts'

/** Links that bring units. */
const LINKS = 3

/** Units with more ops are compared with the definition in the end only: it is slow. */
const MOST_DEFINED = 100

/** What an open room takes does not depend on the past. */
export const accepts: Accepts = ({ op }) => judgeOpen(op, NO_PAST) === null
const NO_PAST = { dag: createReplica(ROOMS[0]!.id, judgeOpen, 1).dag, parents: [] }

/** The unit without the signatures that do not hold: what a node hands to its replica. */
const checked = (unit: Unit): Unit => unit.map((unitOp) => (isSigned(unitOp) ? unitOp : { ...unitOp, signature: null }))

/** Everything that a replica was given: each op once, with a signature if it ever came with a good one. */
type Received = Map<string, UnitOp>

function note(received: Received, unit: Unit): void {
  for (const unitOp of unit) if (unitOp.signature !== null || !received.has(keyOf(unitOp.id))) received.set(keyOf(unitOp.id), unitOp)
}

const definedSet = (received: Received, { room }: Replica): Map<string, UnitOp> =>
  admittedSet(received.values(), room, ({ signature }) => signature !== null, accepts)

export const unit: Target = {
  share: 1,
  reasons: [
    'wrong-room',
    'second-genesis',
    'prev-not-own',
    'seq-gap',
    'parent-rejected',
    'unknown-rules',
    'unknown-kind',
    'bad-body',
    'unauthentic',
    'pending',
    'duplicate',
    'equivocation',
    'pending-full',
  ],
  within: 4_000,
  inParts: true,
  make(random) {
    const number = random.below(ROOMS.length)
    const room = ROOMS[number]!
    if (random.chance(0.003)) return joinParts([Uint8Array.of(number), ...flood(random, room)])
    let units = room.units.slice(0, 1 + random.below(room.units.length))
    if (random.chance(0.7)) units = bendUnits(random, units)
    if (random.chance(0.2)) units.push(random.pick(random.pick(ROOMS).units))
    if (random.chance(0.4)) units = random.shuffled(units)
    const parts: Uint8Array[] = []
    if (random.chance(0.02)) {
      // Another room's op on top of this one's.
      const stray = signed({ ...nextOp(random, room.ops.slice(0, 1), anAuthor(random)), room: ghost(random) })
      units = [...room.units]
      parts.push(concatBytes([Uint8Array.of(1), encodeBundle([[stray]])]))
    }
    for (let at = 0; at < units.length;) {
      const some = units.slice(at, at + 1 + random.below(3))
      at += some.length
      parts.push(concatBytes([Uint8Array.of(random.below(LINKS)), encodeOneRoom(some)]))
    }
    return joinParts([Uint8Array.of(number), ...parts])
  },
  judge(bytes) {
    const [place, ...parts] = partsOf(bytes)
    const replica = createReplica(ROOMS[(place?.[0] ?? 0) % ROOMS.length]!.id, judgeOpen, 7)
    const received: Received = new Map()
    const kept: Received = new Map()
    const reasons = new Set<string>()
    for (const part of parts) {
      const units = decodeBundle(part.subarray(1))
      if (!units.ok) {
        reasons.add(units.reason)
        continue
      }
      for (const each of units.value.map(checked)) {
        note(received, each)
        const before = replica.dag.length
        const outcomes = receive(replica, each, `link ${(part[0] ?? 0) % LINKS}`)
        const dropped = new Map<string, OpId>()
        for (const outcome of outcomes) {
          reasons.add('reason' in outcome ? outcome.reason : outcome.type)
          if (outcome.type === 'dropped') dropped.set(keyOf(outcome.id), outcome.id)
        }
        note(
          kept,
          each.filter(({ id }) => !dropped.has(keyOf(id))),
        )
        for (const [key, id] of dropped) if (!isHere(replica, id)) kept.delete(key)
        assertOutcomes(replica, outcomes, before)
        assertPending(replica)
        const isDefined = kept.size > MOST_DEFINED || definedSet(kept, replica).size === replica.dag.length
        assert(isDefined, 'of what no unit has dropped, all is admitted that may be')
      }
    }
    assertComplete(replica, received)
    return { accepted: reasons.delete('admitted'), refused: [...reasons] }
  },
}

/** More than may wait for one link, all of it for parents that never come. */
function flood(random: Random, { ops }: Room): Uint8Array[] {
  const one = (): UnitOp => signed({ ...nextOp(random, ops, anAuthor(random)), deps: [ghost(random)] })
  const orphans = (): Uint8Array => encodeBundle([Array.from({ length: MAX_UNIT_OPS }, one)])
  return Array.from({ length: 3 }, () => concatBytes([Uint8Array.of(0), orphans()]))
}

function assertOutcomes({ dag }: Replica, outcomes: readonly Outcome[], before: number): void {
  let next = before
  for (const outcome of outcomes) {
    if (outcome.type !== 'admitted') continue
    assert(outcome.first === next, 'admitted units have the next numbers')
    for (const { id } of outcome.unit) assert(equalBytes(idOf(dag, next++), id), 'admitted ops have the numbers they are told')
  }
  assert(next === dag.length, 'everything that was admitted is told')
}

function assertPending({ pending, dag, rejected }: Replica): void {
  assert(pending.ops <= MAX_PENDING_TOTAL && pending.bytes <= MAX_PENDING_BYTES, 'what waits keeps its limits')
  let ops = 0
  for (const share of pending.byLink.values()) {
    assert(share.ops <= MAX_PENDING_PER_LINK, 'what waits for one link keeps its limit')
    ops += share.ops
    assert(share.ops === share.waiting.size, 'what waits for one link is counted')
  }
  assert(ops === pending.ops, 'what waits is counted')
  assert(pending.touched.size === 0, 'all that has changed was looked at')
  for (const { unitOp, missing, lacking, vouchers } of waitingOps(pending)) {
    for (const { key, id } of missing) assert(numberOf(dag, id) < 0 && !rejected.has(key), 'what waits lacks no parent that is known')
    const lacks = [...missing].filter(({ wasWhole }) => !wasWhole)
    assert(lacks.length === lacking, 'what waits counts the parents that keep it from seeming whole')
    for (const { op, wasWhole } of missing) assert(wasWhole || op?.lacking !== 0, 'what seems whole counts as whole')
    assert(unitOp.signature !== null || vouchers.size > 0, 'what waits is signed, or something that waits vouches for it')
  }
}

/** True of an op that waits or is held: another unit than the one that dropped it has brought it. */
const isHere = ({ dag, pending }: Replica, id: OpId): boolean => waitingOp(pending, id) !== null || numberOf(dag, id) >= 0

/** Served once more in a good order, the defined set is admitted whole, and looks as it should. */
function assertComplete(replica: Replica, received: Received): void {
  const { dag, history, rejected } = replica
  const defined = definedSet(received, replica)
  for (const key of defined.keys()) assert(!rejected.has(key), 'no op of the defined set is rejected')
  for (let op = 0; op < dag.length; op++) assert(defined.has(keyOf(idOf(dag, op))), 'what is admitted is in the defined set')
  receive(
    replica,
    randomOrder(defined, () => 0),
    'last',
  )
  assert(dag.length === defined.size, 'the defined set is admitted')
  const view = viewOf(Array.from({ length: dag.length }, (_, op) => defined.get(keyOf(idOf(dag, op)))!))
  const heads = sortedHeads(dag)
  assert(heads.length === view.heads.length && heads.every((id, i) => equalBytes(id, view.heads[i]!)), 'heads are those of the definition')
  const shown = sliceHistory(history, 0, dag.length).map((op) => idOf(dag, op))
  assert(
    shown.every((id, i) => equalBytes(id, view.history[i]!.id)),
    'the history is that of the definition',
  )
  const twins = view.equivocations.reduce((sum, { length }) => sum + length - 1, 0)
  assert(dag.equivocations.length === twins, 'equivocations are those of the definition')
}
