/**
 * Signals: messages of participants about their paths, above all in order to connect directly. version byte ‖ canonical CBOR array [kind,
 * …], like other protocol messages; signals are the kinds from FIRST_KIND on. They are sealed like any frame, and travel on any path, or
 * as text that a person carries. The sender value of the frame says which run made them.
 */
import { bytesOf, writeByte } from '../../core/byte-writer.ts'
import { concatBytes } from '../../core/bytes.ts'
import { decodeValue, writeValue } from '../../core/cbor.ts'
import { isAuthorKey } from '../../core/keys.ts'
import { MESSAGE_VERSION, SIGNATURE_BYTES } from '../../core/limits.ts'
import { asAuthor, type Author } from '../../core/op.ts'
import { assert, ok, refuse, type Result } from '../../core/result.ts'
import type { Value } from '../../core/value.ts'
import { SENDER_BYTES } from '../envelope.ts'
import { isCandidate, MAX_CANDIDATES } from './candidate.ts'
import { type Description, FINGERPRINT_BYTES, isPassword, isSetup, isUfrag } from './description.ts'

/** Participants named in one signal: more than any node is connected to. */
export const MAX_NAMED = 64

/** The longest signal: `here` with MAX_NAMED members, and a fifth more. Bytes. */
export const MAX_SIGNAL_BYTES = 2_560

/** Characters of a name: a line of a list. */
export const MAX_NAME_LENGTH = 40

/** Lower kinds of messages are the engine's. */
const FIRST_KIND = 16

export type Signal =
  /**
   * Says to which tab others should connect. `device` is the sender value of the one tab that connects for all tabs of its browser, maybe
   * the sender's own. `near` are the runs to which it is connected; it can introduce others to them.
   */
  | { readonly type: 'here'; readonly device: Uint8Array; readonly near: readonly Uint8Array[] }
  /** An offer, or an answer to one. `connection` is the offerer's number for it. */
  | { readonly type: 'description'; readonly connection: number; readonly description: Description }
  /** One more address at which its sender can perhaps be reached. */
  | { readonly type: 'candidate'; readonly connection: number; readonly ufrag: string; readonly candidate: string }
  /** Said on the channel itself: `proof` signs `channelProofBytes` of both its ends. */
  | { readonly type: 'proof'; readonly author: Author; readonly proof: Uint8Array }
  /** Asks for a "pong" with the same token at once. People are shown how long that takes. */
  | { readonly type: 'ping' | 'pong'; readonly token: number }
  /** What a node says of itself while it is here (`node/presence.ts`): a name, or "", and whether it is typing. */
  | { readonly type: 'presence'; readonly count: number; readonly name: string; readonly typing: boolean }

/** By its number minus FIRST_KIND. A kind that is not used any more keeps its number. */
const KINDS = ['here', 'description', 'candidate', 'proof', 'ping', 'pong', null, 'presence'] as const satisfies readonly (
  | Signal['type']
  | null
)[]

/** Whether bytes of a frame are meant as a signal, whatever they contain. */
export const isSignal = (bytes: Uint8Array): boolean => (bytes[2] ?? 0) >= FIRST_KIND && (bytes[2] ?? 0) < 24

/** The bytes of a signal. Lists beyond their limits are the caller's error. */
export function encodeSignal(signal: Signal): Uint8Array<ArrayBuffer> {
  return bytesOf((out) => {
    writeByte(out, MESSAGE_VERSION)
    writeValue(out, [FIRST_KIND + KINDS.indexOf(signal.type), ...fieldsOf(signal)], 0)
  })
}

