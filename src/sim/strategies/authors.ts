/** Adversaries whose ops are valid: who write twice, forget, collude, leave out, or are many. */
import { pushAll } from '../../core/lists.ts'
import { anyone, compose, keyNumber, newSender, publicOp, push, some, latest, type Strategy } from '../villain.ts'

/** Two ops with one seq, each for other nodes; goes on on either branch. */
export function equivocator(): Strategy {
  return {
    act(villain) {
      const key = keyNumber(villain, 0)
      const prev = villain.made.length === 0 || villain.random.chance(0.2) ? null : villain.random.pick(villain.made)
      for (let branch = 0; branch < 2; branch++) {
        const op = compose(villain, key, prev, [publicOp(villain).id])
        villain.made.push(op)
        for (const node of some(villain)) push(villain, node, [[op]])
      }
    },
  }
}

/** Forgets what it has written and begins anew, or from somewhere in its past. */
export function amnesiac(): Strategy {
  return {
    act(villain) {
      const { random, made } = villain
      const prev = made.length === 0 || random.chance(0.5) ? null : made[random.below(made.length)]!
      const op = compose(villain, keyNumber(villain, 0), prev, [publicOp(villain).id])
      made.push(op)
      push(villain, anyone(villain), [[op]])
    },
  }
}

/** Merges the branches that others made, as if nothing were wrong with them, in ops with many deps. */
export function colluder(): Strategy {
  return {
    act(villain) {
      const { world, random } = villain
      const others = world.villains.flatMap(({ made }) => made)
      const picked = random.shuffled(others).slice(0, 1 + random.below(12))
      const merged = compose(villain, keyNumber(villain, 0), latest(villain), [...picked.map(({ id }) => id), publicOp(villain).id])
      villain.made.push(merged)
      const units = random.chance(0.5) ? [[merged]] : [...picked.map((op) => [op]), [merged]]
      for (const node of some(villain)) push(villain, node, units)
    },
  }
}

/** Leaves out what it knows, names the oldest ops as its past, and lies about the time. */
export function backDater(): Strategy {
  return {
    act(villain) {
      const { random, world } = villain
      const old = world.ledger.published[Math.floor(random.next() ** 3 * world.ledger.published.length)]!
      const time = random.pick([0, 2 ** 53 - 1, 1_000_000_000_000])
      const op = compose(villain, keyNumber(villain, 0), latest(villain), [old.id], { time })
      villain.made.push(op)
      for (const node of some(villain)) push(villain, node, [[op]])
    },
  }
}

/** Many valid ops of many keys, each a head of its own. */
export function sybils(): Strategy {
  return {
    act(villain) {
      const { random } = villain
      const on = publicOp(villain).id
      const ops = Array.from({ length: 2 + random.below(8) }, (_, i) => compose(villain, keyNumber(villain, i), null, [on]))
      pushAll(villain.made, ops)
      newSender(villain)
      for (const node of some(villain))
        push(
          villain,
          node,
          ops.map((op) => [op]),
        )
    },
  }
}
