/** What is said of peers with another version, in a real browser: it does not come and go as they please. */
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import type { PeerStatus } from '../../worker/api.ts'
import { messages } from '../messages.ts'
import { NodeProvider } from '../state/bindings.ts'
import type { PageNode } from '../state/page-node.ts'
import { OtherVersion } from './OtherVersion.tsx'

let root: Root
let place: HTMLElement
const store = createStore<{ status: { peers: { version: PeerStatus['version'] }[] } }>(() => ({ status: { peers: [] } }))
const say = (...versions: PeerStatus['version'][]): void => store.setState({ status: { peers: versions.map((version) => ({ version })) } })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  say('ours')
  place = document.createElement('div')
  document.body.append(place)
  root = createRoot(place)
  root.render(
    <NodeProvider value={{ store } as unknown as PageNode}>
      <OtherVersion />
    </NodeProvider>,
  )
})

afterEach(() => {
  root.unmount()
  place.remove()
  vi.useRealTimers()
})

/** Until React has shown what the store holds, with its effects. */
const shown = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())))

test.each([
  ['later', messages.otherVersion.later],
  ['earlier', messages.otherVersion.earlier],
] as const)('E8 a peer whose version changes all the time makes the page move once (%s)', async (version, words) => {
  await shown()
  const changes: boolean[] = []
  for (let n = 0; n < 20; n++) {
    say(n % 2 === 0 ? version : 'ours')
    await shown()
    vi.advanceTimersByTime(59_000)
    await shown()
    changes.push(place.textContent?.includes(words) ?? false)
  }
  expect(changes).toEqual(Array.from({ length: 20 }, () => true))
})

test('it goes a minute after the last peer with another version', async () => {
  say('earlier', 'ours')
  await shown()
  expect(place.textContent).toContain(messages.otherVersion.earlier)
  say('ours')
  await shown()
  vi.advanceTimersByTime(61_000)
  await shown()
  expect(place.textContent).toBe('')
})

test('E8 what a person closed is not said again', async () => {
  say('earlier')
  await shown()
  const buttons = [...place.querySelectorAll('button')]
  expect(buttons.map(({ textContent }) => textContent)).toEqual([messages.close])
  buttons[0]!.click()
  await shown()
  for (const version of ['ours', 'earlier'] as const) {
    say(version)
    await shown()
    expect(place.textContent).toBe('')
  }
  say('later')
  await shown()
  expect(place.textContent).toContain(messages.otherVersion.later)
})
