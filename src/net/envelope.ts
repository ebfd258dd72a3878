/**
 * The outside of a frame. A relay can read this, and nothing else of it:
 *
 *     version (1) ‖ sender value (32) ‖ receiver's sender value (32, zeros: everybody) ‖ counter (8, big-endian) ‖ ciphertext
 *
 * A sender value is the public key of a key pair that each run of a node draws; it does not tell which author runs. The header is
 * associated data of the ciphertext (`net/sealed`), so a relay that changes it destroys the frame.
 */
import { concatBytes } from '../core/bytes.ts'
import { assert, ok, type Refusal, refuse, type Result } from '../core/result.ts'
import { MAX_FRAME_BYTES } from './transport.ts'

export { MAX_FRAME_BYTES }

/** The version of frames; the first byte of each. In version 1 they were not signed. */
export const FRAME_VERSION = 2

export const SENDER_BYTES = 32
export const HEADER_BYTES = 1 + 2 * SENDER_BYTES + 8

/** Bytes that AES-GCM adds to a plaintext: no ciphertext is shorter. */
export const TAG_BYTES = 16

export type EnvelopeRefusal = Extract<Refusal, 'too-large' | 'truncated' | 'unknown-version' | 'bad-envelope'>

export interface Envelope {
  readonly sender: Uint8Array
  /** The sender value of the node it is for; null: everybody. */
  readonly receiver: Uint8Array | null
  /** 0 … 2^53 − 1; never used twice by one sender value. */
  readonly counter: number
  readonly ciphertext: Uint8Array
}

/** An envelope as read: the parts are views into the frame. */
export interface ParsedEnvelope extends Envelope {
  /** Everything before the ciphertext. */
  readonly header: Uint8Array
}

/** The parts of any bytes, checked for lengths, version, a sender that is not "everybody", and a counter that is a safe integer. */
export function parseEnvelope(frame: Uint8Array): Result<ParsedEnvelope, EnvelopeRefusal> {
  if (frame.length > MAX_FRAME_BYTES) return refuse('too-large')
  if (frame.length < HEADER_BYTES + TAG_BYTES) return refuse('truncated')
  if (frame[0] !== FRAME_VERSION) return refuse('unknown-version')
  const sender = frame.subarray(1, 1 + SENDER_BYTES)
  const receiver = frame.subarray(1 + SENDER_BYTES, 1 + 2 * SENDER_BYTES)
  const counter = readCounter(frame, 1 + 2 * SENDER_BYTES)
  if (isZero(sender) || counter === null) return refuse('bad-envelope')
  const header = frame.subarray(0, HEADER_BYTES)
  return ok({ sender, receiver: isZero(receiver) ? null : receiver, counter, header, ciphertext: frame.subarray(HEADER_BYTES) })
}

/** The bytes before the ciphertext. */
export function encodeHeader({ sender, receiver, counter }: Omit<Envelope, 'ciphertext'>): Uint8Array<ArrayBuffer> {
  assert(sender.length === SENDER_BYTES && !isZero(sender), 'a sender value is 32 bytes, not all zero')
  assert(receiver === null || (receiver.length === SENDER_BYTES && !isZero(receiver)), 'a receiver is a sender value or null')
  assert(Number.isSafeInteger(counter) && counter >= 0, 'a counter is a safe integer')
  const header = new Uint8Array(HEADER_BYTES)
  header[0] = FRAME_VERSION
  header.set(sender, 1)
  if (receiver) header.set(receiver, 1 + SENDER_BYTES)
  const view = new DataView(header.buffer)
  view.setUint32(1 + 2 * SENDER_BYTES, Math.floor(counter / 2 ** 32))
  view.setUint32(1 + 2 * SENDER_BYTES + 4, counter % 2 ** 32)
  return header
}

/** The frame. The caller sees to its length: `Transport.send` refuses a frame that is too large. */
export function encodeEnvelope(envelope: Envelope): Uint8Array<ArrayBuffer> {
  return concatBytes([encodeHeader(envelope), envelope.ciphertext])
}

function readCounter(frame: Uint8Array, at: number): number | null {
  const view = new DataView(frame.buffer, frame.byteOffset + at, 8)
  const counter = view.getUint32(0) * 2 ** 32 + view.getUint32(4)
  return Number.isSafeInteger(counter) ? counter : null
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}
