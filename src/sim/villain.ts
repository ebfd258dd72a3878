/**
 * An adversary: holds the room's secret and keys of its own, hears every broadcast, says what it likes to whom it likes
 * under as many sender values as it needs. It cannot sign in another's name, and it cannot alter what others send.
 */
import { compareBytes, equalBytes, toHex } from '../core/bytes.ts'
import { signedBytes } from '../core/keys.ts'
import { asOpId, hashOp, type Op, type OpId } from '../core/op.ts'
import type { Unit, UnitOp } from '../core/unit.ts'
import { encodeBody } from '../crdt/body.ts'
import { encodeBundle } from '../sync/bundle.ts'
import { wrapBundle } from '../sync/wrap.ts'
import type { PeerId } from '../sync/effects.ts'
import { decodeMessage, encodeMessage, kindOf, type Message, type Units, type Want } from '../sync/messages.ts'
import { type Identity, identityNumber, numberOfIdentity } from './identity.ts'
import { sendAs } from './network.ts'
import type { SimNode } from './node.ts'
import { createRandom, type Random } from './random.ts'
import type { World } from './world.ts'

export interface Strategy {
  /** Does its harm once, now. */
  act(villain: Villain): void
  /** A node asks it for ops. */
  asked?(villain: Villain, from: SimNode, want: Want): void
  /** A node says anything to one of its sender values. */
  told?(villain: Villain, from: SimNode, to: PeerId, bytes: Uint8Array): void
  /** A node tells everybody something. */
  overheard?(villain: Villain, from: SimNode, bytes: Uint8Array): void
  /** Acknowledges nothing. */
  readonly isDeaf?: boolean
  /** Its direct channels take nothing. */
  readonly takesNothing?: boolean
  /** Set when it goes on after the storm, since it does not change which ops there are: how often (ms). */
  readonly goesOnEvery?: number
}

export interface Villain {
  readonly name: string
  readonly strategy: Strategy
  readonly world: World
  readonly random: Random
  /** The number of its first key. */
  readonly firstKey: number
  /** Its present sender value; a new one when this was cut. */
  sender: PeerId
  /** What it signed and means to be valid. */
  readonly made: UnitOp[]
  /** Bundles that came of each answer, by who asked and the question's ref. */
  readonly taken: Map<string, number>
  /** The latest broadcasts it heard. */
  readonly heard: Uint8Array[]
  readonly counts: VillainCounts
}

/** How often it acted, and what came of it: refused, cut off, ops of its own admitted, asked for ops. */
export interface VillainCounts {
  acted: number
  refused: number
  cut: number
  admitted: number
  asked: number
}

/** Keys of one adversary. */
const KEYS = 24
/** Adversaries' keys have these numbers and the following. */
const FIRST_KEY = 1_000
const HEARD = 32

export function addVillain(world: World, name: string, strategy: Strategy): Villain {
  const index = world.villains.length
  const random = createRandom(world.plan.seed, `villain ${name}`)
  const villain: Villain = {
    name,
    strategy,
    world,
    random,
    firstKey: FIRST_KEY + index * KEYS,
    sender: '',
    made: [],
    taken: new Map(),
    heard: [],
    counts: { acted: 0, refused: 0, cut: 0, admitted: 0, asked: 0 },
  }
  world.villains.push(villain)
  newSender(villain)
  return villain
}

/** A sender value costs nothing. */
export function newSender(villain: Villain): PeerId {
  villain.sender = toHex(villain.random.bytes(32))
  villain.world.ports.set(villain.sender, villain)
  return villain.sender
}

export const keyNumber = ({ firstKey }: Villain, n: number): Identity => identityNumber(firstKey + (n % KEYS))

// — what comes of it ———————————————————————————————————————————————————————————————————————————————————————

export function overhear(villain: Villain, from: SimNode, bytes: Uint8Array): void {
  villain.heard.push(bytes)
  if (villain.heard.length > HEARD) villain.heard.shift()
  if (!villain.world.healed) villain.strategy.overheard?.(villain, from, bytes)
}

/** A node said something to one of its sender values. */
export function hear(_world: World, villain: Villain, from: SimNode, to: PeerId, bytes: Uint8Array): void {
  const { strategy, counts } = villain
  strategy.told?.(villain, from, to, bytes)
  const kind = kindOf(bytes)
  if (kind === 'want') counts.asked++
  // To decode costs more than all else here, so only what it makes use of is decoded.
  if (kind !== 'units' && (kind !== 'want' || to !== villain.sender || strategy.asked === undefined)) return
  const message = decodeMessage(bytes)
  if (message.ok && message.value.type === 'units') acknowledge(villain, from, to, message.value)
  if (message.ok && message.value.type === 'want') strategy.asked?.(villain, from, message.value)
}

