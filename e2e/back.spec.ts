/** Back closes the place that is open, and leaves the room only where none is. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { ready, said } from './tabs.ts'

async function show(page: Page, place: string): Promise<void> {
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: place, exact: true }).click()
  await expect(page.getByRole('dialog', { name: place })).toBeVisible()
}

const shut = (page: Page): Promise<void> => expect(page.getByRole('dialog')).toHaveCount(0)

test('Back closes a place, Forward opens it again, and a place that was closed by its button leaves nothing to go back to', async ({
  host,
  device,
}) => {
  const { context } = await device()
  const page = await context.newPage()
  await page.goto(`${host.address}/?before`)
  await page.goto(`${host.address}/#new`)
  await ready(page)
  const room = page.url()
  const entries = await page.evaluate(() => history.length)
  await show(page, 'Peers')
  await page.goBack()
  await shut(page)
  await page.goForward()
  await expect(page.getByRole('dialog', { name: 'Peers' })).toBeVisible()
  // From one place to another is no step more.
  await show(page, 'Node')
  await page.goBack()
  await shut(page)
  for (const close of ['Escape', 'the button']) {
    await show(page, 'Help')
    if (close === 'Escape') await page.keyboard.press('Escape')
    else await page.getByRole('button', { name: 'Close', exact: true }).click()
    // The next one is opened at once, maybe before the browser is back.
    await show(page, 'Share the room')
    await page.keyboard.press('Escape')
    await shut(page)
  }
  expect(page.url()).toBe(room)
  expect(await page.evaluate(() => history.length)).toBe(entries + 1)
  await page.goBack()
  await expect.poll(() => page.url()).toBe(`${host.address}/?before`)
})

test('Back leads from a room to the start page that it was opened on, and Forward to the room again', async ({ host, device }) => {
  const { context } = await device()
  const page = await context.newPage()
  await page.goto(host.address)
  await page.getByRole('button', { name: 'Create the room', exact: true }).click()
  await ready(page)
  const [room, node] = [page.url(), await said(page, 'node')]
  await page.goBack()
  await expect(page.getByRole('button', { name: 'Create the room', exact: true })).toBeVisible()
  const loading = page.waitForEvent('load')
  await page.goForward()
  await loading
  await ready(page)
  expect([page.url(), await said(page, 'node')]).toEqual([room, node])
})

test('a page that is loaded again with a place open shows none, and Back leaves it at once', async ({ host, device }) => {
  const { context } = await device()
  const page = await context.newPage()
  await page.goto(`${host.address}/?before`)
  await page.goto(`${host.address}/#new`)
  await ready(page)
  await show(page, 'Peers')
  await page.reload()
  await ready(page)
  await shut(page)
  await expect.poll(() => page.evaluate(() => history.state as unknown)).toBe(null)
  await page.goBack()
  await expect.poll(() => page.url()).toBe(`${host.address}/?before`)
})
