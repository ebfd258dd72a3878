/** D9, D22: the far end of a direct channel floods a tab with pieces of no frame, or with too many, or on a channel of its own. */
import type { Page } from '@playwright/test'
import { keyOfSeed } from '../src/bench/trace-to-bundle.ts'
import { equalBytes, fromHex } from '../src/core/bytes.ts'
import { channelProofBytes } from '../src/core/keys.ts'
import { asOpId } from '../src/core/op.ts'
import { type Description, readSdp, writeSdp } from '../src/net/direct/description.ts'
import { cutFrame } from '../src/net/direct/framing.ts'
import { decodeSignal, encodeSignal, type Signal } from '../src/net/direct/signal.ts'
import { FRAME_VERSION, HEADER_BYTES, TAG_BYTES } from '../src/net/envelope.ts'
import { parseLink } from '../src/node/link.ts'
import { expect, test } from './fixtures.ts'
import { type HostileMember, joinAsMember } from './hostile-member.ts'
import { agree, type } from './tabs.ts'

/** The hostile page's connection. */
interface Held {
  pc: RTCPeerConnection
  channel: RTCDataChannel
  heard: number
}

/** The sender value of a tab's node: its Web Lock names it. */
const senderOf = async (tab: Page): Promise<Uint8Array> =>
  fromHex(
    await tab.evaluate(async () => {
      const { held } = await navigator.locks.query()
      return held!
        .map(({ name }) => name!)
        .find((name) => name.startsWith('session:'))!
        .slice('session:'.length)
    }),
  )!

/** Makes a channel from this page to the tab, and proves an author on it. */
async function connect(page: Page, member: HostileMember, link: string, tab: Uint8Array): Promise<void> {
  const signals: Signal[] = []
  const name = await member.name(({ sender, receiver, plaintext }) => {
    const signal = decodeSignal(plaintext)
    if (receiver !== null && equalBytes(sender, tab) && signal.ok) signals.push(signal.value)
  })
  const sdp = await page.evaluate(async () => {
    const pc = new RTCPeerConnection()
    const channel = pc.createDataChannel('tabweave', { negotiated: true, id: 0 })
    const held: Held = { pc, channel, heard: 0 }
    channel.onmessage = () => held.heard++
    Object.assign(window, { held })
    const gathered = new Promise<void>((resolve) => {
      pc.onicecandidate = ({ candidate }) => candidate === null && resolve()
    })
    await pc.setLocalDescription()
    await gathered
    return pc.localDescription!.sdp
  })
  const ours = readSdp('offer', sdp)!
  await name.say(tab, encodeSignal({ type: 'description', connection: 1, description: ours }))
  const answerOf = (): Description | undefined => signals.flatMap((each) => (each.type === 'description' ? [each.description] : []))[0]
  await expect.poll(answerOf).toBeDefined()
  const answer = answerOf()!
  await page.evaluate(
    (text) => (window as unknown as { held: Held }).held.pc.setRemoteDescription({ type: 'answer', sdp: text }),
    writeSdp(answer),
  )
  await expect.poll(() => stateOf(page)).toBe('open')
  const author = await keyOfSeed('a hostile author')
  const room = asOpId(parseLink(link)!.genesis)
  const proof = await author.sign(channelProofBytes(room, name.sender, tab, ours.fingerprint, answer.fingerprint))
  const [piece] = cutFrame(await name.seal(tab, encodeSignal({ type: 'proof', author: author.author, proof })))
  await page.evaluate((bytes) => (window as unknown as { held: Held }).held.channel.send(new Uint8Array(bytes)), [...piece!])
  // Besides its own proof, the tab says nothing before this one is good.
  await expect.poll(() => page.evaluate(() => (window as unknown as { held: Held }).held.heard)).toBeGreaterThan(1)
}

const stateOf = (page: Page): Promise<RTCDataChannelState> =>
  page.evaluate(() => (window as unknown as { held: Held }).held.channel.readyState)

/** Sends this piece without end. @param aside on another channel of the connection */
const flood = (page: Page, piece: Uint8Array, aside: boolean): Promise<void> =>
  page.evaluate(
    ({ bytes, onAnother }) => {
      const { pc, channel } = (window as unknown as { held: Held }).held
      const by = onAnother ? pc.createDataChannel('another') : channel
      const message = new Uint8Array(bytes)
      const turn = (): void => {
        if (by.readyState === 'closing' || by.readyState === 'closed') return
        for (let n = 0; n < 100 && by.readyState === 'open' && by.bufferedAmount < 100_000; n++) by.send(message)
        setTimeout(turn, 10)
      }
      turn()
    },
    { bytes: [...piece], onAnother: aside },
  )

const headers = Uint8Array.of(1, FRAME_VERSION, ...new Uint8Array(HEADER_BYTES + TAG_BYTES - 1).fill(1))
headers.fill(0, 1 + 1 + 64, 1 + HEADER_BYTES)

for (const [what, piece, aside] of [
  ['pieces of a byte', Uint8Array.of(1), false],
  ['frames of nobody', headers, false],
  ['messages on another channel', Uint8Array.of(1), true],
] as const) {
  test(`D22 a far end that sends ${what} without end loses its channel, and others are heard`, async ({ host, device, browser }) => {
    const a = await (await device()).open(`${host.address}/#new`)
    const b = await (await device()).open(a.url())
    await agree([a, b], 1)
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`${host.address}/healthz`)
    const member = await joinAsMember(host.port, a.url())
    try {
      await connect(page, member, a.url(), await senderOf(a))
      await flood(page, piece, aside)
      await expect.poll(() => stateOf(page)).toBe('closed')
      await type(b, 'heard beside a flood')
      await agree([a, b], 2)
    } finally {
      member.close()
      await context.close()
    }
  })
}
