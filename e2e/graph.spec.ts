/** The graph as two people who sit side by side compare it. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { agree, setOffline, type } from './tabs.ts'

/** The lanes from left to right, as the graph's own list for screen readers names them. */
const lanes = (page: Page) => page.getByText(/^Lanes from left to right: /)

test('A9 tabs with equal ops show the lanes in one order, whatever came first', async ({ host, device }) => {
  const { open } = await device()
  const founder = await open(`${host.address}/#new`)
  const others = [await open(founder.url()), await open(founder.url()), await open(founder.url())]
  for (const page of others) await setOffline(page, true)
  // Concurrent first ops: each tab has its own before it learns the others'.
  for (const [i, page] of others.entries()) await type(page, `written offline by ${i + 1}`)
  for (const [i, page] of others.entries()) {
    await setOffline(page, false)
    await expect(founder.getByRole('list', { name: 'History', exact: true })).toContainText(`written offline by ${i + 1}`)
  }
  const pages = [founder, ...others]
  await agree(pages, 4)
  await expect(lanes(founder)).toHaveText(/(.+, ){3}/)
  const shown = await lanes(founder).textContent()
  for (const page of others) await expect(lanes(page)).toHaveText(shown!)
})

test('the card of an op says who holds it, also of those who come or catch up while it is open', async ({ host, device }) => {
  const page = await (await device()).open(`${host.address}/#new`)
  await type(page, 'held by whom?')
  await page.locator('.entry .id-button').last().click()
  const card = page.getByRole('region', { name: 'The selected op' })
  await expect(card).toContainText('no connected peer, as far as known')
  const other = await (await device()).open(page.url())
  await agree([page, other], 2)
  await expect(card).not.toContainText('no connected peer, as far as known')
})
