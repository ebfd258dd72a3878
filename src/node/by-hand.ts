/**
 * Meeting without any relay. An invitation and the answer to it are sealed frames as text. People carry the text from device to device,
 * in a message, on paper or as a picture. A person without the room's link can read nothing in it.
 *
 *     text = base64url( frame ‖ the first 4 bytes of SHA-256(frame) )
 *
 * The checksum tells a text that lost a part on its way from a text for another room: people do different things about these.
 */
import { concatBytes, equalBytes, fromBase64url, toBase64url } from '../core/bytes.ts'
import { sha256 } from '../core/hash.ts'
import { ok, type Refusal, refuse, type Result } from '../core/result.ts'
import type { Direct } from '../net/direct/direct.ts'
import type { InviteReply, MeetReply } from './views.ts'

const CHECKSUM_BYTES = 4
/** A text of so many letters was an invitation or an answer before a part was lost: the shortest frame has more letters. */
const LIKELY = 100

const checksum = (frame: Uint8Array): Uint8Array => sha256(frame).subarray(0, CHECKSUM_BYTES)

/** The text of a frame, as people carry it. */
export const textOf = (frame: Uint8Array): string => toBase64url(concatBytes([frame, checksum(frame)]))

/**
 * The frame of a text that a person pasted: an invitation, a link that ends in one, or an answer. Spaces and line ends in it do not
 * matter. Refused as "truncated" when a part is missing, and as "bad-message" when it was never such a text.
 */
export function frameOf(pasted: string): Result<Uint8Array, Extract<Refusal, 'truncated' | 'bad-message'>> {
  const text = pasted.slice(Math.max(pasted.lastIndexOf('.'), pasted.lastIndexOf('#')) + 1).replace(/\s/g, '')
  const bytes = fromBase64url(text)
  const end = (bytes?.length ?? 0) - CHECKSUM_BYTES
  if (bytes !== null && end > 0) {
    const frame = bytes.subarray(0, end)
    if (equalBytes(bytes.subarray(end), checksum(frame))) return ok(frame)
  }
  return refuse(text.length >= LIKELY && /^[\w-]+$/.test(text) ? 'truncated' : 'bad-message')
}

export async function inviteByHand(direct: Direct | null): Promise<InviteReply> {
  const frame = await direct?.invite()
  if (frame === undefined) return { refused: 'no-webrtc' }
  return frame.ok ? { invitation: textOf(frame.value) } : { refused: frame.reason }
}

export async function meetByHand(direct: Direct | null, pasted: string): Promise<MeetReply> {
  const frame = frameOf(pasted)
  if (!frame.ok) return { refused: frame.reason }
  const taken = await direct?.takeByHand(frame.value)
  if (taken === undefined) return { refused: 'no-webrtc' }
  if (!taken.ok) return { refused: taken.reason }
  const { answer, peer } = taken.value
  return { answer: answer === null ? null : textOf(answer), peer }
}
