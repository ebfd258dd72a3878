/**
 * Reminds an author of its own ops. A node whose disk was rolled back does not know which ops it has signed, and its next op would use a
 * seq for the second time. `hello` says how many own ops a node has stored. If a peer holds a later op of the same author, it sends that
 * op at once, without waiting for a turn (`fetch.ts`). The op carries the author's signature, so nobody can make a node wait for an op
 * that it has not signed (`trust.ts`). The ops between the two are fetched as missing parents are.
 */
import { compareOps, idOf, numberOfAuthor, tipsOf } from '../core/dag.ts'
import { setLatest } from '../core/latest.ts'
import type { Author } from '../core/op.ts'
import { type Budget, createBudget, drawOne, leftAt } from '../core/budget.ts'
import { encodeBundle, MAX_BUNDLE_BYTES, reopenBundle } from './bundle.ts'
import type { StoredUnits } from './effects.ts'
import { encodeUnasked } from './messages.ts'
import type { Peer } from './peer.ts'
import { ask, type Engine, newJob, peerOf, send } from './state.ts'
import { unwrapBundle, wrapBundle } from './wrap.ts'

/**
 * A peer that greets again is reminded again after this time (ms), since a reminder may be lost: a little less than the time between two
 * greetings.
 */
const REMIND_AGAIN = 4_000
/** Reminders at once and in a second: each reads a segment, some 5 ms. If more are needed, lots decide which peers are reminded. */
export const MAX_REMINDERS = 64
export const REMINDERS_PER_SECOND = 16

/**
 * Bytes of a small reminder: a page of text. Larger reminders share a budget of bytes, at once and in a second: 64 authors can have ops
 * of 60 kB, and ask for them with 6 kB a second.
 */
const SMALL_REMINDER = 2 * 1024
export const MAX_REMINDED_BYTES = 256 * 1024
export const REMINDED_BYTES_PER_SECOND = 32 * 1024

export const createReminders = (now: number): Reminders => ({
  reads: createBudget(MAX_REMINDERS, REMINDERS_PER_SECOND, now),
  bytes: createBudget(MAX_REMINDED_BYTES, REMINDED_BYTES_PER_SECOND, now),
  at: new Map(),
})

/** Authors that were reminded lately are remembered. The first of them is forgotten first. There can be so many in REMIND_AGAIN. */
const MAX_REMINDED = 256

export interface Reminders {
  readonly reads: Budget
  readonly bytes: Budget
  /** When each author was reminded last (ms), by its number. */
  readonly at: Map<number, number>
}

/**
 * A peer has proven to be `author` and says how many of its own ops it has stored. If its latest op that is stored here is later, sends
 * it that op.
 */
export function remind(engine: Engine, peer: Peer, author: Author, own: number): void {
  const { dag } = engine.replica
  const { reads, at } = engine.reminders
  const number = numberOfAuthor(dag, author)
  if (number < 0 || engine.now < (at.get(number) ?? -Infinity) + REMIND_AGAIN) return
  // The length of a branch does not tell which branch of a forked author it is.
  const hasForked = dag.forks.has(number)
  if (!hasForked && dag.seq[dag.tip[number]!]! < own) return
  if (!drawOne(reads, engine.now, engine.random())) return
  const op = latestStored(engine, number)
  if (op < 0 || (dag.seq[op]! < own && !hasForked)) return
  setLatest(at, number, engine.now, MAX_REMINDED)
  ask(engine, { type: 'read', job: newJob(engine), from: op, limit: 1 }, (answer) => {
    const [segment] = answer.type === 'loaded' ? answer.segments : []
    if (segment !== undefined) withColumns(engine, segment, (columns) => sendOp(engine, peer, op, segment, columns))
  })
}

/** The latest stored op of an author, or −1. O(its tips, and ops that are not stored yet). */
function latestStored({ replica: { dag }, stored }: Engine, author: number): number {
  let latest = -1
  for (const tip of tipsOf(dag, author)) {
    let op = tip
    while (op >= stored) op = dag.prev[op]!
    if (op >= 0 && (latest < 0 || compareOps(dag, op, latest) > 0)) latest = op
  }
  return latest
}

function withColumns(engine: Engine, { bytes }: StoredUnits, then: (columns: Uint8Array) => void): void {
  const unwrapped = unwrapBundle(bytes)
  if (!unwrapped.ok) return
  const { codec, payload } = unwrapped.value
  if (codec === 'raw') return then(payload)
  ask(engine, { type: 'inflate', job: newJob(engine), bytes: payload, limit: MAX_BUNDLE_BYTES }, (answer) => {
    if (answer.type === 'inflated' && answer.bytes !== null) then(answer.bytes)
  })
}

/** Sends the op. No later op of its author vouches for it, so it was stored with its signature. A damaged disk gives none. */
function sendOp(engine: Engine, peer: Peer, op: number, { first }: StoredUnits, columns: Uint8Array): void {
  if (peerOf(engine, peer.id) !== peer) return
  const { dag } = engine.replica
  const unitOp = reopenBundle(columns, (n) => idOf(dag, first + n))?.flat()[op - first]
  if (unitOp === undefined || unitOp.signature === null) return
  const message = encodeUnasked(wrapBundle('raw', encodeBundle([[unitOp]])))
  if (message.length > SMALL_REMINDER) {
    const { bytes } = engine.reminders
    if (leftAt(bytes, engine.now) <= 0) return
    bytes.left -= message.length
  }
  send(engine, peer.id, message)
}
