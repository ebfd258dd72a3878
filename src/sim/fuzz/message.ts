/** Target: what peers say to each other, message by message. */
import { compareBytes, concatBytes, equalBytes } from '../../core/bytes.ts'
import { MAX_HEADS_LISTED, MAX_NEAR_IDS, MAX_TIPS_PAGE, MESSAGE_VERSION, SIGNATURE_BYTES, TOKEN_BYTES } from '../../core/limits.ts'
import { encodeOp, type OpId } from '../../core/op.ts'
import { assert } from '../../core/result.ts'
import { MAX_BUNDLE_BYTES } from '../../sync/bundle.ts'
import { wrapBundle } from '../../sync/wrap.ts'
import { decodeMessage, encodeMessage, hintBytes, type Message } from '../../sync/messages.ts'
import type { Random } from '../random.ts'
import { squeeze } from '../squeeze.ts'
import { bendBytes } from './bend-bytes.ts'
import { bendCbor } from './bend-cbor.ts'
import { anAuthor, anOp, ghost, type Room, ROOMS } from './corpus.ts'
import { ACCEPTED, assertLinear, refusedFor, type Target } from './target.ts'

const someIds = (random: Random, { ops }: Room): OpId[] =>
  Array.from({ length: random.chance(0.01) ? MAX_HEADS_LISTED : random.below(4) }, () =>
    random.chance(0.8) ? random.pick(ops).id : ghost(random),
  )

/** A well-formed message of a room, whether true or not. */
export function aMessage(random: Random, room: Room): Message {
  const count = (): number => random.pick([0, 1, 2, 9, 300, 2 ** 32, 2 ** 53 - 1])
  switch (random.below(8)) {
    case 0:
      return {
        type: 'hello',
        author: anAuthor(random),
        proof: random.bytes(SIGNATURE_BYTES),
        token: random.bytes(TOKEN_BYTES),
        own: count(),
      }
    case 1: {
      const heads = someIds(random, room).sort(compareBytes)
      const [token, echoes] = [random.bytes(TOKEN_BYTES * random.below(2)), random.bytes(TOKEN_BYTES * random.below(4))]
      const headCount = heads.length + random.pick([0, 0, 0, 300])
      return { type: 'heads', digest: ghost(random), heads, headCount, ops: count(), token, echoes }
    }
    case 2: {
      const hint = hintBytes(random.pick([1, 100, 10_000]))
      const seq = (): number => random.pick([0, 1, 300, 2 ** 52 - 1])
      const tips = someIds(random, room)
        .slice(0, MAX_TIPS_PAGE)
        .map((id) => ({ hint: anAuthor(random).slice(0, hint), seq: seq(), id, isHead: random.chance(0.5) }))
      const headCount = tips.length + random.pick([0, 300])
      return {
        type: 'want',
        ref: count(),
        ids: someIds(random, room),
        tips,
        headCount,
        ops: count(),
        parts: random.bytes(6 * random.below(4)),
        ...(random.chance(0.5) ? { ofAll: true, after: 0 } : { ofAll: false, after: count() }),
      }
    }
    case 3:
      return { type: 'bye' }
    case 5:
      return { type: 'near', ref: count(), ids: someIds(random, room).slice(0, MAX_NEAR_IDS), most: count() }
    case 4:
      return { type: 'more', ref: count(), taken: count() }
    default: {
      const raw = random.pick(room.bundles)
      const bundle = random.pick([() => wrapBundle('raw', raw), () => wrapBundle('deflate', squeeze(raw)), () => new Uint8Array()])()
      return { type: 'units', ref: count(), bundle, last: random.chance(0.5), left: count() }
    }
  }
}

/** The bytes of a message, bent by structure, by byte, or both. */
export function bendMessage(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const bent = random.chance(0.6) ? concatBytes([bytes.subarray(0, 1), bendCbor(random, bytes.subarray(1), other.subarray(1))]) : bytes
  return bent !== bytes && random.chance(0.8) ? bent : bendBytes(random, bent, other)
}

export const message: Target = {
  share: 20,
  reasons: ['bad-message', 'unknown-message', 'unknown-version', 'too-large'],
  within: 20_000,
  make(random) {
    if (random.chance(0.0005)) return new Uint8Array(MAX_BUNDLE_BYTES + random.pick([0, 100_000])).fill(MESSAGE_VERSION)
    const room = random.pick(ROOMS)
    const bytes = encodeMessage(aMessage(random, room))
    return random.chance(0.1)
      ? bytes
      : bendMessage(
          random,
          bytes,
          random.chance(0.9)
            ? encodeMessage(aMessage(random, room))
            : concatBytes([Uint8Array.of(MESSAGE_VERSION), encodeOp(anOp(random).op)]),
        )
  },
  judge(bytes, counting) {
    const decoded = decodeMessage(bytes)
    if (counting) assertLinear(bytes, decodeMessage, 8)
    if (!decoded.ok) return refusedFor(decoded.reason)
    assertMessage(decoded.value)
    assert(equalBytes(encodeMessage(decoded.value), bytes), 'a message that is accepted has the encoding it came in')
    return ACCEPTED
  },
}

function assertMessage(said: Message): void {
  switch (said.type) {
    case 'hello':
      return assert(said.author.length === 32 && said.proof.length === SIGNATURE_BYTES, 'a hello has a key and a proof')
    case 'heads':
      return assert(said.heads.length <= MAX_HEADS_LISTED && said.headCount >= said.heads.length, 'heads keep their limits')
    case 'want':
      assert(
        said.ids.length <= MAX_HEADS_LISTED && said.headCount >= said.tips.filter(({ isHead }) => isHead).length,
        'a want keeps its limits',
      )
      return assert(said.tips.length <= MAX_TIPS_PAGE && said.tips.every(({ seq }) => Number.isSafeInteger(seq)), 'tips keep their limits')
    case 'near':
      return assert(said.ids.length <= MAX_NEAR_IDS && Number.isSafeInteger(said.most), 'a near keeps its limits')
    case 'units':
      return assert(said.bundle.length <= MAX_BUNDLE_BYTES + 2, 'a wrapped bundle keeps its limit')
    case 'more':
      return assert(Number.isSafeInteger(said.ref) && Number.isSafeInteger(said.taken), 'an acknowledgement counts')
    case 'bye':
  }
}
