/** Which path a message takes when there are several. */
import { expect, test } from 'vitest'
import { sha256 } from '../core/hash.ts'
import { toHex } from '../core/bytes.ts'
import type { Direct } from '../net/direct/direct.ts'
import type { DirectHost } from '../net/direct/state.ts'
import type { Sealer } from '../net/sealed.ts'
import { sealerOf, senderOf } from '../net/sealer.naive.ts'
import type { OpenTransport, Path, TransportEvents } from '../net/transport.ts'
import { DEAF } from './deaf.naive.ts'
import { createLinks, type LinksEvents } from './links.ts'

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
      return { path, state: 'open', buffered: 0, send: () => true, close: () => {} }
    }
  let host: DirectHost | null = null
  const direct = {
    open(events: TransportEvents, given: DirectHost) {
      host = given
      return way('webrtc')(events)
    },
    isConnected: (id: string) => connected.has(id),
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
  const links = createLinks([{ path: 'relay', open: way('relay') }], watched, events, toHex(self), direct)
  links.open()
  const hear = async (path: Path, frame: Uint8Array, by?: string): Promise<void> => {
    hears.get(path)!.onFrame(frame, by)
    await opening
    await new Promise((resolve) => setTimeout(resolve))
  }
  const says = { peer: await sealer(4), other: await sealer(5) }
  return { links, hear, says, peer: toHex(peer), other: toHex(other), proven: () => host!.onPeer(toHex(peer)) }
}

test('a peer with a direct channel is heard on it, however often the relay is quicker with the same frames', async () => {
  const { links, hear, says, peer } = await openLinks()
  const frame = await says.peer.seal(null, Uint8Array.of(1))
  await hear('relay', frame)
  expect(links.pathOf(peer)).toBe('relay')
  await hear('webrtc', frame, peer)
  expect(links.pathOf(peer)).toBe('webrtc')
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
