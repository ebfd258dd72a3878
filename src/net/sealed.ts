/**
 * Seals what a node says to its room, and opens what others say: AES-256-GCM under a key for each sender value. So a relay, or anyone
 * else who only carries frames, can delay, drop, repeat and reorder them, and can neither read nor forge one.
 *
 *     key = HKDF(room key, sender value)     nonce = counter, 96 bits     associated data = room ‖ header (`net/envelope`)
 *
 * Holders of the same link share the room key. So the sealed text begins with a signature by the sender value's own key. No participant
 * can say anything under another node's sender value, have that one cut for garbage, or use up its counters. A sender value does not tell
 * which author it belongs to.
 *
 * `net/aead.ts` decides which code computes AES-GCM.
 */
import { concatBytes, equalBytes, toHex } from '../core/bytes.ts'
import { sha256 } from '../core/hash.ts'
import { frameBytes } from '../core/keys.ts'
import { SIGNATURE_BYTES } from '../core/limits.ts'
import { asAuthor, type Author } from '../core/op.ts'
import { assert, ok, refuse, type Result } from '../core/result.ts'
import { type EnvelopeRefusal, encodeHeader, parseEnvelope, SENDER_BYTES } from './envelope.ts'
import { type Aead, createAead } from './aead.ts'
import { deriveSenderKey } from './keys.ts'
import { createReplayWindow, type ReplayWindow } from './replay-window.ts'

/**
 * Sender values remembered (a window of 1 KiB each). The one that has been silent for longest is forgotten first, but none of a peer that
 * is present: there are fewer of these. Old frames of a forgotten sender value could be repeated once more.
 */
const MAX_SENDERS = 2_048

/**
 * Why a frame was not opened. The last four are no fault of the path that brought it: a path shared by many carries frames for others,
 * and two paths to one peer bring every frame twice. "overtaken": another copy was opened while this one was verified.
 */
export type FrameRefusal = EnvelopeRefusal | 'wrong-sender' | 'not-for-us' | 'own-frame' | 'repeated' | 'overtaken'

export interface Opened {
  /** Sender value, 32 bytes. */
  readonly sender: Uint8Array
  /** Our sender value, or null when it is for everybody. */
  readonly receiver: Uint8Array | null
  readonly plaintext: Uint8Array
  /** No later frame of this sender was opened before. */
  readonly isLatest: boolean
}

export interface Sealer {
  /** A frame for one sender value, or for everybody (null). Frames come in the order of the calls. */
  seal(receiver: Uint8Array | null, plaintext: Uint8Array): Promise<Uint8Array>
  /** The content of a frame, once for each frame; any bytes. Results come in the order of the calls. */
  open(frame: Uint8Array): Promise<Result<Opened, FrameRefusal>>
}

export interface SealerOptions {
  /** The room's genesis id, 32 bytes. */
  readonly room: Uint8Array
  /** `deriveRoom`'s, 32 bytes. */
  readonly roomKey: Uint8Array
  /** The public key of a pair drawn for this sealer and never used for another: the counter starts at 0. 32 bytes. */
  readonly sender: Uint8Array
  /** Signs with the other half of the pair. */
  sign(message: Uint8Array): Promise<Uint8Array>
  /** Whether this sender value (hex) is here now: its frames must not be repeated. */
  isPresent(sender: string): boolean
  /** By the protocol's rule (`core/keys.ts`), of any bytes. */
  verify(claim: { readonly signature: Uint8Array; readonly message: Uint8Array; readonly author: Author }): Promise<boolean>
}

