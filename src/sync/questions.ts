/**
 * Putting a question to a peer: what it is asked for, and that its answer is awaited from then on. `fetch.ts` decides who is asked in turn, and when an
 * answer is over. A peer that brings an op unasked has its parents. It is asked for those without waiting for a turn: people wait for what others type.
 */
import { missingFor, missingIds } from '../core/missing.ts'
import type { OpId } from '../core/op.ts'
import { MAX_NEAR_IDS } from '../core/limits.ts'
import { askableAt, mayBeAsked, mostIds, payQuestion, type Why } from './asking.ts'
import type { PeerId } from './effects.ts'
import { holdingsOf, told } from './gossip.ts'
import { type AnyWant, encodeMessage } from './messages.ts'
import { type Fetch, type GivenUp, HEDGE } from './open-fetch.ts'
import type { Peer } from './peer.ts'
import { seniorityOf } from './peers.ts'
import { type Engine, notify, send } from './state.ts'
import { noteAsked } from './trust.ts'
import { hasMore, unknownHeads } from './turns.ts'

/** Questions for parents of what peers brought, of the last HEDGE ms: names that bring ops without parents by the hundred get no more. */
export const MAX_BROUGHT = 64
/** Fetches that follow each other within so long are one catching up, to whoever watches it (ms). */
const STILL_CATCHING_UP = 3_000

/** Asks peers for the parents of what they brought. Gives the time at which it wants to be called again. */
export function askBringers(engine: Engine): number {
  const { bringers, fetches, now } = engine
  if (bringers.size === 0) return Infinity
  let recent = 0
  let next = Infinity
  for (const { brought, startedAt } of fetches.values()) {
    if (!brought || now >= startedAt + HEDGE) continue
    recent++
    next = Math.min(next, startedAt + HEDGE)
  }
  for (;;) {
    if (recent >= MAX_BROUGHT) return next
    const peer = nextBringer(engine)
    if (peer === null) break
    bringers.delete(peer.id)
    if (!askBringer(engine, peer)) continue
    engine.bringersAsked++
    recent++
    next = Math.min(next, now + HEDGE)
  }
  return bringers.size === 0 ? Infinity : Math.min(next, askableAt(engine, 'brought'), askableAt(engine, 'near'))
}

/**
 * Who is asked next for the parents of what it brought: by turns the one whose author's first op came here first, and the one that waits longest. So
 * names that cost nothing delay an earlier author by one question, however many they are, and no author can take every question. O(bringers).
 */
function nextBringer(engine: Engine): Peer | null {
  const { bringers, fetches, intake, peers, now } = engine
  const isBySeniority = engine.bringersAsked % 2 === 0
  let best: Peer | null = null
  for (const id of bringers) {
    // What it brought next may be what is missing; but not what it repeats because everything was asked for.
    const open = fetches.get(id)
    const repeats = open?.all === true && open.got === 0
    if (!repeats && (open !== undefined || intake.has(id))) continue
    const peer = peers.get(id)
    if (peer === undefined) {
      bringers.delete(id)
      continue
    }
    if (peer.benchedUntil > now) continue
    if (!mayBeAsked(engine, peer, 'brought') && !mayBeAsked(engine, peer, 'near')) continue
    if (best === null || seniorityOf(engine, peer) < seniorityOf(engine, best)) best = peer
    if (!isBySeniority) return best
  }
  return best
}

/** Asks a peer in its turn. */
export function start(engine: Engine, peer: Peer): void {
  const { now } = engine
  const { pending } = engine.replica
  const most = mostIds(engine, peer)
  const missing = peer.emptyUntil > now ? [] : missingIds(pending, Math.floor(most / 2), engine.nextRef)
  const named = unknownHeads(engine, peer).slice(0, most - missing.length)
  // Half the list is for what it named, if need be. Of a peer with more heads than it lists everything is asked when it names nothing that is not here:
  // most of that answer may be known.
  const all = named.length + missing.length === 0 && hasMore(engine, peer)
  if (all && peer.exhaustedAt === peer.ops) {
    // It seemed to have nothing more: once more from the beginning, and nothing is guessed about us this time.
    peer.takenIn = 0
    peer.exhaustedAt = -1
  }
  const ids = all ? [] : [...missing, ...named]
  engine.turns++
  put(engine, peer, ids, { named, missing: missing.length > 0, brought: false, near: 0, all })
}

/** Ids of a short question: half of what its answer may bring, so that it brings all of them, and some that lie below. */
const idsNear = ({ near }: Peer): number => Math.min(MAX_NEAR_IDS, near / 2)

/** Asks a peer for the parents of what it brought, in short when nothing else can be paid for. False: none is missing. */
function askBringer(engine: Engine, peer: Peer): boolean {
  const { pending } = engine.replica
  const isShort = !mayBeAsked(engine, peer, 'brought')
  const ids = missingFor(pending, peer.id, isShort ? idsNear(peer) : mostIds(engine, peer))
  if (ids.length === 0) return false
  put(engine, peer, ids, { named: ids, missing: true, brought: true, near: isShort ? peer.near : 0, all: false })
  return true
}

function put(engine: Engine, peer: Peer, ids: readonly OpId[], asked: Omit<Asked, 'ref'>): void {
  const ref = engine.nextRef++
  begin(engine, peer, { ref, ...asked })
  const isShort = asked.near > 0
  const question: AnyWant = isShort
    ? { type: 'near', ref, ids, most: asked.near }
    : { type: 'want', ref, ids, ...holdingsOf(engine), ops: engine.stored, ofAll: false, after: peer.takenIn }
  const bytes = encodeMessage(question)
  payQuestion(engine, peer, whyOf(asked), bytes.length)
  noteAsked(engine, peer)
  send(engine, peer.id, bytes)
  if (!isShort) told(engine, peer)
}

const whyOf = ({ brought, near }: Pick<Fetch, 'brought' | 'near'>): Why => (near > 0 ? 'near' : brought ? 'brought' : 'turn')

type Asked = Pick<Fetch, 'ref' | 'named' | 'missing' | 'brought' | 'near' | 'all'>

/**
 * A question to this peer is open from now on.
 * @param late what had come of it when it was given up; null for one that was not
 */
export function begin(engine: Engine, peer: Peer, { ref, named, missing, brought, near, all }: Asked, late: GivenUp | null = null): void {
  const { now, caughtUp } = engine
  peer.gaveUpOn = null
  if (now > caughtUp.at + STILL_CATCHING_UP) Object.assign(caughtUp, { ops: 0, bytes: 0, at: Infinity })
  peer.askedAt = now
  if (all) peer.allAskedAt = now
  // A peer that brings ops without parents takes nobody's turn.
  if (!brought) {
    engine.askedStranger = !peer.isUseful
    if (engine.askedStranger) engine.strangerAskedAt = now
  }
  // Field by field: with a spread, V8 takes twenty times as long.
  engine.fetches.set(peer.id, {
    from: peer.id,
    ref,
    named,
    missing,
    brought,
    isLate: late !== null,
    near,
    all,
    ops: peer.ops,
    startedAt: now,
    got: 0,
    vain: 0,
    again: 0,
    bundles: late?.bundles ?? 0,
    recent: 0,
    recentAt: now,
    left: null,
    heardAt: now,
    ended: false,
  })
  notify(engine, { type: 'changed' })
}

/** Whether a peer answers the question that it was asked. */
export const isAnswer = ({ fetches }: Engine, from: PeerId, ref: number): boolean => fetches.get(from)?.ref === ref
