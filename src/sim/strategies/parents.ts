/** Adversaries who bring ops whose parents are not there: withheld, never made, by the thousand. */
import type { UnitOp } from '../../core/unit.ts'
import { anyone, compose, keyNumber, publicOp, push, some, ghost, latest, type Strategy } from '../villain.ts'

/** Shows children and keeps their parents to itself, for a while or for ever. */
export function withholder(): Strategy {
  const kept: UnitOp[] = []
  return {
    act(villain) {
      const { random } = villain
      if (kept.length > 0 && random.chance(0.4)) {
        push(villain, anyone(villain), [[random.pick(kept)]])
        return
      }
      const parent = compose(villain, keyNumber(villain, 0), latest(villain), [publicOp(villain).id])
      const child = compose(villain, keyNumber(villain, 0), parent, [])
      const reply = compose(villain, keyNumber(villain, 1), null, [child.id])
      kept.push(parent)
      villain.made.push(parent, child)
      for (const node of some(villain)) push(villain, node, random.pick([[[child]], [[child], [reply]], [[reply]]]))
      if (random.chance(0.5)) push(villain, anyone(villain), [[child]])
    },
  }
}

/** Ops that lean on ops that never were. */
export function ghostMaker(): Strategy {
  return {
    act(villain) {
      const op = compose(villain, keyNumber(villain, 0), null, [ghost(villain), publicOp(villain).id])
      const child = compose(villain, keyNumber(villain, 0), op, [])
      for (const node of some(villain)) push(villain, node, villain.random.pick([[[op]], [[op], [child]], [[op, child]], [[child]]]))
    },
  }
}

/** More than can be held: what waits for ever, by the thousand. */
export function flooder(): Strategy {
  let floods: number | null = null
  return {
    act(villain) {
      const { random, world } = villain
      // A whole flood is dear to make: one world in a few sees one, the others a trickle.
      floods ??= random.chance(0.2) && world.plan.ops >= 100 ? 3 : 0
      const isFlood = floods-- > 0
      const node = isFlood ? world.nodes[0]! : anyone(villain)
      const units: UnitOp[][] = []
      let prev = compose(villain, keyNumber(villain, random.below(20)), null, [ghost(villain)])
      for (let i = isFlood ? 1_000 : 8; i > 0; i--) {
        units.push([prev])
        prev = compose(villain, keyNumber(villain, random.below(20)), null, [prev.id], { time: i })
      }
      push(villain, node, units)
    },
  }
}
