/** Adversaries who harm by names, which cost nothing: many at a time, and those of runs that are over. */
import type { PeerId } from '../../sync/effects.ts'
import { decodeMessage, encodeMessage } from '../../sync/messages.ts'
import { sendAs } from '../network.ts'
import type { SimNode } from '../node.ts'
import { bundleOf, ghost, newSender, publicOp, some, type Strategy, UNHEARD, type Villain } from '../villain.ts'

/** Names that it has at once, and new ones for each act. */
const CROWD = 24
const NEW_NAMES = 6
/** ms */
const DRIP_EVERY = 700
const DRIPS = 8

/**
 * Many names, which all say that they have more. When asked, one third says nothing, one third has nothing, and one third brings an op
 * now and then that everybody has.
 */
export function crowd(): Strategy {
  const names: PeerId[] = []
  return {
    act(villain) {
      for (let i = 0; i < NEW_NAMES; i++) names.push(newSender(villain))
      names.splice(0, Math.max(0, names.length - CROWD))
      for (const node of some(villain)) for (const name of names) sendAs(villain.world, name, node, encodeMessage(claimOf(villain)))
    },
    told(villain, from, to, bytes) {
      const said = decodeMessage(bytes)
      const at = names.indexOf(to)
      if (at < 0 || !said.ok || said.value.type !== 'want') return
      const { ref } = said.value
      if (at % 3 === 0) drip(villain, from, to, ref, DRIPS)
      else if (at % 3 === 1) answer(villain, from, to, ref, new Uint8Array(), true)
    },
    goesOnEvery: 4_000,
  }
}

const claimOf = (villain: Villain) =>
  ({
    type: 'heads',
    digest: villain.random.bytes(32),
    heads: [ghost(villain)],
    headCount: 1,
    ops: 1_000_000,
    ...UNHEARD,
  }) as const

function answer({ world }: Villain, to: SimNode, as: PeerId, ref: number, bundle: Uint8Array, last: boolean): void {
  sendAs(world, as, to, encodeMessage({ type: 'units', ref, bundle, last, left: last ? 0 : 1_000_000 }))
}

function drip(villain: Villain, to: SimNode, as: PeerId, ref: number, left: number): void {
  if (left === 0) return
  answer(villain, to, as, ref, bundleOf([[publicOp(villain)]]), false)
  const { schedule } = villain.world
  schedule.at(schedule.now + DRIP_EVERY, () => drip(villain, to, as, ref, left - 1))
}

/** Frames that it keeps, of all runs, and says again in one act. */
const KEPT = 400
const SAID_AGAIN = 30

/**
 * A relay without the link: it keeps what runs said to everybody, and says it again when they are over. While a run lives its frames
 * would be repeats, which no node opens.
 */
export function deadRuns(): Strategy {
  const kept: { readonly sender: PeerId; readonly bytes: Uint8Array }[] = []
  return {
    act(villain) {
      const { world, random } = villain
      const living = new Set(world.nodes.map(({ engine }) => engine.senderId))
      const dead = kept.filter(({ sender }) => !living.has(sender))
      if (dead.length === 0) return
      for (const node of some(villain)) {
        // What came of the last act: nodes have greeted these, and nobody answers.
        villain.counts.asked += [...node.engine.strangers.known.keys()].filter((id) => !living.has(id) && !world.ports.has(id)).length
        for (let i = 0; i < SAID_AGAIN; i++) {
          const { sender, bytes } = random.pick(dead)
          sendAs(world, sender, node, bytes, false)
        }
      }
    },
    overheard(_villain, from, bytes) {
      kept.push({ sender: from.engine.senderId, bytes })
      if (kept.length > KEPT) kept.shift()
    },
    goesOnEvery: 3_000,
  }
}
