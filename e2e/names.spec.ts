/** Names that people choose: beside the nickname wherever an author is shown, and remembered when they are away. */
import type { Locator, Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { agree, nicknameOf, ready, type } from './tabs.ts'

async function chooseName(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Node', exact: true }).click()
  const place = page.getByRole('dialog', { name: 'Node', exact: true })
  await place.getByRole('textbox', { name: /^Your name / }).fill(name)
  await page.keyboard.press('Escape')
}

/** Who wrote this, as the history says. */
const authorOf = (page: Page, text: string): Locator =>
  page.getByRole('list', { name: 'History', exact: true }).getByRole('listitem').filter({ hasText: text }).locator('.entry-head')

/** The lanes from left to right, as the graph's own list for screen readers names them. */
const lanes = (page: Page): Locator => page.getByText(/^Lanes from left to right: /)

test('E6 a chosen name stands beside the nickname in history, graph and card of others, and still does after a reload when its owner is gone', async ({
  host,
  device,
}) => {
  const here = await (await device()).open(`${host.address}/#new`)
  const there = await (await device()).open(here.url())
  const nickname = await nicknameOf(there)
  await type(there, 'from the other one')
  await agree([here, there], 2)
  await chooseName(there, 'Ada Lovelace')
  const shown = async (): Promise<void> => {
    await expect(authorOf(here, 'from the other one')).toContainText(`${nickname}“Ada Lovelace”`)
    await expect(lanes(here)).toContainText(`${nickname} “\u2068Ada Lovelace\u2069”`)
    await here.locator('.entry .id-button').last().click()
    await expect(here.getByRole('region', { name: 'The selected op' }).getByRole('heading')).toContainText(`${nickname}“Ada Lovelace”`)
  }
  await shown()
  // Its own history says what others see.
  await expect(authorOf(there, 'from the other one')).toContainText('“Ada Lovelace”')
  await expect(authorOf(here, 'created the room')).not.toContainText('“')
  await there.context().close()
  await here.reload()
  await ready(here)
  await shown()
})

test('E6 two authors with one name, which is also the nickname of a third, are told apart in history, graph and where people type', async ({
  host,
  device,
}) => {
  // Nodes of one browser never share a nickname.
  const { open } = await device()
  const here = await open(`${host.address}/#new`)
  const others = [await open(here.url()), await open(here.url())]
  const name = await nicknameOf(here)
  const nicknames = await Promise.all(others.map(nicknameOf))
  expect(new Set([name, ...nicknames]).size).toBe(3)
  for (const [i, page] of others.entries()) {
    await type(page, `written by ${i + 1}`)
    await agree([here, ...others], 2 + i)
    await chooseName(page, name)
  }
  for (const [i, nickname] of nicknames.entries()) {
    await expect(authorOf(here, `written by ${i + 1}`)).toContainText(`${nickname}“${name}”`)
    await expect(lanes(here)).toContainText(`${nickname} “\u2068${name}\u2069”`)
  }
  const looks = await here
    .locator('.entry-head')
    .evaluateAll((heads) => heads.map((head) => head.querySelector('.author-name')!.textContent))
  expect(looks.slice(1)).toEqual(nicknames)
  for (const page of others) await page.getByRole('textbox', { name: 'Message', exact: true }).fill('…')
  const typing = here.locator('.typing')
  await expect(typing).toContainText('are typing')
  for (const nickname of nicknames) await expect(typing).toContainText(`${nickname}“${name}”`)
})

test('D26 a name kept from another room is shown to its owner first, in a room that they create as in one that they join', async ({
  host,
  device,
}) => {
  const founder = await (await device()).open(`${host.address}/#new`)
  const { context, open } = await device()
  const before = await open(`${host.address}/#new`)
  await chooseName(before, 'Ada Lovelace')
  await before.close()

  const created = await open(`${host.address}/#new`)
  const joined = await open(founder.url())
  const offers = [created, joined].map((page) =>
    page.getByText('Others see “\u2068Ada Lovelace\u2069” beside your nickname as soon as you write.'),
  )
  for (const offer of offers) await expect(offer).toBeVisible()
  const guest = await (await device()).open(created.url())
  await agree([created, guest], 1)
  await agree([founder, joined], 1)
  await type(created, 'with a name')
  await agree([created, guest], 2)
  await expect(authorOf(guest, 'with a name')).toContainText('“Ada Lovelace”')
  await expect(offers[0]!).toHaveCount(0)

  // Declined in one room, it is kept for others.
  await joined.getByRole('button', { name: 'No name in this room', exact: true }).click()
  await expect(offers[1]!).toHaveCount(0)
  await type(joined, 'without a name')
  await agree([founder, joined], 2)
  await expect(authorOf(joined, 'without a name')).not.toContainText('Ada')
  const next = await context.newPage()
  await next.goto(`${host.address}/#new`)
  await ready(next)
  await next.getByRole('button', { name: 'Change it', exact: true }).click()
  await expect(next.getByRole('textbox', { name: 'Your name in this room' })).toHaveValue('Ada Lovelace')
})

test('of several nodes in a page the field for a name is that of the selected one, with its own name', async ({ host, device }) => {
  const page = await (await device()).open(`${host.address}/#new`)
  const own = await nicknameOf(page)
  await page.getByRole('button', { name: 'Add a node here', exact: true }).click()
  const added = page.getByRole('textbox', { name: /^Write as / })
  await added.click()
  const nickname = (await added.getAttribute('aria-label'))!.replace('Write as ', '')
  await chooseName(page, 'Ana')
  await page.getByRole('textbox', { name: 'Message', exact: true }).click()
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Node', exact: true }).click()
  const place = page.getByRole('dialog', { name: 'Node', exact: true })
  const field = place.getByRole('textbox', { name: `Your name beside “${own}” in this room` })
  await expect(field).toHaveValue('')
  await expect(place.getByRole('button', { name: 'Show it now', exact: true })).toHaveCount(0)
  await field.fill('Bea')
  await added.click()
  await expect(place.getByRole('textbox', { name: `Your name beside “${nickname}” in this room` })).toHaveValue('Ana')
})
