/**
 * What one tab does to another: live ops, each a signed unit. Their frames come by BroadcastChannel from another tab, sealed
 * beforehand, so that only the receiver is measured.
 */
import type { Page } from 'playwright'
import { createSession } from '../node/session.ts'
import { generateKey } from '../node/signer.ts'
import { deriveRoom } from '../net/keys.ts'
import { encodeBundle } from '../sync/bundle.ts'
import { wrapBundle } from '../sync/wrap.ts'
import { encodeMessage } from '../sync/messages.ts'
import { type BenchBrowser, openEmptyNode } from './browser.ts'
import { toBase64 } from './setting.ts'
import type { SignedTrace } from './trace-to-bundle.ts'

/** Frames on their way at most: a node takes 1,024 waiting ones of one origin, and asks for the others again. */
const AHEAD = 768

/** Ops a second in frames of `perFrame`, from the first leaving the other tab to the last op being on this one's disk. Every op must be signed. */
export async function receiveLive(
  browser: BenchBrowser,
  { units, link, genesis, secret }: SignedTrace,
  count: number,
  perFrame: number,
): Promise<number> {
  const ops = units.flat().slice(0, count)
  const { relayName, roomKey } = deriveRoom(secret, genesis)
  const sealer = await createSession(genesis, roomKey, await generateKey(), () => false)
  const frames: string[] = []
  for (let at = 0; at < ops.length; at += perFrame) {
    const bundle = wrapBundle('raw', encodeBundle(ops.slice(at, at + perFrame).map((op) => [op])))
    frames.push(toBase64(await sealer.seal(null, encodeMessage({ type: 'units', ref: 0, bundle, last: true, left: 0 }))))
  }

  const device = await browser.openDevice()
  const page = await openEmptyNode(browser, link, device)
  const sender = await device.context.newPage()
  await sender.goto(`${browser.origin}/healthz`)
  const stored = watchOps(page, ops.length)
  const start = await sender.evaluate(
    ({ name, sealed, ahead, each }) => {
      const bytes = sealed.map((frame) => Uint8Array.from(atob(frame), (letter) => letter.charCodeAt(0)))
      const channel = new BroadcastChannel(name)
      let sent = 0
      const sendAfter = (ops: number): void => {
        while (sent < ops / each + ahead && sent < bytes.length) channel.postMessage(bytes[sent++])
      }
      new BroadcastChannel('bench').onmessage = ({ data }: MessageEvent<number>) => sendAfter(data)
      const now = performance.timeOrigin + performance.now()
      sendAfter(0)
      return now
    },
    { name: `tabweave/${relayName}`, sealed: frames, ahead: AHEAD, each: perFrame },
  )
  const end = await stored
  await device.close()
  return (ops.length * 1000) / (end - start)
}

/** Tells the sending tab how many ops are in; resolves with the time (ms since 1970) at which all are on the disk. */
function watchOps(page: Page, ops: number): Promise<number> {
  return page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const { dataset } = document.documentElement
        const channel = new BroadcastChannel('bench')
        const look = (): void => {
          channel.postMessage(Number(dataset['ops']))
          if (dataset['stored'] === `${wanted}`) resolve(performance.timeOrigin + performance.now())
        }
        new MutationObserver(look).observe(document.documentElement, { attributes: true })
        look()
      }),
    ops,
  )
}
