/** Bulk on paths that take it, and on paths that do not. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Path } from '../../net/transport.ts'
import { createRoute, giveBulk } from './routes.ts'
import type { Route } from './state.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

/** A path that takes nothing of what goes to "deaf", and all of what goes to others. */
function routeWithDeaf(path: Path): { route: Route; sent: string[]; take(bytes: number): void } {
  const sent: string[] = []
  let waiting = 0
  const open = () => ({
    path,
    state: 'open' as const,
    buffered: (to: string) => (path === 'relay' || to === 'deaf' ? waiting : 0),
    send(frame: Uint8Array, to: string | null = null) {
      sent.push(`${to}`)
      if (to === 'deaf') waiting += frame.length
      return true
    },
    close: () => {},
  })
  const route = createRoute(path, open)
  route.transport = open()
  return { route, sent, take: (bytes) => void (waiting -= bytes) }
}

const sealed = (): Promise<Uint8Array> => Promise.resolve(new Uint8Array(100_000))

test('D21 bulk for a peer whose channel takes nothing holds up no other channel, and is not waited for without end', async () => {
  const { route, sent } = routeWithDeaf('webrtc')
  const first = giveBulk(route, 'deaf', sealed)
  const second = giveBulk(route, 'deaf', sealed)
  const other = giveBulk(route, 'friend', sealed)
  await vi.advanceTimersByTimeAsync(100)
  await other
  expect(sent).toEqual(['deaf', 'friend'])
  await vi.advanceTimersByTimeAsync(40_000)
  await Promise.all([first, second])
  // The second was not handed over: it would wait behind the first.
  expect(sent).toEqual(['deaf', 'friend'])
  expect(route.bulk.size).toBe(0)
})

test('D21 a slow path is waited for while it takes anything, and what shares a path goes one after the other', async () => {
  const { route, sent, take } = routeWithDeaf('relay')
  const first = giveBulk(route, 'deaf', sealed)
  const other = giveBulk(route, 'friend', sealed)
  for (let n = 0; n < 3; n++) {
    await vi.advanceTimersByTimeAsync(10_000)
    expect(sent).toEqual(['deaf'])
    take(10_000)
  }
  take(70_000)
  await vi.advanceTimersByTimeAsync(100)
  await Promise.all([first, other])
  expect(sent).toEqual(['deaf', 'friend'])
})
