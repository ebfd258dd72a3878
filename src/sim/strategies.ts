/**
 * What adversaries do, one strategy each; they compose by being in one world. A strategy does all that the protocol's bytes
 * allow; ops that it means to be valid go into `made`, so that others can build on them.
 */
import { encodeValue } from '../core/cbor.ts'
import { asOpId, type OpId } from '../core/op.ts'
import type { UnitOp } from '../core/unit.ts'
import { encodeBody } from '../crdt/body.ts'
import { decodeBundle, unwrapBundle, wrapBundle } from '../sync/bundle.ts'
import { decodeMessage, encodeMessage } from '../sync/messages.ts'
import { bomb } from './squeeze.ts'
import { anyone, bundleOf, compose, keyNumber, newSender, publicOp, push, say, some, type Strategy, type Villain } from './villain.ts'

const ghost = ({ random }: Villain): OpId => asOpId(random.bytes(32))

const bent = ({ random }: Villain, bytes: Uint8Array): Uint8Array => {
  const out = bytes.slice()
  const at = random.below(out.length)
  out[at] = out[at]! ^ (1 << random.below(8))
  return out
}

const badlySigned = (villain: Villain, unitOp: UnitOp): UnitOp => ({
  ...unitOp,
  signature: villain.random.pick([() => bent(villain, unitOp.signature!), () => new Uint8Array(64), () => villain.random.bytes(64)])(),
})

/** Its latest op of key 0, or a first one. */
const latest = (villain: Villain): UnitOp | null => villain.made.at(-1) ?? null

/** Two ops with one seq, each for other nodes; goes on on either branch. */
function equivocator(): Strategy {
  return {
    act(villain) {
      const key = keyNumber(villain, 0)
      const prev = villain.made.length === 0 || villain.random.chance(0.2) ? null : villain.random.pick(villain.made)
      for (let branch = 0; branch < 2; branch++) {
        const op = compose(villain, key, prev, [publicOp(villain).id])
        villain.made.push(op)
        for (const node of some(villain)) push(villain, node, [op])
      }
    },
  }
}

/** Writes in an honest author's name, with a signature of its own. */
function impersonator(): Strategy {
  return {
    act(villain) {
      const honest = publicOp(villain)
      const op = compose(villain, { ...keyNumber(villain, 0), author: honest.op.author }, honest, [])
      const forged = { ...op, signature: badlySigned(villain, op).signature }
      const own = compose(villain, keyNumber(villain, 0), null, [forged.id])
      for (const node of some(villain)) push(villain, node, ...villain.random.pick([[[forged]], [[forged], [own]], [[forged, own]]]))
    },
  }
}

/** Brings honest ops with bad signatures, before or after they come as they were signed. */
function forger(): Strategy {
  const forge = (villain: Villain): void => {
    for (const node of some(villain)) push(villain, node, [badlySigned(villain, publicOp(villain))])
  }
  return { act: forge }
}

/** Takes signatures off: alone, below a signed op of another, in a chain whose end is not signed. */
function stripper(): Strategy {
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
      for (const node of some(villain)) push(villain, node, unit)
    },
  }
}

/** Shows children and keeps their parents to itself, for a while or for ever. */
function withholder(): Strategy {
  const kept: UnitOp[] = []
  return {
    act(villain) {
      const { random } = villain
      if (kept.length > 0 && random.chance(0.4)) {
        push(villain, anyone(villain), [random.pick(kept)])
        return
      }
      const parent = compose(villain, keyNumber(villain, 0), latest(villain), [publicOp(villain).id])
      const child = compose(villain, keyNumber(villain, 0), parent, [])
      const reply = compose(villain, keyNumber(villain, 1), null, [child.id])
      kept.push(parent)
      villain.made.push(parent, child)
      for (const node of some(villain)) push(villain, node, ...random.pick([[[child]], [[child], [reply]], [[reply]]]))
      if (random.chance(0.5)) push(villain, anyone(villain), [child])
    },
  }
}

/** Ops that lean on ops that never were. */
function ghostMaker(): Strategy {
  return {
    act(villain) {
      const op = compose(villain, keyNumber(villain, 0), null, [ghost(villain), publicOp(villain).id])
      const child = compose(villain, keyNumber(villain, 0), op, [])
      for (const node of some(villain)) push(villain, node, ...villain.random.pick([[[op]], [[op], [child]], [[op, child]], [[child]]]))
    },
  }
}

/** More than can be held: what waits for ever, by the thousand. */
function flooder(): Strategy {
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
      push(villain, node, ...units)
    },
  }
}

