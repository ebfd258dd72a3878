/** Events that the page tells of its connections, and signals of peers. */
import { endAttempt } from './attempts.ts'
import { fail, refuse, withPeer } from './connections.ts'
import { hear, type MemberId } from './members.ts'
import { hearCandidate, hearDescription, hearOwnCandidate, hearOwnDescription, tryNext } from './negotiation.ts'
import type { PageEvent } from './page-port.ts'
import { attach, prove } from './proof.ts'
import { lookLater, lookSoon, sayHereSoon } from './schedule.ts'
import { seniorityOf, worth } from './seniority.ts'
import { decodeSignal, type Signal } from './signal.ts'
import type { DirectState } from './state.ts'

/** How a signal came. */
export interface HeardBy {
  /** On this browser's own channel. */
  readonly near: boolean
  /** In a frame for this run's sender value, so that it is no recording of an older run. */
  readonly addressed: boolean
}

export function hearPage(direct: DirectState, event: PageEvent): void {
  const connection = direct.connections.get(event.connection)
  if (connection === undefined) return
  switch (event.type) {
    case 'description':
      return hearOwnDescription(direct, connection, event.description)
    case 'candidate':
      return hearOwnCandidate(direct, connection, event.ufrag, event.candidate)
    case 'channel':
      return attach(direct, connection, event.channel)
    case 'connected':
      connection.interruptedAt = null
      connection.certificates ??= { ours: event.ours, theirs: event.theirs }
      connection.candidates = []
      endAttempt(direct.attempts, connection.number, true, direct.now())
      tryNext(direct)
      return void prove(direct, connection)
    case 'failed':
      // A side that answered by hand may have to wait until a person has carried the answer.
      if (!connection.isProven) return connection.byHand ? undefined : fail(direct, connection)
      connection.interruptedAt ??= direct.now()
      return lookSoon(direct)
    case 'interrupted':
      connection.interruptedAt ??= direct.now()
      return lookSoon(direct)
    case 'unsupported':
      return refuse(direct, connection)
    case 'misused':
      return fail(direct, connection)
  }
}

/** @param from a sender that was met (`sync/peers.ts`) */
export function hearSignal(direct: DirectState, from: MemberId, bytes: Uint8Array, { near, addressed }: HeardBy): void {
  const signal = decodeSignal(bytes)
  if (!signal.ok) return direct.host?.onRefused(signal.reason)
  switch (signal.value.type) {
    case 'here':
      return hearHere(direct, from, signal.value, near)
    case 'description':
    case 'candidate':
      // They make this node send packets to addresses that they name. So they count only in frames for this run.
      if (!addressed) return direct.host?.onRefused('bad-message')
      if (signal.value.type === 'description') return hearDescription(direct, from, signal.value)
      return hearCandidate(direct, from, signal.value)
    case 'ping':
    case 'pong':
    case 'presence':
    case 'proof':
      // A proof counts only on the channel that it is about.
      return
  }
}

function hearHere(direct: DirectState, from: MemberId, said: Extract<Signal, { type: 'here' }>, near: boolean): void {
  const table = {
    worthOf: (id: MemberId) => (withPeer(direct, id)?.isProven === true ? Infinity : worth(seniorityOf(direct, id))),
    lot: direct.lot,
  }
  if (hear(direct.members, from, said, near, direct.now(), table)) sayHereSoon(direct)
  lookLater(direct)
}
