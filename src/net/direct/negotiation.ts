/**
 * Offers, answers and candidates: from the other side, by whatever path, to the page, and back. If both offer, the lower sender
 * value's offer counts and the other one is taken back.
 */
import { close, connect, isFull, withPeer } from './connections.ts'
import type { MemberId } from './members.ts'
import { encodeSignal, type Signal } from './signal.ts'
import type { Connection, DirectState } from './state.ts'

/** Candidates taken of the other side of one connection, those of its descriptions not counted. */
const MAX_TRICKLED = 64

type Described = Extract<Signal, { type: 'description' }>
type Candidate = Extract<Signal, { type: 'candidate' }>

/** Tells the page the other side's description. */
export function tell({ options }: DirectState, { number }: Connection, { description }: Described): void {
  options.page({ type: 'description', connection: number, description })
}

/** The other side offers, or answers. */
export function hearDescription(direct: DirectState, from: MemberId, signal: Described): void {
  const { connections, self } = direct
  const { connection: offer, description } = signal
  if (description.type === 'answer') {
    const connection = connections.get(offer)
    if (connection?.isOurs === true && connection.peer === from && !connection.byHand) tell(direct, connection, signal)
    return
  }
  const same = [...connections.values()].find((each) => each.peer === from && !each.isOurs && each.offer === offer)
  if (same !== undefined) return tell(direct, same, signal)
  const before = withPeer(direct, from)
  // Both offered: the lower one's counts.
  if (before !== undefined && before.isOurs && !before.isProven && self < from) return
  if (isFull(direct)) return
  // Nothing is sure before it is proven: what is stays until another one is.
  const all = [...connections.values()].filter(({ peer }) => peer === from)
  for (const each of all) if (!each.isProven) close(direct, each)
  tell(direct, connect(direct, from, offer, false), signal)
}

export function hearCandidate({ connections, options }: DirectState, from: MemberId, signal: Candidate): void {
  const { connection: offer, ufrag, candidate } = signal
  for (const each of connections.values()) {
    if (each.peer === from && each.offer === offer && each.trickled++ < MAX_TRICKLED)
      options.page({ type: 'candidate', connection: each.number, ufrag, candidate })
  }
}

/** This side's description or candidate goes to the other side; or, sealed, to whoever carries it there. */
export async function say({ host }: DirectState, connection: Connection, signal: Described | Candidate): Promise<void> {
  const { described, peer } = connection
  const bytes = encodeSignal(signal)
  if (described === null || signal.type === 'candidate') {
    if (peer !== null) host?.send(peer, bytes)
    return
  }
  connection.described = null
  described((await host?.seal(peer, bytes)) ?? null)
}

/** This side's description, sealed, for a person to carry; null when it cannot be had. */
export const describedByHand = (connection: Connection): Promise<Uint8Array | null> =>
  new Promise((resolve) => {
    connection.described = resolve
  })
