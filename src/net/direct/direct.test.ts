/** Who gets a direct channel and who does not. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { concatBytes, fromHex } from '../../core/bytes.ts'
import { channelProofBytes, publicKeyOf, signPure } from '../../core/keys.ts'
import { asAuthor } from '../../core/op.ts'
import { ok, refuse } from '../../core/result.ts'
import { GIVE_UP_AFTER, RENEW_AFTER } from './due.ts'
import { cutFrame } from './framing.ts'
import { encodeSignal } from './signal.ts'
import {
  ADDRESSED,
  Pipe,
  begin,
  closedBy,
  described,
  end,
  frameOf,
  holdBack,
  join,
  met,
  numbered,
  offerTo,
  opened,
  pass,
  play,
  print,
  room,
  world,
} from './played.naive.ts'

beforeEach(begin)
afterEach(end)

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
    expect(a.transport.send(numbered(7))).toBe(false)
    await join(a, b, 0xb, 0xa)
    expect([a.peers, b.peers, a.transport.state]).toEqual([[b.self], [a.self], 'open'])
    expect(a.transport.send(numbered(7))).toBe(true)
    expect(b.transport.send(numbered(8), a.self)).toBe(true)
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

  test('a connection that is interrupted stays until a new one is proven, which is made after RENEW_AFTER', async () => {
    const [a, b] = await met()
    await join(a, b, 0xb, 0xa)
    const first = opened(a).at(-1)!.connection
    for (const node of [a, b]) node.direct.hearPage({ type: 'interrupted', connection: opened(node).at(-1)!.connection })
    const [made, answered] = [opened(a).length, opened(b).length]
    await pass(RENEW_AFTER + 1_000)
    const { connection } = opened(a).at(-1)!
    a.direct.hearPage({ type: 'description', connection, description: described('offer', 0xa) })
    await pass(10)
    expect([opened(a).length, opened(b).length, a.transport.send(numbered(7))]).toEqual([made + 1, answered + 1, true])
    await join(a, b, 0xb, 0xa)
    expect([closedBy(a), a.lost, b.lost, a.transport.state]).toEqual([[first], [], [], 'open'])
  })

  test('a connection that is interrupted where nothing else leads is kept when it comes through again, and given up after GIVE_UP_AFTER if not', async () => {
    const [a, b] = await met()
    await join(a, b, 0xb, 0xa)
    holdBack(() => true)
    const { connection } = opened(a).at(-1)!
    const interrupt = () => a.direct.hearPage({ type: 'interrupted', connection })
    interrupt()
    await pass(GIVE_UP_AFTER - 100)
    a.direct.hearPage({ type: 'connected', connection, ours: print(0xa), theirs: print(0xb) })
    await pass(1_000)
    expect([a.lost, closedBy(a)]).toEqual([[], []])
    interrupt()
    await pass(GIVE_UP_AFTER + 1_000)
    expect([a.lost, closedBy(a).includes(connection)]).toEqual([[b.self], true])
  })

  test('whoever does not answer is given up, and tried again ever more seldom', async () => {
    const a = play(1)
    const b = play(2)
    holdBack((from) => from === a.self && opened(a).length > 0)
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
    expect([a.peers, b.peers, a.transport.send(numbered(7))]).toEqual([[], [], false])
  })

  test('D12 with one on one side only, too', async () => {
    const [a, b] = await met()
    await join(a, b, 0xb, 0xf)
    expect(a.refused.length + b.refused.length).toBeGreaterThan(0)
    expect([a.transport.send(numbered(7)), b.transport.send(numbered(7))]).toEqual([false, false])
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
    expect(a.transport.send(numbered(7))).toBe(false)
    a.direct.hearPage({ type: 'connected', connection, ours: print(0xa), theirs: print(0xb) })
    pipe.onmessage!({ data: Uint8Array.of(1, ...numbered(7)).buffer })
    await pass(50)
    expect([a.refused, a.heard, a.peers, b.heard]).toEqual([['bad-channel'], [], [], []])
  })
})

describe('limits', () => {
  test('D22 a peer whose connection the page has closed as misused is lost', async () => {
    const [a, b] = await met()
    await join(a, b, 0xb, 0xa)
    const { connection } = opened(a).at(-1)!
    a.direct.hearPage({ type: 'misused', connection })
    expect([a.lost, closedBy(a)]).toEqual([[b.self], [connection]])
  })

  test.each([
    ['an empty piece', Uint8Array.of(1)],
    ['a frame of another version', Uint8Array.of(1, 9, ...numbered(7).subarray(1))],
  ])('D9 a peer that has proven itself and brings what is no frame loses the channel: %s', async (_, piece) => {
    const [a, b] = await met()
    const toB = await join(a, b, 0xb, 0xa)
    const { connection } = opened(a).at(-1)!
    toB.onmessage!({ data: piece.slice().buffer })
    await pass(10)
    expect([a.lost, a.transport.send(numbered(7)), closedBy(a)]).toEqual([[b.self], false, [connection]])
    expect(a.heard).toEqual([])
  })

  test('D25 what is for a peer with a channel goes there and nowhere else, whoever says that it is near', async () => {
    const [a, b] = await met()
    await join(a, b, 0xb, 0xa)
    const c = play(3)
    await met(a, c)
    await join(a, c, 0xb, 0xa)
    c.direct.hearSignal(b.self, encodeSignal({ type: 'here', device: fromHex(b.self)!, near: [] }), ADDRESSED)
    a.direct.hearSignal(c.self, encodeSignal({ type: 'here', device: fromHex(c.self)!, near: [fromHex(b.self)!] }), ADDRESSED)
    a.transport.send(numbered(7), b.self)
    await pass(10)
    expect([b.heard, c.heard]).toEqual([['07'], []])
  })

  test('D21 what waits for a peer is what waits in its own channel, whoever says that it is near', async () => {
    const [a, c] = await met()
    const toC = await join(a, c, 0xb, 0xa)
    const b = play(3)
    a.direct.hearSignal(b.self, encodeSignal({ type: 'here', device: fromHex(b.self)!, near: [] }), ADDRESSED)
    a.direct.hearSignal(c.self, encodeSignal({ type: 'here', device: fromHex(c.self)!, near: [fromHex(b.self)!] }), ADDRESSED)
    toC.bufferedAmount = 100_000
    expect([a.transport.buffered(c.self), a.transport.buffered(b.self)]).toEqual([100_000, 0])
  })

  test('D12 a connection that is proven stays, whatever is said in its peer’s name, until another one is', async () => {
    const [a, b] = await met()
    await join(a, b, 0xb, 0xa)
    for (const connection of [7, 8, 9]) {
      offerTo(a, b.self, 0, connection)
      await pass(2_500)
    }
    expect([a.lost, a.transport.send(numbered(7))]).toEqual([[], true])
    // Of the three, the last one alone is still under way.
    expect(opened(a).length - closedBy(a).length).toBe(2)
  })

  test('D9 MAX_HELD frames wait for the certificates of their channel, and more are lost', async () => {
    const [a, b] = await met()
    const pipe = new Pipe()
    const { connection } = opened(a).at(-1)!
    a.direct.hearPage({ type: 'channel', connection, channel: pipe as unknown as RTCDataChannel })
    pipe.onopen!()
    const message = channelProofBytes(room, new Uint8Array(32).fill(2), new Uint8Array(32).fill(1), print(0xb), print(0xa))
    const proof = encodeSignal({ type: 'proof', author: asAuthor(b.author), proof: signPure(new Uint8Array(32).fill(2), message) })
    const frame = frameOf(new Uint8Array(32).fill(2), proof)
    for (let i = 0; i < 70; i++) pipe.onmessage!({ data: concatBytes([Uint8Array.of(1), i === 0 ? frame : numbered(i)]).buffer })
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
      frameOf(new Uint8Array(32).fill(2), proof),
      ...Array.from({ length: 3 }, () => frameOf(new Uint8Array(32).fill(2), new Uint8Array(1_000_000))),
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
    holdBack(() => true)
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
    expect(await a.direct.takeByHand((answer.ok && answer.value.answer) || new Uint8Array())).toMatchObject(ok({ answer: null }))
    await join(a, b, 0xb, 0xa)
    expect([a.peers, b.peers]).toEqual([[b.self], [a.self]])
  })

  test('an answer to no invitation, or to one that was forgotten, is stale; other bytes are refused', async () => {
    const a = play(1)
    holdBack(() => true)
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
    expect(await a.direct.takeByHand((answer.ok && answer.value.answer) || new Uint8Array())).toEqual(refuse('stale-answer'))
    expect(await a.direct.takeByHand(new Uint8Array(5))).toEqual(refuse('truncated'))
    expect(await a.direct.takeByHand(frameOf(new Uint8Array(32).fill(2), new Uint8Array(18)))).toEqual(refuse('bad-message'))
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
