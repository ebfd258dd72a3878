/**
 * A world that a test directs by hand: correct nodes on one quiet path, and whoever else the test lets speak. Nodes and
 * network are those of the simulator, so answers come late and out of order, and the invariants of `node.ts` are watched all
 * the time: the first one that fails is thrown where time passes. Signatures are the stand-in; keys are names.
 */
import { compareBytes, fromHex, toHex } from '../core/bytes.ts'
import { idOf, numberOf } from '../core/dag.ts'
import { sha256 } from '../core/hash.ts'
import { peerProofBytes, signedBytes } from '../core/keys.ts'
import { asAuthor, asOpId, hashOp, type Op, type OpId } from '../core/op.ts'
import { assert, type Refusal } from '../core/result.ts'
import type { Unit, UnitOp } from '../core/unit.ts'
import { encodeBody } from '../crdt/body.ts'
import type { PeerId } from '../sync/effects.ts'
import { storedDigest } from '../sync/gossip.ts'
import { listHeads } from '../sync/holdings.ts'
import { decodeMessage, encodeMessage, type Message, type Want } from '../sync/messages.ts'
import { headsOf } from '../sync/state.ts'
import { present } from '../sync/tokens.ts'
import { checkDigests, checkEnd, isSettled } from './checks.ts'
import { createDisk, loseTail, write } from './disk.ts'
import { type Identity, STAND_IN } from './identity.ts'
import { addNode, deliver, firstSegment, give, type Heard, type SimNode, start } from './node.ts'
import type { Plan } from './plan.ts'
import { createRandom } from './random.ts'
import { addVillain, bundleOf, NEW, type Strategy, UNHEARD, type Villain } from './villain.ts'
import { emptyWorld, nextIdentity, type World } from './world.ts'

export interface Stage {
  readonly world: World
  readonly nodes: readonly SimNode[]
  readonly room: OpId
  /** Whose all sender values are that no node has. */
  readonly villain: Villain
}

/** What was judged is stored within so long, and every node has told its heads once more (ms). */
const SETTLE = 1_000
const TELL_ALL = 7_000

/** The digest of one who does not agree with anybody. */
export const NO_DIGEST = new Uint8Array(32)

const QUIET: Plan = {
  scenario: 'calm',
  seed: 1,
  nodes: 0,
  ops: 0,
  storm: 0,
  real: false,
  domains: [],
  delay: { least: 1, most: 3 },
  lost: 0,
  repeated: 0,
  tampered: 0,
  skew: 0,
  // Somebody hostile is here: what waits for what never was may wait for ever.
  strategies: ['ghost maker'],
  acts: 0,
  faults: [],
}

/**
 * So many nodes, up and linked, that have had a second to find each other; the first one founded the room. `weather` is what
 * of a plan is to be otherwise, `strategy` what hostile sender values do when they are spoken to.
 */
export function createStage(count: number, weather: Partial<Plan> = {}, strategy: Partial<Strategy> = {}): Stage {
  const world = emptyWorld({ ...QUIET, nodes: count, ...weather })
  const villain = addVillain(world, 'director', { act: () => {}, ...strategy })
  const stage = { world, nodes: world.nodes, room: world.room, villain }
  for (let i = 0; i < count; i++) addTo(stage, i === 0)
  run(stage, 1_000)
  return stage
}

/** For a strategy: `hear` is told each protocol message that a node says to a hostile sender value. */
export const hearing =
  (hear: (said: Message, to: PeerId, from: SimNode, bytes: number) => void): NonNullable<Strategy['told']> =>
  (_villain, from, to, bytes) => {
    const said = decodeMessage(bytes)
    if (said.ok) hear(said.value, to, from, bytes.length)
  }

/** One more node, that every other one hears. */
export function join(stage: Stage): SimNode {
  return addTo(stage, false)
}

function addTo({ world }: Stage, isFounder: boolean): SimNode {
  const node = addNode(world, nextIdentity(world), createDisk())
  if (isFounder) write(node.disk, [firstSegment(world)], 'strict')
  for (const other of world.nodes) {
    if (other === node) continue
    node.neighbours.push(other.index)
    other.neighbours.push(node.index)
  }
  start(world, node, false)
  return node
}

// — time ———————————————————————————————————————————————————————————————————————————————————————————————————

/** Lets `ms` pass. @throws what a node or a disk did that none may do */
export function run({ world }: Stage, ms: number): void {
  world.schedule.runUntil(world.schedule.now + ms, () => world.failure !== null)
  assert(world.failure === null, `${world.failure?.invariant}: ${world.failure?.detail}`)
}

