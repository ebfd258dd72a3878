/** Carries out the faults of a plan, and heals the world when the storm is over. */
import { numberOf } from '../core/dag.ts'
import type { OpId } from '../core/op.ts'
import { equalBytes } from '../core/bytes.ts'
import { pushAll } from '../core/lists.ts'
import { createDisk, flipBit, lengthOf, loseTail, rollBack, safeOps } from './disk.ts'
import { addNode, forget, give, type SimNode, start, unitsOf } from './node.ts'
import { pack } from './pack.ts'
import type { Fault } from './plan.ts'
import { countFault, type World } from './world.ts'

export function planFault(world: World, fault: Fault): void {
  world.schedule.at(fault.at, () => {
    countFault(world, fault.type)
    begin(world, fault)
  })
}

function begin(world: World, fault: Fault): void {
  const { schedule, nodes, chance } = world
  const end = (then: () => void): void => {
    if ('until' in fault) schedule.at(fault.until, () => !world.healed && then())
  }
  switch (fault.type) {
    case 'cut':
      cut(world, fault.from, fault.to, 1)
      return end(() => cut(world, fault.from, fault.to, -1))
    case 'eclipse': {
      const others = nodes.map(({ index }) => index).filter((index) => index !== fault.node)
      isolate(world, fault.node, others, 1)
      return end(() => isolate(world, fault.node, others, -1))
    }
    case 'flap':
      return flap(world, fault, 1)
    case 'full':
    case 'failing': {
      const { disk } = nodes[fault.node]!
      disk.failure = fault.type === 'full' ? 'full' : 'failed'
      return end(() => {
        disk.failure = null
      })
    }
    case 'twin':
      return twin(world, nodes[fault.node]!)
    default:
  }
  const node = nodes[fault.node]!
  if (!node.isUp) return
  stop(world, node)
  let resumed = true
  switch (fault.type) {
    case 'amnesia':
      world.forgetful.add(node.identity)
      rollBack(node.disk, chance.life.next())
      lose(world, node, (op) => op < lengthOf(node.disk))
      break
    case 'evict':
      lose(world, node, () => false)
      node.disk = createDisk()
      forget(world, node)
      resumed = false
      break
    case 'flip': {
      const place = chance.life.next()
      const { first, count } = node.disk.kept[Math.floor(place * node.disk.kept.length)]?.segment ?? { first: 0, count: 0 }
      lose(world, node, (op) => op < first || op >= first + count)
      flipBit(node.disk, place, chance.life.next())
      break
    }
    case 'crash':
  }
  end(() => start(world, node, resumed))
}

/** The process ends; the disk keeps what is safe, and of the rest as much as chance will have. */
function stop(world: World, node: SimNode): void {
  node.isUp = false
  loseTail(node.disk, world.chance.life.pick([0, 0.5, 1]))
  pack(node)
  // A browser's lock tells the others at once; another machine's node is only silent.
  for (const index of node.neighbours) {
    const other = world.nodes[index]!
    if (other.isUp && world.chance.life.chance(0.3)) give(world, other, { type: 'gone', peer: node.engine.senderId })
  }
}

/**
 * Of the ops on this disk, only those that are kept can be read from now on. What is safe nowhere need not come back, and neither need what
 * follows it.
 */
function lose({ nodes, ledger, owed }: World, node: SimNode, isKept: (op: number) => boolean): void {
  const isStoredAt = (other: SimNode, op: number): boolean =>
    op >= 0 && (other === node ? op < lengthOf(other.disk) && isKept(op) : op < safeOps(other.disk))
  const isSafeAt = (other: SimNode, id: OpId): boolean =>
    isStoredAt(other, numberOf(other.engine.replica.dag, id)) ||
    other.disk.rescued.some((bytes) =>
      unitsOf(bytes)!
        .flat()
        .some((each) => equalBytes(each.id, id)),
    )
  const safe: boolean[] = []
  // Parents come first.
  for (const { unitOp, parents, number } of ledger.entries) {
    safe.push(parents.every((parent) => safe[parent]) && nodes.some((other) => isSafeAt(other, unitOp.id)))
    if (!safe[number]) owed.delete(number)
  }
}

function cut({ cuts }: World, from: readonly number[], to: readonly number[], by: number): void {
  for (const a of from) for (const b of to) cuts[a]![b]! += by
}

function isolate(world: World, node: number, others: readonly number[], by: number): void {
  cut(world, [node], others, by)
  cut(world, others, [node], by)
}

function flap(world: World, fault: Extract<Fault, { type: 'flap' }>, by: number): void {
  if (world.healed) return
  const others = world.nodes.map(({ index }) => index).filter((index) => index !== fault.node && index < world.plan.nodes)
  isolate(world, fault.node, others, by)
  const next = world.schedule.now + fault.every
  if (next < fault.until || by === 1) world.schedule.at(next, () => flap(world, fault, -by))
}

function twin(world: World, node: SimNode): void {
  if (!node.isUp) return
  world.forgetful.add(node.identity)
  const copy = addNode(world, node.identity, createDisk())
  pushAll(
    copy.disk.kept,
    node.disk.kept.slice(0, node.disk.safe).map((kept) => ({ ...kept })),
  )
  copy.disk.safe = copy.disk.kept.length
  copy.mark = node.mark
  copy.neighbours = [...node.neighbours, node.index]
  for (const index of copy.neighbours) world.nodes[index]!.neighbours.push(copy.index)
  start(world, copy, true)
}

/** The storm is over: all paths and disks work, all nodes run, nothing is lost. */
export function heal(world: World): void {
  world.healed = true
  for (const row of world.cuts) row.fill(0)
  for (const node of world.nodes) {
    node.disk.failure = null
    if (!node.isUp) start(world, node, node.disk.kept.length > 0)
  }
}
