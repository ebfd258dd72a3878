/** A node's worker: the composition root, and nothing else. */
import { servePage } from './serve-page.ts'

const receive = servePage((message) => self.postMessage(message))
self.addEventListener('message', ({ data }: MessageEvent<unknown>) => receive(data))
