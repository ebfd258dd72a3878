/** The first screen of somebody who comes back: the kept rooms first, and nothing that moves under the pointer. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { ready, said } from './tabs.ts'

for (const { width, height } of [
  { width: 1_400, height: 900 },
  { width: 360, height: 740 },
])
  test(`at ${width} px kept rooms are in sight, and unfolding one moves only what is below it`, async ({ host, device }) => {
    const { context, open } = await device()
    const nodes = [await open(`${host.address}/#new`)]
    nodes.push(await open(nodes[0]!.url()))
    for (const node of nodes) await node.close()
    const page = await context.newPage()
    await page.setViewportSize({ width, height })
    await page.goto(host.address)
    const unfold = page.getByRole('button', { name: /and forgetting$/ })
    await expect(unfold).toBeInViewport({ ratio: 1 })
    const [button, heading] = [await unfold.boundingBox(), await page.getByRole('heading', { level: 1 }).boundingBox()]
    await unfold.click()
    await expect(page.locator('.kept-node')).toHaveCount(2)
    expect(await unfold.boundingBox()).toEqual(button)
    expect(await page.getByRole('heading', { level: 1 }).boundingBox()).toEqual(heading)
    await page.getByRole('button', { name: 'Forget the room', exact: true }).click()
    expect(await unfold.boundingBox()).toEqual(button)
  })

test('of many kept rooms the latest ones are shown, and all of them when asked for', async ({ host, device }) => {
  const { context, open } = await device()
  for (let room = 0; room < 5; room++) await (await open(`${host.address}/#new`)).close()
  const page = await context.newPage()
  await page.goto(host.address)
  const rooms = page.locator('.kept-item')
  await expect(rooms).toHaveCount(3)
  const [first, second] = [await rooms.nth(0).boundingBox(), await rooms.nth(1).boundingBox()]
  expect(second!.y - first!.y - first!.height).toBeGreaterThan(4)
  await page.getByRole('button', { name: 'All 5 rooms', exact: true }).click()
  await expect(rooms).toHaveCount(5)
})

test('who comes back goes on in the latest room with Enter, and who types instead names a new room', async ({ host, device }) => {
  const { context, open } = await device()
  const before = await open(`${host.address}/#new`)
  const node = await said(before, 'node')
  await before.close()
  const page = await context.newPage()
  await page.goto(host.address)
  const room = page.getByRole('button', { name: /^Resume / })
  await expect(room).toBeFocused()
  await page.keyboard.type('Thursday seminar')
  await expect(page.getByRole('textbox', { name: 'Room name' })).toHaveValue('Thursday seminar')
  await page.reload()
  await expect(room).toBeFocused()
  await page.keyboard.press('Enter')
  await ready(page)
  expect(await said(page, 'node')).toBe(node)
})

test('the field for a room’s name says what a room without one is called, and that name is what it shows', async ({ host, device }) => {
  const { context } = await device()
  const page = await context.newPage()
  await page.goto(host.address)
  const field = page.getByRole('textbox', { name: 'Room name' })
  await expect(field).toHaveAccessibleDescription('A room’s name stays as it is. If you give none, it is “A room”.')
  await page.getByRole('button', { name: 'Create the room', exact: true }).click()
  await ready(page)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('A room')
})

test('a room’s name that is longer than others show says so before it is cut, and no character of it is cut in two', async ({
  host,
  device,
}) => {
  const page = await (await device()).context.newPage()
  await page.goto(host.address)
  const field = page.getByRole('textbox', { name: 'Room name' })
  await field.focus()
  await page.keyboard.insertText('😀'.repeat(120))
  await expect(field).toHaveValue('😀'.repeat(120))
  await expect(field).toHaveAttribute('aria-invalid', 'false')
  await page.keyboard.insertText('!')
  await expect(field).toHaveAccessibleDescription(/ This name is too long: the room gets its first 120 characters\.$/)
  await page.keyboard.press('Enter')
  await ready(page)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('😀'.repeat(120))
})

test('an address with a link that is not right leads to the start page, where it can be corrected', async ({ host, device }) => {
  const { context, open } = await device()
  const link = (await open(`${host.address}/#new`)).url()
  const page = await context.newPage()
  await page.goto(link.slice(0, -1))
  const field = page.getByRole('textbox', { name: 'Room link' })
  await expect(field).toBeFocused()
  await expect(field).toHaveValue(link.slice(0, -1))
  await expect(field).toHaveAccessibleDescription(
    'This is the address with which the page was opened. This room link is wrong: it has 85 characters, and there must be 86 after “#”. Copy the link again, or correct it here.',
  )
  await field.press('End')
  await page.keyboard.type(`${link.at(-1)!}A`)
  await field.press('Enter')
  await expect(field).toHaveAccessibleDescription(/^This room link is wrong: it has 87 characters/)
  await field.press('Backspace')
  await field.press('Enter')
  await ready(page)
  expect(page.url()).toBe(link)
})

test('who waits for a room sees by a number of the whole link whether it is the one that was shared', async ({ host, device }) => {
  const first = await (await device()).open(`${host.address}/#new`)
  const link = first.url()
  await first.getByRole('button', { name: 'Menu', exact: true }).click()
  await first.getByRole('menuitem', { name: 'Share the room', exact: true }).click()
  const numberOf = async (page: Page): Promise<string> => (await page.getByText(/^Check number of the link: /).textContent())!
  const shared = await numberOf(first)
  expect(shared).toMatch(/: [0-9a-f]{8}$/)
  await first.close()
  const right = await (await device()).open(link)
  await expect(right.getByText('Waiting for the room')).toBeVisible()
  expect(await numberOf(right)).toBe(shared)
  // In the second half of the link: the room's short id is the same.
  const at = link.length - 20
  const wrong = await (await device()).open(`${link.slice(0, at)}${link[at] === 'x' ? 'y' : 'x'}${link.slice(at + 1)}`)
  await expect(wrong.getByText('Waiting for the room')).toBeVisible()
  expect((await said(wrong, 'room'))!.slice(0, 8)).toBe((await said(right, 'room'))!.slice(0, 8))
  expect(await numberOf(wrong)).not.toBe(shared)
})

test('a link of another address is not followed at once: the page says that it has another relay, and leads there', async ({
  host,
  device,
}) => {
  const { context, open } = await device()
  const link = (await open(`${host.address}/#new`)).url()
  // Another origin of the same server.
  const there = link.replace('localhost', 'weave.localhost')
  expect(there).not.toBe(link)
  const page = await context.newPage()
  const paste = async (text: string): Promise<void> => {
    await page.goto(host.address)
    await page.getByRole('textbox', { name: 'Room link' }).fill(text)
    await page.getByRole('button', { name: 'Join', exact: true }).click()
  }
  await paste(there)
  await expect(page.getByText('This page uses its own relay')).toBeVisible()
  await expect(page.getByText('always means the device that opens the link')).toBeVisible()
  await page.getByRole('button', { name: 'Join from this page', exact: true }).click()
  await ready(page)
  expect(page.url()).toBe(link)

  await paste(`Come: ${there}`)
  await page.getByRole('link', { name: /^Open the link at / }).click()
  await ready(page)
  expect(page.url()).toBe(there)

  await page.goto(`${host.address}/#`)
  await paste(link)
  await ready(page)
})
