/**
 * Drives engines in a test: effects are answered from plain memory, signatures are a keyed hash (volume, not security),
 * messages go through a queue that the test can cut, drop from and shuffle. Time is a number.
 */
import { concatBytes, equalBytes, toHex } from '../core/bytes.ts'
import { opId, sha256 } from '../core/hash.ts'
import { signedBytes } from '../core/keys.ts'
import { asAuthor, asOpId, type Author, encodeOp, type Op, type OpId } from '../core/op.ts'
import { encodeBody } from '../crdt/body.ts'
import { judgeOpen } from '../rules/open.ts'
import { decodeBundle, encodeBundle, unwrapBundle, wrapBundle } from './bundle.ts'
import type { Effect, Input, Notice, StoredUnits } from './effects.ts'
import { createEngine, restore, step } from './engine.ts'
import type { Engine } from './state.ts'

/** Not a signature: anyone can make one. Stands in for it where thousands are needed. */
export const mockSign = (author: Uint8Array, message: Uint8Array): Uint8Array => {
  const half = sha256(concatBytes(author, message))
  return concatBytes(half, half)
}

export interface TestNode {
  readonly engine: Engine
  readonly disk: StoredUnits[]
  readonly notices: Notice[]
  /** When it asked to be woken. */
  alarm: number
  /** Messages to and from it are lost while true. */
  offline: boolean
  /** What its disk answers to writes instead of keeping them. */
  diskFailure: 'full' | 'failed' | null
}

export interface World {
  readonly nodes: TestNode[]
  now: number
  /** Messages on their way: [from, to, bytes]. */
  readonly wire: { readonly from: TestNode; readonly to: TestNode; readonly bytes: Uint8Array }[]
  /** Decides what happens to a message about to be delivered. */
  fate: (() => 'deliver' | 'drop' | 'repeat') | null
  sent: number
}

/** The digest of one who does not agree with anybody. */
export const NO_DIGEST = new Uint8Array(32)

const NAMES = 'alice bob carol dave erin frank grace heidi'.split(' ')

export function authorNamed(name: string): Author {
  const bytes = sha256(encodeBody({ kind: 'message', text: name }))
  // The top bit is the sign of x; a y below 2^254 is canonical whatever the rest.
  bytes[31]! &= 0x3f
  return asAuthor(bytes)
}

export function genesisBy(author: Author): { id: OpId; wrapped: Uint8Array } {
  const body = encodeBody({ kind: 'genesis', name: 'test', rules: 'open', rulesVersion: 1 })
  const op: Op = { room: null, author, seq: 0, prev: null, deps: [], time: 0, body }
  const bytes = encodeOp(op)
  const id = opId(bytes)
  return { id, wrapped: wrapBundle('raw', encodeBundle([[{ op, id, signature: mockSign(author, signedBytes(id)) }]])) }
}

/** A world of `count` nodes; the first one has the genesis. */
export function createWorld(count: number, seed = 1): World {
  const world: World = { nodes: [], now: 0, wire: [], fate: null, sent: 0 }
  const genesis = genesisBy(authorNamed(NAMES[0]!))
  for (let i = 0; i < count; i++) {
    const author = authorNamed(NAMES[i % NAMES.length]! + (i < NAMES.length ? '' : i))
    const disk: StoredUnits[] = i === 0 ? [{ first: 0, count: 1, bytes: genesis.wrapped }] : []
    world.nodes.push(createNode(world, author, genesis.id, disk, seed + i, false))
  }
  return world
}

export function createNode(
  world: World,
  author: Uint8Array,
  room: Uint8Array,
  disk: StoredUnits[],
  seed: number,
  resumed: boolean,
): TestNode {
  let random = seed
  const engine = createEngine({
    room: asOpId(room),
    author: asAuthor(author),
    sender: sha256(concatBytes(author, Uint8Array.of(seed & 255, (seed >> 8) & 255))),
    judge: judgeOpen,
    seed,
    random: () => (random = (random * 16807) % 2147483647) / 2147483647,
    now: world.now,
    resumed,
  })
  for (const { bytes } of disk) {
    const unwrapped = unwrapBundle(bytes)
    const units = unwrapped.ok ? decodeBundle(unwrapped.value.payload) : unwrapped
    if (!units.ok) throw new Error('a test disk holds bundles')
    restore(engine, units.value)
  }
  return { engine, disk, notices: [], alarm: Infinity, offline: false, diskFailure: null }
}

/** Gives one input and everything that follows from it at once: answers come before messages. */
export function give(world: World, node: TestNode, input: Input): void {
  const queue: Input[] = [input]
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const effect of step(node.engine, next, world.now)) {
      const answer = carryOut(world, node, effect)
      if (answer !== null) queue.push(answer)
    }
  }
}

function carryOut(world: World, node: TestNode, effect: Effect): Input | null {
  switch (effect.type) {
    case 'send':
      for (const to of world.nodes) {
        if (to === node || node.offline || to.offline || (effect.to !== null && effect.to !== to.engine.senderId)) continue
        world.wire.push({ from: node, to, bytes: effect.bytes })
        world.sent += effect.bytes.length
      }
      return null
    case 'notify':
      node.notices.push(effect.notice)
      return null
    case 'persist':
      if (node.diskFailure === null) node.disk.push(...effect.segments)
      return { type: 'stored', job: effect.job, failure: node.diskFailure }
    case 'verify':
      return {
        type: 'verified',
        job: effect.job,
        valid: effect.claims.map(({ author, message, signature }) => equalBytes(signature, mockSign(author, message))),
      }
    case 'sign':
      return { type: 'signed', job: effect.job, signature: mockSign(node.engine.author, effect.message) }
    case 'read': {
      const at = node.disk.findIndex(({ first, count }) => first + count > effect.from)
      return { type: 'loaded', job: effect.job, segments: at < 0 ? [] : node.disk.slice(at, at + effect.limit) }
    }
    case 'inflate':
      return { type: 'inflated', job: effect.job, bytes: effect.bytes }
    case 'deflate':
      return { type: 'deflated', job: effect.job, bytes: effect.bytes }
    case 'wakeAt':
      if (effect.at <= world.now) throw new Error(`asks at ${world.now} to be woken at ${effect.at}: a loop without rest`)
      node.alarm = effect.at
      return null
    case 'disconnect':
      return null
  }
}

/** Delivers what is on the wire, and what comes of it, until nothing is. */
export function deliverAll(world: World): void {
  for (let message = world.wire.shift(); message !== undefined; message = world.wire.shift()) {
    const { from, to, bytes } = message
    const fate = world.fate?.() ?? 'deliver'
    if (fate === 'drop' || from.offline || to.offline) continue
    for (let i = fate === 'repeat' ? 2 : 1; i > 0; i--) give(world, to, { type: 'bytes', from: from.engine.senderId, bytes })
  }
}

/** Lets `ms` pass in small steps, delivering everything. */
export function run(world: World, ms: number): void {
  for (const end = world.now + ms; world.now < end;) {
    world.now += 20
    for (const node of world.nodes) {
      if (node.alarm > world.now) continue
      node.alarm = Infinity
      give(world, node, { type: 'tick' })
    }
    deliverAll(world)
  }
}

export const say = (world: World, node: TestNode, text: string): void =>
  give(world, node, { type: 'submit', ref: node.notices.length, body: encodeBody({ kind: 'message', text }), time: 0 })

export const idsOf = (node: TestNode): string => {
  const { dag } = node.engine.replica
  return Array.from({ length: dag.length }, (_, op) => toHex(dag.ids.bytes.subarray(op * 32, op * 32 + 32)))
    .sort()
    .join()
}
