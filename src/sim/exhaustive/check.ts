/**
 * One shape in all its cases: every choice of signatures, every split into units, every order of arrival. After each unit the replica's
 * admitted set must be the defined one of the ops that their unit did not drop, and after one more unit of all ops, that of all.
 */
import { createDag, numberOf, truncate } from '../../core/dag.ts'
import { createHistory } from '../../core/history.ts'
import { createPending } from '../../core/pending.ts'
import { createReplica, type Judge, type Outcome, receive, type Replica } from '../../core/replica.ts'
import type { Unit, UnitOp } from '../../core/unit.ts'
import { admittedOf, refusedOf, vouchedOf } from './defined.ts'
import { has, isAccepted, opsOf } from './ops.ts'
import { isFirstOfItsKind, type Order, ordersOf } from './orders.ts'
import { type Shape, shapesOf } from './shapes.ts'

/** One world: who wrote what, which ops are signed (a bit each), and the units in order of arrival. */
export interface Case {
  readonly shape: Shape
  readonly signed: number
  readonly order: Order
}

export interface Failure extends Case {
  /** How many units had come; one more than there are: all ops came once more, in one unit. */
  readonly units: number
  readonly what: string
}

export interface Checked {
  /** Cases that were run, and those that differ from one that was run in the numbers of their ops alone. */
  run: number
  saved: number
  readonly failure: Failure | null
}

const judge: Judge = (op) => (isAccepted(op) ? null : 'bad-body')

/** `all`: also the cases that differ only in the numbers of their ops. O(signatures × orders). */
export function checkShape(shape: Shape, orders: readonly Order[], all: boolean): Checked {
  const ops = opsOf(shape)
  const kinds = all ? orders : orders.filter((order) => isFirstOfItsKind(shape, order))
  let run = 0
  for (let signed = 0; signed < 1 << ops.length; signed++) {
    const world = createWorld(shape, ops, signed)
    let before: Order = []
    for (const order of kinds) {
      run++
      const failure = play(world, order, sharedUnits(order, before))
      before = order
      if (failure !== null) return { run, saved: 0, failure }
    }
  }
  return { run, saved: (orders.length - kinds.length) * (1 << ops.length), failure: null }
}

/** The shapes of `ops` ops, `count` of them from number `first` on. `all`: also the cases that differ only in the numbers of their ops. */
export function checkShapes(ops: number, first: number, count: number, all: boolean): Checked {
  const orders = ordersOf(ops)
  const sum: Checked = { run: 0, saved: 0, failure: null }
  let number = 0
  for (const shape of shapesOf(ops)) {
    if (number >= first + count) break
    if (number++ < first) continue
    const { run, saved, failure } = checkShape(shape, orders, all)
    sum.run += run
    sum.saved += saved
    if (failure !== null) return { ...sum, failure }
  }
  return sum
}

/** How many shapes and cases there are. Makes every shape. */
export function countCases(ops: number): { readonly shapes: number; readonly cases: number } {
  let shapes = 0
  for (const _ of shapesOf(ops)) shapes++
  return { shapes, cases: shapes * 2 ** ops * ordersOf(ops).length }
}

/** One case, in a replica of its own. */
export function checkCase({ shape, signed, order }: Case): Failure | null {
  const world = createWorld(shape, opsOf(shape), signed)
  return play({ ...world, emptied: () => createReplica(world.ops[0]!.id, judge, 1) }, order, 0)
}

function sharedUnits(order: Order, before: Order): number {
  let shared = 0
  while (shared < before.length && order[shared] === before[shared]) shared++
  return shared
}

/** What the cases of one shape and one choice of signatures share. */
interface World {
  readonly shape: Shape
  readonly ops: readonly UnitOp[]
  readonly signed: number
  readonly emptied: () => Replica
  /** By their ops. */
  readonly units: Map<number, Unit>
  readonly defined: Map<number, number>
}

function createWorld(shape: Shape, ops: readonly UnitOp[], signed: number): World {
  return { shape, ops, signed, emptied: () => emptied(ops[0]!), units: new Map(), defined: new Map() }
}

