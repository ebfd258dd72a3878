/** The clock that ages are told by, in a real browser. */
import { createRoot } from 'react-dom/client'
import { afterEach, expect, test, vi } from 'vitest'
import { useAgeClock } from './bindings.ts'

afterEach(() => {
  vi.useRealTimers()
})

function Clock() {
  return <output>{useAgeClock()}</output>
}

test('what came onto the screen at different times tells ages by the same clock', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], now: 1_700_000_005_000 })
  const places = [document.createElement('div'), document.createElement('div')]
  const roots = places.map((place) => createRoot(place))
  const shown = (): (string | null)[] => places.map((place) => place.textContent)
  roots[0]!.render(<Clock />)
  await vi.waitUntil(() => shown()[0] !== '')
  vi.advanceTimersByTime(20_000)
  roots[1]!.render(<Clock />)
  await vi.waitUntil(() => shown()[1] !== '')
  expect(shown()[1]).toBe(shown()[0])
  const before = Number(shown()[0])
  vi.advanceTimersByTime(30_000)
  await vi.waitUntil(() => Number(shown()[0]) === before + 30)
  await vi.waitUntil(() => shown()[1] === shown()[0])
  for (const root of roots) root.unmount()
})
