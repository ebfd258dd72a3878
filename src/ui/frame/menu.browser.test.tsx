/** The keys of the menu. */
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { createStore } from 'zustand/vanilla'
import { messages } from '../messages.ts'
import { PageProvider } from '../state/bindings.ts'
import type { Page } from '../state/page.ts'
import { Menu } from './Menu.tsx'

let root: Root
let place: HTMLElement

beforeEach(async () => {
  place = document.createElement('div')
  document.body.append(place)
  root = createRoot(place)
  root.render(
    <PageProvider value={{ store: createStore(() => ({})), show: () => {} } as unknown as Page}>
      <Menu actions={[]} onClose={() => {}} />
    </PageProvider>,
  )
  await vi.waitUntil(() => at() === messages.menu.share)
})

afterEach(() => {
  root.unmount()
  place.remove()
})

const at = (): string => document.activeElement?.textContent ?? ''

async function press(...keys: readonly string[]): Promise<string> {
  for (const key of keys) await userEvent.keyboard(`{${key}}`)
  return at()
}

test('arrows up and down walk the menu, in which the row of colours is one stop; left and right walk the row', async () => {
  const { system, light, dark, help, share } = messages.menu
  expect(await press('ArrowUp')).toBe(system)
  expect(await press('ArrowUp')).toBe(help)
  expect(await press('ArrowRight')).toBe(help)
  expect(await press('ArrowDown')).toBe(system)
  expect(await press('ArrowRight')).toBe(light)
  expect(await press('ArrowRight')).toBe(dark)
  expect(await press('ArrowRight')).toBe(system)
  expect(await press('ArrowLeft')).toBe(dark)
  expect(await press('ArrowDown')).toBe(share)
})
