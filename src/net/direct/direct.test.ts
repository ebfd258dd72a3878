/** Who gets a direct channel and who does not: nodes whose pages, channels and certificates are played here. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { concatBytes, toHex } from '../../core/bytes.ts'
import { channelProofBytes, publicKeyOf, signPure, verifyPure } from '../../core/keys.ts'
import { asAuthor, asOpId } from '../../core/op.ts'
import { ok, refuse } from '../../core/result.ts'
import type { Transport } from '../transport.ts'
import type { Description } from './description.ts'
import { cutFrame } from './framing.ts'
import { createDirect, type Direct } from './direct.ts'
import type { PageCommand } from './page-port.ts'
import { encodeSignal } from './signal.ts'

const room = asOpId(new Uint8Array(32).fill(1))

interface Played {
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
}

const world = new Map<string, Played>()
/** Signals that are not let through. */
let holdsBack: (from: string, to: string) => boolean = () => false

/** Frames carry their sender and are not sealed: that is the affair of others. */
function play(name: number, key = name): Played {
  const sender = new Uint8Array(32).fill(name)
  const self = toHex(sender)
  const seed = new Uint8Array(32).fill(key)
  const commands: PageCommand[] = []
  const direct = createDirect({
    room,
    author: asAuthor(publicKeyOf(seed)),
    self: sender,
    servers: [],
    page: (command) => commands.push(command),
    sign: async (message) => signPure(seed, message),
    verify: async ({ signature, message, author }) => verifyPure(signature, message, author),
  })
  const [heard, refused, peers, lost] = [[], [], [], []] as string[][] as [string[], string[], string[], string[]]
  const authors = new Map<string, Uint8Array>()
  const transport = direct.open(
    { onFrame: (frame) => heard.push(toHex(frame)), onState: () => {} },
    {
      seal: async (_to, bytes) => concatBytes([sender, bytes]),
      open: async (frame) =>
        frame.length < 32
          ? refuse('truncated')
          : ok({ sender: frame.slice(0, 32), receiver: null, plaintext: frame.slice(32), isLatest: true }),
      send(to, bytes) {
        for (const [id, other] of world)
          if (id !== self && (to === null || to === id) && !holdsBack(self, id)) other.direct.hearSignal(self, bytes, false)
      },
      authorOf: (peer) => authors.get(peer) ?? null,
      onLost: (peer) => lost.push(peer),
      onPeer: (peer) => peers.push(peer),
      onRefused: (reason) => refused.push(reason),
    },
  )
  const played = { self, direct, transport, commands, heard, refused, peers, lost, authors, author: publicKeyOf(seed) }
  world.set(self, played)
  return played
}

