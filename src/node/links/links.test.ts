/** Which path a message takes when there are several. */
import { expect, test } from 'vitest'
import { sha256 } from '../../core/hash.ts'
import { toHex } from '../../core/bytes.ts'
import type { Direct } from '../../net/direct/direct.ts'
import type { HeardBy } from '../../net/direct/hear.ts'
import { encodeSignal } from '../../net/direct/signal.ts'
import type { DirectHost } from '../../net/direct/state.ts'
import type { Sealer } from '../../net/sealed.ts'
import { sealerOf, senderOf } from '../../net/sealer.naive.ts'
import type { OpenTransport, Path, TransportEvents } from '../../net/transport.ts'
import { DEAF } from './deaf.naive.ts'
import { createLinks } from './links.ts'
import type { Way } from '../../sync/effects.ts'
import type { LinksEvents } from './state.ts'

const bytes = (n: number): Uint8Array => sha256(Uint8Array.of(n))

/** A node's links by relay, a direct channel to `peer` and one to `other`, each hearing what a test has it hear. */
async function openLinks(events: LinksEvents = DEAF) {
  const sealer = (n: number) => sealerOf(n, bytes(1), bytes(2))
  const [self, peer, other] = [senderOf(3), senderOf(4), senderOf(5)]
  const connected = new Set([toHex(peer)])
  const hears = new Map<Path, TransportEvents>()
  const way =
    (path: Path): OpenTransport =>
    (events) => {
      hears.set(path, events)
      return { path, state: 'open', buffered: () => waits.bytes, send: () => sent.push(path) > 0, close: () => {} }
    }
  let host: DirectHost | null = null
  const sent: Path[] = []
  /** Bytes that wait on each path. */
  const waits = { bytes: 0 }
  const met: string[] = []
  const signals: ({ readonly from: string } & HeardBy)[] = []
  const direct = {
    open(events: TransportEvents, given: DirectHost) {
      host = given
      return way('webrtc')(events)
    },
    isConnected: (id: string) => connected.has(id),
    met: (id: string) => met.push(id),
    hearSignal: (from: string, _bytes: Uint8Array, by: HeardBy) => signals.push({ from, ...by }),
  } as unknown as Direct
  const own = await sealer(3)
  let opening: Promise<unknown> = Promise.resolve()
  const watched: Sealer = {
    ...own,
    open(frame) {
      const opened = own.open(frame)
      opening = opened
      return opened
    },
  }
  const ways = (['relay', 'broadcast'] as const).map((path) => ({ path, open: way(path) }))
  const links = createLinks(ways, watched, events, toHex(self), 1, direct)
  links.open()
  const hear = async (path: Path, frame: Uint8Array, by?: string): Promise<void> => {
    hears.get(path)!.onFrame(frame, by)
    await opening
    await new Promise((resolve) => setTimeout(resolve))
  }
  const says = { peer: await sealer(4), other: await sealer(5) }
  const ends = (): void => {
    connected.delete(toHex(peer))
    host!.onLost(toHex(peer))
  }
  return {
    links,
    hear,
    says,
    sent,
    waits,
    peer: toHex(peer),
    other: toHex(other),
    proven: () => host!.onPeer(toHex(peer)),
    ends,
    met,
    signals,
  }
}

test('D25 a peer with a proven channel is reached on it, however often it, or its name, is heard on the relay', async () => {
  const { links, hear, says, peer, other } = await openLinks()
  for (let i = 0; i < 3; i++) await hear('relay', await says.peer.seal(null, Uint8Array.of(1)))
  for (let i = 0; i < 3; i++) await hear('relay', await says.other.seal(null, Uint8Array.of(1)))
  expect([links.pathOf(peer), links.pathOf(other)]).toEqual(['webrtc', 'relay'])
})

test('D21 D25 the engine is told that a peer speaks by its channel, whatever path brings its words, and once that has ended, by a path that all share', async () => {
  const ways: Way[] = []
  const heard = {
    onMessage: (_: string, __: Uint8Array, { way }: { way: Way }) => void ways.push(way),
    onHeard: (_: string, way: Way) => void ways.push(way),
  }
  const { hear, says, proven, ends } = await openLinks({ ...DEAF, ...heard })
  const speaks = async (path: Path): Promise<void> => {
    await hear(path, await says.peer.seal(null, Uint8Array.of(1)))
    await hear(path, await says.peer.seal(senderOf(3), encodeSignal({ type: 'ping', token: 1 })))
  }
  proven()
  await speaks('relay')
  expect(ways.splice(0)).toEqual(['channel', 'channel'])
  await speaks('broadcast')
  expect(ways.splice(0)).toEqual(['browser', 'browser'])
  ends()
  await hear('relay', await says.other.seal(null, Uint8Array.of(1)))
  expect(ways).toEqual(['open'])
})

test('D21 bulk takes the way for which the engine has counted it, and no other one', async () => {
  const { links, peer, other, sent, waits, ends } = await openLinks()
  for (const way of ['channel', 'open', 'browser'] as const) await links.sendBulk(peer, new Uint8Array(9), way)
  expect(sent.splice(0)).toEqual(['webrtc', 'relay', 'broadcast'])
  await links.sendBulk(other, new Uint8Array(9), 'channel')
  waits.bytes = 1_000_000
  const waiting = links.sendBulk(peer, new Uint8Array(9), 'channel')
  ends()
  waits.bytes = 0
  await waiting
  await links.sendBulk(peer, new Uint8Array(9), 'channel')
  expect(sent).toEqual([])
})

