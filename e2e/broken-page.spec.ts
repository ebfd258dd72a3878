/** A part of the page that cannot be loaded or drawn says so, and the rest goes on. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { agree, said, type } from './tabs.ts'

test('a place whose part of the app cannot be loaded says so, and the room goes on; later it opens', async ({ host, device, problems }) => {
  const { context, open } = await device()
  const page = await open(`${host.address}/#new`, /Failed to load resource|Failed to fetch dynamically|could not be loaded/)
  let isDown = true
  await context.route(/PeersPlace.*\.js/, (route) => (isDown ? route.abort() : route.continue()))
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Peers', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('could not be loaded')
  await page.keyboard.press('Escape')
  await type(page, 'the room goes on')
  await agree([page], 2)
  await expect(page.getByRole('alert')).toHaveCount(0)
  isDown = false
  await page.reload()
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Peers', exact: true }).click()
  await expect(page.getByRole('dialog')).toContainText('Paths')
  problems.length = 0
})

for (const [panel, file, show] of [
  ['legend', /GraphLegend.*\.js/, (page: Page) => page.getByRole('button', { name: /^What the marks mean/ }).click()],
  ['card of an op', /OpCard.*\.js/, (page: Page) => page.getByRole('listbox').press('ArrowUp')],
] as const)
  test(`the graph’s ${panel}, if its part of the app cannot be loaded, says so, and graph and room go on`, async ({
    host,
    device,
    problems,
  }) => {
    const { context, open } = await device()
    const page = await open(`${host.address}/#new`)
    await context.route(file, (route) => route.abort())
    await show(page)
    await expect(page.getByRole('region', { name: 'Graph' }).getByRole('alert')).toContainText('could not be loaded')
    await type(page, 'the room goes on')
    await agree([page], 2)
    await expect(page.getByRole('option')).toHaveCount(2)
    problems.length = 0
  })

test('a page translator that rewrites every text leaves a page on which one can write', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  const other = await open(page.url())
  await agree([page, other], 1)
  // What translators do: each text is wrapped in elements of their own, again and again while the page changes.
  await page.evaluate(() => {
    const translate = (): void => {
      const walker = document.createTreeWalker(document.querySelector('#root')!, NodeFilter.SHOW_TEXT)
      const texts: Text[] = []
      while (walker.nextNode()) texts.push(walker.currentNode as Text)
      for (const each of texts) {
        const parent = each.parentElement
        if (parent === null || parent.tagName === 'FONT' || parent.closest('[translate="no"], textarea, svg') !== null) continue
        const font = document.createElement('font')
        font.append(`${each.data} `)
        each.replaceWith(font)
      }
    }
    translate()
    setInterval(translate, 50)
  })
  for (let n = 0; n < 4; n++) {
    await other.getByRole('textbox', { name: 'Message', exact: true }).focus()
    await other.keyboard.type(`from the other ${n}`)
    await other.keyboard.press('Enter')
    await type(page, `from here ${n}`)
  }
  await agree([page, other], 9)
  for (const place of [0, 1, 2, 3, 4]) {
    await page.locator('[aria-haspopup="menu"]').click()
    await page.getByRole('menuitem').nth(place).click()
    await expect(page.getByRole('dialog')).toBeVisible()
    await page.keyboard.press('Escape')
  }
  await type(page, 'and on')
  await agree([page, other], 10)
  expect(await said(page, 'ready')).toBe('true')
  await expect(page.locator('.composer textarea')).toBeVisible()
})
