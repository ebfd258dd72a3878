/**
 * Attacks of the threat model by a member of the room, at `rate` times the rate at which each was first seen to work. Each sets itself
 * up and then gives what it does at a steady pace; it aims at all who speak in its room.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { signedBytes } from '../../core/keys.ts'
import { asAuthor, asOpId, hashOp, type Op } from '../../core/op.ts'
import type { UnitOp } from '../../core/unit.ts'
import { encodeBody } from '../../crdt/body.ts'
import { encodeSignal } from '../../net/direct/signal.ts'
import { encodeEnvelope, SENDER_BYTES, TAG_BYTES } from '../../net/envelope.ts'
import { encodeBundle } from '../../sync/bundle.ts'
import { decodeMessage, type Message } from '../../sync/messages.ts'
import { wrapBundle } from '../../sync/wrap.ts'
import { type Camp, drawKey, type Name } from './camp.ts'

/** What is done so often in a second. */
export interface Pace {
  readonly perSecond: number
  act(): Promise<void> | void
}

type Attack = (camp: Camp, rate: number) => Promise<Pace>

const bytes = (count: number): Uint8Array => new Uint8Array(randomBytes(count))

const claimOf = (ops: number): Message => ({
  type: 'heads',
  digest: bytes(32),
  heads: [asOpId(bytes(32))],
  headCount: 1,
  ops,
  token: new Uint8Array(),
  echoes: new Uint8Array(),
})

const WANT_ALL: Message = { type: 'want', ref: 1, ids: [], tips: [], parts: new Uint8Array(), headCount: 0, ops: 0, ofAll: false, after: 0 }

/** Ops without a prev, all by one key: each is a head of its own. */
function createForks({ room }: Camp): () => UnitOp {
  const key = drawKey()
  let n = 0
  return () => {
    const body = encodeBody({ kind: 'message', text: `${n++}` })
    const op: Op = { room: room.genesis, author: asAuthor(key.public), seq: 0, prev: null, deps: [room.genesis], time: n, body }
    const id = hashOp(op)
    return { op, id, signature: key.sign(signedBytes(id)) }
  }
}

const unitsOf = (ops: readonly UnitOp[]): Message => ({
  type: 'units',
  ref: 0,
  bundle: wrapBundle('raw', encodeBundle(ops.map((op) => [op]))),
  last: true,
  left: 0,
})

/** Does it for one name after the other. */
const inTurn = (names: readonly Name[], act: (name: Name) => Promise<void>): (() => Promise<void>) => {
  let turn = 0
  return () => act(names[turn++ % names.length]!)
}

const drawNames = async (camp: Camp, count: number): Promise<Name[]> => {
  const names: Name[] = []
  for (let i = 0; i < count; i++) names.push(await camp.name())
  return names
}

async function tellAll(camp: Camp, name: Name, what: () => Message | Uint8Array): Promise<void> {
  for (const other of camp.others().slice(-MOST_AIMED_AT)) await name.say(other, what())
}

/** Nodes that are spoken to one by one: the latest heard. */
const MOST_AIMED_AT = 4
/** Ops of one frame of the flood of heads, and its ops in a second: 60,000 in 56 s. */
const OPS_A_FRAME = 16
const HEADS_PER_SECOND = 1_071
/** Names of the flood of names, and their frames in a second. */
const NAMES = 256
const NAMED_FRAMES_PER_SECOND = 17
/** Recordings of runs that are over, and how many are said again in a second. */
const DEAD_RUNS = 260
const REPLAYS_PER_SECOND = 26
/** Connections that carry recordings, at most: half of a room's. */
const MOST_CARRIERS = 128
const RUNS_A_CARRIER = 16
const OFFERS_PER_SECOND = 20
const QUESTIONS_PER_SECOND = 20
const GARBAGE_PER_SECOND = 900
/** Names on one connection are as many as the relay takes. */
const GARBAGE_SENDERS = 16
/** Poured bytes: 1 MB in a second. */
const POURED_FRAME = 16_384
const POURED_PER_SECOND = 64
/** Names that answer with next to nothing, or not at all. */
const DRIPPING = 20
const CLAIM_EVERY_SECONDS = 2
const DRIP_EVERY = 900

