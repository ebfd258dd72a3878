/** What every transport guarantees (the port's docstring), as tests that each adapter runs. */
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { encodeEnvelope, HEADER_BYTES } from './envelope.ts'
import { MAX_FRAME_BYTES, type OpenTransport, type Transport, type TransportState } from './transport.ts'

/** Opens transports: those with one name are on one path. */
export type PathsUnderTest = (name: string) => OpenTransport

export interface Listener {
  readonly transport: Transport
  readonly frames: Uint8Array[]
  readonly states: TransportState[]
}

/** A frame that a relay forwards to everybody; `mark` fills its ciphertext. */
export function markedFrame(mark: number, length = HEADER_BYTES + 16): Uint8Array<ArrayBuffer> {
  return encodeEnvelope({
    sender: new Uint8Array(32).fill(9),
    receiver: null,
    counter: 0,
    ciphertext: new Uint8Array(length - HEADER_BYTES).fill(mark),
  })
}

/** Opens a transport and writes down what it reports. */
export function listen(open: OpenTransport): Listener {
  const frames: Uint8Array[] = []
  const states: TransportState[] = []
  const transport = open({
    onFrame: (frame) => void frames.push(frame),
    onState: (state) => void states.push(state),
  })
  onTestFinished(() => transport.close())
  return { transport, frames, states }
}

/** Polls until the check passes; patient, since a busy machine is no failure. */
export async function eventually(check: () => void): Promise<void> {
  await vi.waitFor(check, { timeout: 10_000 })
}

export function isOpen({ transport }: Listener): Promise<void> {
  return eventually(() => expect(transport.state).toBe('open'))
}

export const marks = ({ frames }: Listener) => frames.map((frame) => frame[HEADER_BYTES])

export function runTransportContract(name: string, createPaths: () => Promise<PathsUnderTest>): void {
  describe(`${name} keeps the transport's contract`, () => {
    async function openAll(open: OpenTransport, count: number): Promise<Listener[]> {
      const all = Array.from({ length: count }, () => listen(open))
      for (const listener of all) await isOpen(listener)
      return all
    }

    test('it is connecting when it is made, and reports later that it is open', async () => {
      const paths = await createPaths()
      const listener = listen(paths('one'))
      expect([listener.transport.state, listener.states]).toEqual(['connecting', []])
      await isOpen(listener)
      expect(listener.states).toEqual(['open'])
      expect(listener.transport.buffered('')).toBe(0)
    })

    test('a frame arrives whole at everybody else on the path; not at its sender, not on another path', async () => {
      const paths = await createPaths()
      const [a, b, c] = (await openAll(paths('one'), 3)) as [Listener, Listener, Listener]
      const [elsewhere] = (await openAll(paths('two'), 1)) as [Listener]
      expect(a.transport.send(markedFrame(1))).toBe(true)
      await eventually(() => expect([b.frames, c.frames]).toEqual([[markedFrame(1)], [markedFrame(1)]]))
      expect(b.transport.send(markedFrame(2))).toBe(true)
      await eventually(() => expect([marks(a), marks(b), marks(c)]).toEqual([[2], [1], [1, 2]]))
      expect(elsewhere.frames).toEqual([])
    })

    test('what is sent before it is open is refused, and not sent later', async () => {
      const paths = await createPaths()
      const [a] = (await openAll(paths('one'), 1)) as [Listener]
      const b = listen(paths('one'))
      expect(b.transport.send(markedFrame(1))).toBe(false)
      await isOpen(b)
      b.transport.send(markedFrame(2))
      await eventually(() => expect(marks(a)).toEqual([2]))
    })

    test('the largest frame arrives; one byte more is refused', async () => {
      const paths = await createPaths()
      const [a, b] = (await openAll(paths('one'), 2)) as [Listener, Listener]
      expect(a.transport.send(markedFrame(1, MAX_FRAME_BYTES + 1))).toBe(false)
      expect(a.transport.send(markedFrame(2, MAX_FRAME_BYTES))).toBe(true)
      await eventually(() => expect(marks(b)).toEqual([2]))
      expect(b.frames[0]).toHaveLength(MAX_FRAME_BYTES)
    })

    test('a frame may be a view into a larger buffer, and its bytes are free again after the call', async () => {
      const paths = await createPaths()
      const [a, b] = (await openAll(paths('one'), 2)) as [Listener, Listener]
      const buffer = new Uint8Array(1_000)
      const view = buffer.subarray(100, 100 + HEADER_BYTES + 16)
      view.set(markedFrame(3))
      a.transport.send(view)
      buffer.fill(0xff)
      await eventually(() => expect(b.frames).toEqual([markedFrame(3)]))
      expect(b.frames[0]!.buffer.byteLength).toBe(view.length)
    })

    test('after it is closed it sends nothing and calls nobody, and the others go on', async () => {
      const paths = await createPaths()
      const [a, b, c] = (await openAll(paths('one'), 3)) as [Listener, Listener, Listener]
      const opening = listen(paths('one'))
      a.transport.send(markedFrame(1))
      b.transport.close()
      b.transport.close()
      opening.transport.close()
      expect(b.transport.send(markedFrame(2))).toBe(false)
      a.transport.send(markedFrame(3))
      await eventually(() => expect(marks(c)).toEqual([1, 3]))
      expect([b.frames, b.states, b.transport.state]).toEqual([[], ['open'], 'down'])
      expect([opening.frames, opening.states]).toEqual([[], []])
    })

    test('closing from inside a callback is heeded at once', async () => {
      const paths = await createPaths()
      const [a, c] = (await openAll(paths('one'), 2)) as [Listener, Listener]
      const heard: number[] = []
      const b = paths('one')({
        onFrame(frame) {
          heard.push(frame[HEADER_BYTES]!)
          b.close()
        },
        onState: () => undefined,
      })
      await eventually(() => expect(b.state).toBe('open'))
      for (const mark of [1, 2, 3]) a.transport.send(markedFrame(mark))
      await eventually(() => expect(marks(c)).toEqual([1, 2, 3]))
      expect(heard).toEqual([1])
    })

    test('a burst arrives, each frame whole', async () => {
      const paths = await createPaths()
      const [a, b] = (await openAll(paths('one'), 2)) as [Listener, Listener]
      const sent = Array.from({ length: 300 }, (_, i) => markedFrame(i & 0xff, HEADER_BYTES + 16 + i))
      for (const frame of sent) expect(a.transport.send(frame)).toBe(true)
      await eventually(() => expect(b.frames).toHaveLength(300))
      expect(b.frames.map(toHex)).toEqual(sent.map(toHex))
    })
  })
}