/** Many valid ops of many keys, each a head of its own. */
function sybils(): Strategy {
  return {
    act(villain) {
      const { random } = villain
      const on = publicOp(villain).id
      const ops = Array.from({ length: 2 + random.below(8) }, (_, i) => compose(villain, keyNumber(villain, i), null, [on]))
      villain.made.push(...ops)
      newSender(villain)
      for (const node of some(villain)) push(villain, node, ...ops.map((op) => [op]))
    },
  }
}

/** Bends what it heard: bits, cuts, additions. */
function mangler(): Strategy {
  return {
    act(villain) {
      const { heard, random } = villain
      const bytes = heard.length === 0 ? random.bytes(50) : random.pick(heard)
      const out = random.pick([
        () => bent(villain, bytes),
        () => bytes.slice(0, random.below(bytes.length)),
        () => Uint8Array.of(...bytes.subarray(0, 400), ...random.bytes(3)),
        () => random.bytes(random.below(100)),
        () => Uint8Array.of(2, ...bytes.subarray(1, 400)),
      ])()
      for (const node of some(villain)) say(villain, node, out)
    },
    goesOn: true,
  }
}

/** Says again what it heard, to everybody, many times. */
function replayer(): Strategy {
  return {
    act(villain) {
      const { heard, random } = villain
      if (heard.length === 0) return
      for (const node of some(villain)) for (let i = 0; i < 5; i++) say(villain, node, random.pick(heard))
    },
    goesOn: true,
  }
}

/** Forgets what it has written and begins anew, or from somewhere in its past. */
function amnesiac(): Strategy {
  return {
    act(villain) {
      const { random, made } = villain
      const prev = made.length === 0 || random.chance(0.5) ? null : made[random.below(made.length)]!
      const op = compose(villain, keyNumber(villain, 0), prev, [publicOp(villain).id])
      made.push(op)
      push(villain, anyone(villain), [op])
    },
  }
}

/** Merges the branches that others made, as if nothing were wrong with them, in ops with many deps. */
function colluder(): Strategy {
  return {
    act(villain) {
      const { world, random } = villain
      const others = world.villains.flatMap(({ made }) => made)
      const picked = random.shuffled(others).slice(0, 1 + random.below(12))
      const merged = compose(villain, keyNumber(villain, 0), latest(villain), [...picked.map(({ id }) => id), publicOp(villain).id])
      villain.made.push(merged)
      const units = random.chance(0.5) ? [[merged]] : [...picked.map((op) => [op]), [merged]]
      for (const node of some(villain)) push(villain, node, ...units)
    },
  }
}

/** Leaves out what it knows, names the oldest ops as its past, and lies about the time. */
function backDater(): Strategy {
  return {
    act(villain) {
      const { random, world } = villain
      const old = world.ledger.published[Math.floor(random.next() ** 3 * world.ledger.published.length)]!
      const time = random.pick([0, 2 ** 53 - 1, 1_000_000_000_000])
      const op = compose(villain, keyNumber(villain, 0), latest(villain), [old.id], { time })
      villain.made.push(op)
      for (const node of some(villain)) push(villain, node, [op])
    },
  }
}

/** Names heads, and when asked lets one wait: nothing at all, an op at a time, answers that never end. */
function slowPeer(): Strategy {
  return {
    act(villain) {
      for (const node of some(villain)) claim(villain, node, 1)
    },
    asked(villain, from, { ref }) {
      const { random } = villain
      const kind = random.below(4)
      const bundle = kind === 0 ? new Uint8Array() : bundleOf([publicOp(villain)])
      if (kind < 3) say(villain, from, { type: 'units', ref, bundle, last: kind === 2, left: 1_000_000 })
    },
    goesOn: true,
  }
}

/** Names heads that never were, and says that it holds what it does not, and how much. */
function claim(villain: Villain, node: Parameters<Strategy['asked'] & {}>[1], heads: number): void {
  const { random } = villain
  const headCount = heads + random.pick([0, 0, 1_000, 2 ** 52])
  const said = Array.from({ length: heads }, () => ghost(villain)).sort((a, b) => a[0]! - b[0]!)
  say(villain, node, { type: 'heads', digest: random.bytes(32), heads: said, headCount, ops: random.pick([0, 7, 2 ** 53 - 1]) })
}

