/** What is in reach where the window is small, or the page enlarged. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { type } from './tabs.ts'

const composer = (page: Page) => page.getByRole('textbox', { name: 'Message', exact: true })

test('A16 in a wide window the fourth node that is added is scrolled to and has the focus', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  await page.setViewportSize({ width: 1400, height: 900 })
  const composers = page.getByRole('textbox', { name: /^(Message|Write as .*)$/ })
  for (let nodes = 2; nodes <= 4; nodes++) {
    await page.getByRole('button', { name: 'Add a node here' }).click()
    await expect(composers).toHaveCount(nodes)
  }
  await expect(composers.last()).toBeInViewport({ ratio: 1 })
  await expect(page.locator('.console').last()).toHaveAttribute('data-focused', 'true')
})

test('A16 on a telephone the graph’s buttons stand in the strip that no lane is drawn in', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  for (const height of [740, 640, 480]) {
    await page.setViewportSize({ width: 360, height })
    const toolbar = (await page.getByRole('toolbar', { name: 'View' }).boundingBox())!
    const graph = (await page.getByRole('region', { name: 'Graph' }).boundingBox())!
    expect(toolbar.x, `${height} px`).toBeGreaterThanOrEqual(graph.x + graph.width - 60)
    expect(toolbar.y + toolbar.height, `${height} px`).toBeLessThanOrEqual(graph.y + graph.height)
  }
})

test('on a telephone the card of an op shows what it is about, and leaves the op and the composer in sight', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  await page.setViewportSize({ width: 360, height: 740 })
  await type(page, 'with a card')
  await page.locator('.entry .id-button').last().click()
  const card = page.getByRole('region', { name: 'The selected op' })
  await expect(card.getByText('Held by', { exact: true })).toBeInViewport({ ratio: 1 })
  const [graph, over] = [await page.getByRole('region', { name: 'Graph' }).boundingBox(), await card.boundingBox()]
  // The strip of names, and two rows.
  expect(over!.y - graph!.y).toBeGreaterThan(120)
  await expect(composer(page)).toBeInViewport({ ratio: 1 })
})

test('A16 at 400 % zoom the composer is in sight, and one can type in it', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  await page.setViewportSize({ width: 320, height: 256 })
  await expect(composer(page)).toBeInViewport({ ratio: 1 })
  await type(page, 'typed at 400 %')
  await expect(page.getByRole('list', { name: 'History', exact: true })).toContainText('typed at 400 %')
  await page.getByRole('region', { name: 'Graph' }).scrollIntoViewIfNeeded()
  await expect(page.getByRole('toolbar', { name: 'View' })).toBeInViewport()
})
