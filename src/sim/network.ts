/**
 * Messages between nodes and adversaries: late, out of order, lost, repeated, or tampered with, which the seal of the path
 * turns into a loss. A broadcast is heard in all domains of its sender; adversaries, who hold the room's secret, hear everything.
 */
import type { PeerId } from '../sync/effects.ts'
import { deliver, isLatest, type SimNode } from './node.ts'
import { hear, overhear } from './villain.ts'
import { countFault, type World } from './world.ts'

/** ms: mostly little more than the least, now and then nearly the most. */
function delay({ plan, chance }: World): number {
  const { least, most } = plan.delay
  const u = chance.network.next()
  return least + (most - least) * u * u * u
}

/** A node says something to one peer, or to all it can reach (null). */
export function sendFrom(world: World, from: SimNode, to: PeerId | null, bytes: Uint8Array): void {
  const sender = from.engine.senderId
  const number = from.sent++
  if (to === null) {
    for (const index of from.neighbours) carry(world, from.index, world.nodes[index]!, { sender, number, receiver: null, bytes })
    for (const villain of world.villains) overhear(villain, from, bytes)
    return
  }
  const villain = world.ports.get(to)
  if (villain !== undefined) {
    const { life } = from
    world.schedule.at(world.schedule.now + delay(world), () => {
      if (from.life === life && from.isUp) hear(world, villain, from, to, bytes)
    })
    return
  }
  for (const index of from.neighbours) {
    const node = world.nodes[index]!
    if (node.engine.senderId === to) carry(world, from.index, node, { sender, number, receiver: to, bytes })
  }
}

/** A frame as its receiver opens it; `number` counts those of its sender. */
interface Frame {
  readonly sender: PeerId
  readonly number: number
  readonly receiver: PeerId | null
  readonly bytes: Uint8Array
}

function carry(world: World, from: number, to: SimNode, { sender, number, receiver, bytes }: Frame): void {
  const { plan, chance, cuts, healed } = world
  if (cuts[from]![to.index]! > 0) return
  let copies = 1
  if (!healed) {
    if (plan.lost > 0 && chance.network.chance(plan.lost)) return countFault(world, 'lost')
    if (plan.tampered > 0 && chance.network.chance(plan.tampered)) return countFault(world, 'tampered')
    if (plan.repeated > 0 && chance.network.chance(plan.repeated)) {
      countFault(world, 'repeated')
      copies = 2
    }
  }
  for (let i = 0; i < copies; i++) {
    world.schedule.at(world.schedule.now + delay(world), () => {
      // What is sealed for an earlier life of the node is not for this one.
      if (receiver !== null && to.engine.senderId !== receiver) return
      if (cuts[from]![to.index]! > 0 || !to.isUp) return
      deliver(world, to, {
        type: 'bytes',
        from: sender,
        bytes,
        addressed: receiver !== null,
        isLatest: isLatest(to, sender, number),
        way: 'open',
      })
    })
  }
}

/** An adversary says something to a node, under one of its sender values; `addressed`: to this run of it, as only the living can. */
export function sendAs(world: World, sender: PeerId, to: SimNode, bytes: Uint8Array, addressed = true): void {
  world.schedule.at(world.schedule.now + delay(world), () =>
    deliver(world, to, { type: 'bytes', from: sender, bytes, addressed, isLatest: true, way: 'open' }),
  )
}
