/** Offers and answers that a person carries. The person decides whom to believe, so the bounds of `attempts.ts` do not apply. */
import { toHex } from '../../core/bytes.ts'
import { ok, refuse, type Result } from '../../core/result.ts'
import type { FrameRefusal } from '../sealed.ts'
import { close, connect, withPeer } from './connections.ts'
import type { MemberId } from './members.ts'
import type { Described } from './negotiation.ts'
import { decodeSignal } from './signal.ts'
import type { Connection, DirectState } from './state.ts'

/** Why a text that a person brought does not connect; `net/sealed.ts` has the other reasons. */
export type ByHandRefusal = FrameRefusal | 'bad-message' | 'unknown-message' | 'bad-candidate' | 'stale-answer' | 'no-webrtc' | 'offline'

/** Makes an offer for any device, as a frame. */
export async function invite(direct: DirectState): Promise<Result<Uint8Array, ByHandRefusal>> {
  if (direct.host === null) return refuse('offline')
  const frame = await describedByHand(connect(direct, null, null, true))
  return frame === null ? refuse('no-webrtc') : ok(frame)
}

/** The result of a frame that a person brought. */
export interface Taken {
  /** The answer to bring back; null after an answer, and when the two are connected already. */
  readonly answer: Uint8Array | null
  /** The peer that made the frame. */
  readonly peer: MemberId
}

/** Takes an offer and gives the answer to bring back; or takes an answer. */
export async function takeByHand(direct: DirectState, frame: Uint8Array): Promise<Result<Taken, ByHandRefusal>> {
  const opened = await direct.host?.open(frame)
  if (opened === undefined) return refuse('offline')
  if (!opened.ok) return opened
  const from = toHex(opened.value.sender)
  const signal = decodeSignal(opened.value.plaintext)
  if (!signal.ok && signal.reason === 'bad-candidate') return refuse('bad-candidate')
  if (!signal.ok || signal.value.type !== 'description') return refuse('bad-message')
  const { connection: offer, description } = signal.value
  if (description.type === 'answer') {
    const connection = direct.connections.get(offer)
    if (connection?.isOurs !== true || !connection.byHand || connection.isDescribed) return refuse('stale-answer')
    connection.peer = from
    tell(direct, connection, signal.value)
    return ok({ answer: null, peer: from })
  }
  const before = withPeer(direct, from)
  if (before?.isProven === true) return ok({ answer: null, peer: from })
  if (before !== undefined) close(direct, before)
  const connection = connect(direct, from, offer, true)
  tell(direct, connection, signal.value)
  const answer = await describedByHand(connection)
  return answer === null ? refuse('no-webrtc') : ok({ answer, peer: from })
}

/** Tells the page the description with its candidates. */
function tell({ options }: DirectState, connection: Connection, { description }: Described): void {
  connection.isDescribed = true
  options.page({ type: 'description', connection: connection.number, description })
}

/** This side's description, sealed, for a person to carry; null when it cannot be had. */
const describedByHand = (connection: Connection): Promise<Uint8Array | null> =>
  new Promise((resolve) => {
    connection.described = resolve
  })