/** Lets `ms` pass, and wakes a node at the last moment of them: what is due by then is done, whenever its alarm comes. */
export function wake(stage: Stage, node: SimNode, ms: number): void {
  run(stage, ms)
  give(stage.world, node, { type: 'tick' })
}

/** Lets time pass until `isSo`, but no more than `most` ms. Returns how long it took (ms); Infinity if it never was so. */
export function runUntil(stage: Stage, most: number, isSo: () => boolean, every = 1): number {
  for (let ms = 0; ms <= most; ms += every) {
    if (isSo()) return ms
    run(stage, every)
  }
  return Infinity
}

/** What is wrong in the end, or null: correct nodes hold the same ops, and all else that `checks.ts` asks. Takes a few seconds. */
export function verdictOf(stage: Stage): string | null {
  const { world } = stage
  if (runUntil(stage, SETTLE, () => isSettled(world), 100) === Infinity)
    return `not settled: ${stage.nodes.map(({ engine }) => `${engine.replica.dag.length}+${engine.replica.pending.ops}`).join()}`
  checkEnd(world, createRandom(1, 'checks').below)
  run(stage, TELL_ALL)
  checkDigests(world)
  return world.failure === null ? null : `${world.failure.invariant}: ${world.failure.detail}`
}

// — correct nodes ——————————————————————————————————————————————————————————————————————————————————————————

/** A person types. */
export function type({ world }: Stage, node: SimNode, text: string): void {
  give(world, node, { type: 'submit', ref: 0, body: encodeBody({ kind: 'message', text }), time: 0 })
}

/** A person types, and the op is signed and stored: tens of ms pass. */
export function say(stage: Stage, node: SimNode, text: string): UnitOp {
  type(stage, node, text)
  const { engine } = node
  const isStored = (): boolean => engine.submissions.length === 0 && !engine.submitting && engine.stored === engine.replica.dag.length
  assert(runUntil(stage, 10_000, isStored) < Infinity, 'what is said is stored')
  return stage.world.ledger.published.at(-1)!
}

/** No other node hears these, nor do they hear them; the hostile are heard everywhere. */
export function apart({ world: { cuts, nodes } }: Stage, ...alone: readonly SimNode[]): void {
  for (const { index } of alone) for (const other of nodes) cuts[index]![other.index] = cuts[other.index]![index] = 1
}

export function together({ world: { cuts } }: Stage): void {
  for (const row of cuts) row.fill(0)
}

/** The process ends, the disk keeps what is safe. */
export function kill(_stage: Stage, node: SimNode): void {
  node.isUp = false
  loseTail(node.disk, 0)
}

export const restart = ({ world }: Stage, node: SimNode): void => start(world, node, true)

export const has = ({ engine }: SimNode, { id }: { readonly id: OpId }): boolean => numberOf(engine.replica.dag, id) >= 0

/** True when all hold the same ops now. */
export function agree({ world, nodes }: Stage, among: readonly SimNode[] = nodes): boolean {
  const [first, ...others] = among
  return others.every((node) => world.ledger.entries.every(({ number }) => (node.held[number] ?? 0) === (first!.held[number] ?? 0)))
}

/** The op that a node admitted last. */
export const latestOf = ({ engine: { replica } }: SimNode): OpId => idOf(replica.dag, replica.dag.length - 1)

export const opsOf = ({ engine }: SimNode): number => engine.replica.dag.length

/** Strikes that one node holds against another. */
export const strikesOf = ({ engine }: SimNode, of: SimNode): number => engine.peers.get(of.engine.senderId)?.strikes ?? Infinity

// — whoever else ———————————————————————————————————————————————————————————————————————————————————————————

/** A key of this name. Who has it cannot be told from a real one; nothing real can be signed with it. */
export function keyNamed(name: string): Identity {
  const seed = sha256(encodeBody({ kind: 'message', text: name }))
  const author = asAuthor(seed.slice())
  // The top bit is the sign of x; a y below 2^254 is canonical whatever the rest.
  author[31]! &= 0x3f
  return { seed, author }
}

/** A hostile sender value of this name. */
export function linkNamed({ world, villain }: Stage, name: string): PeerId {
  const sender = toHex(keyNamed(`sender ${name}`).author)
  world.ports.set(sender, villain)
  return sender
}

/** The id of an op that never was. */
export const ghostId = (n: number): OpId => asOpId(sha256(encodeBody({ kind: 'message', text: `ghost ${n}` })))

/** An op, signed by this key. */
export function sign(key: Identity, op: Op): UnitOp {
  const id = hashOp(op)
  return { op, id, signature: STAND_IN.sign(key, signedBytes(id)) }
}

