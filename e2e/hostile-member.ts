/**
 * A member of the room that speaks through the relay under as many sender values as it likes, each with a key of its own. Anyone who
 * holds the link can do so: its frames are sealed and signed as those of a tab.
 */
import { WebSocket } from 'ws'
import { keyOfSeed } from '../src/bench/trace-to-bundle.ts'
import { MAX_SENDERS_PER_CONNECTION } from '../relay/room.ts'
import { SENDER_BYTES } from '../src/net/envelope.ts'
import { deriveRoom } from '../src/net/keys.ts'
import { createSealer, type Opened, type Sealer } from '../src/net/sealed.ts'
import { parseLink } from '../src/node/link.ts'

export interface HostileName {
  /** Its sender value. */
  readonly sender: Uint8Array
  /** Makes a frame for one node. */
  seal(to: Uint8Array, bytes: Uint8Array): Promise<Uint8Array>
  /** Says this to one node, or to everybody (null). Gives the bytes of the frame. */
  say(to: Uint8Array | null, bytes: Uint8Array): Promise<number>
}

export interface HostileMember {
  /** Draws one more sender value. Each relay connection carries as many as a relay allows. @param hear gets what is said to it or to everybody */
  name(hear?: (opened: Opened) => void): Promise<HostileName>
  /** What was said to everybody. */
  readonly heard: readonly Opened[]
  close(): void
}

/** @param link of the room, as a tab's address shows it */
export async function joinAsMember(port: number, link: string): Promise<HostileMember> {
  const room = parseLink(link)
  if (room === null) throw new Error('no link')
  const { relayName, roomKey } = deriveRoom(room.secret, room.genesis)
  const sockets: WebSocket[] = []
  let names = 0

  /** By sender value (hex). */
  const ears = new Map<string, { readonly sealer: Sealer; readonly hear: (opened: Opened) => void }>()
  const everybody = '00'.repeat(SENDER_BYTES)

  const connect = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://localhost:${port}/parties/main/${relayName}`)
    sockets.push(socket)
    // What is said to everybody comes on each connection, and is opened once for all names. What one name says the others do not open.
    const isFirst = sockets.length === 1
    socket.on('message', (frame: Buffer) => {
      const receiver = frame.toString('hex', 1 + SENDER_BYTES, 1 + 2 * SENDER_BYTES)
      if (ears.has(frame.toString('hex', 1, 1 + SENDER_BYTES))) return
      if (receiver !== everybody) return openFor([receiver], frame)
      if (isFirst) openFor([...ears.keys()], frame)
    })
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return socket
  }
  const openFor = (receivers: readonly string[], frame: Buffer): void => {
    const [first] = receivers
    void ears
      .get(first ?? '')
      ?.sealer.open(new Uint8Array(frame))
      .then((opened) => opened.ok && receivers.forEach((each) => ears.get(each)!.hear(opened.value)))
  }
  const drawName = async (hear: (opened: Opened) => void): Promise<{ readonly sealer: Sealer; readonly sender: Uint8Array }> => {
    const { author: sender, sign } = await keyOfSeed(`a hostile name ${names++}`)
    const sealer = await createSealer({
      room: room.genesis,
      roomKey,
      sender,
      isPresent: () => false,
      sign,
      // It has nothing to lose by believing.
      verify: async () => true,
    })
    ears.set(Buffer.from(sender).toString('hex'), { sealer, hear })
    return { sealer, sender }
  }

  const heard: Opened[] = []
  await connect()
  await drawName((opened) => heard.push(opened))
  let speaker: WebSocket | null = null
  let drawn = 0
  return {
    heard,
    async name(hear = () => {}) {
      if (speaker === null || drawn++ % MAX_SENDERS_PER_CONNECTION === 0) speaker = await connect()
      const socket = speaker
      const { sealer, sender } = await drawName(hear)
      return {
        sender,
        seal: (to, bytes) => sealer.seal(to, bytes),
        async say(to, bytes) {
          const frame = await sealer.seal(to, bytes)
          socket.send(frame)
          return frame.length
        },
      }
    },
    close() {
      for (const socket of sockets) socket.terminate()
    },
  }
}
