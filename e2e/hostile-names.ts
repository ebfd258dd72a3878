/**
 * Names that keep a seat as living peers do: they greet, prove an author, echo tokens and speak again every few seconds. What they claim
 * to hold, and how they treat questions, is up to the test.
 */
import { type SigningKey, keyOfSeed } from '../src/bench/trace-to-bundle.ts'
import { peerProofBytes, signedBytes } from '../src/core/keys.ts'
import { TOKEN_BYTES } from '../src/core/limits.ts'
import { asOpId, hashOp, type OpId } from '../src/core/op.ts'
import type { Unit } from '../src/core/unit.ts'
import { encodeBody } from '../src/crdt/body.ts'
import { parseLink } from '../src/node/link.ts'
import { encodeBundle } from '../src/sync/bundle.ts'
import { decodeMessage, encodeMessage, type Message, type Want } from '../src/sync/messages.ts'
import { wrapBundle } from '../src/sync/wrap.ts'
import type { HostileMember, HostileName } from './hostile-member.ts'

/** Often enough that nobody counts them as gone, and few enough that the tabs and not the names are busy (ms). */
const HEARTBEAT = 10_000
/** A node is told its token again after this time (ms): its peers are current for 16 s. */
const ECHO_AGAIN = 8_000

type Claim = Pick<Extract<Message, { type: 'heads' }>, 'digest' | 'heads' | 'headCount' | 'ops'>

export interface LivingName {
  readonly name: HostileName
  readonly key: SigningKey
}

interface Behaviour {
  /** What each claims to hold; by default what the node that spoke last holds. */
  readonly claim?: Claim
  /** What it does with a question of a node's; by default nothing. */
  readonly onWant?: (self: LivingName, from: Uint8Array, want: Want) => void
}

export interface LivingNames {
  readonly all: readonly LivingName[]
  /** How many questions nodes have asked them. */
  readonly asked: () => number
  end(): void
}

/** Brings `count` living names into the room. */
export async function bringNames(member: HostileMember, link: string, count: number, behaviour: Behaviour = {}): Promise<LivingNames> {
  const room = roomOf(link)
  const all: LivingName[] = []
  const nothing: Claim = { digest: room, heads: [room], headCount: 1, ops: 1 }
  let claim = behaviour.claim ?? nothing
  let asked = 0
  const headsMessage = (token: Uint8Array, echoes: Uint8Array): Uint8Array => encodeMessage({ type: 'heads', ...claim, token, echoes })

  for (let n = 0; n < count; n++) {
    const key = await keyOfSeed(`the author of a hostile name ${n}`)
    /** When it echoed last, by sender value. */
    const echoed = new Map<string, number>()
    const greet = async (to: Uint8Array): Promise<void> => {
      const proof = await key.sign(peerProofBytes(room, name.sender, to))
      await name.say(to, encodeMessage({ type: 'hello', author: key.author, proof, token: tokenOf(n), own: 0 }))
    }
    const echo = async (to: Uint8Array, token: Uint8Array): Promise<void> => {
      const before = echoed.get(String(to))
      if (before !== undefined && performance.now() < before + ECHO_AGAIN) return
      echoed.set(String(to), performance.now())
      await name.say(to, headsMessage(new Uint8Array(), token))
      if (before === undefined) await greet(to)
    }
    const name = await member.name(({ sender, plaintext }) => {
      const decoded = decodeMessage(plaintext)
      if (!decoded.ok) return
      const message = decoded.value
      if (message.type === 'heads' && behaviour.claim === undefined) claim = message
      if ((message.type === 'hello' || message.type === 'heads') && message.token.length > 0) void echo(sender, message.token)
      if (message.type !== 'want') return
      asked++
      behaviour.onWant?.(self, sender, message)
    })
    const self: LivingName = { name, key }
    all.push(self)
  }
  const speak = (): void => all.forEach(({ name }, n) => void name.say(null, headsMessage(tokenOf(n), new Uint8Array())))
  speak()
  const timer = setInterval(speak, HEARTBEAT)
  return { all, asked: () => asked, end: () => clearInterval(timer) }
}

const tokenOf = (n: number): Uint8Array => new Uint8Array(TOKEN_BYTES).fill(n)

/** The room of a link. */
export function roomOf(link: string): OpId {
  const room = parseLink(link)
  if (room === null) throw new Error('no link')
  return asOpId(room.genesis)
}

/** A message that begins an author's chain in the room, as a unit of its own. */
export async function firstMessage(room: OpId, key: SigningKey, text: string): Promise<Unit> {
  const op = { room, author: key.author, seq: 0, prev: null, deps: [room], time: 0, body: encodeBody({ kind: 'message', text }) }
  const id = hashOp(op)
  return [{ op, id, signature: await key.sign(signedBytes(id)) }]
}

/** Units as they are sent to everybody when they are new. */
export const unitsMessage = (units: readonly Unit[]): Uint8Array => partMessage(bundleOf(units), 0)

export const bundleOf = (units: readonly Unit[]): Uint8Array => wrapBundle('raw', encodeBundle(units))

/** A bundle as a part of the answer to the question `ref`, more of which is to come. */
export const partMessage = (bundle: Uint8Array, ref: number): Uint8Array =>
  encodeMessage({ type: 'units', ref, bundle, last: ref === 0, left: 1_000 })
