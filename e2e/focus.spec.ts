/** The focus is never lost: what one types after something opened or closed goes where one expects. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { agree, ready, type } from './tabs.ts'

const hasFocus = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const at = document.activeElement
    return at === null || at === document.body ? 'nothing' : (at.getAttribute('aria-label') ?? at.tagName.toLowerCase())
  })

const keepsFocus = (page: Page, after: string): Promise<void> =>
  expect.poll(() => hasFocus(page), { message: `something has the focus after ${after}` }).not.toBe('nothing')

test('a room that was begun is typed into at once, and so is one that was opened by its link', async ({ host, device, problems }) => {
  const { context, open } = await device()
  const page = await context.newPage()
  page.on('pageerror', ({ message }) => problems.push(message))
  await page.goto(host.address)
  await page.getByRole('textbox', { name: 'Room name' }).fill('focus')
  await page.keyboard.press('Enter')
  await ready(page)
  await expect.poll(() => hasFocus(page)).toBe('Message')
  await page.keyboard.type('typed at once, with ? and /')
  await page.keyboard.press('Enter')
  await agree([page], 2)
  const other = await open(page.url())
  await expect.poll(() => hasFocus(other)).toBe('Message')
})

test('whatever opens and is closed again, by Escape or by its button, something has the focus', async ({ host, device }) => {
  const page = await (await device()).open(`${host.address}/#new`)
  await type(page, 'one')
  await agree([page], 2)
  const menu = page.getByRole('menuitem')
  for (let place = 0; place < 5; place++) {
    for (const close of ['Escape', 'the button'] as const) {
      await page.getByRole('button', { name: 'Menu', exact: true }).click()
      await menu.nth(place).click()
      const sheet = page.getByRole('dialog')
      await expect(sheet).toBeVisible()
      if (close === 'Escape') await page.keyboard.press('Escape')
      else await sheet.getByRole('button', { name: 'Close', exact: true }).click()
      await expect(sheet).toHaveCount(0)
      await keepsFocus(page, `place ${place} was closed by ${close}`)
    }
  }
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.keyboard.press('Escape')
  await keepsFocus(page, 'the menu was closed')
  for (const close of ['Escape', 'the button'] as const) {
    await page.locator('.entry .id-button').last().click()
    const card = page.locator('.op-card')
    await expect(card).toBeVisible()
    await card.getByRole('button').first().focus()
    if (close === 'Escape') await page.keyboard.press('Escape')
    else await card.locator('header button').click()
    await expect(card).toHaveCount(0)
    await keepsFocus(page, `the card was closed by ${close}`)
  }
})
