/**
 * A room that fills: clients come one after the other, greet all, are answered by each that is there, and say something every few
 * seconds, as nodes do. Counted is what somebody should have heard, having been there when it was said, and did not.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { encodeEnvelope, type ParsedEnvelope, parseEnvelope, TAG_BYTES } from '../net/envelope.ts'

export interface Join {
  readonly port: number
  readonly clients: number
  readonly perSecond: number
  /** How often each says something (ms). */
  readonly heartbeat: number
  /** What has not come for so long is lost (ms). */
  readonly patience: number
}

export interface JoinOutcome {
  /** Frames that somebody was to hear, each counted for each who was. */
  readonly expected: number
  readonly lost: number
}

/** As long as a node's heads are. */
const CIPHERTEXT = 80

interface Client {
  readonly socket: WebSocket
  readonly sender: Uint8Array
  /** Frames said in the room when it was open. */
  readonly since: number
  readonly greeted: Set<Client>
}

const { compare } = Buffer

function parsed(frame: Uint8Array): ParsedEnvelope {
  const envelope = parseEnvelope(frame)
  if (!envelope.ok) throw new Error(envelope.reason)
  return envelope.value
}

export async function join({ port, clients: count, perSecond, heartbeat, patience }: Join): Promise<JoinOutcome> {
  const clients: Client[] = []
  const beats: NodeJS.Timeout[] = []
  /** Frames: each carries its number. */
  let said = 0
  let expected = 0
  let heard = 0

  const say = (from: Client, to: Client | null): void => {
    const ciphertext = Buffer.alloc(CIPHERTEXT + TAG_BYTES)
    ciphertext.writeUInt32BE(said++)
    expected += to === null ? clients.filter((other) => other !== from).length : 1
    from.socket.send(encodeEnvelope({ sender: from.sender, receiver: to?.sender ?? null, counter: said, ciphertext }))
  }

  const hear = (client: Client, frame: Buffer): void => {
    const { sender, receiver, ciphertext } = parsed(frame)
    if (receiver !== null && compare(receiver, client.sender) !== 0) return
    if (new DataView(ciphertext.buffer, ciphertext.byteOffset).getUint32(0) >= client.since) heard++
    const from = clients.find((other) => compare(other.sender, sender) === 0)!
    // Who comes is answered once by each who was there before.
    if (from.since <= client.since || client.greeted.has(from)) return
    client.greeted.add(from)
    say(client, from)
  }

  const come = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/parties/main/benchmark-room-that-fills`, { perMessageDeflate: false })
      socket.on('error', reject)
      socket.on('close', (code) => reject(new Error(`The host closed a connection (${code}).`)))
      socket.on('open', () => {
        const client: Client = { socket, sender: crypto.getRandomValues(new Uint8Array(32)), since: said, greeted: new Set() }
        socket.on('message', (frame: Buffer, isBinary) => isBinary && hear(client, frame))
        clients.push(client)
        say(client, null)
        beats.push(setInterval(() => say(client, null), heartbeat))
        resolve()
      })
    })

  const coming: Promise<void>[] = []
  for (let i = 0; i < count; i++) {
    coming.push(come())
    await sleep(1_000 / perSecond)
  }
  await Promise.all(coming)
  await sleep(heartbeat)
  for (const beat of beats) clearInterval(beat)
  for (let before = -1; heard < expected && before !== heard;) {
    before = heard
    await sleep(patience)
  }
  if (heard > expected) throw new Error('Something was heard twice.')
  for (const { socket } of clients) socket.terminate()
  return { expected, lost: expected - heard }
}
