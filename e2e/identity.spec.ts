/** A tab is a node: the same one after a reload, another one when it is duplicated. */
import { expect, test } from './fixtures.ts'
import { agree, ready, said, type, watch } from './tabs.ts'

test('a reloaded tab is the same node with the same history', async ({ host, device }) => {
  const page = await (await device()).open(`${host.address}/#new`)
  await type(page, 'mine')
  const digest = await agree([page], 2)
  const node = await said(page, 'node')
  await page.reload()
  await ready(page)
  expect(await said(page, 'node')).toBe(node)
  expect(await agree([page], 2)).toBe(digest)
  await type(page, 'still mine')
  await agree([page], 3)
  expect(await said(page, 'heads')).toBe('1')
})

test('E4 a duplicated tab, which has a copy of everything the first one kept, is a new node', async ({ host, device, problems }) => {
  const { context, open } = await device()
  const page = await open(`${host.address}/#new`)
  await type(page, 'original')
  await agree([page], 2)

  const draft = page.getByRole('textbox', { name: 'Message', exact: true })
  await draft.fill('half a thought')

  // Without "noopener" a browser gives the new tab a copy of sessionStorage, as "duplicate tab" does.
  const [copy] = await Promise.all([context.waitForEvent('page'), page.evaluate(() => void window.open(location.href))])
  await watch(copy, problems)
  await ready(copy)
  expect(await said(copy, 'node')).not.toBe(await said(page, 'node'))
  await expect(copy.getByRole('textbox', { name: 'Message', exact: true })).toHaveValue('')
  await expect(draft).toHaveValue('half a thought')
  await draft.fill('')

  await Promise.all([type(page, 'from the first'), type(copy, 'from the copy')])
  await agree([page, copy], 4)
  expect(await page.evaluate(async () => (await window.tabweave.history()).some(({ equivocates }) => equivocates))).toBe(false)
})

test('"Open another tab" opens a second node of the same room', async ({ host, device, problems }) => {
  const { context, open } = await device()
  const page = await open(`${host.address}/#new`)
  const [second] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('button', { name: 'Open another tab', exact: true }).click(),
  ])
  await watch(second, problems)
  await ready(second)
  expect(await said(second, 'room')).toBe(await said(page, 'room'))
  expect(await said(second, 'node')).not.toBe(await said(page, 'node'))
  await type(second, 'here too')
  await agree([page, second], 2)
})

test('"Add a node here" starts a second real node in the page, which the first one sees as a peer', async ({ host, device }) => {
  const page = await (await device()).open(`${host.address}/#new`)
  await expect.poll(() => said(page, 'peers')).toBe('0')
  await page.getByRole('button', { name: 'Add a node here', exact: true }).click()
  await expect.poll(() => said(page, 'peers')).toBe('1')
  await page.getByRole('textbox', { name: /^Write as / }).fill('from the second node')
  await page.getByRole('textbox', { name: /^Write as / }).press('Enter')
  await agree([page], 2)
  await expect(page.getByRole('list', { name: 'History', exact: true })).toContainText('from the second node')
})

test('a tab that went to another room lets go of the node it was, which can be resumed elsewhere', async ({ host, device, problems }) => {
  const { context, open } = await device()
  const page = await open(`${host.address}/#new`)
  const node = await said(page, 'node')
  const other = await open(`${host.address}/#new`)
  await Promise.all([page.waitForEvent('load'), page.evaluate((hash) => void (location.hash = hash), new URL(other.url()).hash)])
  await ready(page)
  await agree([page, other], 1)

  const start = await context.newPage()
  await watch(start, problems)
  await start.goto(host.address)
  await start
    .getByRole('button', { name: /^Resume / })
    .filter({ hasText: node!.slice(0, 8) })
    .click()
  await ready(start)
  expect(await said(start, 'node')).toBe(node)
})
