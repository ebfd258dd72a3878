/**
 * Who is there. A peer appears with its first message, proves its author by `hello`, tells its heads, and is forgotten
 * when it says bye or has been silent for PEER_SILENT.
 */
import { fromHex } from '../core/bytes.ts'
import { peerProofBytes } from '../core/keys.ts'
import type { Author, OpId } from '../core/op.ts'
import type { Refusal } from '../core/result.ts'
import type { PeerId } from './effects.ts'
import { takeOne } from './budget.ts'
import { encodeMessage, kindOf, type Message } from './messages.ts'
import type { Given, Serving } from './serve.ts'
import { ask, type Engine, leave, newJob, notify, refuseFrom, send } from './state.ts'

/** Silence after which a peer counts as gone (ms): three missed heartbeats. */
export const PEER_SILENT = 15_000
/** Peers held at once; a room's secret is needed to be one. Further ones are not answered until somebody leaves. */
const MAX_PEERS = 256
/**
 * Newcomers at once, and so many more a second: each makes a node sign a greeting and check a proof. Whoever comes when there
 * are too many is not heard, and says its heads again in a few seconds.
 */
export const MAX_NEWCOMERS = 128
export const NEWCOMERS_PER_SECOND = 64
/**
 * Heads, wants and proofs read between two pardons, each counted as one and one more for every TALK_BYTES of it, shared among
 * the peers that are here: some 3 % of a processor. Of two hundred peers, each may say ten things a second.
 */
const TALK_AT_ONCE = 20_000
const TALK_LEAST = 40
const TALK_BYTES = 1_024
/** Credit that a peer has at most, and what each op of its that is admitted earns: so many ops may then come in vain. */
const MAX_CREDIT = 8_192
const CREDIT_PER_OP = 4
/** Strikes are forgiven at this pace (ms a strike), and what was served is forgotten with each. */
const FORGIVEN_EVERY = 10_000

export interface Peer {
  readonly id: PeerId
  /** Its author, once proven. */
  author: Author | null
  readonly metAt: number
  heardAt: number
  /** Its heads as last told (at most MAX_HEADS_LISTED of `headCount`), and how many ops it says it has. */
  heads: readonly OpId[]
  headCount: number
  /** Of all its heads, as last told. */
  digest: Uint8Array | null
  ops: number
  /** None of its heads was unknown here when last looked up. */
  headsKnown: boolean
  strikes: number
  forgivenAt: number
  refusals: readonly Refusal[]
  /** When our heads were last told to it alone: answers to stale heads are not repeated faster than that. */
  toldAt: number
  serving: Serving | null
  /** The ref of its last question to everybody that was answered here. */
  answered: number
  /** The last answer to it that ended here, and the last one that it says it has taken in. */
  given: Given | null
  taken: Given | null
  /** What it holds may be guessed: it has not asked for everything once more, from the beginning. */
  mayGuess: boolean
  /** The ref of its last answer that was taken in here whole; 0: of none, or none that is relied on. */
  takenIn: number
  /** How often in a row it stalled or did not serve what it named, and until when it is not asked (ms). */
  failures: number
  benchedUntil: number
  /** When it was last asked for ops, or met (ms): newcomers queue up behind who is here. */
  askedAt: number
  /** The last question to it that came to an end brought ops. */
  isUseful: boolean
  /** When it was last asked for everything (ms). */
  allAskedAt: number
  /** The number of ops it had when it had nothing more for us; −1: not known. */
  exhaustedAt: number
  /** Until when (ms) it is not asked for parents that others' ops wait for, having had none of them; the pause doubles. */
  emptyUntil: number
  emptyFor: number
  /** A proof of its author is being verified. */
  proving: boolean
  /** Ops that may be judged for it at no one's cost: it earned them by ops that were admitted. */
  credit: number
  /** What it said, wants among it, ops looked at for these, and ops served to it, since strikes were last forgiven. */
  talk: number
  wants: number
  walked: number
  opsServed: number
}

