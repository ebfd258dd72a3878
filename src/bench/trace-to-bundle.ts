/**
 * Turns a trace into ops of a room: each transaction one signed op, with the trace's parents, in a file that the app imports. A
 * transaction that is too large for an op becomes several, each after the one before it.
 *
 * An op's author and its prev form a chain, which a trace does not promise: there, an agent's transaction names its direct
 * parents only. So prev is always that agent's transaction before it, and what else the trace names becomes deps. In the traces
 * we use, the one before it is always in the transaction's causal past, so this adds an edge and no causality. (An agent that
 * forks its own chain would gain causality here; as two ops with one seq, it would be an equivocation instead.)
 */
import { compareBytes, concatBytes } from '../core/bytes.ts'
import { domainBytes, sha256 } from '../core/hash.ts'
import { publicKeyOf, signedBytes } from '../core/keys.ts'
import { MAX_BODY_BYTES, MAX_UNIT_BYTES, MAX_UNIT_OPS } from '../core/limits.ts'
import { type Author, hashOp, type Op, type OpId, opLength } from '../core/op.ts'
import { assert } from '../core/result.ts'
import type { Unit, UnitOp } from '../core/unit.ts'
import { encodeBody, type Patch } from '../crdt/body.ts'
import { formatLink } from '../node/link.ts'
import { OPEN } from '../rules/open.ts'
import { encodeBundle } from '../sync/bundle.ts'
import { EMPTY, filledWith } from '../sync/filling.ts'
import { encodeFile, wrapBundle } from '../sync/wrap.ts'
import type { Trace, TracePatch, Transaction } from './traces.ts'

/** "unit": what no unit-mate vouches for is signed, as nodes store and send history. "each": every op is, as it was when it was new. */
export type Signed = 'unit' | 'each'

export interface SignedTrace {
  /** The genesis alone, then the trace. */
  readonly units: readonly Unit[]
  /** The room's link, with which the app joins. */
  readonly link: string
  readonly genesis: OpId
  readonly secret: Uint8Array
  /** Ops whose prev the trace does not name as a parent. */
  readonly chained: number
}

export interface SigningKey {
  readonly author: Author
  sign(message: Uint8Array): Promise<Uint8Array>
}

/** Keys by WebCrypto, made of a text: the same text is the same author. */
export async function keyOfSeed(text: string): Promise<SigningKey> {
  const seed = sha256(domainBytes(text))
  // RFC 8410 §7: the PKCS #8 form of an Ed25519 key is this and its seed.
  const prefix = Uint8Array.of(0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20)
  const key = await crypto.subtle.importKey('pkcs8', concatBytes([prefix, seed]), 'Ed25519', false, ['sign'])
  return {
    author: publicKeyOf(seed),
    sign: async (message) => new Uint8Array(await crypto.subtle.sign('Ed25519', key, message.slice())),
  }
}

/** All but the signatures follows from the trace, `seed` and `signed`; they do too where the platform signs as RFC 8032 says. */
export async function signTrace(trace: Trace, name: string, signed: Signed, seed: string): Promise<SignedTrace> {
  const founder = await keyOfSeed(`${seed} founder`)
  const keys: SigningKey[] = []
  for (let agent = 0; agent < trace.agents; agent++) keys.push(await keyOfSeed(`${seed} agent ${agent}`))

  const body = encodeBody({ kind: 'genesis', name, ...OPEN })
  const genesis = hashed({ room: null, author: founder.author, seq: 0, prev: null, deps: [], time: 0, body })
  const { ops, chained } = chain(trace, keys, genesis.id)
  const units = [await sign([genesis], () => founder, signed)]
  for (const unit of cut(ops)) units.push(await sign(unit, ({ author }) => keys.find((key) => key.author === author)!, signed))
  const secret = sha256(domainBytes(`${seed} secret`))
  return { units, link: formatLink({ genesis: genesis.id, secret }), genesis: genesis.id, secret, chained }
}

type Hashed = Omit<UnitOp, 'signature'>

const hashed = (op: Op): Hashed => ({ op, id: hashOp(op) })

