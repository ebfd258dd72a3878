/**
 * Where an attacker speaks from: connections to a relay, and names, which are sender values with keys of their own. It holds the room's
 * link, so its frames are sealed and signed as those of a tab. Keys and signatures are the platform's, which makes some thousand
 * frames a second.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { WebSocket } from 'ws'
import { MAX_SENDERS_PER_CONNECTION } from '../../../relay/room.ts'
import { toHex } from '../../core/bytes.ts'
import { parseEnvelope } from '../../net/envelope.ts'
import { deriveRoom } from '../../net/keys.ts'
import { createSealer, type Opened, type Sealer } from '../../net/sealed.ts'
import { parseLink, type RoomLink } from '../../node/link.ts'
import { encodeMessage, type Message } from '../../sync/messages.ts'

/** The parts of DER around an Ed25519 key (RFC 8410): what stands before the 32 bytes of a public one. */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

export interface Name {
  readonly sender: Uint8Array
  /** Seals and sends a message, or any bytes, to one node or to everybody (null). */
  say(to: Uint8Array | null, what: Message | Uint8Array): Promise<void>
  /** Is called with what is said to this name. */
  hear: (said: Opened) => void
}

export interface Camp {
  readonly room: RoomLink
  /** Sender values of others that were heard in this room, the latest last. */
  others(): readonly Uint8Array[]
  name(): Promise<Name>
  /** A connection of its own, which nobody reads or writes unless it is told to. */
  connect(): Promise<WebSocket>
  /** Sends bytes as they are. */
  send(socket: WebSocket, frame: Uint8Array): void
  /** Seals a message for everybody under a fresh name that is never heard of again. */
  recording(message: Message): Promise<Uint8Array>
  readonly sent: { frames: number; bytes: number }
  close(): void
}

/** A key pair of the platform's. */
export function drawKey(): { readonly public: Uint8Array; sign(message: Uint8Array): Uint8Array } {
  const pair = generateKeyPairSync('ed25519')
  const spki = pair.publicKey.export({ type: 'spki', format: 'der' })
  const secret = createPrivateKey(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return { public: new Uint8Array(spki.subarray(SPKI.length)), sign: (message) => new Uint8Array(sign(null, message, secret)) }
}

const isSigned = (signature: Uint8Array, message: Uint8Array, author: Uint8Array): boolean =>
  verify(null, message, createPublicKey({ key: Buffer.concat([SPKI, author]), format: 'der', type: 'spki' }), signature)

export async function openCamp(port: number, link: string): Promise<Camp> {
  const room = parseLink(link)
  if (room === null) throw new Error('this is no link')
  const { relayName, roomKey } = deriveRoom(room.secret, room.genesis)
  const sockets: WebSocket[] = []
  const names = new Map<string, { readonly name: Name; readonly sealer: Sealer }>()
  const others = new Map<string, Uint8Array>()
  const sent = { frames: 0, bytes: 0 }
  let speaker: WebSocket | null = null
  let spoken = 0

  const onFrame = (data: Buffer): void => {
    const frame = new Uint8Array(data)
    const envelope = parseEnvelope(frame)
    if (!envelope.ok) return
    const { sender, receiver } = envelope.value
    const from = toHex(sender)
    if (!names.has(from)) {
      others.delete(from)
      others.set(from, sender)
    }
    const to = receiver === null ? undefined : names.get(toHex(receiver))
    if (to !== undefined) void to.sealer.open(frame).then((opened) => opened.ok && to.name.hear(opened.value))
  }
  const connect = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/parties/main/${relayName}`)
    sockets.push(socket)
    socket.on('error', () => {})
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return socket
  }
  const send = (socket: WebSocket, frame: Uint8Array): void => {
    if (socket.readyState !== WebSocket.OPEN) return
    socket.send(frame)
    sent.frames++
    sent.bytes += frame.length
  }
  const drawSealer = (key: ReturnType<typeof drawKey>): Promise<Sealer> =>
    createSealer({
      room: room.genesis,
      roomKey,
      sender: key.public,
      isPresent: () => false,
      sign: async (message) => key.sign(message),
      verify: async ({ signature, message, author }) => isSigned(signature, message, author),
    })
  const bytesOf = (what: Message | Uint8Array): Uint8Array => (what instanceof Uint8Array ? what : encodeMessage(what))

  ;(await connect()).on('message', onFrame)
  return {
    room,
    sent,
    connect,
    send,
    others: () => [...others.values()],
    async name() {
      if (speaker === null || spoken++ % MAX_SENDERS_PER_CONNECTION === 0) (speaker = await connect()).on('message', onFrame)
      const socket = speaker
      const key = drawKey()
      const sealer = await drawSealer(key)
      const name: Name = {
        sender: key.public,
        say: async (to, what) => send(socket, await sealer.seal(to, bytesOf(what))),
        hear: () => {},
      }
      names.set(toHex(key.public), { name, sealer })
      return name
    },
    recording: async (message) => (await drawSealer(drawKey())).seal(null, encodeMessage(message)),
    close() {
      for (const socket of sockets) socket.terminate()
    },
  }
}
