/**
 * A correct node: the product's engine, unchanged, driven as its contract says. What a platform answers later is answered
 * after a random while, so that answers overtake each other; nothing survives a crash but the disk.
 */
import { valueOf } from '../core/result.ts'
import { rebuild } from '../sync/rebuild.ts'
import { idOf, numberOf } from '../core/dag.ts'
import { type Mark, NOTHING_WRITTEN } from '../core/mark.ts'
import { keyOf, type Unit } from '../core/unit.ts'
import { judgeOpen } from '../rules/open.ts'
import type { Durability, Segment } from '../store/store.ts'
import { decodeBundle, encodeBundle } from '../sync/bundle.ts'
import { unwrapBundle, wrapBundle } from '../sync/wrap.ts'
import { type Effect, type Input, isFile, type Notice, type PeerId } from '../sync/effects.ts'
import { createEngine, restore, restoreIndex, step } from '../sync/engine.ts'
import type { Engine } from '../sync/state.ts'
import { recall } from '../sync/trust.ts'
import { checkCaps } from './caps.ts'
import { createDisk, type Disk, durableOps, lengthOf, read, rescue, safeOps, write } from './disk.ts'
import type { Identity } from './identity.ts'
import { enter } from './ledger.ts'
import { sendFrom } from './network.ts'
import { squeeze, unsqueeze } from './squeeze.ts'
import { blamed, contributed } from './villain.ts'
import { fail, nextIdentity, type World } from './world.ts'

export interface SimNode {
  readonly index: number
  identity: Identity
  disk: Disk
  /** Kept elsewhere than on the disk; null when it is lost. */
  mark: Mark | null
  engine: Engine
  isUp: boolean
  /** How often it was started: answers and alarms of an earlier life come to nothing. */
  life: number
  /** Its clock: rate × world's time + offset, ms. */
  readonly clock: { readonly rate: number; readonly offset: number }
  /** When it is to be woken, by its own clock. */
  alarm: number
  neighbours: number[]
  /** Frames it has sent, and the latest that it has heard of each sender in this life. */
  sent: number
  readonly latest: Map<PeerId, number>
  /** Marks over the ledger: what it has admitted. */
  held: Uint8Array
  readonly work: Work
}

/** What a node has done: signatures verified and made, bytes of segments read to be served, and time in the engine by the world's clock. */
interface Work {
  verified: number
  signed: number
  read: number
  ms: number
}

/** A channel that takes nothing is not waited for any longer than this (ms). */
const GIVEN_UP_AFTER = 15_000

/** A peer that could not serve may be asked again; these say nothing against whoever brought the op. */
const HARMLESS = new Set(['parent-rejected', 'pending-full'])

export const clockOf = ({ clock }: SimNode, time: number): number => clock.rate * time + clock.offset

/** A node of this identity, not started yet. */
export function addNode(world: World, identity: Identity, disk: Disk): SimNode {
  const { plan, chance, nodes } = world
  const index = nodes.length
  const clock = { rate: 1 + plan.skew * chance.life.between(-1, 1), offset: chance.life.below(1_000_000) }
  const node: SimNode = {
    index,
    identity,
    disk,
    mark: NOTHING_WRITTEN,
    engine: engineFor(world, identity, clock.offset, false),
    isUp: false,
    life: 0,
    clock,
    alarm: Infinity,
    neighbours: [],
    sent: 0,
    latest: new Map(),
    held: new Uint8Array(512),
    work: { verified: 0, signed: 0, read: 0, ms: 0 },
  }
  nodes.push(node)
  for (const row of world.cuts) row.push(0)
  world.cuts.push(nodes.map(() => 0))
  return node
}

function engineFor({ room, chance, plan }: World, identity: Identity, now: number, resumed: boolean): Engine {
  return createEngine({
    room,
    author: identity.author,
    sender: chance.life.bytes(32),
    judge: judgeOpen,
    seed: chance.life.below(2 ** 32),
    random: chance.life.fork(`engine ${chance.life.below(2 ** 32)}`).next,
    now,
    resumed,
    ...(plan.limits && { limits: plan.limits }),
    ...(plan.signatureCost !== undefined && { signatureCost: plan.signatureCost }),
  })
}

/**
 * Starts a node from its disk. If the disk is damaged, the node keeps what is before the damage, under a new key, and beside it what is
 * whole after the damage.
 */
