/** A relay's socket that dies and is not closed, on a clock of this test's own. The sockets are stand-ins. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ANSWER_WITHIN, PING, PING_AFTER, PONG, TICK, WAKE_ANSWER_WITHIN } from './liveness.ts'
import { openRelaySocket } from './relay-socket.ts'
import { listen, markedFrame } from './transport.contract.ts'

/** Says nothing by itself, and never closes. */
class Stand extends EventTarget {
  static all: Stand[] = []
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSING = 2
  readonly CLOSED = 3
  readyState = 0
  bufferedAmount = 0
  binaryType = ''
  /** Where its network still is, a ping is answered. */
  isThere = true
  /** Does not know of pings. */
  isOld = false
  readonly texts: unknown[] = []
  constructor() {
    super()
    Stand.all.push(this)
  }
  open(isOld = false): void {
    this.readyState = 1
    this.isOld = isOld
    this.dispatchEvent(new Event('open'))
    if (!isOld) this.say(PONG)
  }
  say(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }))
  }
  send(data: unknown): void {
    if (typeof data !== 'string') return
    this.texts.push(data)
    if (this.isThere && data === PING) this.say(PONG)
  }
  close(): void {
    this.readyState = 2
  }
}

beforeEach(() => {
  vi.useFakeTimers()
  Stand.all = []
})
afterEach(() => void vi.useRealTimers())

const pass = (ticks: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ticks * TICK)

/** A socket that is open, on a stand-in that is up. */
async function opened({ isOld = false } = {}) {
  const listener = listen(openRelaySocket({ address: 'ws://relay', room: 'room', socketClass: Stand as never }))
  await vi.advanceTimersByTimeAsync(10)
  Stand.all[0]!.open(isOld)
  return { ...listener, relay: Stand.all[0]! }
}

test('a relay that goes silent while nobody speaks is noticed within 30 s, and is connected to anew', async () => {
  const { transport, states, relay } = await opened()
  await pass(300)
  expect([states, relay.texts.length]).toEqual([['open'], 300 / PING_AFTER])
  relay.isThere = false
  await pass(PING_AFTER + ANSWER_WITHIN)
  expect([states, transport.state]).toEqual([['open', 'down'], 'down'])
  await vi.advanceTimersByTimeAsync(10)
  Stand.all[1]!.open()
  expect(states).toEqual(['open', 'down', 'open'])
})

test('after a wake one that was silent for longer than a ping is due is noticed within 3 s', async () => {
  const { transport, relay } = await opened()
  relay.isThere = false
  await pass(PING_AFTER + 1)
  transport.wake!()
  await pass(WAKE_ANSWER_WITHIN)
  expect([transport.state, Stand.all.length]).toEqual(['down', 2])
})

test('a sleep of the device is noticed without any event', async () => {
  const { transport, relay } = await opened()
  relay.isThere = false
  vi.setSystemTime(Date.now() + 3_600_000)
  await pass(1 + WAKE_ANSWER_WITHIN)
  expect(transport.state).toBe('down')
})

test('what one sends to a network that is gone is no sign of life', async () => {
  const { transport, relay } = await opened()
  relay.isThere = false
  for (let i = 0; i < PING_AFTER + ANSWER_WITHIN; i++) {
    transport.send(markedFrame(i))
    await pass(1)
  }
  expect(transport.state).toBe('down')
})

test('a slow upload, behind which a ping waits, is', async () => {
  const { transport, states, relay } = await opened()
  relay.isThere = false
  relay.bufferedAmount = 1_000_000
  await pass(1)
  for (; relay.bufferedAmount > 0; relay.bufferedAmount -= 10_000) await pass(1)
  expect(states).toEqual(['open'])
  await pass(PING_AFTER + ANSWER_WITHIN)
  expect(transport.state).toBe('down')
})

test('an older relay, which would refuse a ping, is sent none and is kept', async () => {
  const { transport, states, relay } = await opened({ isOld: true })
  await pass(600)
  transport.wake!()
  await pass(600)
  expect([states, relay.texts]).toEqual([['open'], []])
})