function fieldsOf(signal: Signal): readonly Value[] {
  switch (signal.type) {
    case 'here':
      assert(signal.near.length <= MAX_NAMED, 'at most MAX_NAMED members are named')
      return [signal.device, concatBytes(signal.near)]
    case 'description': {
      const { type, ufrag, password, fingerprint, setup, candidates } = signal.description
      assert(candidates.length <= MAX_CANDIDATES, 'at most MAX_CANDIDATES')
      return [signal.connection, type === 'offer', ufrag, password, fingerprint, setup, candidates.join('\n')]
    }
    case 'candidate':
      return [signal.connection, signal.ufrag, signal.candidate]
    case 'proof':
      return [signal.author, signal.proof]
    case 'ping':
    case 'pong':
      return [signal.token]
    case 'presence':
      return [signal.count, signal.name, signal.typing]
  }
}

/** The signal in some bytes, or the reason why there is none. Total. */
export function decodeSignal(bytes: Uint8Array): Result<Signal> {
  if (bytes[0] !== MESSAGE_VERSION) return refuse('unknown-version')
  if (bytes.length > MAX_SIGNAL_BYTES) return refuse('too-large')
  const head = bytes[1] ?? 0
  if (head <= 0x80 || head > 0x97) return refuse('bad-message')
  const decoded = decodeValue(bytes.subarray(1), 1)
  if (!decoded.ok || !Array.isArray(decoded.value)) return refuse('bad-message')
  const [number, ...fields] = decoded.value as readonly Value[]
  if (typeof number !== 'number' || number < FIRST_KIND) return refuse('bad-message')
  const kind = KINDS[number - FIRST_KIND]
  if (kind === undefined || kind === null) return refuse('unknown-message')
  const signal = signalOf(kind, fields)
  if (signal === null) return refuse('bad-message')
  return signal === 'bad-candidate' ? refuse(signal) : ok(signal)
}

/** The signal of a kind, or null when the fields do not belong to that kind. */
function signalOf(kind: Signal['type'], fields: readonly Value[]): Signal | 'bad-candidate' | null {
  const [a, b, c, d, e, f, g] = fields
  switch (kind) {
    case 'here': {
      if (fields.length !== 2 || !isBytes(a, SENDER_BYTES)) return null
      if (!(b instanceof Uint8Array) || b.length % SENDER_BYTES !== 0 || b.length > MAX_NAMED * SENDER_BYTES) return null
      const near = Array.from({ length: b.length / SENDER_BYTES }, (_, i) => b.slice(i * SENDER_BYTES, (i + 1) * SENDER_BYTES))
      return { type: kind, device: a, near }
    }
    case 'description': {
      if (fields.length !== 7 || !isCount(a) || typeof b !== 'boolean' || typeof g !== 'string') return null
      if (!isUfrag(c) || !isPassword(d) || !isBytes(e, FINGERPRINT_BYTES) || !isSetup(f)) return null
      const candidates = g === '' ? [] : g.split('\n')
      if (candidates.length > MAX_CANDIDATES) return null
      if (!candidates.every(isCandidate)) return 'bad-candidate'
      const description: Description = { type: b ? 'offer' : 'answer', ufrag: c, password: d, fingerprint: e, setup: f, candidates }
      return { type: kind, connection: a, description }
    }
    case 'candidate':
      if (fields.length !== 3 || !isCount(a) || !isUfrag(b) || typeof c !== 'string') return null
      return isCandidate(c) ? { type: kind, connection: a, ufrag: b, candidate: c } : 'bad-candidate'
    case 'proof':
      if (fields.length !== 2 || !isBytes(a, 32) || !isAuthorKey(a) || !isBytes(b, SIGNATURE_BYTES)) return null
      return { type: kind, author: asAuthor(a), proof: b }
    case 'ping':
    case 'pong':
      return fields.length === 1 && isCount(a) ? { type: kind, token: a } : null
    case 'presence':
      if (fields.length !== 3 || !isCount(a) || typeof b !== 'string' || typeof c !== 'boolean') return null
      return Array.from(b).length > MAX_NAME_LENGTH ? null : { type: kind, count: a, name: b, typing: c }
  }
}

const isCount = (value: Value | undefined): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

const isBytes = (value: Value | undefined, length: number): value is Uint8Array => value instanceof Uint8Array && value.length === length
