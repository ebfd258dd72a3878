/** What a node remembers of a peer, or of a stranger (`peers.ts` tells them apart). */
import { MESSAGE_VERSION } from '../core/limits.ts'
import type { Author, OpId } from '../core/op.ts'
import type { Refusal } from '../core/result.ts'
import type { PeerId, Way } from './effects.ts'
import { FIRST_NEAR } from './near.ts'
import type { GivenUp } from './open-fetch.ts'
import type { Given, Serving } from './serving.ts'
import type { Engine } from './state.ts'

/** What is counted against a peer until it is forgiven. */
export type Account = Pick<Peer, 'strikes' | 'forgivenAt' | 'talk' | 'wants' | 'bytesServed' | 'opsServed'>

export interface Peer {
  readonly id: PeerId
  /** It has said something to this run's sender value. */
  isMet: boolean
  /** The way to it when it was heard last. */
  way: Way
  /** Its author, once proven. */
  author: Author | null
  readonly metAt: number
  heardAt: number
  /** Its present token, which this node has to echo; null before the peer has told one. And whether it was echoed. */
  token: Uint8Array | null
  isEchoed: boolean
  /** When it was greeted last (ms), and how often. */
  greetedAt: number
  greetings: number
  /** When (ms) this node gave out the token that the peer's latest words echo. */
  echoedAt: number
  /**
   * When (ms) this node gave out the newest token that the peer has echoed. Before its first echo: when it was heard first, or −Infinity
   * if it has been here before.
   */
  aliveAt: number
  /** Its heads as last told (at most MAX_HEADS_LISTED of `headCount`), and how many ops it says it has. */
  heads: readonly OpId[]
  headCount: number
  /** The digest of all its heads, as last told. */
  digest: Uint8Array | null
  ops: number
  /**
   * Those of its heads that were not known when `lookedUpAt` ops had been admitted or rejected, without some that are known since. The
   * first of them was not known when `firstLookedUpAt` ops had been. −1: they were not looked up yet.
   */
  unknown: readonly OpId[]
  lookedUpAt: number
  firstLookedUpAt: number
  strikes: number
  forgivenAt: number
  refusals: readonly Refusal[]
  /** The version of its last protocol message. If it is not ours, the message cannot be read, and a person is told. */
  version: number
  /** When our heads were last told to it alone. Answers to old heads are not repeated faster than TELL_PAUSE. */
  toldAt: number
  serving: Serving | null
  /** The ref of its last question to everybody that was answered here. */
  answered: number
  /** The last answer to it that ended here, and the last one that it says it has taken in. */
  given: Given | null
  taken: Given | null
  /** This node may guess what the peer holds: the peer has not asked for everything once more, from the beginning. */
  mayGuess: boolean
  /** How many ops the next short question to it asks for. */
  near: number
  /** The ref of its last answer that this node took in whole; 0: there is none, or none on which the node relies. */
  takenIn: number
  /** The last question to it that was given up because it was silent, until another one is asked: its answer may come late. */
  gaveUpOn: Readonly<GivenUp> | null
  /** How often in a row it stalled or did not serve ops that it named. */
  failures: number
  /** Until when it is not asked while there is another peer to ask, and until when it is not asked at all (ms). */
  benchedUntil: number
  pausedUntil: number
  /** When it was last asked for ops, or met (ms): newcomers wait behind peers that are here. */
  askedAt: number
  /** True when the last question to it that came to an end brought ops. */
  isUseful: boolean
  /** Ops that it brought and that were admitted, or held before. With each of them its next bundles may be larger. */
  broughtWell: number
  /** Ops of other authors that it brought and that were admitted. */
  broughtOthers: number
  /** When it was last asked for everything (ms). */
  allAskedAt: number
  /** The number of ops it had when it had nothing more for us; −1: not known. */
  exhaustedAt: number
  /** Until when (ms) it is not asked for parents of others' ops, since it had none of them; the pause doubles. */
  emptyUntil: number
  emptyFor: number
  /** A proof of its author is being verified. */
  proving: boolean
  /** Work that judging its ops may cost without a shared budget: it earned this by ops that were admitted. */
  credit: number
  /** True when it brought an op that this node has signed and lost; and whether it was asked since for ops below it (`trust.ts`). */
  broughtLost: boolean
  askedForLost: boolean
  /** Bytes of questions that it has earned by ops that were admitted, and that were not spent on it yet (`asking.ts`). */
  askCredit: number
  /** What it said, wants among it, and bytes served to it, since its last pardon. */
  talk: number
  wants: number
  bytesServed: number
  /** Ops served to it in all. */
  opsServed: number
}

/** A peer that is heard for the first time, or again after it left. Its account stays. */
export function createPeer(engine: Engine, id: PeerId): Peer {
  const { now } = engine
  const left = engine.left.get(id)
  return {
    id,
    isMet: false,
    way: 'open',
    author: null,
    metAt: now,
    heardAt: now,
    token: null,
    isEchoed: false,
    greetedAt: -Infinity,
    greetings: 0,
    echoedAt: -Infinity,
    aliveAt: left === undefined ? now : -Infinity,
    heads: [],
    headCount: -1,
    digest: null,
    ops: 0,
    unknown: [],
    lookedUpAt: -1,
    firstLookedUpAt: -1,
    strikes: left?.strikes ?? 0,
    forgivenAt: left?.forgivenAt ?? now,
    refusals: [],
    version: MESSAGE_VERSION,
    toldAt: -Infinity,
    serving: null,
    answered: 0,
    given: null,
    taken: null,
    mayGuess: true,
    near: FIRST_NEAR,
    takenIn: 0,
    gaveUpOn: null,
    failures: 0,
    benchedUntil: 0,
    pausedUntil: 0,
    askedAt: now,
    isUseful: false,
    broughtWell: 0,
    broughtOthers: 0,
    allAskedAt: -Infinity,
    exhaustedAt: -1,
    emptyUntil: 0,
    emptyFor: 0,
    proving: false,
    credit: 0,
    broughtLost: false,
    askedForLost: false,
    askCredit: 0,
    talk: left?.talk ?? 0,
    wants: left?.wants ?? 0,
    bytesServed: left?.bytesServed ?? 0,
    opsServed: left?.opsServed ?? 0,
  }
}
