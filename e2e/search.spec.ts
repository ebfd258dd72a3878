/** The search: what it finds, how much of it, and that it leads to the words that were searched for. */
import { expect, test } from './fixtures.ts'
import { agree } from './tabs.ts'

test('a search shows the words in a long text, and opens it where they stand', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  const text = `${'lorem ipsum '.repeat(3_000)}the needle ${'dolor sit '.repeat(1_000)}`
  await page.evaluate(async (words) => {
    await window.tabweave.submit(words)
    for (let n = 0; n < 30; n++) await window.tabweave.submit(`short ${n}`)
  }, text)
  await agree([page], 32)
  const search = page.getByRole('searchbox')
  await search.fill('THE NEEDLE')
  const found = page.getByRole('list', { name: 'Search results' }).getByRole('button')
  await expect(found).toHaveCount(1)
  await expect(found.locator('mark')).toHaveText('the needle')
  await expect(found.locator('mark')).toBeInViewport({ ratio: 1 })
  await found.click()
  const history = page.getByRole('list', { name: 'History', exact: true })
  await expect(history.locator('mark')).toHaveText('the needle')
  await expect(history.locator('mark')).toBeInViewport({ ratio: 1 })
  await expect(
    history
      .getByRole('listitem')
      .filter({ has: page.locator('mark') })
      .locator('.entry-text'),
  ).toHaveText(text.trim())
})

test('what the screen says of an entry is found too; of more than a hundred matches the older ones are a press away', async ({
  host,
  device,
}) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  await page.evaluate(async () => {
    for (let n = 1; n <= 120; n++) await window.tabweave.submit(`created number ${n}`)
  })
  await agree([page], 121)
  const search = page.getByRole('searchbox')
  const results = page.getByRole('list', { name: 'Search results' })
  const found = results.locator('.found-entry')
  await search.fill('created the room')
  await expect(found).toHaveCount(1)
  await expect(found).toContainText('created the room “')

  await search.fill('created')
  await expect(found).toHaveCount(100)
  await expect(page.locator('.found-count')).toHaveText('More than 100 entries; these are the newest')
  await expect(found.last()).toContainText('created number 21')
  await results.getByRole('button', { name: 'Show older ones', exact: true }).click()
  await expect(found).toHaveCount(121)
  await expect(page.locator('.found-count')).toHaveText('121 entries')
  await expect(found.nth(100)).toBeFocused()
  await expect(found.nth(100)).toContainText('created number 20')
  await expect(results.getByRole('button', { name: 'Show older ones', exact: true })).toHaveCount(0)
})

test('Escape in the search leaves the focus on the history, where one sees it, and its keys scroll', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  await page.evaluate(async () => {
    for (let n = 1; n <= 30; n++) await window.tabweave.submit(`number ${n}`)
  })
  await agree([page], 31)
  await page.getByRole('searchbox').fill('number 7')
  await expect(page.locator('.found-entry')).toHaveCount(1)
  await page.keyboard.press('Escape')
  const history = page.locator('.history')
  await expect(history).toBeFocused()
  expect(await history.evaluate((box) => getComputedStyle(box).borderTopColor)).not.toBe('rgba(0, 0, 0, 0)')
  const at = (): Promise<number> => history.evaluate((box) => box.scrollTop)
  const before = await at()
  await page.keyboard.press('PageUp')
  await expect.poll(at).toBeLessThan(before)
})
