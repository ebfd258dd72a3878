/** A frame that came: whether it is for this node, when it is opened (`inbox.ts`), and who is told its content. */
import { createBudget, leftAt } from '../../core/budget.ts'
import { toHex } from '../../core/bytes.ts'
import { setLatest } from '../../core/latest.ts'
import { chargeOf } from '../../net/direct/forwarded.ts'
import { isSignal } from '../../net/direct/signal.ts'
import { parseEnvelope } from '../../net/envelope.ts'
import { TRAITS } from '../../net/paths.ts'
import type { Opened } from '../../net/sealed.ts'
import type { Path } from '../../net/transport.ts'
import type { PeerId } from '../../sync/effects.ts'
import type { Standing } from '../../sync/peers.ts'
import { hearOn } from './heard.ts'
import { channelOf, tabOf, take } from './inbox.ts'
import { watchSession } from './session-lock.ts'
import type { LinksState, Route } from './state.ts'
import { wayTo } from './ways.ts'

/** Tabs for whose end the node waits: more than an engine holds peers at once. */
const MAX_WATCHED = 512
/**
 * Frames for others that a node forwards from one direct channel to another. So two devices can meet that know each other only through
 * this node. Descriptions and candidates fit, most ops do not. Bytes of one frame; bytes that each channel brings, at once and in a
 * second (`chargeOf`). To meet another device takes ten frames or 3 kB, and a device connects to seven at a time. What one channel is
 * given of all others has a budget of its own (`net/direct/forwarded.ts`).
 */
const MAX_BROUGHT_ON = 9_216
export const MAX_BROUGHT_BY_ONE = 32_768
export const BROUGHT_BY_ONE_PER_SECOND = 1_365
/** Channels whose share is remembered: more than there are at once. */
const MAX_BRINGERS = 64

/** @param by the far end of the channel that brought it, if that is proven */
export function receive(links: LinksState, route: Route, frame: Uint8Array, by: PeerId | null): void {
  route.received += frame.length
  const envelope = parseEnvelope(frame)
  if (envelope.ok && envelope.value.receiver !== null) {
    const to = toHex(envelope.value.receiver)
    // A shared path also brings frames for other nodes.
    if (to !== links.self) return TRAITS[route.path].isDirect ? bringOn(links, route, frame, to, by) : undefined
  }
  // The sender value in the frame may be false. If the node does not hear that sender now, it need not open the frame, which would take
  // most of the time.
  const said = envelope.ok ? toHex(envelope.value.sender) : null
  if (said !== null && (said === links.self || links.events.isCut(said))) return
  const [queue, standing] = queueOf(links, route.path, said, by)
  take(links.inbox, queue, standing, frame.length, () => open(links, route, frame, by, said))
}

/** Forwards a frame to the peer that it is for, if a channel leads there. Each channel has a share of its own for this. */
function bringOn({ direct, bringers }: LinksState, route: Route, frame: Uint8Array, to: PeerId, by: PeerId | null): void {
  if (by === null || direct?.isConnected(to) !== true || frame.length > MAX_BROUGHT_ON) return
  const now = performance.now()
  const share = bringers.get(by) ?? createBudget(MAX_BROUGHT_BY_ONE, BROUGHT_BY_ONE_PER_SECOND, now)
  setLatest(bringers, by, share, MAX_BRINGERS)
  if (leftAt(share, now) < chargeOf(frame)) return
  share.left -= chargeOf(frame)
  route.transport?.send(frame, to, by)
}

/** A proven channel and a tab of this browser have queues of their own, since anybody can write any sender value into a frame. */
function queueOf({ events }: LinksState, path: Path, said: PeerId | null, by: PeerId | null): readonly [string, Standing] {
  if (TRAITS[path].isOwnBrowser) return [tabOf(said ?? ''), 'trusted']
  if (by !== null) return [channelOf(by), events.standingOf(by)]
  return said === null ? ['', 'unknown'] : [said, events.standingOf(said)]
}

/** False if the frame was refused before its signature was verified. */
async function open(links: LinksState, route: Route, frame: Uint8Array, by: PeerId | null, said: PeerId | null): Promise<boolean> {
  const opened = await links.sealer.open(frame)
  if (route.transport === null) return true
  if (opened.ok) {
    hear(links, route.path, opened.value, by)
    return true
  }
  const { reason } = opened
  // Two paths bring each frame twice, and a shared path brings frames for others: that is nobody's fault. The better path counts even
  // when it is the slower one; a relay repeats whatever it likes.
  const isCopy = reason === 'repeated' || reason === 'overtaken'
  if (isCopy && !TRAITS[route.path].isRelayed && said !== null) note(links, route.path, said, by)
  if (reason !== 'own-frame' && reason !== 'not-for-us' && !isCopy) links.events.onRefused(route.path, reason)
  return reason === 'wrong-sender' || reason === 'overtaken'
}

/** A peer's protocol message. */
function hear(links: LinksState, path: Path, { sender, receiver, isLatest, plaintext }: Opened, by: PeerId | null): void {
  const { events, direct } = links
  const peer = toHex(sender)
  const addressed = receiver !== null
  const isUnknown = (): boolean => events.standingOf(peer) === 'unknown'
  const wasUnknown = isUnknown()
  note(links, path, peer, by)
  if (isSignal(plaintext)) {
    // A stranger's message to everybody may be a recording.
    if (addressed) events.onHeard(peer, wayTo(links, peer))
    if (isUnknown()) return
    if (wasUnknown) direct?.met(peer)
    return hearSignal(links, path, peer, plaintext, addressed)
  }
  if (TRAITS[path].isOwnBrowser) watch(links, peer)
  events.onMessage(peer, plaintext, { addressed, isLatest, way: wayTo(links, peer) })
  if (!wasUnknown || isUnknown()) return
  // It is no stranger any more: its path is kept in the table of peers, and it is told that this node makes direct connections.
  note(links, path, peer, by)
  direct?.met(peer)
}

function hearSignal({ echo, events, direct }: LinksState, path: Path, peer: PeerId, signal: Uint8Array, addressed: boolean): void {
  if (echo.hear(peer, signal)) return events.onChange()
  if (events.onSignal(peer, signal)) return
  direct?.hearSignal(peer, signal, { near: TRAITS[path].isOwnBrowser, addressed })
}

/** Notes that a peer was heard on a path; on a direct path only if the peer itself sent the frame, and nobody forwarded it. */
export function note({ heard, events }: LinksState, path: Path, peer: PeerId, by: PeerId | null): void {
  if (TRAITS[path].isDirect && by !== peer) return
  hearOn(heard, path, peer, events.standingOf(peer) !== 'unknown', performance.now())
}

/** Waits for the end of a tab of this browser. */
function watch({ watched, heard, direct, events }: LinksState, peer: PeerId): void {
  if (watched.has(peer) || watched.size >= MAX_WATCHED) return
  watched.add(peer)
  watchSession(peer, () => {
    watched.delete(peer)
    heard.known.delete(peer)
    direct?.gone(peer)
    events.onGone(peer)
  })
}
