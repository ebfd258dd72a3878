/** Nothing that a person typed is lost, whatever keeps it from being sent. */
import type { Locator, Page } from '@playwright/test'
import { agree, messagesOf, openTab, ready, said, type } from './tabs.ts'
import { expect, test } from './fixtures.ts'

const messageBox = (page: Page): Locator => page.getByRole('textbox', { name: 'Message', exact: true })

test('what is typed before the room has arrived is shown as kept, and signed when it arrives', async ({ host, device }) => {
  const founder = await device()
  const first = await founder.open(`${host.address}/#new`)
  const link = first.url()
  await first.close()

  const guest = await (await device()).open(link)
  await expect(guest.getByText('Waiting for the room')).toBeVisible()
  const title = guest.getByRole('heading', { level: 1 })
  await expect(title).toHaveText(`Room ${(await said(guest, 'room'))!.slice(0, 8)} Not arrived yet`)
  await type(guest, 'early bird')
  await expect(guest.getByRole('status').filter({ hasText: 'early bird' })).toBeVisible()
  expect(await messagesOf(guest)).toEqual([])

  const again = await founder.context.newPage()
  await again.goto(`${host.address}/`)
  await again.getByRole('button', { name: /^Resume/ }).click()
  await ready(again)
  await agree([again, guest], 2)
  expect(await messagesOf(again)).toEqual(['early bird'])
  await expect(title).toHaveText('A room')
  await expect(guest.getByRole('status').filter({ hasText: 'early bird' })).toHaveCount(0)
})

test('a message that is too long is told so before it is sent, and outlives a reload', async ({ host, device }) => {
  const page = await (await device()).open(`${host.address}/#new`)
  const box = messageBox(page)
  const send = page.getByRole('button', { name: 'Send', exact: true })
  const long = '€'.repeat(22_000)
  await box.fill(long)
  await expect(page.getByText('Split it into smaller messages')).toBeVisible()
  await expect(send).toBeDisabled()
  await box.press('Enter')
  await page.reload()
  await ready(page)
  await expect(box).toHaveValue(long)
  await box.fill(long.slice(0, 20_000))
  await send.click()
  await expect.poll(() => messagesOf(page)).toEqual([long.slice(0, 20_000)])
})

test('on a touchscreen Enter makes a new line, and the button sends', async ({ host, browser, problems }) => {
  const context = await browser.newContext({ hasTouch: true, isMobile: true, viewport: { width: 360, height: 740 } })
  const page = await openTab(context, `${host.address}/#new`, problems)
  const box = messageBox(page)
  await box.tap()
  await page.keyboard.type('milk')
  await page.keyboard.press('Enter')
  await page.keyboard.type('bread')
  await expect(box).toHaveValue('milk\nbread')
  await page.getByRole('button', { name: 'Send', exact: true }).tap()
  await expect.poll(() => messagesOf(page)).toEqual(['milk\nbread'])
  await page.keyboard.type('eggs')
  await page.keyboard.press('Control+Enter')
  await expect.poll(() => messagesOf(page)).toEqual(['milk\nbread', 'eggs'])
  await context.close()
})

test('what was typed and not sent comes back with the node, in whatever tab takes it up, and in no other one', async ({ host, device }) => {
  const { open, context } = await device()
  const founder = await (await device()).open(`${host.address}/#new`)
  const link = founder.url()
  await founder.close()
  const first = await open(link)
  // The room has not arrived, so this waits.
  await type(first, 'early bird')
  await expect(first.getByRole('status').filter({ hasText: 'early bird' })).toBeVisible()
  await messageBox(first).fill('half a thought')
  const node = await said(first, 'node')
  const beside = await open(link)
  await expect(messageBox(beside)).toHaveValue('')
  await messageBox(beside).fill('of the second node')
  await first.close()

  const again = await context.newPage()
  await again.goto(link)
  await ready(again)
  expect(await said(again, 'node')).toBe(node)
  await expect(messageBox(again)).toHaveValue('half a thought')
  // The room has still not arrived, so this waits on.
  await expect(again.getByRole('status').filter({ hasText: 'early bird' })).toBeVisible()
  const elsewhere = await open(`${host.address}/#new`)
  await expect(messageBox(elsewhere)).toHaveValue('')
  await expect(elsewhere.locator('.unsent')).toHaveCount(0)
})

test('a node that runs in another tab is not resumed a second time, and the tab says so', async ({ host, device }) => {
  const here = await device()
  const first = await here.open(`${host.address}/#new`)
  const second = await here.context.newPage()
  await second.goto(`${host.address}/`)
  await second.getByRole('button', { name: /^Resume/ }).click()
  await ready(second)
  await expect(second.getByText('already run in other tabs')).toBeVisible()
  await agree([first, second], 1)
  expect(await second.evaluate(() => document.documentElement.dataset['node'])).not.toBe(
    await first.evaluate(() => document.documentElement.dataset['node']),
  )
})
