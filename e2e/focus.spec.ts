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

test('Escape leaves the message field for the history once it is empty, and not while an input method composes', async ({
  host,
  device,
}) => {
  const page = await (await device()).open(`${host.address}/#new`)
  await page.getByRole('button', { name: 'Add a node here', exact: true }).click()
  const added = page.getByRole('textbox', { name: /^Write as / })
  const box = page.getByRole('textbox', { name: 'Message', exact: true })
  await expect(added).toHaveCount(1)
  await box.fill('a draft')
  await page.keyboard.press('Escape')
  await expect(box).toBeFocused()
  await expect(box).toHaveValue('a draft')
  for (const [console, field] of [box, added].entries()) {
    await field.fill('')
    await field.evaluate((area) =>
      area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', isComposing: true, bubbles: true, cancelable: true })),
    )
    await expect(field).toBeFocused()
    await page.keyboard.press('Escape')
    await expect(page.locator('.console').nth(console).locator('.history')).toBeFocused()
  }
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Help' })).toBeVisible()
  await page.keyboard.press('?')
  await page.keyboard.press('/')
  await expect(page.getByRole('searchbox').nth(1)).toBeFocused()
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

test('an invitation by hand that is hidden leaves the focus where the next one is made', async ({ host, device }) => {
  const page = await (await device()).open(`${host.address}/#new`)
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Peers', exact: true }).click()
  const place = page.getByRole('dialog', { name: 'Peers' })
  const invite = place.getByRole('button', { name: 'Invite a device', exact: true })
  for (const way of ['a press', 'a key'] as const) {
    await invite.click()
    const hide = place.getByRole('button', { name: 'Hide this invitation', exact: true })
    await expect(hide).toBeVisible()
    if (way === 'a press') await hide.click()
    else await hide.press('Enter')
    await expect(invite, `after ${way}`).toBeFocused()
  }
})

test('an invitation that is hidden before its answer came can still be answered, and the page says so', async ({ host, device }) => {
  const page = await (await device()).open(`${host.address}/#new`)
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Peers', exact: true }).click()
  const place = page.getByRole('dialog', { name: 'Peers' })
  await place.getByRole('button', { name: 'Invite a device', exact: true }).click()
  const invitation = await place.locator('.carried-text[readonly]').inputValue()
  await place.getByRole('button', { name: 'Hide this invitation', exact: true }).click()
  const other = await (await device()).open(invitation)
  const answer = await other.getByRole('textbox', { name: 'Bring this back to the device that invited, and paste it there' }).inputValue()
  await expect(other.getByRole('button', { name: 'Hide this answer', exact: true })).toBeVisible()
  await place.getByRole('textbox', { name: 'The answer to your invitation, or an invitation from another device' }).fill(answer)
  await place.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(place.getByText('Connected.', { exact: true })).toBeVisible()
  await expect(place.getByRole('textbox', { name: 'An invitation from another device' })).toBeVisible()
})

test('a button that is disabled by what it did hands the focus on', async ({ host, device }) => {
  const page = await (await device()).open(`${host.address}/#new`)
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Peers', exact: true }).click()
  const place = page.getByRole('dialog', { name: 'Peers' })
  await place.getByRole('button', { name: 'Invite a device', exact: true }).click()
  const other = await (await device()).open(await place.locator('.carried-text[readonly]').inputValue())
  const answer = await other.getByRole('textbox', { name: 'Bring this back to the device that invited, and paste it there' }).inputValue()
  await place.getByRole('textbox', { name: 'The answer of the other device' }).fill(answer)
  await place.getByRole('button', { name: 'Connect', exact: true }).click()
  await expect(place.getByText('Connected.', { exact: true })).toBeVisible()
  // Nothing is left to connect, and a message is not typed here: the focus stays where it was pressed.
  await expect(place.getByRole('textbox', { name: 'An invitation from another device' })).toBeFocused()
})
