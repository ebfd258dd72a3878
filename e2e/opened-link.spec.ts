/** A room's link that another site opens: the tab joins, and tells nothing of what its owner keeps for other rooms. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BrowserContext, Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { agree, ready, type } from './tabs.ts'

const NAME = 'Ada Lovelace'

/** A page of another origin that opens `link` when it is clicked, as any site can. Gives its address, and how to end it. */
async function startOtherSite(link: string): Promise<{ address: string; close(): Promise<void> }> {
  const page = `<!doctype html><title>another site</title>
    <button onclick="window.open('${link}')">by a script</button> <a href="${link}" target="_blank">by a link</a>`
  const server = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

async function openPlace(page: Page, name: string) {
  const place = page.getByRole('dialog', { name, exact: true })
  if (!(await place.isVisible())) {
    await page.getByRole('button', { name: 'Menu', exact: true }).click()
    await page.getByRole('menuitem', { name, exact: true }).click()
  }
  return place
}

async function keepName(context: BrowserContext, address: string): Promise<void> {
  const page = await context.newPage()
  await page.goto(`${address}/#new`)
  await ready(page)
  await (await openPlace(page, 'Node')).getByRole('textbox', { name: 'Your name in this room' }).fill(NAME)
  await page.close()
}

/** From now on, whether the name is ever in the page. */
const watchForName = (page: Page): Promise<void> =>
  page.evaluate((name) => {
    const look = (): void => {
      if (document.body.textContent.includes(name)) document.documentElement.dataset['sawName'] = 'true'
    }
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true })
  }, NAME)

const sawName = (page: Page): Promise<boolean> => page.evaluate(() => document.documentElement.dataset['sawName'] === 'true')

for (const way of ['by a script', 'by a link'] as const) {
  test(`D26 a room that another site opens ${way} is joined, and learns the name kept for other rooms when its owner writes there`, async ({
    host,
    device,
  }) => {
    const peer = await (await device()).open(`${host.address}/#new`)
    const { context } = await device()
    await keepName(context, host.address)
    const site = await startOtherSite(peer.url())
    await watchForName(peer)
    const peers = await openPlace(peer, 'Peers')

    const lure = await context.newPage()
    await lure.goto(site.address)
    const opening = context.waitForEvent('page')
    await lure.getByText(way).click()
    const joined = await opening
    await ready(joined)
    await agree([peer, joined], 1)
    await joined.getByRole('textbox', { name: 'Message', exact: true }).fill('unsent')
    // Typing is told after whatever the tab tells by itself.
    await expect(peer.getByText('is typing')).toBeVisible()
    const field = await openPlace(joined, 'Node')
    await expect(field.getByRole('textbox', { name: 'Your name in this room' })).toHaveValue(NAME)
    await expect(field.getByText('Others in this room see this name as soon as you write.')).toBeVisible()
    expect(await sawName(peer)).toBe(false)

    await joined.keyboard.press('Escape')
    await type(joined, ' and now sent')
    await agree([peer, joined], 2)
    await expect(peers.getByText(NAME)).toBeVisible()
    await expect((await openPlace(joined, 'Node')).getByText('as soon as you write')).toBeHidden()
    await site.close()
  })
}

test('D26 a name is shown at once in a room in which its owner says so', async ({ host, device }) => {
  const peer = await (await device()).open(`${host.address}/#new`)
  const here = await device()
  await keepName(here.context, host.address)
  const joined = await here.open(peer.url())
  await agree([peer, joined], 1)
  const peers = await openPlace(peer, 'Peers')
  await (await openPlace(joined, 'Node')).getByRole('button', { name: 'Show it now', exact: true }).click()
  await expect(peers.getByText(NAME)).toBeVisible()
  await agree([peer, joined], 1)
})
