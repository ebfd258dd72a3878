/** Nodes whose pages, channels, certificates and clock are played by a test. */
import { vi } from 'vitest'
import { concatBytes, equalBytes, toHex } from '../../core/bytes.ts'
import { publicKeyOf, signPure, verifyPure } from '../../core/keys.ts'
import { asAuthor, asOpId } from '../../core/op.ts'
import { ok } from '../../core/result.ts'
import { encodeEnvelope, HEADER_BYTES, parseEnvelope, TAG_BYTES } from '../envelope.ts'
import type { Transport } from '../transport.ts'
import type { Description } from './description.ts'
import { createDirect, type Direct } from './direct.ts'
import type { HeardBy } from './hear.ts'
import type { IceServer, PageCommand } from './page-port.ts'
import { decodeSignal, encodeSignal, type Signal } from './signal.ts'

export const room = asOpId(new Uint8Array(32).fill(1))

export interface Played {
  readonly self: string
  readonly direct: Direct
  readonly transport: Transport
  readonly commands: PageCommand[]
  readonly heard: string[]
  readonly refused: string[]
  readonly peers: string[]
  readonly lost: string[]
  /** Peers whose author the engine knows. */
  readonly authors: Map<string, Uint8Array>
  readonly author: Uint8Array
  /** What it said, and to whom; null: to everybody. */
  readonly said: { readonly to: string | null; readonly signal: Signal }[]
}

export const ADDRESSED: HeardBy = { near: false, addressed: true }

/** Authors that have ops on everybody's disk, in the order of their first ones. */
export const writers: Uint8Array[] = []

export const world = new Map<string, Played>()
/** Signals that are not let through. */
let holdsBack: (from: string, to: string) => boolean = () => false
export const holdBack = (which: typeof holdsBack): void => void (holdsBack = which)

/** A frame that is not sealed: that is the affair of others. */
export const frameOf = (sender: Uint8Array, content: Uint8Array): Uint8Array<ArrayBuffer> =>
  encodeEnvelope({ sender, receiver: null, counter: 0, ciphertext: concatBytes([new Uint8Array(TAG_BYTES), content]) })
const contentOf = (frame: Uint8Array): Uint8Array => frame.subarray(HEADER_BYTES + TAG_BYTES)
/** A frame of somebody, with a number in it. */
export const numbered = (n: number): Uint8Array<ArrayBuffer> => frameOf(new Uint8Array(32).fill(0xcc), Uint8Array.of(n))

export function play(name: number, key = name, servers: readonly IceServer[] = []): Played {
  const sender = new Uint8Array(32).fill(name)
  const self = toHex(sender)
  const seed = new Uint8Array(32).fill(key)
  const commands: PageCommand[] = []
  const direct = createDirect({
    room,
    author: asAuthor(publicKeyOf(seed)),
    self: sender,
    servers,
    page: (command) => commands.push(command),
    sign: async (message) => signPure(seed, message),
    verify: async ({ signature, message, author }) => verifyPure(signature, message, author),
  })
  const [heard, refused, peers, lost] = [[], [], [], []] as string[][] as [string[], string[], string[], string[]]
  const authors = new Map<string, Uint8Array>()
  const said: Played['said'] = []
  const transport = direct.open(
    { onFrame: (frame) => heard.push(toHex(contentOf(frame))), onState: () => {} },
    {
      seal: async (_to, bytes) => frameOf(sender, bytes),
      open: async (frame) => {
        const envelope = parseEnvelope(frame)
        if (!envelope.ok) return envelope
        return ok({ sender: envelope.value.sender, receiver: null, plaintext: contentOf(frame), isLatest: true })
      },
      send(to, bytes) {
        const signal = decodeSignal(bytes)
        if (signal.ok) said.push({ to, signal: signal.value })
        for (const [id, other] of world)
          if (id !== self && (to === null || to === id) && !holdsBack(self, id))
            other.direct.hearSignal(self, bytes, { near: false, addressed: to !== null })
      },
      authorOf: (peer) => authors.get(peer) ?? null,
      seniorityOf(author) {
        const number = writers.findIndex((one) => equalBytes(one, author))
        return number < 0 ? null : number
      },
      onLost: (peer) => lost.push(peer),
      onPeer: (peer) => peers.push(peer),
      onRefused: (reason) => refused.push(reason),
    },
  )
  const played = { self, direct, transport, commands, heard, refused, peers, lost, authors, author: publicKeyOf(seed), said }
  world.set(self, played)
  return played
}

