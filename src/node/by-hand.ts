/**
 * Meeting without any relay: an invitation and the answer to it are sealed frames, as text that people carry from device to device,
 * in a message, on paper or as a picture. Who has no link to the room can read nothing in them.
 */
import { fromBase64url, toBase64url } from '../core/bytes.ts'
import type { Direct } from '../net/direct/direct.ts'
import type { InviteReply, MeetReply } from './views.ts'

export async function inviteByHand(direct: Direct | null): Promise<InviteReply> {
  const frame = await direct?.invite()
  if (frame === undefined) return { refused: 'no-webrtc' }
  return frame.ok ? { invitation: toBase64url(frame.value) } : { refused: frame.reason }
}

/** @param text what a person pasted: an invitation, a link that ends in one, or an answer */
export async function meetByHand(direct: Direct | null, text: string): Promise<MeetReply> {
  const bytes = fromBase64url(text.slice(Math.max(text.lastIndexOf('.'), text.lastIndexOf('#')) + 1).replace(/\s/g, ''))
  if (bytes === null || bytes.length === 0) return { refused: 'bad-message' }
  const taken = await direct?.takeByHand(bytes)
  if (taken === undefined) return { refused: 'no-webrtc' }
  if (!taken.ok) return { refused: taken.reason }
  return { answer: taken.value === null ? null : toBase64url(taken.value) }
}
