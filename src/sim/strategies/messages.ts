/** Adversaries who harm by messages: bent, repeated, exploding, or made the moment an honest one is heard. */
import { concatBytes } from '../../core/bytes.ts'
import { MESSAGE_VERSION } from '../../core/limits.ts'
import { asOpId } from '../../core/op.ts'
import { decodeBundle } from '../../sync/bundle.ts'
import { unwrapBundle, wrapBundle } from '../../sync/wrap.ts'
import { decodeMessage } from '../../sync/messages.ts'
import { bomb } from '../squeeze.ts'
import { anyone, bundleOf, compose, keyNumber, publicOp, push, say, some, badlySigned, bent, latest, type Strategy } from '../villain.ts'

/** Bends what it heard: bits, cuts, additions. */
export function mangler(): Strategy {
  return {
    act(villain) {
      const { heard, random } = villain
      const bytes = heard.length === 0 ? random.bytes(50) : random.pick(heard)
      const out = random.pick([
        () => bent(villain, bytes),
        () => bytes.slice(0, random.below(bytes.length)),
        () => concatBytes([bytes.subarray(0, 400), random.bytes(3)]),
        () => random.bytes(random.below(100)),
        () => concatBytes([Uint8Array.of(MESSAGE_VERSION), bytes.subarray(1, 400)]),
      ])()
      for (const node of some(villain)) say(villain, node, out)
    },
    goesOnEvery: 2_000,
  }
}

/** Says again what it heard, to everybody, many times. */
export function replayer(): Strategy {
  return {
    act(villain) {
      const { heard, random } = villain
      if (heard.length === 0) return
      for (const node of some(villain)) for (let i = 0; i < 5; i++) say(villain, node, random.pick(heard))
    },
    goesOnEvery: 2_000,
  }
}

/** Bundles that inflate too far, are cut, or hold another room's ops. */
export function bomber(): Strategy {
  return {
    act(villain) {
      const { random } = villain
      const other = asOpId(random.bytes(32))
      const foreign = compose(villain, keyNumber(villain, 0), null, [other], { room: other })
      const bundle = random.pick([
        () => wrapBundle('deflate', bomb(random.pick([100, 2 ** 20, 2 ** 31]))),
        () => wrapBundle('deflate', random.bytes(30)),
        () => wrapBundle('raw', random.bytes(60)),
        () => bundleOf([[foreign]]),
      ])()
      for (const node of some(villain)) say(villain, node, { type: 'units', ref: random.below(9), bundle, last: true, left: 0 })
    },
    goesOnEvery: 2_000,
  }
}

/** Sees every message, and answers at once: spoils it before it arrives, builds on it, bends it. */
export function adaptive(): Strategy {
  return {
    act(villain) {
      const op = compose(villain, keyNumber(villain, 0), latest(villain), [publicOp(villain).id])
      villain.made.push(op)
      push(villain, anyone(villain), [[op]])
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
          push(villain, node, villain.random.pick([[[badlySigned(villain, op)]], [[reply]], [[badlySigned(villain, op)], [reply]]]))
      }
    },
  }
}
