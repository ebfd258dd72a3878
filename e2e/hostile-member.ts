/**
 * A member of the room that speaks through the relay under as many sender values as it likes, each with a key of its own. Anyone who
 * holds the link can do so: its frames are sealed and signed as those of a tab.
 */
import { WebSocket } from 'ws'
import { publicKeyOf, signPure, verifyPure } from '../src/core/keys.ts'
import { deriveRoom } from '../src/net/keys.ts'
import { createSealer, type Opened, type Sealer } from '../src/net/sealed.ts'
import { parseLink } from '../src/node/link.ts'
import { MAX_SENDERS_PER_CONNECTION } from '../relay/room.ts'

export interface HostileName {
  /** Says this to one node, or to everybody (null). Gives the bytes of the frame. */
  say(to: Uint8Array | null, bytes: Uint8Array): Promise<number>
}

export interface HostileMember {
  /** Draws one more sender value. Each relay connection carries as many as a relay allows. */
  name(): Promise<HostileName>
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

  const connect = async (): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://localhost:${port}/parties/main/${relayName}`)
    sockets.push(socket)
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    return socket
  }
  const drawSealer = (): Promise<Sealer> => {
    const seed = new Uint8Array(32).fill(0x66)
    new DataView(seed.buffer).setUint32(0, ++names)
    return createSealer({
      room: room.genesis,
      roomKey,
      sender: publicKeyOf(seed),
      isPresent: () => false,
      sign: async (message) => signPure(seed, message),
      verify: async ({ signature, message, author }) => verifyPure(signature, message, author),
    })
  }

  const ears = await drawSealer()
  const heard: Opened[] = []
  const listener = await connect()
  listener.on('message', (data: Buffer) => {
    void ears.open(new Uint8Array(data)).then((opened) => opened.ok && heard.push(opened.value))
  })
  let speaker: WebSocket | null = null
  let spoken = 0
  return {
    heard,
    async name() {
      if (speaker === null || spoken++ % MAX_SENDERS_PER_CONNECTION === 0) speaker = await connect()
      const socket = speaker
      const sealer = await drawSealer()
      return {
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
