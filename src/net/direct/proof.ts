/**
 * A channel begins with each side's proof of its author: a signature over the room, both sender values and both certificates. An attacker
 * in the middle has other certificates. A participant who only knows the room's link has another key. Before the proof, nothing else is
 * said or heard on the channel.
 */
import { equalBytes, fromHex, toHex } from '../../core/bytes.ts'
import { channelProofBytes } from '../../core/keys.ts'
import { frameChannel } from './channel.ts'
import { close, fail, report } from './connections.ts'
import { forgetFailures } from './failures.ts'
import { channelOfPort } from './pumped.ts'
import { sayHereSoon } from './schedule.ts'
import { decodeSignal, encodeSignal } from './signal.ts'
import type { Connection, DirectState } from './state.ts'

/**
 * Frames that came on a channel before its other end was proven are held, up to this number and these bytes. Further ones are lost, as
 * any frame may be.
 */
const MAX_HELD = 64
const MAX_HELD_BYTES = 2 * 1024 * 1024

/** Takes the channel that the page has made. Frames are heard in order: frames after a proof wait until the proof is checked. */
export function attach(direct: DirectState, connection: Connection, channel: RTCDataChannel | MessagePort): void {
  let order: Promise<void> = Promise.resolve()
  connection.channel = frameChannel(channel instanceof MessagePort ? channelOfPort(channel) : channel, {
    onOpen() {
      connection.isChannelOpen = true
      void prove(direct, connection)
    },
    onFrame(frame) {
      if (connection.isProven) direct.events?.onFrame(frame, connection.peer!)
      else if (connection.waiting < MAX_HELD && connection.waitingBytes + frame.length <= MAX_HELD_BYTES) {
        connection.waiting++
        connection.waitingBytes += frame.length
        order = order.then(() => hearFrame(direct, connection, frame))
      }
    },
    onClose: () => fail(direct, connection),
  })
}

/** Proves this side's author, once everything is known that the proof is about. It is called each time that a part of this becomes known. */
export async function prove(direct: DirectState, connection: Connection): Promise<void> {
  const { certificates, channel, peer, isChannelOpen } = connection
  const { host, options } = direct
  if (certificates === null || channel === null || peer === null || !isChannelOpen || connection.hasProven || host === null) return
  connection.hasProven = true
  const { ours, theirs } = certificates
  const proof = await options.sign(channelProofBytes(options.room, options.self, fromHex(peer)!, ours, theirs))
  channel.send(await host.seal(peer, encodeSignal({ type: 'proof', author: options.author, proof })))
  for (const frame of connection.held.splice(0)) await hearFrame(direct, connection, frame)
}

async function hearFrame(direct: DirectState, connection: Connection, frame: Uint8Array): Promise<void> {
  if (connection.isProven) return direct.events?.onFrame(frame, connection.peer!)
  if (connection.certificates === null || connection.peer === null) {
    connection.held.push(frame)
    return
  }
  const { host, options } = direct
  const opened = await host?.open(frame)
  const signal = opened?.ok === true ? decodeSignal(opened.value.plaintext) : null
  const { peer, certificates } = connection
  const isOfPeer = opened?.ok === true && toHex(opened.value.sender) === peer
  if (!isOfPeer || signal?.ok !== true || signal.value.type !== 'proof') return refuseChannel(direct, connection)
  const known = host?.authorOf(peer) ?? null
  const message = channelProofBytes(options.room, fromHex(peer)!, options.self, certificates.theirs, certificates.ours)
  const isGood = await options.verify({ signature: signal.value.proof, message, author: signal.value.author })
  if (!isGood || (known !== null && !equalBytes(known, signal.value.author))) return refuseChannel(direct, connection)
  if (!direct.connections.has(connection.number)) return
  connection.isProven = true
  forgetFailures(direct, peer)
  for (const other of direct.connections.values()) if (other !== connection && other.peer === peer) close(direct, other)
  report(direct)
  host?.onPeer(peer)
  sayHereSoon(direct)
}

function refuseChannel(direct: DirectState, connection: Connection): void {
  if (!direct.connections.has(connection.number)) return
  direct.host?.onRefused('bad-channel')
  fail(direct, connection)
}
