/** Addresses in messages: they can be followed, and where they lead learns nothing of the room. */
import { expect, test } from './fixtures.ts'
import { type } from './tabs.ts'

test('an address in a message opens in a new tab, which knows nothing of the tab that it comes from', async ({ host, device }) => {
  const { context, open } = await device()
  const page = await open(`${host.address}/#new`)
  const address = `${host.address}/?from=a-message`
  await type(page, `(see ${address}).`)
  const link = page.getByRole('list', { name: 'History', exact: true }).getByRole('link')
  await expect(link).toHaveText(address)
  for (const follow of [() => link.click(), () => link.press('Enter')]) {
    const opened = context.waitForEvent('page')
    await follow()
    const other = await opened
    await other.waitForLoadState()
    expect(other.url()).toBe(address)
    expect(await other.evaluate(() => [opener === null, document.referrer] as const)).toEqual([true, ''])
    await other.close()
  }
  await page.locator('.entry .id-button').last().click()
  await expect(page.locator('.op-card').getByRole('link')).toHaveText(address)
})