/** A replica's typed arrays cost ten times what it takes to fill them with five ops, so all cases use the same ones. */
const dag = createDag(1)
const history = createHistory(dag)

function emptied({ id }: UnitOp): Replica {
  truncate(dag, 0)
  history.count.fill(0)
  const nothing = { pending: createPending(), rejected: new Map<string, never>(), refusedOps: [] }
  return { room: id, dag, history: { ...history, length: 0, depths: 0 }, judge, ...nothing }
}

/** Runs one case; what was seen after its first `seen` units has been checked before. */
function play(world: World, order: Order, seen: number): Failure | null {
  const { shape, ops, signed } = world
  const replica = world.emptied()
  const all = (1 << ops.length) - 1
  let received = 0
  for (let i = 0; i <= order.length; i++) {
    const fresh = order[i] ?? all & ~heldBy(replica, ops)
    // Nothing more can happen.
    if (fresh === 0) return null
    const outcomes = receive(replica, unitOf(world, order[i] ?? all), 'link')
    received |= fresh
    const dropped = bitsOf(
      ops,
      outcomes.filter(({ type }) => type === 'dropped'),
    )
    if (i >= seen) {
      const what =
        wrongDrops(world, order[i] === undefined ? [] : order, fresh, dropped) ??
        wrongUnits(world, outcomes) ??
        wrongSet(world, replica, received & ~dropped)
      if (what !== null) return { shape, signed, order, units: i + 1, what }
    }
    received &= ~dropped
  }
  return admittedOf(shape, signed, all) === heldBy(replica, ops)
    ? null
    : { shape, signed, order, units: order.length + 1, what: 'all ops came in one unit, and not all that are defined are admitted' }
}

/** What nothing in its unit vouches for is dropped, at once or when what vouched for it was refused; nothing else is. `order`: where each op came once. */
function wrongDrops({ shape, signed }: World, order: Order, fresh: number, dropped: number): string | null {
  const refused = refusedOf(shape)
  if ((fresh & ~vouchedOf(shape, signed, fresh) & ~dropped & ~refused) !== 0) return 'an op is kept that nothing in its unit vouches for'
  if (dropped === 0) return null
  for (const unit of order) {
    if ((unit & dropped & vouchedOf(shape, signed, unit, refused)) !== 0) return 'an op is dropped that its unit vouches for'
  }
  return null
}

/** What is admitted is stored and served as it is: each time a unit. */
function wrongUnits({ shape, signed, ops }: World, outcomes: readonly Outcome[]): string | null {
  for (const outcome of outcomes) {
    if (outcome.type !== 'admitted') continue
    const unit = bitsOf(ops, outcome.unit)
    if (vouchedOf(shape, signed, unit) !== unit) return 'what is admitted at once is no unit'
  }
  return null
}

function wrongSet({ shape, signed, ops, defined }: World, replica: Replica, received: number): string | null {
  const known = defined.get(received)
  const expected = known ?? admittedOf(shape, signed, received)
  if (known === undefined) defined.set(received, expected)
  const held = heldBy(replica, ops)
  if (held === expected) return null
  return `admitted: ${listed(held)}; defined: ${listed(expected)}`
}

const listed = (set: number): string => [...Array(31).keys()].filter((op) => has(set, op)).join(' ') || 'none'
function bitsOf(ops: readonly UnitOp[], some: readonly (Outcome | UnitOp)[]): number {
  let bits = 0
  for (const each of some) if ('id' in each) bits |= 1 << ops.findIndex(({ id }) => id === each.id)
  return bits
}

function unitOf({ units, ops, signed }: World, set: number): Unit {
  const known = units.get(set)
  if (known !== undefined) return known
  const unit = ops.flatMap((unitOp, op) => (!has(set, op) ? [] : has(signed, op) ? [unitOp] : [{ ...unitOp, signature: null }]))
  units.set(set, unit)
  return unit
}

function heldBy({ dag }: Replica, ops: readonly UnitOp[]): number {
  let held = 0
  for (let op = 0; op < ops.length; op++) if (numberOf(dag, ops[op]!.id) >= 0) held |= 1 << op
  return held
}
