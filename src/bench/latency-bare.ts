/** The bare paths: what was typed, filled up to some bytes, from one blank page to the other, and nothing else. */
import type { Page } from 'playwright'
import { type Typists, watchPage } from './keyboard.ts'
import type { AppPath } from './latency-app.ts'
import type { Stage } from './stage.ts'
import { connectPages } from './stage-webrtc.ts'

/** About what a sealed op of a few words takes. */
const BYTES = 200

declare global {
  interface Window {
    /** What a page sends by. */
    bare: { send(bytes: Uint8Array<ArrayBuffer>): void }
  }
}

/** Two pages that are connected by this path: tabs of one device for "broadcast", else of two. The stage serves "/echo". */
export async function openBare(stage: Stage, path: AppPath): Promise<Typists> {
  const pages: Typists = [await stage.openPage(0), await stage.openPage(path === 'broadcast' ? 0 : 1)]
  for (const page of pages) await watchPage(page)
  if (path === 'webrtc') await connectPages(pages, 1)
  for (const page of pages) await CONNECT[path](page, stage)
  for (const page of pages) await page.evaluate(sendOnEnter, BYTES)
  return pages
}

const CONNECT: Readonly<Record<AppPath, (page: Page, stage: Stage) => Promise<void>>> = {
  broadcast: (page) =>
    page.evaluate(() => {
      const channel = new BroadcastChannel('bare')
      channel.onmessage = ({ data }: MessageEvent<Uint8Array>) => window.saw(new TextDecoder().decode(data).trim())
      window.bare = { send: (bytes) => channel.postMessage(bytes) }
    }),
  webrtc: (page) =>
    page.evaluate(() => {
      const [channel] = window.channels
      channel!.binaryType = 'arraybuffer'
      channel!.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => window.saw(new TextDecoder().decode(data).trim())
      window.bare = { send: (bytes) => channel!.send(bytes) }
    }),
  relay: (page, { host }) =>
    page.evaluate(
      (url) =>
        new Promise<void>((resolve) => {
          const socket = new WebSocket(url)
          socket.binaryType = 'arraybuffer'
          socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => window.saw(new TextDecoder().decode(data).trim())
          window.bare = { send: (bytes) => socket.send(bytes) }
          socket.onopen = () => resolve()
        }),
      `ws://${host}/echo`,
    ),
}

/** Runs in the page. */
function sendOnEnter(length: number): void {
  let typed = ''
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Enter') return void (typed += key)
    window.bare.send(new TextEncoder().encode(typed.padEnd(length)))
    typed = ''
  })
}