/** The ops of a trace in its order, and how many were given a prev that the trace does not name. */
function chain({ transactions }: Trace, keys: readonly SigningKey[], room: OpId): { ops: Hashed[]; chained: number } {
  const ops: Hashed[] = []
  /** By transaction: its last op. */
  const ends: Hashed[] = []
  /** By agent: place of its latest transaction. */
  const last = new Map<number, number>()
  let chained = 0
  for (const [place, transaction] of transactions.entries()) {
    const { agent, parents, time } = transaction
    const own = last.get(agent)
    if (own !== undefined && !parents.includes(own)) chained++
    let before = own === undefined ? null : ends[own]!
    let deps = parents.filter((parent) => parent !== own).map((parent) => ends[parent]!.id)
    if (before === null && deps.length === 0) deps = [room]
    for (const body of bodiesOf(transaction)) {
      const [seq, prev] = before === null ? [0, null] : [before.op.seq + 1, before.id]
      before = hashed({ room, author: keys[agent]!.author, seq, prev, deps: deps.sort(compareBytes), time, body })
      ops.push(before)
      deps = []
    }
    last.set(agent, place)
    ends.push(before!)
  }
  return { ops, chained }
}

/** Code points of one patch: at four bytes each, half of what a body may hold. */
const PIECE = MAX_BODY_BYTES / 8

/** What a transaction does, in bodies that an op can hold, to be done one after the other; one at least. */
function bodiesOf({ patches }: Transaction): Uint8Array[] {
  const bodies: Patch[][] = [[]]
  let bytes = 0
  for (const patch of patches.flatMap(piecesOf)) {
    // Beside others it takes no more than alone.
    const size = encodePatches([patch]).length
    if (bytes > 0 && bytes + size > MAX_BODY_BYTES - BODY_HEAD) {
      bodies.push([])
      bytes = 0
    }
    bodies.at(-1)!.push(patch)
    bytes += size
  }
  return bodies.map(encodePatches)
}

/** The length of a body's list takes more bytes when it is long. */
const BODY_HEAD = 8

const encodePatches = (patches: readonly Patch[]): Uint8Array => encodeBody({ kind: 'patch', patches })

/** A patch in pieces, to be done one after the other: the first deletes, each inserts where the one before it ended. */
function piecesOf([position, deleted, inserted]: TracePatch): Patch[] {
  const points = Array.from(inserted)
  const pieces: Patch[] = [{ position, deleted, inserted: points.slice(0, PIECE).join('') }]
  for (let i = PIECE; i < points.length; i += PIECE)
    pieces.push({ position: position + i, deleted: 0, inserted: points.slice(i, i + PIECE).join('') })
  return pieces
}

/** Stretches that fit into a unit each. */
function* cut(ops: readonly Hashed[]): Generator<readonly Hashed[]> {
  let start = 0
  let bytes = 0
  for (let i = 0; i < ops.length; i++) {
    const size = opLength(ops[i]!.op)
    assert(size <= MAX_UNIT_BYTES, 'an op fits into a unit')
    if (i - start === MAX_UNIT_OPS || bytes + size > MAX_UNIT_BYTES) {
      yield ops.slice(start, i)
      start = i
      bytes = 0
    }
    bytes += size
  }
  if (start < ops.length) yield ops.slice(start)
}

async function sign(ops: readonly Hashed[], keyOf: (op: Op) => SigningKey, signed: Signed): Promise<Unit> {
  const followed = new Set(ops.map(({ op }) => op.prev?.join()))
  const unit: UnitOp[] = []
  for (const each of ops) {
    const needed = signed === 'each' || !followed.has(each.id.join())
    unit.push({ ...each, signature: needed ? await keyOf(each.op).sign(signedBytes(each.id)) : null })
  }
  return unit
}

/** The file that holds these units. `deflateRaw` is RFC 1951, without a header. */
export function fileOf(units: readonly Unit[], deflateRaw: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  const bundles: Uint8Array[] = []
  let batch: Unit[] = []
  let filling = EMPTY
  const flush = (): void => {
    if (batch.length > 0) bundles.push(wrapBundle('deflate', deflateRaw(encodeBundle(batch))))
    batch = []
  }
  for (const unit of units) {
    const filled = filledWith(filling, unit)
    if (filled === null) flush()
    batch.push(unit)
    filling = filled ?? filledWith(EMPTY, unit)!
  }
  flush()
  return encodeFile(bundles)
}