test('D25 names of strangers push each other out of the table of paths, and nobody who is known', async () => {
  const known = new Set<string>()
  const { links, hear, says, other } = await openLinks({ ...DEAF, standingOf: (peer) => (known.has(peer) ? 'met' : 'unknown') })
  known.add(other)
  await hear('broadcast', await says.other.seal(null, Uint8Array.of(1)))
  for (let n = 10; n < 250; n++) await hear('relay', await (await sealerOf(n, bytes(1), bytes(2))).seal(null, Uint8Array.of(1)))
  expect(links.pathOf(other)).toBe('broadcast')
})

test('D19 what a stranger signals to everybody is not heard; to this run of the node it is, and shows that the stranger lives', async () => {
  const signals: string[] = []
  const met: string[] = []
  const { hear, says, other } = await openLinks({
    ...DEAF,
    standingOf: (peer) => (met.includes(peer) ? 'met' : 'unknown'),
    onHeard: (peer) => void met.push(peer),
    onSignal: (from) => signals.push(from) > 0,
  })
  const signal = encodeSignal({ type: 'here', device: bytes(1), near: [] })
  await hear('relay', await says.other.seal(null, signal))
  expect([signals, met]).toEqual([[], []])
  await hear('relay', await says.other.seal(senderOf(3), signal))
  expect([signals, met]).toEqual([[other], [other]])
})

test('D20 offers of a sender that was not met are not heard; it is met by a frame for this run, and told at once that this node is here', async () => {
  const seated = new Set<string>()
  const { hear, says, peer, other, met, signals } = await openLinks({
    ...DEAF,
    standingOf: (sender) => (seated.has(sender) ? 'met' : 'unknown'),
    onHeard: (sender) => void (sender === other && seated.add(sender)),
  })
  const offer = encodeSignal({ type: 'candidate', connection: 1, ufrag: 'abcd', candidate: 'candidate:1 1 udp 1 192.0.2.7 5000 typ host' })
  await hear('relay', await says.other.seal(null, offer))
  await hear('relay', await says.peer.seal(senderOf(3), offer))
  expect([met, signals]).toEqual([[], []])
  for (let i = 0; i < 2; i++) await hear('relay', await says.other.seal(senderOf(3), offer))
  await hear('broadcast', await says.other.seal(null, offer))
  const [by, near] = [
    { from: other, near: false, addressed: true },
    { from: other, near: true, addressed: false },
  ]
  expect([met, signals, peer === other]).toEqual([[other], [by, by, near], false])
})

test('a peer that has proven itself on a direct channel is reached by it at once', async () => {
  const { links, hear, says, peer, proven } = await openLinks()
  await hear('relay', await says.peer.seal(null, Uint8Array.of(1)))
  proven()
  expect(links.pathOf(peer)).toBe('webrtc')
})

test('D4 what one says that is not heard now is not opened, and what others say is', async () => {
  const heard: string[] = []
  const cut = new Set<string>()
  const events = { ...DEAF, isCut: (peer: string) => cut.has(peer), onMessage: (from: string) => void heard.push(from) }
  const { hear, says, peer, other } = await openLinks(events)
  await hear('relay', await says.peer.seal(null, Uint8Array.of(1)))
  cut.add(peer)
  const unheard = await says.peer.seal(null, Uint8Array.of(1))
  await hear('relay', unheard)
  await hear('relay', await says.other.seal(null, Uint8Array.of(1)))
  expect(heard).toEqual([peer, other])
  // It was not opened: once its sender is heard again, it is no repetition.
  cut.clear()
  await hear('relay', unheard)
  expect(heard).toEqual([peer, other, peer])
})

test('whoever brings on another’s frames does not become the way to it', async () => {
  const { links, hear, says, peer, other } = await openLinks()
  const frame = await says.other.seal(null, Uint8Array.of(1))
  await hear('relay', frame)
  await hear('webrtc', frame, peer)
  await hear('webrtc', await says.other.seal(null, Uint8Array.of(2)), peer)
  expect(links.pathOf(other)).toBe('relay')
})

test('the engine is told of each message whether its sender has said something later', async () => {
  const heard: [number, boolean][] = []
  const { hear, says } = await openLinks({ ...DEAF, onMessage: (_from, bytes, how) => void heard.push([bytes.at(-1)!, how.isLatest]) })
  const [first, second, third] = [1, 2, 3].map((word) => says.peer.seal(null, Uint8Array.of(word)))
  await hear('relay', await second!)
  await hear('relay', await first!)
  await hear('relay', await third!)
  expect(heard).toEqual([
    [2, true],
    [1, false],
    [3, true],
  ])
})

test('D21 bulk is handed to a path one bundle at a time, when the path has drained, and what is live does not wait for it', async () => {
  const sent: number[] = []
  let buffered = 0
  const open: OpenTransport = () => ({
    path: 'relay',
    state: 'open',
    buffered: () => buffered,
    send(frame) {
      sent.push(frame.length)
      buffered += frame.length
      return true
    },
    close: () => {},
  })
  const links = createLinks([{ path: 'relay', open }], await sealerOf(3, bytes(1), bytes(2)), DEAF, toHex(senderOf(3)), 1)
  links.open()
  const to = toHex(senderOf(4))
  const bundles = Array.from({ length: 5 }, () => links.sendBulk(to, new Uint8Array(100_000), 'open'))
  const large = (): number => sent.filter((length) => length > 100_000).length
  await expect.poll(large).toBe(1)
  links.send(null, Uint8Array.of(1))
  await expect.poll(() => sent.length).toBe(2)
  expect(large()).toBe(1)
  for (let n = 2; n <= 5; n++) {
    buffered = 0
    await expect.poll(large).toBe(n)
  }
  buffered = 0
  await Promise.all(bundles)
  expect(large()).toBe(5)
})