function inventoryLiar(): Strategy {
  return {
    act(villain) {
      const { random } = villain
      for (const node of some(villain)) {
        claim(villain, node, random.pick([1, 5, 256]))
        const { op } = publicOp(villain)
        const tips = [{ hint: op.author.slice(0, 8), seq: random.pick([0, op.seq + 5, 2 ** 53 - 1]), id: ghost(villain) }]
        say(villain, node, {
          type: 'want',
          ref: random.below(100),
          ids: [ghost(villain)],
          heads: [ghost(villain)],
          tips,
          tipsComplete: true,
        })
      }
    },
    asked(villain, from, { ref }) {
      say(villain, from, { type: 'units', ref, bundle: new Uint8Array(), last: true, left: 0 })
    },
    goesOn: true,
  }
}

/** Agrees with everybody: repeats each node's own heads to it, and answers every question with nothing. */
function eclipse(): Strategy {
  return {
    act(villain) {
      for (const node of some(villain)) {
        const { heads, digest } = { heads: [...node.engine.replica.dag.heads].length, digest: villain.random.bytes(32) }
        say(villain, node, {
          type: 'heads',
          digest: node.engine.digest?.bytes ?? digest,
          heads: [],
          headCount: heads,
          ops: node.engine.stored,
        })
      }
    },
    asked(villain, from, { ref }) {
      say(villain, from, { type: 'units', ref, bundle: new Uint8Array(), last: true, left: 0 })
    },
    goesOn: true,
  }
}

/** Sees every message, and answers at once: spoils it before it arrives, builds on it, bends it. */
function adaptive(): Strategy {
  return {
    act(villain) {
      const op = compose(villain, keyNumber(villain, 0), latest(villain), [publicOp(villain).id])
      villain.made.push(op)
      push(villain, anyone(villain), [op])
    },
    overheard(villain, from, bytes) {
      if (!villain.random.chance(0.1)) return
      const message = decodeMessage(bytes)
      if (!message.ok || message.value.type !== 'units') return
      const unwrapped = unwrapBundle(message.value.bundle)
      const units = unwrapped.ok ? decodeBundle(unwrapped.value.payload) : unwrapped
      const op = units.ok ? units.value.at(-1)?.at(-1) : undefined
      if (op === undefined) return
      villain.counts.acted++
      const reply = compose(villain, keyNumber(villain, 1), null, [op.id])
      for (const node of villain.world.nodes) {
        if (node !== from)
          push(villain, node, ...villain.random.pick([[[badlySigned(villain, op)]], [[reply]], [[badlySigned(villain, op)], [reply]]]))
      }
    },
  }
}

/** Signs what the rules forbid, with children that are fine but for their parents. */
function lawbreaker(): Strategy {
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
      for (const node of some(villain)) push(villain, node, ...units)
    },
  }
}

/** Bundles that inflate too far, are cut, or hold another room's ops. */
function bomber(): Strategy {
  return {
    act(villain) {
      const { random } = villain
      const other = asOpId(random.bytes(32))
      const foreign = compose(villain, keyNumber(villain, 0), null, [other], { room: other })
      const bundle = random.pick([
        () => wrapBundle('deflate', bomb(random.pick([100, 2 ** 20, 2 ** 31]))),
        () => wrapBundle('deflate', random.bytes(30)),
        () => wrapBundle('raw', random.bytes(60)),
        () => bundleOf([foreign]),
      ])()
      for (const node of some(villain)) say(villain, node, { type: 'units', ref: random.below(9), bundle, last: true, left: 0 })
    },
    goesOn: true,
  }
}

/** Asks for everything again and again. */
function glutton(): Strategy {
  return {
    act(villain) {
      const node = anyone(villain)
      for (let i = 0; i < 3; i++) say(villain, node, { type: 'want', ref: i, ids: [], heads: [], tips: [], tipsComplete: true })
    },
    goesOn: true,
  }
}

/** Says that it is somebody else. */
function poser(): Strategy {
  return {
    act(villain) {
      const { author } = publicOp(villain).op
      newSender(villain)
      for (const node of some(villain)) say(villain, node, encodeMessage({ type: 'hello', author, proof: villain.random.bytes(64) }))
    },
    goesOn: true,
  }
}

export const STRATEGIES = {
  equivocator,
  impersonator,
  forger,
  stripper,
  withholder,
  'ghost maker': ghostMaker,
  flooder,
  sybils,
  mangler,
  replayer,
  amnesiac,
  colluder,
  eclipse,
  'back-dater': backDater,
  'slow peer': slowPeer,
  'inventory liar': inventoryLiar,
  adaptive,
  lawbreaker,
  bomber,
  glutton,
  poser,
}

export type StrategyName = keyof typeof STRATEGIES
