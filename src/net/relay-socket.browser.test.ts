/** The relay's socket in a real browser, against real relays that these tests start, kill and restart. */
import { expect, inject, onTestFinished, test, vi } from 'vitest'
import { MAX_BUFFERED_BYTES, openRelaySocket, type RelaySocket } from './relay-socket.ts'
import { eventually, isOpen, listen, type Listener, markedFrame, marks, runTransportContract } from './transport.contract.ts'
import { MAX_FRAME_BYTES } from './transport.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where `relay/for-tests.ts` listens. */
    relayControl: string
  }
}

const control = async (what: 'start' | 'stop', port: number) =>
  Number(await (await fetch(`${inject('relayControl')}/${what}?port=${port}`)).text())
const originOf = (port: number) => `ws://127.0.0.1:${port}`

/** A relay of this test's own. */
async function startRelay(port = 0): Promise<number> {
  const started = await control('start', port)
  onTestFinished(async () => {
    await control('stop', started)
  })
  return started
}

/** A room of this test's own. */
const freshRoom = () => crypto.randomUUID()

/** A listener with the details it was told, and its socket. */
function listenTo(origin: string, room: string) {
  const details: string[] = []
  let socket: RelaySocket | null = null
  const listener = listen((events) => {
    const onState: typeof events.onState = (state, detail) => {
      details.push(detail)
      events.onState(state, detail)
    }
    socket = openRelaySocket({ address: origin, room })({ ...events, onState })
    return socket
  })
  return { ...listener, details, socket: socket! as RelaySocket }
}

const isDown = ({ transport }: Listener) => eventually(() => expect(transport.state).toBe('down'))

runTransportContract('a relay socket', async () => {
  const port = await startRelay()
  const rooms = new Map<string, string>()
  return (name) => {
    const room = rooms.get(name) ?? freshRoom()
    rooms.set(name, room)
    return openRelaySocket({ address: originOf(port), room })
  }
})

test('a relay that is killed and restarted is found again by itself, and frames pass again', async () => {
  const port = await startRelay()
  const room = freshRoom()
  const [a, b] = [listenTo(originOf(port), room), listenTo(originOf(port), room)]
  await isOpen(a)
  await isOpen(b)
  await control('stop', port)
  await isDown(a)
  await isDown(b)
  expect(a.details).toEqual(['', 'lost'])
  expect(a.transport.send(markedFrame(1))).toBe(false)
  await startRelay(port)
  await eventually(() => expect([a.transport.state, b.transport.state]).toEqual(['open', 'open']))
  a.transport.send(markedFrame(2))
  await eventually(() => expect(marks(b)).toEqual([2]))
}, 20_000)

test('a relay that is not there is "down" with a reason, and is found when it comes', async () => {
  const port = await startRelay()
  await control('stop', port)
  const listener = listenTo(originOf(port), freshRoom())
  await isDown(listener)
  expect(listener.details).toEqual(['refused'])
  await startRelay(port)
  await eventually(() => expect(listener.transport.state).toBe('open'))
}, 20_000)

test('a wake does not wait for the delay, and leaves an open socket alone', async () => {
  const port = await startRelay()
  await control('stop', port)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const listener = listenTo(originOf(port), freshRoom())
  // Only the first attempt, which comes without a delay, is let happen; the retry's timer stands still.
  await vi.advanceTimersByTimeAsync(0)
  await untilRealTime(() => listener.transport.state === 'down')
  await startRelay(port)
  listener.socket.wake()
  await vi.advanceTimersByTimeAsync(0)
  await untilRealTime(() => listener.transport.state === 'open')
  listener.socket.wake()
  await vi.advanceTimersByTimeAsync(0)
  expect(listener.states).toEqual(['down', 'open'])
  expect(listener.transport.send(markedFrame(1))).toBe(true)
})

test('closing stops the retries for good', async () => {
  const port = await startRelay()
  await control('stop', port)
  let attempts = 0
  const construct = (target: typeof WebSocket, args: [string]) => {
    attempts++
    return new target(...args)
  }
  vi.stubGlobal('WebSocket', new Proxy(WebSocket, { construct }))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })
  const listener = listenTo(originOf(port), freshRoom())
  for (const wanted of [1, 2, 3]) {
    await vi.advanceTimersByTimeAsync(5_000)
    await untilRealTime(() => attempts >= wanted && listener.transport.state === 'down')
  }
  listener.transport.close()
  listener.socket.wake()
  const before = attempts
  await vi.advanceTimersByTimeAsync(120_000)
  expect(attempts).toBe(before)
})

test('a sender that is too far ahead of its network is told so, frame by frame, until that caught up', async () => {
  const port = await startRelay()
  const room = freshRoom()
  const [a, b] = [listenTo(originOf(port), room), listenTo(originOf(port), room)]
  await isOpen(a)
  await isOpen(b)
  let accepted = 0
  while (a.transport.send(markedFrame(accepted, MAX_FRAME_BYTES))) accepted++
  expect(a.transport.buffered('')).toBeGreaterThan(MAX_BUFFERED_BYTES)
  expect(a.transport.buffered('')).toBeLessThan(MAX_BUFFERED_BYTES + 2 * MAX_FRAME_BYTES)
  await eventually(() => expect(marks(b)).toEqual(Array.from({ length: accepted }, (_, i) => i)))
  expect(a.transport.send(markedFrame(100))).toBe(true)
}, 20_000)

test("the relay's own reason for closing reaches the people", async () => {
  const port = await startRelay()
  const listener = listenTo(originOf(port), freshRoom())
  await isOpen(listener)
  listener.transport.send(new Uint8Array(10))
  await eventually(() => expect(listener.details).toContain('truncated'))
})

/** Polls while the clock is a fake one: by tasks, which no fake timer stops. */
async function untilRealTime(condition: () => boolean): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  while (!condition()) {
    await new Promise((resolve) => {
      port1.onmessage = resolve
      port2.postMessage(null)
    })
  }
  port1.close()
}