export function start(world: World, node: SimNode, resumed: boolean): void {
  const now = clockOf(node, world.schedule.now)
  const { disk } = node
  const length = disk.kept.length
  const segments = read(disk, 0, Infinity)
  const engine = engineFor(world, node.identity, now, resumed)
  // An index of what the disk has lost meanwhile says nothing.
  if (disk.index !== null && disk.index.count > safeOps(disk)) disk.index = null
  if (disk.index !== null && !restoreIndex(engine, disk.index.bytes, lengthOf(disk)))
    return fail(world, 'an index is read', `node ${node.index} cannot`)
  let whole = 0
  for (const { first, bytes, count } of segments) {
    if (first + count <= (disk.index?.count ?? 0)) {
      whole++
      continue
    }
    const units = unitsOf(bytes)
    if (units === null || restore(engine, units) !== count) break
    whole++
  }
  if (whole < length) {
    node.disk = createDisk()
    write(node.disk, segments.slice(0, whole), 'strict')
    node.disk.rescued = rescue(disk, lengthOf(node.disk))
    forget(world, node)
    return start(world, node, false)
  }
  recall(engine, node.mark)
  node.engine = engine
  node.life++
  node.isUp = true
  node.alarm = Infinity
  node.held.fill(0)
  node.latest.clear()
  const { dag } = engine.replica
  for (let op = 0; op < dag.length; op++) mark(node, world.ledger.byId.get(keyOf(idOf(dag, op)))!.number)
  node.disk.rescued = node.disk.rescued.filter((bytes) =>
    unitsOf(bytes)!
      .flat()
      .some(({ id }) => numberOf(dag, id) < 0),
  )
  if (node.disk.rescued.length > 0) give(world, node, { type: 'import', ref: 0, bundles: node.disk.rescued })
  give(world, node, { type: 'linked' })
}

/** Its key is gone: it goes on as somebody else. */
export function forget(world: World, node: SimNode): void {
  node.identity = nextIdentity(world)
  node.mark = NOTHING_WRITTEN
}

/** The units of a stored segment; null when they are not what a node stores. */
export function unitsOf(bytes: Uint8Array): readonly Unit[] | null {
  const unwrapped = unwrapBundle(bytes)
  if (!unwrapped.ok) return null
  const { codec, payload } = unwrapped.value
  const raw = codec === 'raw' ? payload : valueOf(unsqueeze(payload, Infinity))
  const units = raw === null ? null : decodeBundle(raw)
  return units?.ok === true ? units.value : null
}

/** The segment that a room's founder begins with. */
export const firstSegment = ({ genesis }: World): Segment => ({ first: 0, count: 1, bytes: wrapBundle('raw', encodeBundle([[genesis]])) })

export type Heard = Extract<Input, { type: 'bytes' }>

export function deliver(world: World, node: SimNode, heard: Heard): void {
  if (!node.isUp) return
  world.counts.delivered++
  world.counts.bytes += heard.bytes.length
  give(world, node, heard)
}

/** Whether a frame is the latest that this life of the node has opened of its sender. `number`: the sender's count of its frames. */
export function isLatest(node: SimNode, from: PeerId, number: number): boolean {
  if (number <= (node.latest.get(from) ?? -1)) return false
  node.latest.set(from, number)
  return true
}

/** One input, then every effect in order. */
export function give(world: World, node: SimNode, input: Input): void {
  if (world.failure !== null) return
  const { trace, schedule } = world
  const now = clockOf(node, schedule.now)
  trace.number(schedule.now)
  trace.number(node.index * 64 + input.type.length)
  if (input.type === 'bytes') trace.bytes(input.bytes)
  const began = world.clock()
  // An alarm is due when the engine's clock says so, whatever the rounding.
  const effects = step(node.engine, input, input.type === 'tick' && node.alarm <= now + 1e-6 ? Math.max(now, node.alarm) : now)
  node.work.ms += world.clock() - began
  for (const effect of effects) carryOut(world, node, effect)
  checkCaps(world, node)
}

function carryOut(world: World, node: SimNode, effect: Effect): void {
  switch (effect.type) {
    case 'send':
      return sendFrom(world, node, effect.to, effect.bytes)
    case 'sendBulk':
      if (effect.way === 'channel' && world.ports.get(effect.to)?.strategy.takesNothing === true)
        return after(world, node, GIVEN_UP_AFTER, () => ({ type: 'sent', job: effect.job }))
      sendFrom(world, node, effect.to, effect.bytes)
      return later(world, node, () => ({ type: 'sent', job: effect.job }))
    case 'notify':
      return hearNotice(world, node, effect.notice)
    case 'wakeAt':
      return wake(world, node, effect.at)
    case 'disconnect': {
      const villain = world.ports.get(effect.peer)
      if (villain !== undefined) blamed(world, villain, effect.peer, true)
      return
    }
    case 'persist':
      return persist(world, node, effect)
    default:
      return later(world, node, answerTo(world, node, effect))
  }
}