class Pipe {
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

const described = (type: 'offer' | 'answer', fill: number): Description => ({
  type,
  ufrag: 'abcd',
  password: 'p'.repeat(22),
  fingerprint: new Uint8Array(32).fill(fill),
  setup: type === 'offer' ? 'actpass' : 'active',
  candidates: [],
})

const opened = ({ commands }: Played): Extract<PageCommand, { type: 'open' }>[] => commands.filter((command) => command.type === 'open')

/** Lets time pass until everybody has done what is due. */
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

/** A certificate: that of the node whose number it is, unless somebody sits between. */
type Certificate = number
const print = (certificate: Certificate): Uint8Array => new Uint8Array(32).fill(certificate)

/** Joins the last connection of two nodes: a channel between them, and the certificates that each sees at the other end. */
async function join(
  a: Played,
  b: Played,
  seenByA: Certificate,
  seenByB: Certificate,
  own: readonly [Certificate, Certificate] = [0xa, 0xb],
): Promise<void> {
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
}

/** Two nodes that have met: the first one offered, and the other one answered. */
async function met(a = play(1), b = play(2)): Promise<[Played, Played]> {
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

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => {
  for (const { transport } of world.values()) transport.close()
  world.clear()
  holdsBack = () => false
  vi.useRealTimers()
})

describe('two nodes that hear of each other', () => {
  test('connect: both would offer, and the lower one’s offer counts', async () => {
    const [a, b] = await met()
    expect(opened(a).map(({ offers }) => offers)).toEqual([true])
    expect(opened(b).at(-1)!.offers).toBe(false)
    expect(b.commands.findLast(({ type }) => type === 'description')).toMatchObject({ description: described('offer', 0xa) })
    expect(a.commands.findLast(({ type }) => type === 'description')).toMatchObject({ description: described('answer', 0xb) })
  })

  test('hear each other once both have proven who they are', async () => {
    const [a, b] = await met()
    expect(a.transport.send(Uint8Array.of(7))).toBe(false)
    await join(a, b, 0xb, 0xa)
    expect([a.peers, b.peers, a.transport.state]).toEqual([[b.self], [a.self], 'open'])
    expect(a.transport.send(Uint8Array.of(7))).toBe(true)
    expect(b.transport.send(Uint8Array.of(8), a.self)).toBe(true)
    await pass(1)
    expect([a.heard, b.heard]).toEqual([['08'], ['07']])
  })

  test('a channel that closes is told of, and a new one is made after a while', async () => {
    const [a, b] = await met()
    await join(a, b, 0xb, 0xa)
    const before = opened(a).length
    b.transport.close()
    world.delete(b.self)
    await pass(10)
    expect([a.lost, a.transport.state]).toEqual([[b.self], 'connecting'])
    await pass(10_000)
    expect(opened(a).length).toBeGreaterThan(before)
  })

  test('whoever does not answer is given up, and tried again ever more seldom', async () => {
    const a = play(1)
    const b = play(2)
    holdsBack = (from) => from === a.self && opened(a).length > 0
    await pass(600_000)
    expect(world.has(b.self)).toBe(true)
    expect(opened(a).length).toBeGreaterThan(1)
    expect(opened(a).length).toBeLessThan(13)
    expect(a.commands.filter(({ type }) => type === 'close').length).toBeGreaterThanOrEqual(opened(a).length - 1)
  })
})

describe('a channel whose other end is not who was called', () => {
  test('D12 with a man in the middle and certificates of his own on either side is found out by both, and nothing was heard or sent', async () => {
    const [a, b] = await met()
    await join(a, b, 0xe, 0xf)
    expect([a.refused, b.refused]).toEqual([['bad-channel'], ['bad-channel']])
    expect([a.peers, b.peers, a.transport.send(Uint8Array.of(7))]).toEqual([[], [], false])
  })

  test('D12 with one on one side only, too', async () => {
    const [a, b] = await met()
    await join(a, b, 0xb, 0xf)
    expect(a.refused.length + b.refused.length).toBeGreaterThan(0)
    expect([a.transport.send(Uint8Array.of(7)), b.transport.send(Uint8Array.of(7))]).toEqual([false, false])
  })

  test('D12 that proves a key of its own in the name of a peer that has proven another one is refused', async () => {
    const [a, mallory] = await met(play(1), play(2, 9))
    a.authors.set(mallory.self, publicKeyOf(new Uint8Array(32).fill(2)))
    await join(a, mallory, 0xb, 0xa)
    expect([a.refused, a.peers]).toEqual([['bad-channel'], []])
  })

  test('D12 that says anything before its proof, or a proof of somebody else’s channel, is refused', async () => {
    const [a, b] = await met()
    const pipe = new Pipe()
    pipe.other = new Pipe()
    const { connection } = opened(a).at(-1)!
    a.direct.hearPage({ type: 'channel', connection, channel: pipe as unknown as RTCDataChannel })
    pipe.onopen!()
    expect(a.transport.send(Uint8Array.of(7))).toBe(false)
    a.direct.hearPage({ type: 'connected', connection, ours: print(0xa), theirs: print(0xb) })
    pipe.onmessage!({ data: Uint8Array.of(1, ...new Uint8Array(60)).buffer })
    await pass(50)
    expect([a.refused, a.heard, a.peers, b.heard]).toEqual([['bad-channel'], [], [], []])
  })
})

describe('limits', () => {
  const offerTo = (a: Played, from: number): void => {
    const signal = encodeSignal({ type: 'description', connection: 1, description: described('offer', from) })
    a.direct.hearSignal(toHex(new Uint8Array(32).fill(from)), signal, false)
  }

  test('D10 MAX_CONNECTIONS are made at once, whoever offers more', async () => {
    const a = play(1)
    await pass(1_000)
    for (let from = 2; from < 60; from++) offerTo(a, from)
    expect(opened(a).length).toBe(48)
    expect(a.commands.filter(({ type }) => type === 'close')).toEqual([])
  })

  test('D12 a connection that is proven stays, whatever is said in its peer’s name, until another one is', async () => {
    const [a, b] = await met()
    await join(a, b, 0xb, 0xa)
    for (const connection of [7, 8, 9]) {
      a.direct.hearSignal(b.self, encodeSignal({ type: 'description', connection, description: described('offer', 0xe) }), false)
    }
    expect([a.lost, a.transport.send(Uint8Array.of(7))]).toEqual([[], true])
    // Of the three, the last one alone is still under way.
    expect(opened(a).length - a.commands.filter(({ type }) => type === 'close').length).toBe(2)
  })

  test('D5 candidates are passed on to the page MAX_TRICKLED for a connection, and no more', async () => {
    const a = play(1)
    await pass(1_000)
    offerTo(a, 2)
    const candidate = encodeSignal({
      type: 'candidate',
      connection: 1,
      ufrag: 'abcd',
      candidate: 'candidate:1 1 udp 1 192.0.2.7 9 typ host',
    })
    for (let i = 0; i < 100; i++) a.direct.hearSignal(toHex(new Uint8Array(32).fill(2)), candidate, false)
    expect(a.commands.filter(({ type }) => type === 'candidate').length).toBe(64)
  })

  test('D9 MAX_HELD frames wait for the certificates of their channel, and more are lost', async () => {
    const [a, b] = await met()
    const pipe = new Pipe()
    const { connection } = opened(a).at(-1)!
    a.direct.hearPage({ type: 'channel', connection, channel: pipe as unknown as RTCDataChannel })
    pipe.onopen!()
    const message = channelProofBytes(room, new Uint8Array(32).fill(2), new Uint8Array(32).fill(1), print(0xb), print(0xa))
    const proof = encodeSignal({ type: 'proof', author: asAuthor(b.author), proof: signPure(new Uint8Array(32).fill(2), message) })
    const frame = concatBytes([new Uint8Array(32).fill(2), proof])
    for (let i = 0; i < 70; i++) pipe.onmessage!({ data: concatBytes([Uint8Array.of(1), i === 0 ? frame : Uint8Array.of(i)]).buffer })
    await pass(10)
    a.direct.hearPage({ type: 'connected', connection, ours: print(0xa), theirs: print(0xb) })
    await pass(10)
    expect(a.heard).toEqual(Array.from({ length: 63 }, (_, i) => (i + 1).toString(16).padStart(2, '0')))
  })

  test('D9 MAX_HELD_BYTES of frames wait, and more are lost', async () => {
    const [a, b] = await met()
    const pipe = new Pipe()
    const { connection } = opened(a).at(-1)!
    a.direct.hearPage({ type: 'channel', connection, channel: pipe as unknown as RTCDataChannel })
    pipe.onopen!()
    const message = channelProofBytes(room, new Uint8Array(32).fill(2), new Uint8Array(32).fill(1), print(0xb), print(0xa))
    const proof = encodeSignal({ type: 'proof', author: asAuthor(b.author), proof: signPure(new Uint8Array(32).fill(2), message) })
    const frames = [
      concatBytes([new Uint8Array(32).fill(2), proof]),
      new Uint8Array(1_000_000),
      new Uint8Array(1_000_000),
      new Uint8Array(1_000_000),
    ]
    for (const frame of frames) for (const piece of cutFrame(frame)) pipe.onmessage!({ data: piece.buffer })
    await pass(10)
    a.direct.hearPage({ type: 'connected', connection, ours: print(0xa), theirs: print(0xb) })
    await pass(10)
    expect(a.heard.length).toBe(2)
  })
})

describe('by hand', () => {
  test('an invitation and its answer connect two who hear nothing of each other', async () => {
    holdsBack = () => true
    const [a, b] = [play(1), play(2)]
    await pass(1_000)
    const invitation = a.direct.invite()
    await pass(1)
    expect(opened(a).at(-1)).toMatchObject({ offers: true, trickles: false })
    a.direct.hearPage({ type: 'description', connection: opened(a).at(-1)!.connection, description: described('offer', 0xa) })
    const offer = await invitation
    const answering = b.direct.takeByHand(offer.ok ? offer.value : new Uint8Array())
    await pass(1)
    b.direct.hearPage({ type: 'description', connection: opened(b).at(-1)!.connection, description: described('answer', 0xb) })
    const answer = await answering
    // A walk later, of which the answering browser has had enough.
    b.direct.hearPage({ type: 'failed', connection: opened(b).at(-1)!.connection })
    await pass(120_000)
    expect(await a.direct.takeByHand(answer.ok && answer.value !== null ? answer.value : new Uint8Array())).toEqual(ok(null))
    await join(a, b, 0xb, 0xa)
    expect([a.peers, b.peers]).toEqual([[b.self], [a.self]])
  })

  test('an answer to no invitation, or to one that was forgotten, is stale; other bytes are refused', async () => {
    const a = play(1)
    holdsBack = () => true
    const b = play(2)
    await pass(1_000)
    const invitation = a.direct.invite()
    await pass(1)
    a.direct.hearPage({ type: 'description', connection: opened(a).at(-1)!.connection, description: described('offer', 0xa) })
    const offer = await invitation
    const answering = b.direct.takeByHand(offer.ok ? offer.value : new Uint8Array())
    await pass(1)
    b.direct.hearPage({ type: 'description', connection: opened(b).at(-1)!.connection, description: described('answer', 0xb) })
    const answer = await answering
    await pass(11 * 60_000)
    expect(await a.direct.takeByHand(answer.ok && answer.value !== null ? answer.value : new Uint8Array())).toEqual(refuse('stale-answer'))
    expect(await a.direct.takeByHand(new Uint8Array(5))).toEqual(refuse('truncated'))
    expect(await a.direct.takeByHand(new Uint8Array(50))).toEqual(refuse('bad-message'))
  })

  test('a page that cannot make connections says so', async () => {
    const a = play(1)
    await pass(1_000)
    const invitation = a.direct.invite()
    await pass(1)
    a.direct.hearPage({ type: 'unsupported', connection: opened(a).at(-1)!.connection })
    expect(await invitation).toEqual(refuse('no-webrtc'))
  })
})
