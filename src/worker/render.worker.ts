/** Composition root of the render worker: a canvas from the page, a feed from the node's worker, and the graph between them. */
import type { GraphFeed, GraphInput, GraphOutput } from '../graph/feed.ts'
import { createGraphView, type LiveGraph } from '../graph/view.ts'

declare const self: DedicatedWorkerGlobalScope

let graph: LiveGraph | null = null

self.onmessage = ({ data }: MessageEvent<GraphInput>) => {
  if (data.type === 'open') graph = open(data)
  else graph?.input(data)
}

function open({ canvas, feed, view, words }: Extract<GraphInput, { type: 'open' }>): LiveGraph | null {
  const context = (canvas as OffscreenCanvas).getContext('2d')
  if (context === null) return null
  const requestFrame = (callback: () => void): void => void self.requestAnimationFrame(callback)
  // A message is heard after the canvas was handed on, in a task of its own.
  const { port1, port2 } = new MessageChannel()
  let drawn: (() => void) | null = null
  port1.onmessage = () => drawn?.()
  const afterFrame = (callback: () => void): void => {
    drawn = callback
    port2.postMessage(null)
  }
  const post = (output: GraphOutput): void => self.postMessage(output)
  const live = createGraphView({ canvas, context, words, post, requestFrame, afterFrame, clock: () => performance.now() }, view)
  const port = feed as MessagePort
  port.onmessage = (event: MessageEvent<GraphFeed>) => live.feed(event.data)
  return live
}
