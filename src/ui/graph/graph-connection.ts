/**
 * A canvas on the page, drawn by a worker: makes both, connects the worker to the node's feed, tells it the canvas's size,
 * theme and visibility, and ends both on close. A canvas can be handed over once only, so each connection makes its own.
 */
import type { GraphInput, GraphOutput, GraphView } from '../../graph/feed.ts'
import workerUrl from '../../worker/render.worker.ts?worker&url'
import { startWorker } from '../trusted.ts'
import type { GraphHost } from './graph-host.ts'
import { graphMessages } from './graph-messages.ts'

export interface GraphConnection {
  readonly canvas: HTMLCanvasElement
  send(input: GraphInput): void
  /** What the page has laid over the picture: CSS pixels from the right and from the bottom. */
  cover(right: number, bottom: number): void
  close(): void
}

/** Canvases larger than this in device pixels cost more than they show. */
const MAX_PIXEL_RATIO = 2

/** Puts a live graph of `node` into `place`, which it fills. */
export function connectGraph(place: HTMLElement, node: GraphHost, hear: (output: GraphOutput) => void): GraphConnection {
  const canvas = document.createElement('canvas')
  canvas.className = 'graph-canvas'
  canvas.setAttribute('aria-hidden', 'true')
  place.prepend(canvas)

  const covered = { coveredRight: 0, coveredBottom: 0 }
  const worker = startWorker(workerUrl, 'tabweave graph')
  worker.onmessage = ({ data }: MessageEvent<GraphOutput>) => hear(data)
  const send = (input: GraphInput, transfer: Transferable[] = []): void => worker.postMessage(input, transfer)
  const { port1, port2 } = new MessageChannel()
  const offscreen = canvas.transferControlToOffscreen()
  send({ type: 'open', canvas: offscreen, feed: port2, view: { ...viewOf(place), ...covered }, words: graphMessages.canvas }, [
    offscreen,
    port2,
  ])
  node.connectGraph(port1)

  const ending = new AbortController()
  const retell = (): void => send({ type: 'view', view: { ...viewOf(place), ...covered } })
  const resized = new ResizeObserver(retell)
  resized.observe(place)
  const themed = new MutationObserver(retell)
  themed.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  document.addEventListener('visibilitychange', retell, ending)
  for (const query of ['(prefers-color-scheme: dark)', '(prefers-reduced-motion: reduce)']) {
    matchMedia(query).addEventListener('change', retell, ending)
  }

  return {
    canvas,
    send: (input) => send(input),
    cover(right, bottom) {
      if (right === covered.coveredRight && bottom === covered.coveredBottom) return
      covered.coveredRight = right
      covered.coveredBottom = bottom
      retell()
    },
    close() {
      ending.abort()
      resized.disconnect()
      themed.disconnect()
      worker.terminate()
      canvas.remove()
    },
  }
}

function viewOf(place: HTMLElement): Omit<GraphView, 'coveredRight' | 'coveredBottom'> {
  return {
    width: place.clientWidth,
    height: place.clientHeight,
    pixelRatio: Math.min(devicePixelRatio, MAX_PIXEL_RATIO),
    theme: isDark() ? 'dark' : 'light',
    reducedMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
    visible: document.visibilityState === 'visible',
  }
}

function isDark(): boolean {
  const chosen = document.documentElement.dataset['theme']
  return chosen === undefined ? matchMedia('(prefers-color-scheme: dark)').matches : chosen === 'dark'
}
