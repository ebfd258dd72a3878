/** BroadcastChannel in a real browser: the transport's contract, and strangers on the channel. */
import { expect, test } from 'vitest'
import { openBroadcastChannel } from './broadcast-channel.ts'
import { eventually, isOpen, listen, markedFrame, marks, runTransportContract } from './transport.contract.ts'

runTransportContract('a BroadcastChannel', async () => {
  const prefix = crypto.randomUUID()
  return (name) => openBroadcastChannel(`${prefix}/${name}`)
})

test('E7 what another script of the origin says on the channel, and is no frame, is ignored', async () => {
  const name = crypto.randomUUID()
  const listener = listen(openBroadcastChannel(name))
  await isOpen(listener)
  const stranger = new BroadcastChannel(name)
  for (const nonsense of ['text', 7, null, { length: 3 }, [1, 2], new ArrayBuffer(100), new Uint8Array(2_000_000)])
    stranger.postMessage(nonsense)
  stranger.postMessage(markedFrame(5))
  await eventually(() => expect(marks(listener)).toEqual([5]))
  stranger.close()
})
