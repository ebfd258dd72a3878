/** Runs a plan: the storm, the healing, the checks; and tells what came of it. */
import { encodeBody } from '../crdt/body.ts'
import { BELIEVED, checkDigests, checkEnd, isSettled, toldOther } from './checks.ts'
import { createDisk, write } from './disk.ts'
import { heal, planFault } from './faults.ts'
import { addNode, firstSegment, give, start } from './node.ts'
import type { Plan } from './plan.ts'
import { createRandom, type Random } from './random.ts'
import { STRATEGIES, type StrategyName } from './strategies.ts'
import { LOST_ALTOGETHER, waitsFor } from '../sync/trust.ts'
import { addVillain, type Villain, type VillainCounts } from './villain.ts'
import { type Counts, emptyWorld, type Failure, fail, nextIdentity, type World } from './world.ts'

export interface Report {
  readonly plan: Plan
  readonly failure: Failure | null
  /** Of everything that happened: the same for the same plan. */
  readonly trace: string
  /** What came of it, without the signatures: the same with either kind. */
  readonly verdict: string
  readonly counts: Counts
  readonly villains: Readonly<Partial<Record<StrategyName, VillainCounts>>>
  /** Ops that every correct node holds in the end, and how long after the storm that was so (ms). */
  readonly ops: number
  readonly healedAfter: number
}

/**
 * Events of a world; with more it does not come to rest. A crowd makes some 4,500 a second, and a node that waits ten minutes for a lost op
 * beside it needs up to 2,700,000.
 */
const MAX_EVENTS = 4_000_000
/** Within so long after the storm all is to be well (ms): most pauses of the engine are a minute at most, and a few may follow each other. */
const HEAL = 240_000
/** Within so long every node has told its heads once more (ms). */
const TELL_ALL = 7_000
/** Heads that a later message of their sender overtook are not read. So it takes up to so many times until all have heard them. */
const TELLINGS = 3
/** How often it is looked (ms). */
const LOOK_EVERY = 250

export function run(plan: Plan): Report {
  const world = emptyWorld(plan)
  let healedAfter = -1
  try {
    populate(world)
    const stop = (): boolean => world.failure !== null || world.schedule.ran > MAX_EVENTS
    world.schedule.runUntil(plan.storm, stop)
    heal(world)
    for (const villain of world.villains) goOn(world, villain)
    for (let last = plan.storm; healedAfter < 0 && !stop() && world.schedule.now < last + HEAL;) {
      world.schedule.runUntil(world.schedule.now + LOOK_EVERY, stop)
      if (isSettled(world)) healedAfter = world.schedule.now - plan.storm
      // What a node's mark names may be lost everywhere. The node waits for that before it writes, and all is well some time after.
      if (world.nodes.some(({ engine }) => waitsFor(engine) !== null)) last = Math.min(world.schedule.now, plan.storm + LOST_ALTOGETHER)
    }
    if (world.failure === null && healedAfter < 0) fail(world, 'correct nodes agree after healing', stateOf(world))
    if (world.failure === null) {
      checkEnd(world, createRandom(plan.seed, 'checks').below)
      if (plan.strategies.includes('dead runs')) world.schedule.runUntil(plan.storm + BELIEVED + 1, stop)
      // Adversaries may yet bring what every correct node had lost: then it is told once more.
      const held = (): number => world.nodes.reduce((sum, { engine }) => sum + engine.replica.dag.length, 0)
      const end = world.schedule.now + HEAL
      for (let before = -1; (before !== held() || !isSettled(world)) && !stop() && world.schedule.now < end;) {
        before = held()
        world.schedule.runUntil(world.schedule.now + TELL_ALL, stop)
        untilSettled(world, Math.min(end, world.schedule.now + TELL_ALL), stop)
      }
      for (let n = 1; n < TELLINGS && toldOther(world) !== null && !stop(); n++)
        world.schedule.runUntil(world.schedule.now + TELL_ALL, stop)
      untilSettled(world, world.schedule.now + HEAL, stop)
      if (world.failure === null && !isSettled(world)) fail(world, 'correct nodes agree after healing', stateOf(world))
      if (world.failure === null) checkDigests(world)
    }
  } catch (error) {
    fail(world, 'nothing throws', error instanceof Error ? error.message : String(error))
  }
  return reportOf(world, healedAfter)
}

