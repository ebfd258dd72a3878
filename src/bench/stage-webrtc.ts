/** Two blank pages connected by WebRTC, with bare data channels: negotiated and ordered, as the app's are. */
import type { Page } from 'playwright'
import type {} from './ask-worker.ts'

declare global {
  interface Window {
    connection: RTCPeerConnection
    channels: RTCDataChannel[]
    /** It said that they are open. */
    taken?: boolean
  }
}

/**
 * Connects the pages with so many channels, which are `window.channels` of each, open; or those of `window.benchWorker`, a worker with this script, which
 * gets `{ type: 'take', channels }` in the task that makes them, and answers when they are open.
 */
export async function connectPages([a, b]: readonly [Page, Page], channels: number, worker: string | null = null): Promise<void> {
  for (const page of [a, b]) await page.evaluate(makeConnection, { channels, worker })
  const offer = await a.evaluate(describe, null)
  const answer = await b.evaluate(describe, offer)
  await a.evaluate((description) => window.connection.setRemoteDescription(description!), answer)
  for (const page of [a, b]) await page.waitForFunction(() => window.connection.connectionState === 'connected')
  if (worker === null) for (const page of [a, b]) await page.waitForFunction(areOpen)
  else for (const page of [a, b]) await page.waitForFunction(() => window.taken)
}

const areOpen = (): boolean => window.channels.every(({ readyState }) => readyState === 'open')

function makeConnection({ channels, worker }: { channels: number; worker: string | null }): void {
  window.connection = new RTCPeerConnection()
  window.channels = Array.from({ length: channels }, (_, id) => window.connection.createDataChannel('', { negotiated: true, id }))
  if (worker === null) return
  window.benchWorker = new Worker(worker, { type: 'module' })
  window.benchWorker.onmessage = () => (window.taken = true)
  window.benchWorker.postMessage({ type: 'take', channels: window.channels }, window.channels as unknown as Transferable[])
}

/** This page's description with all its candidates: an offer, or the answer to one. */
async function describe(offer: RTCSessionDescriptionInit | null): Promise<RTCSessionDescriptionInit | null> {
  const { connection } = window
  if (offer !== null) await connection.setRemoteDescription(offer)
  await connection.setLocalDescription()
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (connection.iceGatheringState === 'complete') resolve()
    }
    connection.onicegatheringstatechange = look
    look()
  })
  return connection.localDescription!.toJSON() as RTCSessionDescriptionInit
}
