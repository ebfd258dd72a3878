/** A channel pumped through a port is the channel it stands for: opening, bytes both ways, being behind, closing. */
import { expect, onTestFinished, test, vi } from 'vitest'
import { FIRST_PIECES } from './allowance.ts'
import type { DataChannel } from './channel.ts'
import { channelOfPort, pump } from './pumped.ts'

function open() {
  const sent: ArrayBuffer[] = []
  const real = {
    readyState: 'connecting' as RTCDataChannelState,
    bufferedAmount: 0,
    bufferedAmountLowThreshold: 0,
    binaryType: 'blob' as BinaryType,
    onopen: null as (() => void) | null,
    onmessage: null as ((event: { data: unknown }) => void) | null,
    onclose: null as (() => void) | null,
    onerror: null as (() => void) | null,
    onbufferedamountlow: null as (() => void) | null,
    send: (bytes: ArrayBuffer) => {
      sent.push(bytes)
      real.bufferedAmount += bytes.byteLength
    },
    close: vi.fn<() => void>(),
  }
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => {
    port1.close()
    port2.close()
  })
  pump(real as unknown as DataChannel, port1)
  const channel = channelOfPort(port2)
  const heard: unknown[] = []
  channel.onopen = () => heard.push('open')
  channel.onclose = () => heard.push('close')
  channel.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => heard.push([...new Uint8Array(data)])
  channel.onbufferedamountlow = () => heard.push('low')
  return { real, channel, sent, heard }
}

test('it opens, and bytes go both ways', async () => {
  const { real, channel, sent, heard } = open()
  real.onopen!()
  real.onmessage!({ data: Uint8Array.of(1, 2).buffer })
  await vi.waitFor(() => expect(heard).toEqual(['open', [1, 2]]))
  expect(channel.readyState).toBe('open')
  const view = Uint8Array.of(9, 3, 4, 9).subarray(1, 3)
  channel.send(view)
  await vi.waitFor(() => expect(sent.map((bytes) => [...new Uint8Array(bytes)])).toEqual([[3, 4]]))
})

test('what was sent counts as waiting until the real channel has let it go, and then it says so', async () => {
  const { real, channel, heard } = open()
  channel.bufferedAmountLowThreshold = 100
  channel.send(new Uint8Array(300))
  expect(channel.bufferedAmount).toBe(300)
  await vi.waitFor(() => expect(real.bufferedAmount).toBe(300))
  expect([channel.bufferedAmount, heard]).toEqual([300, []])
  real.bufferedAmount = 50
  real.onbufferedamountlow!()
  await vi.waitFor(() => expect(heard).toEqual(['low']))
  expect(channel.bufferedAmount).toBe(50)
})

test('closing on either side closes it, and so does what is no bytes, or cannot be sent', async () => {
  const first = open()
  first.channel.close()
  await vi.waitFor(() => expect(first.real.close).toHaveBeenCalled())
  for (const end of [
    ({ real }: ReturnType<typeof open>) => real.onclose!(),
    ({ real }: ReturnType<typeof open>) => real.onmessage!({ data: 'text' }),
    ({ real }: ReturnType<typeof open>) => real.onmessage!({ data: Uint8Array.of(1).buffer }),
    ({ real, channel }: ReturnType<typeof open>) => {
      real.send = () => {
        throw new Error('full')
      }
      channel.send(new Uint8Array(1))
    },
  ]) {
    const opened = open()
    end(opened)
    await vi.waitFor(() => expect(opened.heard).toEqual(['close']))
    expect([opened.channel.readyState, opened.real.onmessage]).toEqual(['closed', null])
    expect(opened.real.close).toHaveBeenCalled()
  }
})

test('D22 a far end that sends more than FIRST_PIECES at once loses the channel before the worker hears of the rest', async () => {
  const { real, heard } = open()
  for (let n = 0; n < 2 * FIRST_PIECES; n++) real.onmessage?.({ data: Uint8Array.of(1, 2).buffer })
  expect([real.onmessage, real.close.mock.calls.length]).toEqual([null, 1])
  await vi.waitFor(() => expect(heard.at(-1)).toBe('close'))
  // Some come back while this test runs.
  expect(heard.length).toBeLessThan(1.5 * FIRST_PIECES)
})
