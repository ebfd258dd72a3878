/**
 * Asks a peer: writes the question, and notes that its answer is awaited. `fetch.ts` decides which peer is asked in turn, and when an
 * answer is over. A peer that brings an op without being asked has the op's parents. It is asked for them without waiting for a turn,
 * because people wait for messages of others.
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

/**
 * Questions in the last HEDGE ms for parents of ops that peers brought. Hundreds of sender values that bring ops without parents get no
 * more.
 */
export const MAX_BROUGHT = 64
/** If fetches follow each other within so long (ms), people see them as one process of catching up. */
const STILL_CATCHING_UP = 3_000

/** Asks peers for the parents of ops that they brought. Gives the time at which it wants to be called again. */
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
 * The next peer to be asked for parents of ops that it brought: by turns the peer whose author's first op came here first, and the peer
 * that has waited longest. So sender values, which cost nothing, delay an earlier author by one question, however many they are. And no
 * author can take every question. O(bringers).
 */
function nextBringer(engine: Engine): Peer | null {
  const { bringers, fetches, intake, peers, now } = engine
  const isBySeniority = engine.bringersAsked % 2 === 0
  let best: Peer | null = null
  for (const id of bringers) {
    // Its next ops may be the missing ones. But ops that it repeats because it was asked for everything are not.
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
  // Half of the list is for ids that the peer named, if need be. If a peer has more heads than it lists, and names none that is not here,
  // it is asked for everything: most of that answer may be known.
  const all = named.length + missing.length === 0 && hasMore(engine, peer)
  if (all && peer.exhaustedAt === peer.ops) {
    // It seemed to have nothing more. It is asked once more from the beginning, and this time it makes no guesses about us.
    peer.takenIn = 0
    peer.exhaustedAt = -1
  }
  const ids = all ? [] : [...missing, ...named]
  engine.turns++
  put(engine, peer, ids, { named, missing: missing.length > 0, brought: false, near: 0, all })
}

/** How many ids a short question names: half as many as its answer may bring. So the answer brings all of them, and some ops below. */
const idsNear = ({ near }: Peer): number => Math.min(MAX_NEAR_IDS, near / 2)

/** Asks a peer for the parents of ops that it brought; with a short question if no other can be paid for. False: none is missing. */
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
 * @param late what had come of it before it was given up; null for a question that was not given up
 */
export function begin(engine: Engine, peer: Peer, { ref, named, missing, brought, near, all }: Asked, late: GivenUp | null = null): void {
  const { now, caughtUp } = engine
  peer.gaveUpOn = null
  if (now > caughtUp.at + STILL_CATCHING_UP) Object.assign(caughtUp, { ops: 0, bytes: 0, at: Infinity })
  peer.askedAt = now
  if (all) peer.allAskedAt = now
  // A peer that brings ops without parents takes no turn from others.
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
