/** What an own message says of who has it: those who are connected say so, or have signed so. */
import type { Locator, Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { agree, setOffline, type } from './tabs.ts'

/** What stands below a message, or beside it. */
const receiptsOf = (page: Page, text: string): Locator =>
  page.getByRole('list', { name: 'History', exact: true }).getByRole('listitem').filter({ hasText: text }).locator('.receipts')

test('an own message is with all who are here once they have it, is only here while nobody is, and is seen by who writes after it', async ({
  host,
  device,
}) => {
  const here = await (await device()).open(`${host.address}/#new`)
  const there = await (await device()).open(here.url())
  await agree([here, there], 1)
  await type(here, 'who has this?')
  await expect(receiptsOf(here, 'who has this?')).toHaveText('with the other node here')
  await setOffline(here, true)
  await expect(receiptsOf(here, 'who has this?')).toHaveText('saved here')
  await type(here, 'and this, written alone?')
  await expect(receiptsOf(here, 'written alone?')).toHaveText('saved here')
  await setOffline(here, false)
  await expect(receiptsOf(here, 'written alone?')).toHaveText('with the other node here')
  await agree([here, there], 3)
  await type(there, 'I do')
  await expect(receiptsOf(here, 'who has this?')).toHaveText('with the other node here, seen by 1')
  await expect(receiptsOf(here, 'written alone?')).toHaveText('with the other node here, seen by 1')
  // Of a message of another one only what is signed is told, and nothing while nobody has signed.
  await expect(receiptsOf(here, 'I do')).toHaveCount(0)
  await type(here, 'good')
  await expect(receiptsOf(here, 'I do')).toHaveText('seen by 1')
})

test('of three nodes that are here those count that have an own message', async ({ host, device }) => {
  const { open } = await device()
  const here = await open(`${host.address}/#new`)
  const there = await open(here.url())
  const paused = await (await device()).open(here.url())
  await agree([here, there, paused], 1)
  await type(here, 'for all')
  await expect(receiptsOf(here, 'for all')).toHaveText('with both here')
  await paused.context().close()
  await expect(receiptsOf(here, 'for all')).toHaveText('with the other node here', { timeout: 30_000 })
})