export const ATTACKS: Readonly<Record<string, Attack>> = {
  /** Heads without end by one key. */
  D17: async (camp, rate) => {
    const [name, fork] = [await camp.name(), createForks(camp)]
    return {
      perSecond: (rate * HEADS_PER_SECOND) / OPS_A_FRAME,
      act: () => name.say(null, unitsOf(Array.from({ length: OPS_A_FRAME }, fork))),
    }
  },
  /** Names that are met, and come and go. */
  D18: async (camp, rate) => {
    const names = await drawNames(camp, NAMES * Math.min(rate, 4))
    return { perSecond: rate * NAMED_FRAMES_PER_SECOND, act: inTurn(names, (name) => tellAll(camp, name, () => claimOf(1_000))) }
  },
  /** Words of runs that are over, as a relay can say them again. */
  D19: async (camp, rate) => {
    const runs = Math.min(DEAD_RUNS * rate, MOST_CARRIERS * RUNS_A_CARRIER)
    const frames: Uint8Array[] = []
    for (let i = 0; i < runs; i++) frames.push(await camp.recording(i % 4 === 0 ? { ...WANT_ALL, ofAll: true } : claimOf(1_000)))
    const carriers = await Promise.all(Array.from({ length: Math.ceil(runs / RUNS_A_CARRIER) }, camp.connect))
    let turn = 0
    return {
      perSecond: rate * REPLAYS_PER_SECOND,
      act() {
        const at = turn++ % runs
        camp.send(carriers[Math.floor(at / RUNS_A_CARRIER)]!, frames[at]!)
      },
    }
  },
  /** Offers by names that nobody has met before, each with addresses. */
  D20: async (camp, rate) => {
    const offer = (): Uint8Array =>
      encodeSignal({
        type: 'description',
        connection: randomBytes(4).readUInt32BE(),
        description: {
          type: 'offer',
          ufrag: 'abcd',
          password: '0123456789abcdef01234567',
          fingerprint: bytes(32),
          setup: 'actpass',
          candidates: Array.from({ length: 8 }, (_, i) => `candidate:${i} 1 udp ${2_122_260_223 - i} 192.0.2.${i + 1} 9 typ host`),
        },
      })
    return {
      perSecond: rate * OFFERS_PER_SECOND,
      act: async () => {
        const name = await camp.name()
        await tellAll(camp, name, () => claimOf(1))
        await tellAll(camp, name, offer)
      },
    }
  },
  /** One that asks for everything, and takes all of it. */
  D21: async (camp, rate) => {
    const name = await camp.name()
    const taken = new Map<string, number>()
    name.hear = ({ sender, plaintext }) => {
      const said = decodeMessage(plaintext)
      if (!said.ok || said.value.type !== 'units' || said.value.last) return
      const { ref } = said.value
      const key = `${ref} ${sender.join()}`
      taken.set(key, (taken.get(key) ?? 0) + 1)
      void name.say(sender, { type: 'more', ref, taken: taken.get(key)! })
    }
    let ref = 1
    return { perSecond: rate * QUESTIONS_PER_SECOND, act: () => tellAll(camp, name, () => ({ ...WANT_ALL, ref: ref++ })) }
  },
  /** Frames that nobody can open, and frames that say nothing. */
  D22: async (camp, rate) => {
    const socket = await camp.connect()
    const senders = Array.from({ length: GARBAGE_SENDERS }, () => bytes(SENDER_BYTES))
    const name = await camp.name()
    let turn = 0
    return {
      perSecond: rate * GARBAGE_PER_SECOND,
      act() {
        const sender = senders[turn++ % senders.length]!
        const garbage = encodeEnvelope({ sender, receiver: null, counter: turn, ciphertext: bytes(60 + TAG_BYTES) })
        return turn % 2 === 0 ? name.say(null, new Uint8Array()) : camp.send(socket, garbage)
      },
    }
  },
  /** One connection pours, and another one does not read. */
  D23: async (camp, rate) => {
    const [sender, deaf, pouring] = [bytes(SENDER_BYTES), await camp.connect(), await camp.connect()]
    deaf.pause()
    const ciphertext = bytes(POURED_FRAME)
    let counter = 0
    return {
      perSecond: rate * POURED_PER_SECOND,
      act: () => camp.send(pouring, encodeEnvelope({ sender, receiver: null, counter: counter++, ciphertext })),
    }
  },
  /** Names that say that they have more, and when asked say nothing, or an op now and then. */
  D24: async (camp, rate) => {
    const names = await drawNames(camp, DRIPPING * rate)
    const fork = createForks(camp)
    for (const [i, name] of names.entries())
      if (i % 2 === 0) name.hear = ({ sender, plaintext }) => void drip(name, sender, plaintext, fork)
    return { perSecond: names.length / CLAIM_EVERY_SECONDS, act: inTurn(names, (name) => tellAll(camp, name, () => claimOf(1_000_000))) }
  },
}

/** Answers a question by an op every DRIP_EVERY, for as long as a turn may last. */
async function drip(name: Name, to: Uint8Array, plaintext: Uint8Array, fork: () => UnitOp): Promise<void> {
  const said = decodeMessage(plaintext)
  if (!said.ok || said.value.type !== 'want') return
  for (let i = 0; i < 10; i++) {
    await name.say(to, { ...unitsOf([fork()]), ref: said.value.ref, last: false, left: 1_000_000 } as Message)
    await sleep(DRIP_EVERY)
  }
}