function answerTo(
  { signatures }: World,
  node: SimNode,
  effect: Exclude<Extract<Effect, { job: number }>, { type: 'sendBulk' }>,
): () => Input {
  const { job } = effect
  switch (effect.type) {
    case 'verify': {
      node.work.verified += effect.claims.length
      const valid = effect.claims.map(({ signature, message, author }) => signatures.verify(signature, message, author))
      return () => ({ type: 'verified', job, valid })
    }
    case 'sign':
      node.work.signed++
      return () => ({ type: 'signed', job, signature: signatures.sign(node.identity, effect.message) })
    case 'read': {
      const segments = read(node.disk, effect.from, effect.limit)
      for (const { bytes } of segments) node.work.read += bytes.length
      return () => ({ type: 'loaded', job, segments })
    }
    case 'decode':
      return () => ({ type: 'decoded', job, rebuilt: rebuild(unsqueeze(effect.bytes, effect.most.bytes), effect.most) })
    case 'inflate':
      return () => ({ type: 'inflated', job, bytes: valueOf(unsqueeze(effect.bytes, effect.limit)) })
    case 'deflate':
      return () => ({ type: 'deflated', job, bytes: squeeze(effect.bytes) })
    case 'persist':
      return () => ({ type: 'stored', job, failure: 'failed' })
  }
}

/** ms that the platform takes: mostly a few, sometimes very long. */
function pause({ chance: { platform } }: World): number {
  const u = platform.next()
  return u < 0.97 ? 4 * u : 200 * (u - 0.97) * 10
}

const later = (world: World, node: SimNode, answer: () => Input): void => after(world, node, pause(world), answer)

function after(world: World, node: SimNode, ms: number, answer: () => Input): void {
  const { life } = node
  world.schedule.at(world.schedule.now + ms, () => {
    if (node.isUp && node.life === life) give(world, node, answer())
  })
}

/** Disk and mark, each written at its own moment, and answered at a later one: a crash may come before, between or after. */
function persist(world: World, node: SimNode, { job, segments, durability, mark }: Extract<Effect, { type: 'persist' }>): void {
  const { life } = node
  let failure: ReturnType<typeof write> = null
  let left = mark === null ? 1 : 2
  const soon = (work: () => void): void =>
    world.schedule.at(world.schedule.now + pause(world), () => {
      if (!node.isUp || node.life !== life) return
      work()
      if (--left === 0) later(world, node, () => ({ type: 'stored', job, failure }))
    })
  soon(() => void (failure = write(node.disk, segments, durability satisfies Durability)))
  if (mark !== null) soon(() => void (node.mark = mark))
}

function wake(world: World, node: SimNode, at: number): void {
  const { schedule, chance } = world
  const now = clockOf(node, schedule.now)
  if (at <= node.engine.now) return fail(world, 'rest', `asks at ${node.engine.now} to be woken at ${at}`)
  node.alarm = at
  const { life } = node
  const early = chance.platform.chance(0.02) ? chance.platform.next() : 1
  schedule.at(schedule.now + (early * Math.max(0, at - now)) / node.clock.rate, () => {
    if (node.isUp && node.life === life && node.alarm === at) give(world, node, { type: 'tick' })
  })
}

function hearNotice(world: World, node: SimNode, notice: Notice): void {
  switch (notice.type) {
    case 'admitted':
      return admitted(world, node, notice.unit)
    case 'accepted': {
      const entry = world.ledger.byId.get(keyOf(notice.id))
      if (entry === undefined) return fail(world, 'accepted', 'an op was accepted and not admitted')
      if (numberOf(node.engine.replica.dag, notice.id) >= durableOps(node.disk))
        return fail(world, 'what is accepted is durable', `node ${node.index} accepts an op that a crash would take`)
      world.owed.add(entry.number)
      world.ledger.published.push(entry.unitOp)
      return
    }
    case 'refused': {
      const villain = world.ports.get(notice.from)
      if (villain !== undefined) return blamed(world, villain, notice.from, false)
      if (notice.from === 'disk' || notice.from === 'self' || isFile(notice.from) || HARMLESS.has(notice.reason)) return
      return fail(world, 'no honest node is blamed', `node ${node.index} holds ${notice.reason} against an honest peer`)
    }
    case 'notAccepted':
      return fail(world, 'what a person writes is accepted', `node ${node.index} refuses: ${notice.reason}`)
    case 'imported':
    case 'changed':
  }
}

function admitted(world: World, node: SimNode, unit: Unit): void {
  for (const unitOp of unit) {
    const known = world.ledger.entries.length
    const entry = enter(world.ledger, unitOp)
    if (typeof entry === 'string') return fail(world, 'nothing invalid is admitted', `node ${node.index} admitted an op: ${entry}`)
    if (node.held[entry.number] === 1) return fail(world, 'admitted once', `node ${node.index} admitted an op twice`)
    for (const parent of entry.parents) {
      if (node.held[parent] !== 1) return fail(world, 'parents are closed', `node ${node.index} admitted an op before its parent`)
    }
    mark(node, entry.number)
    world.trace.bytes(unitOp.id)
    world.counts.admitted++
    if (world.ledger.entries.length > known) contributed(world, unitOp)
  }
}

function mark(node: SimNode, number: number): void {
  if (number >= node.held.length) {
    const grown = new Uint8Array(Math.max(number + 1, node.held.length * 2))
    grown.set(node.held)
    node.held = grown
  }
  node.held[number] = 1
}
