/** Decodes bundles for a node's worker: the composition root, and nothing else. */
import { inflate } from '../node/deflate.ts'
import { quickenHashing } from '../node/sha256.ts'
import { type DecodeReply, type DecodeRequest, replyOf } from './decode-message.ts'

const reply = (message: DecodeReply): void =>
  self.postMessage(message, { transfer: message.type === 'good' ? [message.columns.buffer, message.ids.buffer] : [] })

self.addEventListener('message', ({ data: { job, deflated, most } }: MessageEvent<DecodeRequest>) => {
  void inflate(deflated, most.bytes).then((inflated) => reply(replyOf(job, inflated, most)))
})
void quickenHashing().then(() => reply({ type: 'ready' }))