/** The op with another signature, or with none. */
export const signedBadly = (unitOp: UnitOp): UnitOp => ({ ...unitOp, signature: new Uint8Array(64) })
export const unsigned = (unitOp: UnitOp): UnitOp => ({ ...unitOp, signature: null })

/** A message by `key` after `prev` and `deps` (at least one of them), whatever rule `bent` makes it break. */
export function message(
  { room }: Stage,
  key: Identity,
  prev: UnitOp | null,
  deps: readonly OpId[],
  text: string,
  bent: Partial<Op> = {},
): UnitOp {
  const chain = { seq: prev === null ? 0 : prev.op.seq + 1, prev: prev?.id ?? null, deps: [...deps].sort(compareBytes) }
  return sign(key, { room, author: key.author, ...chain, time: 0, body: encodeBody({ kind: 'message', text }), ...bent })
}

/** A chain of `length` messages by `key` that begins after `deps`. */
export function chainOf(stage: Stage, key: Identity, length: number, deps: readonly OpId[] = [stage.room]): UnitOp[] {
  const chain: UnitOp[] = []
  while (chain.length < length) chain.push(message(stage, key, chain.at(-1) ?? null, chain.length === 0 ? deps : [], `${chain.length}`))
  return chain
}

/**
 * Says something to a node under a sender value, on the way on which that was last heard; it is there at once, and what comes of it takes time. `addressed`: to this run of the
 * node, as only the living can.
 */
export function tell({ world }: Stage, to: SimNode, from: PeerId, said: Message | Uint8Array, addressed = true): void {
  const way = to.engine.peers.get(from)?.way ?? 'open'
  deliver(world, to, { ...heard(from, said instanceof Uint8Array ? said : encodeMessage(said), addressed), way })
}

/** Something a node hears, as its engine is told of it. */
export const heard = (from: PeerId, bytes: Uint8Array, addressed = true): Heard => ({
  type: 'bytes',
  from,
  bytes,
  addressed,
  isLatest: true,
  way: 'open',
})

/** Brings units to a node, which has judged them when this returns: in ms, or in seconds when strangers have brought too much. */
export function push(stage: Stage, to: SimNode, from: PeerId, units: readonly Unit[]): void {
  tell(stage, to, from, { type: 'units', ref: 0, bundle: bundleOf(units), last: true, left: 0 })
  assert(runUntil(stage, 60_000, () => !to.engine.intake.has(from)) < Infinity, 'what is brought is judged')
}

/** Proves to a node that a sender value is this author's. */
export function prove(stage: Stage, to: SimNode, from: PeerId, { author, ...key }: Identity): void {
  const proof = STAND_IN.sign({ author, ...key }, peerProofBytes(stage.room, fromHex(from)!, to.engine.sender))
  tell(stage, to, from, { type: 'hello', author, proof, ...NEW })
  assert(runUntil(stage, 1_000, () => (to.engine.peers.get(from)?.author ?? null) !== null) < Infinity, 'who proves to be an author is one')
}

/** Says that it has heads that nobody here has. */
export function claim(stage: Stage, to: SimNode, from: PeerId, heads: readonly OpId[], headCount = heads.length, ops = 1_000_000): void {
  tell(stage, to, from, { type: 'heads', digest: NO_DIGEST, heads, headCount, ops, ...UNHEARD })
}

/** Says that it holds what this node holds, with the node's own words and its latest token. */
export function agreeWith(stage: Stage, to: SimNode, from: PeerId): void {
  const { engine } = to
  const said = { digest: storedDigest(engine), ...listHeads(headsOf(engine)), ops: engine.stored, token: new Uint8Array() }
  tell(stage, to, from, { type: 'heads', ...said, echoes: present(engine.tokens) })
}

/** Asks for everything, of one who holds what is below these heads, some of which may be named twice. */
export const wantBelow = (ref: number, heads: readonly OpId[], more: Partial<Want> = {}): Want => {
  const tips = heads.map((id) => ({ hint: new Uint8Array(2), seq: 0, id, isHead: true }))
  return { type: 'want', ref, ids: [], tips, parts: new Uint8Array(), headCount: heads.length, ops: 0, ofAll: false, after: 0, ...more }
}

/** Why a node refused what came from there, latest first; empty once it has cut the link. */
export const refusalsOf = ({ engine }: SimNode, from: PeerId): readonly Refusal[] => engine.peers.get(from)?.refusals ?? []

export const isCut = ({ engine }: SimNode, from: PeerId): boolean => engine.cut.has(from)
