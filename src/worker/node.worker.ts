/** A node's worker: the composition root, and nothing else. */
import decodeWorkerUrl from './decode.worker.ts?worker&url'
import { createDecoderBeside } from './decoder.ts'
import { scriptUrl } from './script-url.ts'
import { servePage } from './serve-page.ts'

const decoder = createDecoderBeside(() => new Worker(scriptUrl(decodeWorkerUrl), { type: 'module', name: 'decoder' }))
const receive = servePage((message) => self.postMessage(message), decoder)
self.addEventListener('message', ({ data }: MessageEvent<unknown>) => receive(data))
