/** Offline is a state and not an error: a tab goes on alone, and catches up by itself. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { agree, messagesOf, numbered, oneHistory, ready, said, setOffline, type, typeAll } from './tabs.ts'

const isOffline = (page: Page): Promise<void> =>
  expect(page.getByRole('switch', { name: 'Offline', exact: true })).toHaveAttribute('aria-checked', 'true')

test('one tab goes offline, both sides type, it returns and all agree', async ({ host, device }) => {
  const here = await device()
  const away = await here.open(`${host.address}/#new`)
  const neighbour = await here.open(away.url())
  const distant = await (await device()).open(away.url())
  await type(away, 'before')
  await agree([away, neighbour, distant], 2)

  await setOffline(away, true)
  const alone = numbered('typed alone', 4)
  const together = numbered('typed together', 4)
  await Promise.all([typeAll(away, alone), typeAll(neighbour, together)])
  await agree([neighbour, distant], 6)
  await agree([away], 6)
  expect(await said(away, 'digest')).not.toBe(await said(neighbour, 'digest'))
  expect(await messagesOf(distant)).not.toContain('typed alone 1')
  await expect.poll(() => said(away, 'peers')).toBe('0')

  await setOffline(away, false)
  const pages = [away, neighbour, distant]
  await agree(pages, 10)
  await oneHistory(pages, ['before', ...alone, ...together])
})

test('two tabs that were both offline agree once both are back', async ({ host, device }) => {
  const here = await device()
  const first = await here.open(`${host.address}/#new`)
  const second = await here.open(first.url())
  await agree([first, second], 1)
  await Promise.all([setOffline(first, true), setOffline(second, true)])
  await Promise.all([typeAll(first, numbered('left', 3)), typeAll(second, numbered('right', 3))])
  await agree([first], 4)
  await agree([second], 4)
  await setOffline(second, false)
  await setOffline(first, false)
  await agree([first, second], 7)
  expect(await said(first, 'heads')).toBe('2')
})

test('a node that was left offline is offline after a reload and in another tab, sends nothing of what was written so, and all agree when it is back', async ({
  host,
  device,
}) => {
  const first = await (await device()).open(`${host.address}/#new`)
  const { open } = await device()
  const before = await open(first.url())
  await agree([first, before], 1)
  await setOffline(before, true)
  await type(before, 'written offline')
  await agree([before], 2)
  await before.reload()
  await ready(before)
  await isOffline(before)
  const node = await said(before, 'node')
  await before.close()
  const second = await open(first.url())
  expect(await said(second, 'node')).toBe(node)
  await isOffline(second)
  await type(first, 'written meanwhile')
  await agree([first], 2)
  // Long enough for a greeting and an answer: the other one has written, and was heard by nobody.
  await expect.poll(() => said(first, 'peers')).toBe('0')
  expect([await said(first, 'ops'), await said(second, 'ops')]).toEqual(['2', '2'])
  await setOffline(second, false)
  await agree([first, second], 3)
})

test('what was written offline, and arrives far above what one reads, is told, gone to, and marked', async ({ host, device }) => {
  const here = await (await device()).open(`${host.address}/#new`)
  const away = await (await device()).open(here.url())
  await agree([here, away], 1)
  await setOffline(away, true)
  await typeAll(away, numbered('written offline', 2))
  await typeAll(here, numbered('meanwhile', 30))
  await agree([here], 31)
  await setOffline(away, false)
  await agree([here, away], 33)
  const toLate = here.getByRole('button', { name: '2 late entries further up' })
  await toLate.click()
  for (const n of [1, 2]) {
    const entry = here.locator('.entry').filter({ hasText: `written offline ${n}` })
    await expect(entry).toBeInViewport()
    await expect(entry.getByText('late', { exact: true })).toBeVisible()
  }
  await expect(toLate).toHaveCount(0)
})

test('a tab that is closed or left is gone for others at once', async ({ host, device }) => {
  const first = await (await device()).open(`${host.address}/#new`)
  const second = await (await device()).open(first.url())
  await agree([first, second], 1)
  await expect.poll(() => said(first, 'peers')).toBe('1')
  const left = Date.now()
  await second.goto('about:blank')
  await expect.poll(() => said(first, 'peers')).toBe('0')
  // A peer that is only silent is shown for fifteen seconds.
  expect(Date.now() - left).toBeLessThan(10_000)
})