/** The peer with this sender value, new if need be; null while it is cut or there is no room. */
export function meet(engine: Engine, id: PeerId): Peer | null {
  const known = engine.peers.get(id)
  if (known !== undefined) {
    known.heardAt = engine.now
    const forgiven = Math.floor((engine.now - known.forgivenAt) / FORGIVEN_EVERY)
    if (forgiven > 0) {
      known.strikes = Math.max(0, known.strikes - forgiven)
      known.forgivenAt = engine.now
      known.talk = 0
      known.wants = 0
      known.walked = 0
      known.opsServed = 0
    }
    return known
  }
  if (isCut(engine, id) || engine.peers.size >= MAX_PEERS) return null
  if (!takeOne(engine.newcomers, engine.now)) return null
  const peer: Peer = {
    id,
    author: null,
    metAt: engine.now,
    heardAt: engine.now,
    heads: [],
    headCount: -1,
    digest: null,
    ops: 0,
    headsKnown: false,
    strikes: 0,
    forgivenAt: engine.now,
    refusals: [],
    toldAt: -Infinity,
    serving: null,
    answered: 0,
    given: null,
    taken: null,
    mayGuess: true,
    takenIn: 0,
    failures: 0,
    benchedUntil: 0,
    askedAt: engine.now,
    isUseful: false,
    allAskedAt: -Infinity,
    exhaustedAt: -1,
    emptyUntil: 0,
    emptyFor: 0,
    proving: false,
    credit: 0,
    talk: 0,
    wants: 0,
    walked: 0,
    opsServed: 0,
  }
  engine.peers.set(id, peer)
  greet(engine, id)
  return peer
}

/** Whether it is not heard now, having brought too much that was malformed or false. */
export const isCut = ({ cut, now }: Engine, id: PeerId): boolean => (cut.get(id) ?? 0) > now

/** False when this peer has talked so much that what it says is not read: heads, wants and proofs, which can be said again later. */
export function mayTalk({ peers }: Engine, peer: Peer, bytes: Uint8Array): boolean {
  const kind = kindOf(bytes)
  if (kind === 'units' || kind === 'bye') return true
  peer.talk += 1 + Math.floor(bytes.length / TALK_BYTES)
  return peer.talk <= Math.max(TALK_LEAST, Math.floor(TALK_AT_ONCE / peers.size))
}

/** A peer brought ops that were admitted. */
export function earn(peer: Peer, ops: number): void {
  peer.credit = Math.min(MAX_CREDIT, peer.credit + CREDIT_PER_OP * ops)
}

/** Proves to `id` who this node is, for this session's two sender values only. */
function greet(engine: Engine, id: PeerId): void {
  const verifier = fromHex(id)!
  ask(engine, { type: 'sign', job: newJob(engine), message: peerProofBytes(engine.replica.room, engine.sender, verifier) }, (answer) => {
    if (answer.type !== 'signed') return
    send(engine, id, encodeMessage({ type: 'hello', author: engine.author as Author, proof: answer.signature }))
  })
}

/** Checks who a peer says it is: one proof at a time, and none once one was good. */
export function receiveHello(engine: Engine, peer: Peer, { author, proof }: Extract<Message, { type: 'hello' }>): void {
  if (peer.proving || peer.author !== null) return
  peer.proving = true
  const message = peerProofBytes(engine.replica.room, fromHex(peer.id)!, engine.sender)
  ask(engine, { type: 'verify', job: newJob(engine), claims: [{ signature: proof, message, author }] }, (answer) => {
    if (answer.type !== 'verified') return
    peer.proving = false
    if (answer.valid[0] === true) {
      peer.author = author
      notify(engine, { type: 'changed' })
    } else refuseFrom(engine, peer.id, 'bad-signature', null, 5)
  })
}

/** Forgets who has been silent for too long, and cuts that are over. Gives the time of the next one. */
export function expirePeers(engine: Engine): number {
  let next = Infinity
  for (const peer of engine.peers.values()) {
    if (engine.now >= peer.heardAt + PEER_SILENT) leave(engine, peer.id)
    else next = Math.min(next, peer.heardAt + PEER_SILENT)
  }
  // In order of time: the first that is not over ends the search.
  for (const [id, until] of engine.cut) {
    if (until > engine.now) break
    engine.cut.delete(id)
  }
  return next
}
