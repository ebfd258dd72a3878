/** A world's parts, and the few verbs that they share. Each part is a file beside this one. */
import { signedBytes } from '../core/keys.ts'
import { hashOp, type Op, type OpId } from '../core/op.ts'
import { keyOf, type UnitOp } from '../core/unit.ts'
import { encodeBody } from '../crdt/body.ts'
import { OPEN } from '../rules/open.ts'
import type { PeerId } from '../sync/effects.ts'
import { createRealSignatures, type Identity, identityNumber, type Signatures, STAND_IN } from './identity.ts'
import { createLedger, type Ledger } from './ledger.ts'
import type { SimNode } from './node.ts'
import type { Plan } from './plan.ts'
import { createRandom, type Random } from './random.ts'
import { createSchedule, type Schedule } from './schedule.ts'
import { createTrace, type Trace } from './trace.ts'
import type { Villain } from './villain.ts'

/** What was found to be wrong: the invariant's name, and what one sees of it. */
export interface Failure {
  readonly invariant: string
  readonly detail: string
}

export interface Counts {
  /** Messages that reached a node, and their bytes. */
  delivered: number
  bytes: number
  /** Ops admitted, summed over nodes. */
  admitted: number
  equivocations: number
  /** Faults injected, by kind. */
  readonly faults: Record<string, number>
}

export interface World {
  readonly plan: Plan
  readonly schedule: Schedule
  readonly trace: Trace
  readonly signatures: Signatures
  readonly genesis: UnitOp
  readonly room: OpId
  readonly nodes: SimNode[]
  readonly villains: Villain[]
  /** Adversaries' sender values, each with whose it is. */
  readonly ports: Map<PeerId, Villain>
  readonly ledger: Ledger
  readonly counts: Counts
  /** Chance for the network, for how long a platform takes to answer, and for everything else. */
  readonly chance: { readonly network: Random; readonly platform: Random; readonly life: Random }
  /** [from][to]: how many cuts are on this way now. */
  readonly cuts: number[][]
  /** Identities of correct nodes, by author. */
  readonly honest: Map<string, Identity>
  /** Identities that may sign a seq twice through no fault of the engine: run twice, or put back to an earlier state. */
  readonly forgetful: Set<Identity>
  /** Numbers of ops that were accepted from a person and that no disk has lost: these must be everywhere in the end. */
  readonly owed: Set<number>
  /** True once the storm is over: nothing is lost any more. */
  healed: boolean
  /** Real time (ms), for who measures what a node's engine takes; nothing in a world depends on it. */
  clock: () => number
  /** Identities given out so far; adversaries take theirs from the other end. */
  identities: number
  failure: Failure | null
}

/** The world of a plan before anything happens in it: no nodes yet. */
export function emptyWorld(plan: Plan): World {
  const signatures = plan.real ? createRealSignatures() : STAND_IN
  const founder = identityNumber(0)
  const body = encodeBody({ kind: 'genesis', name: 'sim', ...OPEN })
  const op: Op = { room: null, author: founder.author, seq: 0, prev: null, deps: [], time: 0, body }
  const id = hashOp(op)
  const genesis = { op, id, signature: signatures.sign(founder, signedBytes(id)) }
  const random = createRandom(plan.seed, 'world')
  return {
    plan,
    schedule: createSchedule(),
    trace: createTrace(),
    signatures,
    genesis,
    room: id,
    nodes: [],
    villains: [],
    ports: new Map(),
    ledger: createLedger(genesis),
    counts: { delivered: 0, bytes: 0, admitted: 0, equivocations: 0, faults: {} },
    chance: { network: random.fork('network'), platform: random.fork('platform'), life: random.fork('life') },
    cuts: [],
    honest: new Map(),
    forgetful: new Set(),
    owed: new Set(),
    healed: false,
    clock: () => 0,
    identities: 0,
    failure: null,
  }
}

/** The next identity that nobody has had. */
export function nextIdentity(world: World): Identity {
  const identity = identityNumber(world.identities++)
  world.honest.set(keyOf(identity.author), identity)
  return identity
}

/** Notes the first thing that is wrong; the world stops there. */
export function fail(world: World, invariant: string, detail: string): void {
  world.failure ??= { invariant, detail }
}

export function countFault(world: World, kind: string): void {
  world.counts.faults[kind] = (world.counts.faults[kind] ?? 0) + 1
}
