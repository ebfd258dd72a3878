/** Adversaries who bring ops that must not be admitted: badly signed, not signed, against the rules. */
import { encodeValue } from '../../core/cbor.ts'
import { encodeBody } from '../../crdt/body.ts'
import { compose, keyNumber, publicOp, push, some, badlySigned, latest, type Strategy, type Villain } from '../villain.ts'

/** Writes in an honest author's name, with a signature of its own. */
export function impersonator(): Strategy {
  return {
    act(villain) {
      const honest = publicOp(villain)
      const op = compose(villain, { ...keyNumber(villain, 0), author: honest.op.author }, honest, [])
      const forged = { ...op, signature: badlySigned(villain, op).signature }
      const own = compose(villain, keyNumber(villain, 0), null, [forged.id])
      for (const node of some(villain)) push(villain, node, villain.random.pick([[[forged]], [[forged], [own]], [[forged, own]]]))
    },
  }
}

/** Brings honest ops with bad signatures, before or after they come as they were signed. */
export function forger(): Strategy {
  const forge = (villain: Villain): void => {
    for (const node of some(villain)) push(villain, node, [[badlySigned(villain, publicOp(villain))]])
  }
  return { act: forge }
}

/** Takes signatures off: alone, below a signed op of another, in a chain whose end is not signed. */
export function stripper(): Strategy {
  return {
    act(villain) {
      const { random } = villain
      const bare = { ...publicOp(villain), signature: null }
      const first = compose(villain, keyNumber(villain, 0), latest(villain), [publicOp(villain).id])
      const second = compose(villain, keyNumber(villain, 0), first, [])
      const other = compose(villain, keyNumber(villain, 1), null, [first.id])
      const spoilt = badlySigned(villain, second)
      const unit = random.pick([
        [{ ...first, signature: null }, second],
        [{ ...first, signature: null }, spoilt],
        [{ ...first, signature: new Uint8Array(64) }, other],
        [first, spoilt],
        [{ ...bare, signature: new Uint8Array(64) }, first],
      ])
      if (unit[1] === second) villain.made.push(first, second)
      for (const node of some(villain)) push(villain, node, [unit])
    },
  }
}

/** Signs what the rules forbid, with children that are fine but for their parents. */
export function lawbreaker(): Strategy {
  return {
    act(villain) {
      const { random } = villain
      const key = keyNumber(villain, 0)
      const on = publicOp(villain)
      const prev = latest(villain) ?? compose(villain, key, null, [on.id])
      const foreign = compose(villain, key, prev, [], { prev: on.id, seq: on.op.seq + 1, deps: [] })
      const wrong = random.pick([
        compose(villain, key, prev, [], { seq: prev.op.seq + 2 }),
        foreign,
        compose(villain, key, null, [on.id], { body: encodeValue([9, 'no such kind']) }),
        compose(villain, key, null, [on.id], { body: encodeValue('no body') }),
        compose(villain, key, null, [on.id], { body: encodeBody({ kind: 'genesis', name: 'mine', rules: 'open', rulesVersion: 1 }) }),
      ])
      const child = compose(villain, keyNumber(villain, 1), null, [wrong.id])
      const fine = compose(villain, keyNumber(villain, 2), null, [on.id])
      villain.made.push(prev)
      const units = random.pick([[[fine, wrong]], [[prev], [wrong]], [[prev], [wrong], [child]], [[prev], [wrong, child]], [[child]]])
      for (const node of some(villain)) push(villain, node, units)
    },
  }
}
