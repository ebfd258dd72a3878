/** Adversaries who are bad peers: who lie about what they hold, stall, ask too much, pose. */
import { decodeMessage, encodeMessage } from '../../sync/messages.ts'
import type { SimNode } from '../node.ts'
import { headsOf } from '../../sync/state.ts'
import { digestOfStored } from '../../sync/stored-heads.ts'
import { anyone, bundleOf, newSender, publicOp, say, some, ghost, type Strategy, type Villain, NEW, UNHEARD } from '../villain.ts'

/** Names heads that never were, and says that it holds what it does not, and how much. */
function claim(villain: Villain, node: SimNode, heads: number): void {
  const { random } = villain
  const headCount = heads + random.pick([0, 0, 1_000, 2 ** 52])
  const said = Array.from({ length: heads }, () => ghost(villain)).sort((a, b) => a[0]! - b[0]!)
  say(villain, node, { type: 'heads', digest: random.bytes(32), heads: said, headCount, ops: random.pick([0, 7, 2 ** 53 - 1]), ...UNHEARD })
}

/** Answers what a node asks of everybody, before anyone else can. */
const first =
  (answer: (villain: Villain, from: SimNode, ref: number) => void) =>
  (villain: Villain, from: SimNode, bytes: Uint8Array): void => {
    const said = decodeMessage(bytes)
    if (said.ok && said.value.type === 'want') answer(villain, from, said.value.ref)
  }

function answerSlowly(villain: Villain, from: SimNode, ref: number): void {
  const { random } = villain
  const kind = random.below(4)
  const bundle = kind === 0 ? new Uint8Array() : bundleOf([[publicOp(villain)]])
  if (kind < 3) say(villain, from, { type: 'units', ref, bundle, last: kind === 2, left: 1_000_000 })
}

/** Names heads, and when asked lets one wait: nothing at all, an op at a time, answers that never end. */
export function slowPeer(): Strategy {
  return {
    act(villain) {
      for (const node of some(villain)) claim(villain, node, 1)
    },
    asked: (villain, from, { ref }) => answerSlowly(villain, from, ref),
    overheard: first(answerSlowly),
    goesOnEvery: 2_000,
  }
}

/** Has nothing, whatever it is asked for. */
function answerNothing(villain: Villain, from: SimNode, ref: number): void {
  say(villain, from, { type: 'units', ref, bundle: new Uint8Array(), last: true, left: 0 })
}

/** Lies about what it holds, and about what it lacks; has nothing when asked. */
export function inventoryLiar(): Strategy {
  return {
    act(villain) {
      const { random } = villain
      for (const node of some(villain)) {
        claim(villain, node, random.pick([1, 5, 256]))
        const { op } = publicOp(villain)
        const hint = op.author.slice(0, random.pick([2, 4]))
        const seqs = [0, op.seq + 5, 2 ** 52 - 1]
        const tips = seqs.map((seq) => ({
          hint,
          seq,
          id: random.pick([ghost(villain), op.prev ?? ghost(villain)]),
          isHead: random.chance(0.5),
        }))
        const ids = [ghost(villain)]
        const headCount = 3 + random.below(2)
        const asked = random.chance(0.5) ? { ofAll: true, after: 0 } : { ofAll: false, after: random.below(100) }
        say(villain, node, {
          type: 'want',
          ref: random.below(100),
          ids,
          tips,
          headCount,
          parts: random.bytes(6 * random.below(9)),
          ops: 2 ** 53 - 1,
          ...asked,
        })
      }
    },
    asked: (villain, from, { ref }) => answerNothing(villain, from, ref),
    goesOnEvery: 2_000,
  }
}

/** Agrees with everybody: repeats each node's own heads to it, and answers every question with nothing. */
export function eclipse(): Strategy {
  return {
    act(villain) {
      for (const node of some(villain)) {
        const held = headsOf(node.engine)
        say(villain, node, {
          type: 'heads',
          digest: digestOfStored(held),
          heads: [],
          headCount: held.heads.size,
          ops: held.stored,
          ...UNHEARD,
        })
      }
    },
    asked: (villain, from, { ref }) => answerNothing(villain, from, ref),
    overheard: first(answerNothing),
    goesOnEvery: 2_000,
  }
}

/** Asks for everything again and again. */
export function glutton(): Strategy {
  return {
    act(villain) {
      const node = anyone(villain)
      for (let i = 0; i < 3; i++)
        say(villain, node, {
          type: 'want',
          ref: i,
          ids: [],
          tips: [],
          parts: new Uint8Array(),
          headCount: 0,
          ops: 0,
          ofAll: i === 1,
          after: 0,
        })
    },
    goesOnEvery: 2_000,
  }
}

/** Says that it is somebody else. */
export function poser(): Strategy {
  return {
    act(villain) {
      const { author } = publicOp(villain).op
      newSender(villain)
      for (const node of some(villain))
        say(villain, node, encodeMessage({ type: 'hello', author, proof: villain.random.bytes(64), ...NEW }))
    },
    goesOnEvery: 600,
  }
}
