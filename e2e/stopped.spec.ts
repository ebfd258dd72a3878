/** A node that stops, or cannot start: what its disk holds can be saved all the same. */
import { readFileSync } from 'node:fs'
import type { BrowserContext, Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { agree, messagesOf, type } from './tabs.ts'

const FAULT = 'a planted fault'

/** From now on the nodes of this browser stop at a message of the page's that the code (of `data`) tells. */
async function plant(context: BrowserContext, when: string): Promise<void> {
  await context.route(/\/node\.worker-[\w-]+\.js$/, async (route) => {
    const response = await route.fetch()
    const fault = `self.addEventListener('message', (event) => {
      const { data } = event
      if (!(${when})) return
      event.stopImmediatePropagation()
      throw new RangeError('${FAULT}')
    });`
    await route.fulfill({ response, body: fault + (await response.text()) })
  })
}

/** Exports from the screen that says that the node stopped. */
async function exportFrom(page: Page): Promise<Buffer> {
  const failed = page.getByRole('alert').filter({ hasText: 'This node stopped' })
  const downloading = page.waitForEvent('download')
  const button = failed.getByRole('button', { name: 'Export what is stored', exact: true })
  const place = await button.boundingBox()
  await button.click()
  const download = await downloading
  await expect(failed.getByText(/^Downloaded as “\u2068.+\.tabweave\u2069”: .* 2 ops\.$/)).toBeVisible()
  // What it says does not move it under the pointer.
  expect(await button.boundingBox()).toEqual(place)
  expect(download.suggestedFilename()).toMatch(/\.tabweave$/)
  return readFileSync(await download.path())
}

test('D17 a room whose node stops, or cannot start, is exported from its disk and read by another node', async ({
  host,
  device,
  problems,
}) => {
  const { context, open } = await device()
  await plant(context, `data.type === 'submit' && data.text === 'stop'`)
  const page = await open(`${host.address}/#new`)
  const link = page.url()
  await type(page, 'kept')
  await agree([page], 2)
  await type(page, 'stop')
  const whileStopped = await exportFrom(page)

  await context.unrouteAll()
  await plant(context, `data.type === 'start'`)
  await page.reload()
  await expect(page.getByRole('heading', { name: 'This node stopped' })).toBeVisible()
  expect(await exportFrom(page)).toEqual(whileStopped)
  // The planted faults, and nothing else.
  expect(problems.filter((problem) => !problem.includes(FAULT))).toEqual([])
  problems.length = 0

  const other = await (await device()).open(link)
  await other.evaluate((bytes) => window.tabweave.import(Uint8Array.from(bytes)), [...whileStopped])
  await agree([other], 2)
  expect(await messagesOf(other)).toEqual(['kept'])
})