export class Pipe {
  readyState: RTCDataChannelState = 'connecting'
  bufferedAmount = 0
  bufferedAmountLowThreshold = 0
  binaryType: BinaryType = 'blob'
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: (() => void) | null = null
  onerror: (() => void) | null = null
  onbufferedamountlow: (() => void) | null = null
  other: Pipe | null = null
  send(piece: Uint8Array): void {
    const data = piece.slice().buffer
    queueMicrotask(() => this.other?.onmessage?.({ data }))
  }
  close(): void {
    const { other } = this
    this.other = null
    queueMicrotask(() => other?.onclose?.())
  }
}

export const described = (type: 'offer' | 'answer', fill: number): Description => ({
  type,
  ufrag: 'abcd',
  password: 'p'.repeat(22),
  fingerprint: new Uint8Array(32).fill(fill),
  setup: type === 'offer' ? 'actpass' : 'active',
  candidates: [],
})

export const opened = ({ commands }: Played): Extract<PageCommand, { type: 'open' }>[] =>
  commands.filter((command) => command.type === 'open')

/** Lets time pass until everybody has done what is due. */
export const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

/** A certificate: that of the node whose number it is, unless somebody sits between. */
export type Certificate = number
export const print = (certificate: Certificate): Uint8Array => new Uint8Array(32).fill(certificate)

/** Joins the last connection of two nodes: a channel between them, and the certificates that each sees at the other end. Gives the first one's end. */
export async function join(
  a: Played,
  b: Played,
  seenByA: Certificate,
  seenByB: Certificate,
  own: readonly [Certificate, Certificate] = [0xa, 0xb],
): Promise<Pipe> {
  const [first, second] = [new Pipe(), new Pipe()]
  first.other = second
  second.other = first
  const [left, right] = [opened(a).at(-1)!.connection, opened(b).at(-1)!.connection]
  a.direct.hearPage({ type: 'channel', connection: left, channel: first as unknown as RTCDataChannel })
  b.direct.hearPage({ type: 'channel', connection: right, channel: second as unknown as RTCDataChannel })
  for (const pipe of [first, second]) pipe.onopen!()
  a.direct.hearPage({ type: 'connected', connection: left, ours: print(own[0]), theirs: print(seenByA) })
  b.direct.hearPage({ type: 'connected', connection: right, ours: print(own[1]), theirs: print(seenByB) })
  await pass(50)
  return first
}

/** Two nodes that have met: the first one offered, and the other one answered. */
export async function met(a = play(1), b = play(2)): Promise<[Played, Played]> {
  await pass(3_000)
  const [offering, answering] = opened(a)[0]?.offers === true ? [a, b] : [b, a]
  offering.direct.hearPage({ type: 'description', connection: opened(offering).at(-1)!.connection, description: described('offer', 0xa) })
  await pass(10)
  answering.direct.hearPage({
    type: 'description',
    connection: opened(answering).at(-1)!.connection,
    description: described('answer', 0xb),
  })
  await pass(10)
  return [a, b]
}

/** A sender value for each number. */
export const named = (n: number): string => toHex(Uint8Array.of(n >> 8, n & 255, ...new Uint8Array(30).fill(0xee)))

export const candidateOf = (n: number): string => `candidate:${n} 1 udp 1 192.0.2.7 ${50_000 + n} typ host`

/** An offer by this name, with so many candidates. */
export const offerTo = ({ direct }: Played, from: string, candidates = 0, connection = 1): void => {
  const description = { ...described('offer', 0xe), candidates: Array.from({ length: candidates }, (_, n) => candidateOf(n)) }
  direct.hearSignal(from, encodeSignal({ type: 'description', connection, description }), ADDRESSED)
}

/** One more candidate for the connection that this name numbered so. */
export const trickle = ({ direct }: Played, from: string, n: number, connection = 1): void =>
  direct.hearSignal(from, encodeSignal({ type: 'candidate', connection, ufrag: 'abcd', candidate: candidateOf(n) }), ADDRESSED)

/** What a peer's author is: one that has written, after those before. */
export function writes({ authors }: Played, peer: string): void {
  const author = new Uint8Array(32).fill(writers.length + 100)
  writers.push(author)
  authors.set(peer, author)
}

export const tried = ({ commands }: Played): number[] => [
  ...new Set(commands.flatMap((each) => (each.type === 'candidate' ? [each.connection] : []))),
]
export const closedBy = ({ commands }: Played): number[] => commands.flatMap((each) => (each.type === 'close' ? [each.connection] : []))

/** Before each test: time passes only as `pass` says. */
export const begin = (): void => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })

/** After each test. */
export function end(): void {
  for (const { transport } of world.values()) transport.close()
  world.clear()
  writers.length = 0
  holdBack(() => false)
  vi.useRealTimers()
}