export async function createSealer({ room, roomKey, sender, sign, verify, isPresent }: SealerOptions): Promise<Sealer> {
  assert(room.length === 32 && roomKey.length === 32 && sender.length === SENDER_BYTES, 'room, key and sender value are 32 bytes each')
  const own = await createAead(deriveSenderKey(roomKey, sender))
  /** Senders that sealed at least one good frame; a Map keeps the order in which they were last heard. */
  const senders = new Map<string, { readonly aead: Aead; readonly seen: ReplayWindow }>()
  const sealInOrder = createOrder()
  const openInOrder = createOrder()
  let counter = 0

  const forgetOne = (): void => {
    for (const name of senders.keys()) if (!isPresent(name)) return void senders.delete(name)
  }

  const seal = async (receiver: Uint8Array | null, plaintext: Uint8Array): Promise<Uint8Array> => {
    const at = counter++
    const header = encodeHeader({ sender, receiver, counter: at })
    const signed = new Uint8Array(SIGNATURE_BYTES + plaintext.length)
    signed.set(plaintext, SIGNATURE_BYTES)
    signed.set(await sign(frameBytes(room, header, await digestOf(signed.subarray(SIGNATURE_BYTES)))))
    return concatBytes([header, await own.seal(nonce(at), signed, boundTo(room, header))])
  }

  const open = async (bytes: Uint8Array): Promise<Result<Opened, FrameRefusal>> => {
    const parsed = parseEnvelope(bytes.slice())
    if (!parsed.ok) return parsed
    const envelope = parsed.value
    if (equalBytes(envelope.sender, sender)) return refuse('own-frame')
    if (envelope.receiver && !equalBytes(envelope.receiver, sender)) return refuse('not-for-us')

    const name = toHex(envelope.sender)
    const known = senders.get(name)
    if (known?.seen.has(envelope.counter)) return refuse('repeated')
    const aead = known?.aead ?? (await createAead(deriveSenderKey(roomKey, envelope.sender)))
    const sealed = await aead.open(nonce(envelope.counter), envelope.ciphertext, boundTo(room, envelope.header))
    if (sealed === null || sealed.length < SIGNATURE_BYTES) return refuse('bad-envelope')
    const plaintext = sealed.subarray(SIGNATURE_BYTES)
    const message = frameBytes(room, envelope.header, await digestOf(plaintext))
    if (!(await verify({ signature: sealed.subarray(0, SIGNATURE_BYTES), message, author: asAuthor(envelope.sender) })))
      return refuse('wrong-sender')

    // Looked up again, since another copy may have been opened meanwhile. Only good frames make a sender known.
    const seen = senders.get(name)?.seen ?? createReplayWindow()
    const isLatest = envelope.counter > seen.latest
    if (!seen.add(envelope.counter)) return refuse('overtaken')
    senders.delete(name)
    senders.set(name, { aead, seen })
    if (senders.size > MAX_SENDERS) forgetOne()
    return ok({ sender: envelope.sender, receiver: envelope.receiver, plaintext, isLatest })
  }

  return {
    seal: (receiver, plaintext) => sealInOrder(seal(receiver, plaintext)),
    open: (frame) => openInOrder(open(frame)),
  }
}

/** Fewer bytes are hashed here: to ask the platform takes as long. */
const LONG = 8_192

/** SHA-256; by the platform if it has it and there are many bytes. */
const digestOf = async (bytes: Uint8Array): Promise<Uint8Array> =>
  bytes.length < LONG || globalThis.crypto?.subtle === undefined
    ? sha256(bytes)
    : new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))

/** The associated data of a ciphertext: its room, and all that a relay can read of its frame. The ciphertext opens with no other. */
const boundTo = (room: Uint8Array, header: Uint8Array): Uint8Array => concatBytes([room, header])

/** The counter as AES-GCM's 96-bit nonce, big-endian. */
function nonce(counter: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(12)
  const view = new DataView(bytes.buffer)
  view.setUint32(4, Math.floor(counter / 2 ** 32))
  view.setUint32(8, counter % 2 ** 32)
  return bytes
}

/** Makes promises settle in the order in which they were handed in: WebCrypto finishes a short frame before a long one. */
function createOrder(): <T>(work: Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = Promise.allSettled([last, work]).then(() => work)
    last = turn.catch(() => null)
    return turn
  }
}