/** Runs on until everybody has nothing left to do, which in a flood is so only between two of its messages. */
function untilSettled(world: World, until: number, stop: () => boolean): void {
  const { schedule } = world
  while (!isSettled(world) && !stop() && schedule.now < until) schedule.runUntil(schedule.now + LOOK_EVERY, stop)
}

function stateOf({ nodes, schedule }: World): string {
  const sizes = nodes.map(
    ({ engine: { replica, unstored, fetches } }) =>
      `${replica.dag.length}+${replica.pending.ops}/${unstored.length}${fetches.size === 0 ? '' : '?'}`,
  )
  return `after ${schedule.now} ms and ${schedule.ran} events: ops + pending / unstored ${sizes.join(' ')}`
}

function reportOf(world: World, healedAfter: number): Report {
  const { plan, failure, trace, counts, villains, nodes, ledger } = world
  const ops = nodes[0]?.engine.replica.dag.length ?? 0
  const verdict = `${failure?.invariant ?? 'fine'} ${ledger.entries.length} ${ops} ${counts.equivocations} ${villains.map((v) => Object.values(v.counts).join()).join(' ')}`
  return {
    plan,
    failure,
    trace: trace.hash(),
    verdict,
    counts,
    villains: Object.fromEntries(villains.map((v) => [v.name, v.counts])),
    ops,
    healedAfter,
  }
}

/** Nodes, adversaries, faults and what people type, all at their times. */
function populate(world: World): void {
  const { plan, schedule } = world
  const random = createRandom(plan.seed, 'populate')
  for (let i = 0; i < plan.nodes; i++) {
    const node = addNode(world, nextIdentity(world), createDisk())
    if (i === 0) write(node.disk, [firstSegment(world)], 'strict')
    const near = new Set(plan.domains.filter((domain) => domain.includes(i)).flat())
    node.neighbours = [...near].filter((index) => index !== i && index < plan.nodes)
    schedule.at(i > 0 && random.chance(0.15) ? random.between(0, plan.storm) : random.between(0, 50), () => {
      if (node.life === 0) start(world, node, false)
    })
  }
  for (const name of plan.strategies) {
    const villain = addVillain(world, name, STRATEGIES[name]())
    for (let i = 0; i < plan.acts; i++) schedule.at(random.between(50, plan.storm), () => act(villain))
  }
  for (const fault of plan.faults) planFault(world, fault)
  for (let left = plan.ops; left > 0;) {
    const burst = Math.min(left, random.chance(0.7) ? 1 : 1 + random.below(12))
    type(world, random, random.between(20, plan.storm * 0.95), burst)
    left -= burst
  }
}

/** Somebody who can writes a few ops at once. */
function type(world: World, random: Random, at: number, ops: number): void {
  const place = random.next()
  const length = random.chance(0.02) ? 3_000 : random.below(30)
  world.schedule.at(at, () => {
    const up = world.nodes.filter(({ isUp }) => isUp)
    const node = up[Math.floor(place * up.length)]
    if (node === undefined) return
    for (let i = 0; i < ops; i++) {
      const body = encodeBody({ kind: 'message', text: `${i} ${'x'.repeat(length)}` })
      give(world, node, { type: 'submit', ref: i, body, time: Math.floor(world.schedule.now / 1000) })
    }
  })
}

function act(villain: Villain): void {
  villain.counts.acted++
  villain.strategy.act(villain)
}

/** Acts on after the storm, at its own pace, if it is one that does. */
function goOn(world: World, villain: Villain): void {
  const { goesOnEvery } = villain.strategy
  if (goesOnEvery === undefined) return
  act(villain)
  world.schedule.at(world.schedule.now + goesOnEvery, () => goOn(world, villain))
}
