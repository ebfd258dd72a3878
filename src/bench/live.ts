/**
 * What one tab does to another: live ops, each a signed unit. Their frames come by BroadcastChannel from another tab, sealed
 * beforehand, so that only the receiver is measured.
 */
import type { Page } from 'playwright'
import { lockName } from '../node/links/session-lock.ts'
import { createSession } from '../node/session.ts'
import { generateKey } from '../node/signer.ts'
import type { Opened, Sealer } from '../net/sealed.ts'
import { toHex } from '../core/bytes.ts'
import { deriveRoom } from '../net/keys.ts'
import type { PeerId } from '../sync/effects.ts'
import { encodeBundle } from '../sync/bundle.ts'
import { wrapBundle } from '../sync/wrap.ts'
import { encodeMessage, type Message } from '../sync/messages.ts'
import { type BenchBrowser, type Device, openEmptyNode } from './browser.ts'
import { toBase64 } from './setting.ts'
import type { SignedTrace } from './trace-to-bundle.ts'

/** Frames on their way at most: a node takes 1,024 waiting ones of one origin, and asks for the others again. */
const AHEAD = 768
/** A run that takes longer (ms) has lost frames, and would never end. */
const LONGEST = 120_000

/** A question that needs no answer of size. */
const WANT_NOTHING: Message = {
  type: 'want',
  ref: 1,
  ids: [],
  tips: [],
  parts: new Uint8Array(),
  headCount: 0,
  ops: 0,
  ofAll: false,
  after: 0,
}

declare global {
  interface Window {
    /** Frames. */
    benchHeard: number[][]
  }
}

/** Ops a second in frames of `perFrame`, from the first leaving the other tab to the last op being on this one's disk. Every op must be signed. */
export async function receiveLive(
  browser: BenchBrowser,
  { units, link, genesis, secret }: SignedTrace,
  count: number,
  perFrame: number,
): Promise<number> {
  const ops = units.flat().slice(0, count)
  const { relayName, roomKey } = deriveRoom(secret, genesis)
  const pair = await generateKey()
  const sealer = await createSession(genesis, roomKey, pair, () => false)
  const device = await browser.openDevice()
  const name = `tabweave/${relayName}`
  const sender = await openSender(device, browser.origin, name, toHex(pair.author))
  // The app is the tab in front: the browser slows other tabs.
  const page = await openEmptyNode(browser, link, device)
  const node = await nextHeard(sender, sealer, () => true)
  // Frames are opened in the order of their sealing.
  const question = toBase64(await sealer.seal(node.sender, encodeMessage(WANT_NOTHING)))
  const frames: string[] = []
  for (let at = 0; at < ops.length; at += perFrame) {
    const bundle = wrapBundle('raw', encodeBundle(ops.slice(at, at + perFrame).map((op) => [op])))
    frames.push(toBase64(await sealer.seal(null, encodeMessage({ type: 'units', ref: 0, bundle, last: true, left: 0 }))))
  }
  // What strangers bring is judged slowly. A frame addressed to the node makes its sender a peer, which the node's answer shows.
  await sender.evaluate(sendFrame, { name, frame: question })
  await nextHeard(sender, sealer, ({ receiver }) => receiver !== null)
  const stored = watchOps(page, ops.length)
  const start = await sender.evaluate(
    ({ sealed, ahead, each, channelName }) => {
      const bytes = sealed.map((frame) => Uint8Array.from(atob(frame), (letter) => letter.charCodeAt(0)))
      const channel = new BroadcastChannel(channelName)
      let sent = 0
      const sendAfter = (ops: number): void => {
        while (sent < ops / each + ahead && sent < bytes.length) channel.postMessage(bytes[sent++])
      }
      new BroadcastChannel('bench').onmessage = ({ data }: MessageEvent<number>) => sendAfter(data)
      const now = performance.timeOrigin + performance.now()
      sendAfter(0)
      return now
    },
    { channelName: name, sealed: frames, ahead: AHEAD, each: perFrame },
  )
  const end = await stored
  await device.close()
  return (ops.length * 1000) / (end - start)
}

/** A blank tab on the origin of the app that keeps the frames that it hears, and holds the lock that shows that its session lives. */
async function openSender({ context }: Device, origin: string, channel: string, self: PeerId): Promise<Page> {
  const sender = await context.newPage()
  await sender.goto(`${origin}/healthz`)
  await sender.evaluate(
    ({ name, lock }) => {
      window.benchHeard = []
      new BroadcastChannel(name).onmessage = ({ data }: MessageEvent<Uint8Array>) => window.benchHeard.push([...data])
      return new Promise<void>((held) => {
        void navigator.locks.request(lock, () => {
          held()
          return new Promise(() => {})
        })
      })
    },
    { name: channel, lock: lockName(self) },
  )
  return sender
}

/** The next frame like this that the sending tab hears. */
async function nextHeard(sender: Page, { open }: Sealer, isLike: (opened: Opened) => boolean): Promise<Opened> {
  for (;;) {
    await sender.waitForFunction(() => window.benchHeard.length > 0)
    const opened = await open(new Uint8Array(await sender.evaluate(() => window.benchHeard.shift()!)))
    if (opened.ok && isLike(opened.value)) return opened.value
  }
}

/** Runs in the sending tab. */
function sendFrame({ name, frame }: { readonly name: string; readonly frame: string }): void {
  const channel = new BroadcastChannel(name)
  channel.postMessage(Uint8Array.from(atob(frame), (letter) => letter.charCodeAt(0)))
  channel.close()
}

/** Tells the sending tab how many ops are in; resolves with the time (ms since 1970) at which all are on the disk. */
function watchOps(page: Page, ops: number): Promise<number> {
  return page.evaluate(
    ({ wanted, longest }) =>
      new Promise<number>((resolve, reject) => {
        setTimeout(() => reject(new Error(`${dataset['stored']} of ${wanted} ops are stored after ${longest} ms`)), longest)
        const { dataset } = document.documentElement
        const channel = new BroadcastChannel('bench')
        const look = (): void => {
          channel.postMessage(Number(dataset['ops']))
          if (dataset['stored'] === `${wanted}`) resolve(performance.timeOrigin + performance.now())
        }
        new MutationObserver(look).observe(document.documentElement, { attributes: true })
        look()
      }),
    { wanted: ops, longest: LONGEST },
  )
}
