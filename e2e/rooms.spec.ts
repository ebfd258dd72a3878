/** A room that this browser has is found by the room, whatever tab opens its link: the node that is free, or else what is on the disk. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { agree, messagesOf, ready, said, setOffline, type, watch } from './tabs.ts'

/** Nodes that this browser keeps, of all rooms. */
const keptNodes = (page: Page): Promise<number> =>
  page.evaluate(async () => (await indexedDB.databases()).filter(({ name }) => name?.startsWith('tabweave/')).length)

/** Goes to another room in the same tab, as a person does who changes the address. */
async function goTo(page: Page, go: () => Promise<unknown>): Promise<void> {
  const loading = page.waitForEvent('load')
  await go()
  await loading
  await ready(page)
}

test("a room's own link takes up the node of it that this browser keeps, opened as often as one likes", async ({ host, device }) => {
  const { open } = await device()
  const founder = await open(`${host.address}/#new`)
  const link = founder.url()
  const node = await said(founder, 'node')
  await type(founder, 'mine')
  await agree([founder], 2)
  await founder.close()

  for (const time of [1, 2, 3]) {
    const page = await open(link)
    expect(await said(page, 'node')).toBe(node)
    await type(page, `opened ${time}`)
    await agree([page], 2 + time)
    expect(await keptNodes(page)).toBe(1)
    await page.close()
  }
})

test('a second tab of a room is a node of its own, which has what is on this disk although nobody answers', async ({ host, device }) => {
  const { open } = await device()
  const first = await open(`${host.address}/#new`)
  await type(first, 'on this disk')
  await agree([first], 2)
  await setOffline(first, true)
  await type(first, 'written offline')
  await agree([first], 3)

  const second = await open(first.url())
  await agree([second], 3)
  expect(await messagesOf(second)).toEqual(['on this disk', 'written offline'])
  expect(await said(second, 'peers')).toBe('0')
  expect(await said(second, 'node')).not.toBe(await said(first, 'node'))

  await type(second, 'by the second')
  await type(first, 'by the first')
  await setOffline(first, false)
  await agree([first, second], 5)
  for (const page of [first, second])
    expect(await page.evaluate(async () => (await window.tabweave.history()).some(({ equivocates }) => equivocates))).toBe(false)
})

test('Back and Forward between two rooms keep the node and the added node of each', async ({ host, device }) => {
  const { open } = await device()
  const other = await open(`${host.address}/#new`)
  const hash = new URL(other.url()).hash
  await other.close()
  const page = await open(`${host.address}/#new`)
  await page.getByRole('button', { name: 'Add a node here', exact: true }).click()
  await expect.poll(() => said(page, 'peers')).toBe('1')
  const here = [await said(page, 'node')]
  await goTo(page, () => page.evaluate((next) => void (location.hash = next), hash))
  const there = await said(page, 'node')
  for (let n = 0; n < 2; n++) {
    await goTo(page, () => page.goBack())
    expect([await said(page, 'node')]).toEqual(here)
    await expect(page.getByRole('textbox', { name: /^Write as / })).toHaveCount(1)
    await goTo(page, () => page.goForward())
    expect(await said(page, 'node')).toBe(there)
  }
  expect(await keptNodes(page)).toBe(3)
})

test('E4 three tabs of one room are three nodes; of those that were closed, each one that opens takes up one', async ({
  host,
  device,
  problems,
}) => {
  const { context, open } = await device()
  const first = await open(`${host.address}/#new`)
  const link = first.url()
  const pages = [first, await open(link), await open(link)]
  const nodes = await Promise.all(pages.map((page) => said(page, 'node')))
  expect(new Set(nodes).size).toBe(3)
  for (const page of pages) await page.close()

  // At once, so that they ask for the same nodes.
  const again = await Promise.all(
    nodes.map(async () => {
      const page = await context.newPage()
      await watch(page, problems)
      await page.goto(link)
      await ready(page)
      return page
    }),
  )
  expect(new Set(await Promise.all(again.map((page) => said(page, 'node'))))).toEqual(new Set(nodes))
  await agree(again, 1)
  expect(await keptNodes(again[0]!)).toBe(3)
})
