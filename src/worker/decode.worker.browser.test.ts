/** The worker that decodes, as a node's worker has it: a real one. */
import { expect, test } from 'vitest'
import { createDecoder } from '../node/decoder.ts'
import { deflate } from '../node/deflate.ts'
import { longRoom } from '../node/long-room.naive.ts'
import { encodeBundle, WIDEST } from '../sync/bundle.ts'
import { type DecodeReply, rebuiltOf } from './decode-message.ts'

test('a worker says that it is ready, and decodes as this thread does', async () => {
  const worker = new Worker(new URL('./decode.worker.ts', import.meta.url), { type: 'module' })
  const heard = (): Promise<DecodeReply> =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<DecodeReply>) => resolve(data)
      worker.onerror = reject
    })
  expect(await heard()).toEqual({ type: 'ready' })
  const here = createDecoder()
  for (const bytes of [await deflate(encodeBundle([longRoom(500, 2)])), Uint8Array.of(1, 2, 3)]) {
    const answer = heard()
    worker.postMessage({ job: 7, deflated: bytes, most: WIDEST })
    const reply = await answer
    if (reply.type === 'ready') throw new Error('ready twice')
    expect(reply.job).toBe(7)
    expect(rebuiltOf(reply)).toEqual(await here.decode(bytes, WIDEST))
  }
  worker.terminate()
})