/** Says that it has judged a bundle of an answer, as honest askers do: it gets all of it. */
function acknowledge({ world, taken, strategy }: Villain, from: SimNode, to: PeerId, { ref, last }: Units): void {
  if (last || ref === 0 || strategy.isDeaf === true) return
  const key = `${to} ${ref}`
  const count = (taken.get(key) ?? 0) + 1
  taken.set(key, count)
  sendAs(world, to, from, encodeMessage({ type: 'more', ref, taken: count }))
}

export function blamed(_world: World, villain: Villain, sender: PeerId, isCut: boolean): void {
  if (isCut) {
    villain.counts.cut++
    if (sender === villain.sender) newSender(villain)
  } else villain.counts.refused++
}

/** An op was admitted for the first time anywhere. */
export function contributed({ villains }: World, { op }: UnitOp): void {
  const villain = villains[Math.floor((numberOfIdentity(op.author) - FIRST_KEY) / KEYS)]
  if (villain !== undefined) villain.counts.admitted++
}

// — what it can do —————————————————————————————————————————————————————————————————————————————————————————

export function say(villain: Villain, to: SimNode, said: Message | Uint8Array): void {
  sendAs(villain.world, villain.sender, to, said instanceof Uint8Array ? said : encodeMessage(said))
}

export function push(villain: Villain, to: SimNode, units: readonly Unit[]): void {
  say(villain, to, { type: 'units', ref: 0, bundle: bundleOf(units), last: true, left: 0 })
}

export const bundleOf = (units: readonly Unit[]): Uint8Array => wrapBundle('raw', encodeBundle(units))

/** A hello of a node that has just begun, and heads of one that has heard nobody: what these say besides. */
export const NEW = { token: new Uint8Array(8), own: 0 } as const
export const UNHEARD = { token: new Uint8Array(), echoes: new Uint8Array() } as const

/** Any node. */
export const anyone = ({ world, random }: Villain): SimNode => random.pick(world.nodes)

/** Some nodes, at least one and not all if there are more. */
export function some({ world, random }: Villain): SimNode[] {
  const { nodes } = world
  return random.shuffled(nodes).slice(0, 1 + random.below(Math.max(1, nodes.length - 1)))
}

/** An op that everybody may know by now, mostly a recent one. */
export function publicOp({ world, random }: Villain): UnitOp {
  const { published } = world.ledger
  const back = Math.floor(random.next() ** 3 * published.length)
  return published[published.length - 1 - back]!
}

/** An op of this key after `prev` and `deps`, signed, whatever rule `bent` makes it break. */
export function compose(villain: Villain, key: Identity, prev: UnitOp | null, deps: readonly OpId[], bent: Partial<Op> = {}): UnitOp {
  const { world, random } = villain
  const others = deps.filter((dep) => prev === null || !equalBytes(dep, prev.id)).sort(compareBytes)
  const unique = others.filter((dep, i) => i === 0 || !equalBytes(dep, others[i - 1]!))
  const op: Op = {
    room: world.room,
    author: key.author,
    seq: prev === null ? 0 : prev.op.seq + 1,
    prev: prev?.id ?? null,
    deps: prev === null && unique.length === 0 ? [world.room] : unique,
    time: random.below(1_000_000),
    body: encodeBody({ kind: 'message', text: `${villain.name} ${random.below(1_000_000)}` }),
    ...bent,
  }
  const id = hashOp(op)
  return { op, id, signature: world.signatures.sign(key, signedBytes(id)) }
}

/** The id of an op that never was. */
export const ghost = ({ random }: Villain): OpId => asOpId(random.bytes(32))

/** The bytes with one bit flipped. */
export const bent = ({ random }: Villain, bytes: Uint8Array): Uint8Array => {
  const out = bytes.slice()
  const at = random.below(out.length)
  out[at] = out[at]! ^ (1 << random.below(8))
  return out
}

/** The op with a signature that is not its author's. */
export const badlySigned = (villain: Villain, unitOp: UnitOp): UnitOp => ({
  ...unitOp,
  signature: villain.random.pick([() => bent(villain, unitOp.signature!), () => new Uint8Array(64), () => villain.random.bytes(64)])(),
})

/** Its latest op that it means to be valid, or null. */
export const latest = (villain: Villain): UnitOp | null => villain.made.at(-1) ?? null
