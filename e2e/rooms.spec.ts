/** A room that this browser has is found by the room, whatever tab opens its link: the node that is free, or else what is on the disk. */
import type { Locator, Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { agree, messagesOf, nicknameOf, ready, said, setOffline, type, watch } from './tabs.ts'

/** Nodes that this browser keeps, of all rooms. */
const keptNodes = (page: Page): Promise<number> =>
  page.evaluate(async () => (await indexedDB.databases()).filter(({ name }) => name?.startsWith('tabweave/')).length)

/** What this browser notes of the node of this tab: when somebody used it last, and wrote as it (ms). */
const noteOf = async (page: Page): Promise<{ readonly lastUsed: number; readonly lastWritten?: number; readonly lastTyped?: number }> =>
  page.evaluate(
    (id) =>
      new Promise<{ lastUsed: number }>((done) => {
        const opening = indexedDB.open('tabweave')
        opening.onsuccess = () => {
          const asking = opening.result.transaction('nodes').objectStore('nodes').get(id!)
          asking.onsuccess = () => {
            opening.result.close()
            done(asking.result as { lastUsed: number })
          }
        }
      }),
    await said(page, 'node'),
  )

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

test('of several closed nodes a room’s link takes up the one that was written as last', async ({ host, device }) => {
  const { open } = await device()
  const first = await open(`${host.address}/#new`)
  const link = first.url()
  const node = await said(first, 'node')
  const second = await open(link)
  await type(second, 'from the second')
  await agree([first, second], 2)
  await type(first, 'from the first')
  await agree([first, second], 3)
  await expect.poll(async () => (await noteOf(first)).lastUsed).toBeGreaterThan((await noteOf(second)).lastUsed)
  const third = await open(link)
  await agree([first, third], 3)
  await expect.poll(async () => (await noteOf(third)).lastUsed).toBeGreaterThan((await noteOf(first)).lastUsed)
  // In this order: what was opened or closed last does not count.
  await first.close()
  await second.close()
  await third.close()
  expect(await said(await open(link), 'node')).toBe(node)
})

test('a draft is use: of several closed nodes a room’s link takes up the one as which a person typed as last, with the draft', async ({
  host,
  device,
}) => {
  const { open } = await device()
  const first = await open(`${host.address}/#new`)
  const link = first.url()
  await type(first, 'from the first')
  const second = await open(link)
  await agree([first, second], 2)
  const node = await said(second, 'node')
  await expect.poll(async () => (await noteOf(first)).lastWritten).toBeGreaterThan(0)
  await second.getByRole('textbox', { name: 'Message', exact: true }).fill('half a thought')
  await expect.poll(async () => (await noteOf(second)).lastTyped).toBeGreaterThan((await noteOf(first)).lastWritten!)
  await first.close()
  await second.close()

  const again = await open(link)
  expect(await said(again, 'node')).toBe(node)
  await expect(again.getByRole('textbox', { name: 'Message', exact: true })).toHaveValue('half a thought')
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

/** The list of kept rooms, on the Start place. */
async function openStart(page: Page, address: string) {
  await page.goto(`${address}/`)
  return page.locator('.kept')
}

const unfold = (room: Locator): Promise<void> => room.getByRole('button', { name: /and forgetting$/ }).click()

test('Start lists rooms; a node is forgotten with its key, its copy and its draft, after an export is offered; one that runs is not', async ({
  host,
  device,
  problems,
}) => {
  const { context, open } = await device()
  const page = await open(`${host.address}/#new`)
  const link = page.url()
  const node = await said(page, 'node')
  await type(page, 'to be exported')
  await agree([page], 2)
  const second = await open(link)
  await agree([page, second], 2)
  await page.getByRole('textbox', { name: 'Message', exact: true }).fill('a draft')

  const kept = await openStart(page, host.address)
  const rooms = kept.locator('.kept-item')
  await expect(rooms).toHaveCount(1)
  await expect(rooms).toContainText('2 nodes, 1 in other tabs now')
  await unfold(rooms)
  await expect(rooms.locator('.kept-node')).toHaveCount(2)
  await expect(rooms.locator('.kept-node').filter({ hasText: 'runs in another tab' }).getByRole('button')).toHaveCount(0)

  await rooms.getByRole('button', { name: /^Forget (?!the room)/ }).click()
  const downloading = page.waitForEvent('download')
  await rooms.getByRole('button', { name: 'Export what is stored', exact: true }).click()
  await downloading
  await expect(rooms.getByText(/^Downloaded as “\u2068A-room\.tabweave\u2069”: .* 2 ops\.$/)).toBeVisible()
  await rooms.getByRole('button', { name: 'Forget this node', exact: true }).click()
  await expect(rooms).toContainText('runs in another tab')
  const names = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))
  expect(names.filter((name) => name?.includes(node!))).toEqual([])
  expect(await page.evaluate(() => Object.keys(sessionStorage).filter((key) => key !== 'tabweave.theme'))).toEqual([])
  expect(await page.evaluate(() => Object.values<string>(localStorage).filter((value) => value.includes('a draft')))).toEqual([])
  expect(await keptNodes(page)).toBe(1)

  // It is not asked for any more; the room is still here, by the node that runs.
  await goTo(page, () => page.evaluate((next) => void (location.hash = next), new URL(link).hash))
  expect(await said(page, 'node')).not.toBe(node)
  await expect(page.getByRole('textbox', { name: 'Message', exact: true })).toHaveValue('')
  await agree([page, second], 2)
  expect(problems).toEqual([])
  await context.close()
})

test('a node that began to run after the list was drawn is not forgotten, and the page says so', async ({ host, device }) => {
  const { context, open } = await device()
  const first = await open(`${host.address}/#new`)
  const link = first.url()
  await first.close()
  const start = await context.newPage()
  const kept = await openStart(start, host.address)
  await unfold(kept.locator('.kept-item'))
  await kept.getByRole('button', { name: /^Forget / }).click()
  const running = await open(link)
  await kept.getByRole('button', { name: 'Forget this node', exact: true }).click()
  await expect(
    kept.getByText(`${await nicknameOf(running)} runs in another tab now, and was not forgotten. Close that tab first.`),
  ).toBeVisible()
  await type(running, 'still here')
  await agree([running], 2)
})

test('nodes that run in another tab are named and stay when the others of their room are forgotten', async ({ host, device }) => {
  const { context, open } = await device()
  const running = await open(`${host.address}/#new`)
  const others = [await open(running.url()), await open(running.url())]
  const [stays, ...names] = await Promise.all([running, ...others].map(nicknameOf))
  for (const page of others) await page.close()
  const start = await context.newPage()
  const kept = await openStart(start, host.address)
  await unfold(kept.locator('.kept-item'))
  const note = kept.getByText(`${stays} runs in another tab, and cannot be forgotten. Close that tab first.`)
  await expect(note).toBeVisible()
  await kept.getByRole('button', { name: 'Forget the nodes that do not run', exact: true }).click()
  await expect(kept.getByText(`${stays} runs and stays, so this browser keeps the room.`)).toBeVisible()
  for (const name of names) await expect(kept.getByRole('group', { name: 'Forget' })).toContainText(name!)
  await kept.getByRole('button', { name: 'Forget 2 nodes', exact: true }).click()
  await expect(kept.getByText(/^.+ and .+ were forgotten\.$/)).toBeVisible()
  await expect(note).toBeVisible()
  await expect(kept.locator('.kept-node')).toHaveCount(1)
  await type(running, 'still here')
  await agree([running], 2)
})

test('rooms of one name are told apart by their last messages, or by when they were created; one that has not arrived by its id', async ({
  host,
  device,
}) => {
  const { context, open } = await device()
  const there = await (await device()).open(`${host.address}/#new`)
  const link = there.url()
  await there.close()
  const pages = [await open(`${host.address}/#new`), await open(`${host.address}/#new`), await open(link)]
  await type(pages[0]!, 'see you\non Thursday')
  await agree([pages[0]!], 2)
  await expect.poll(async () => (await noteOf(pages[0]!)).lastWritten).toBeDefined()
  const id = (await said(pages[2]!, 'room'))!.slice(0, 8)
  for (const page of pages) await page.close()
  const start = await context.newPage()
  const rooms = (await openStart(start, host.address)).locator('.kept-item')
  await expect(rooms.filter({ hasText: '“see you on Thursday”' })).toContainText('you wrote now')
  await expect(rooms.filter({ hasText: 'No message lately, created now' })).toContainText('you opened it now')
  await expect(rooms.filter({ hasText: 'Not arrived yet' })).toContainText(`Room ${id}`)
})

test('a room is forgotten with all its nodes, and another room stays', async ({ host, device }) => {
  const { open } = await device()
  const other = await open(`${host.address}/#new`)
  await other.close()
  const pages = [await open(`${host.address}/#new`)]
  pages.push(await open(pages[0]!.url()))
  await pages[1]!.close()
  const kept = await openStart(pages[0]!, host.address)
  const rooms = kept.locator('.kept-item')
  await expect(rooms).toHaveCount(2)
  const room = rooms.filter({ hasText: '2 nodes' })
  await unfold(room)
  await room.getByRole('button', { name: 'Forget the room', exact: true }).click()
  await room.getByRole('button', { name: 'Keep', exact: true }).click()
  await room.getByRole('button', { name: 'Forget the room', exact: true }).click()
  await room.getByRole('button', { name: 'Forget 2 nodes', exact: true }).click()
  await expect(rooms).toHaveCount(1)
  expect(await keptNodes(pages[0]!)).toBe(1)
  await rooms.getByRole('button', { name: /^Resume / }).click()
  await ready(pages[0]!)
  await agree([pages[0]!], 1)
})

test('the link of a forgotten room says that this browser kept nothing of it, and joins as a new author', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  const link = page.url()
  const node = await said(page, 'node')
  await type(page, 'mine')
  await agree([page], 2)
  const elsewhere = await (await device()).open(link)
  await agree([page, elsewhere], 2)
  await expect(page.locator('.toast')).toHaveText('')
  const kept = await openStart(page, host.address)
  await unfold(kept.locator('.kept-item'))
  await kept.getByRole('button', { name: /^Forget / }).click()
  await kept.getByRole('button', { name: 'Forget this node', exact: true }).click()
  await expect(kept).toHaveCount(0)
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([])

  const nothing = 'This browser kept nothing of this room, so you join it as a new author.'
  await goTo(page, () => page.evaluate((next) => void (location.hash = next), new URL(link).hash))
  await expect(page.locator('.toast')).toHaveText(nothing)
  await agree([page, elsewhere], 2)
  expect(await said(page, 'node')).not.toBe(node)

  // Where nobody has it either, that is what the console says.
  await elsewhere.close()
  const start = await openStart(page, host.address)
  await unfold(start.locator('.kept-item'))
  await start.getByRole('button', { name: /^Forget / }).click()
  await start.getByRole('button', { name: 'Forget this node', exact: true }).click()
  await expect(start).toHaveCount(0)
  await goTo(page, () => page.evaluate((next) => void (location.hash = next), new URL(link).hash))
  await expect(page.locator('.welcome').getByText(nothing)).toBeVisible()
})

test('the room that is open does not make this tab another node by a click on its name', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  const second = await open(page.url())
  await agree([page, second], 1)
  await second.close()
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Rooms', exact: true }).click()
  const rooms = page.getByRole('dialog', { name: 'Rooms' })
  const here = rooms.getByRole('button', { name: /, open in this tab$/ })
  await expect(here).toBeDisabled()
  // It is told as what it is, and not as the other node that is kept.
  await expect(here).toContainText((await said(page, 'node'))!.slice(0, 8))
  await expect(here).toContainText('and 1 other kept node')
  await expect(rooms.getByRole('button', { name: /^Resume / })).toHaveCount(0)

  // It stays in the list without the other one, and says how to forget it.
  await unfold(rooms.locator('.kept-item'))
  await rooms.getByRole('button', { name: /^Forget / }).click()
  await rooms.getByRole('button', { name: 'Forget this node', exact: true }).click()
  await expect(rooms.locator('.kept-node')).toHaveCount(1)
  await expect(here).not.toContainText('other node')
  await expect(rooms.getByText('To forget a node that is open in this tab, go to the start page first.')).toBeVisible()
  await expect(rooms.getByRole('button', { name: /^Forget / })).toHaveCount(0)
  await rooms.getByRole('button', { name: 'Go to the start page', exact: true }).click()
  const start = page.locator('.start .kept')
  await unfold(start)
  await start.getByRole('button', { name: /^Forget / }).click()
  await expect(start.getByRole('button', { name: 'Export what is stored', exact: true })).toBeVisible()
  await start.getByRole('button', { name: 'Forget this node', exact: true }).click()
  await expect(start).toHaveCount(0)
  expect(await keptNodes(page)).toBe(0)
})

test('a tab that comes back by a link says as which node, and leads to the others; one that was the node or that somebody picked says nothing', async ({
  host,
  device,
}) => {
  const { open } = await device()
  const founder = await open(`${host.address}/#new`)
  const link = founder.url()
  const [node, nickname] = [await said(founder, 'node'), await nicknameOf(founder)]
  await founder.close()
  const alone = await open(link)
  const toast = alone.locator('.toast')
  await expect(toast).toContainText(`You are back as ${nickname},`)
  await expect(toast).toContainText('For another node, open another tab.')
  await expect(toast.getByRole('button')).toHaveCount(0)
  await alone.reload()
  await ready(alone)

  const second = await open(link)
  const other = await said(second, 'node')
  await expect(second.locator('.toast')).toHaveText('')
  await second.close()
  await expect(alone.locator('.toast')).toHaveText('')
  await alone.getByRole('button', { name: 'Add a node here', exact: true }).click()
  await expect(alone.locator('.toast')).toContainText('The added node is ')
  await alone.close()
  const back = await open(link)
  expect([node, other]).toContain(await said(back, 'node'))
  await expect(back.locator('.toast')).toContainText(`You are back as ${await nicknameOf(back)},`)
  const wanted = (await said(back, 'node')) === node ? other : node
  await back.getByRole('button', { name: 'Other nodes', exact: true }).click()
  const rooms = back.getByRole('dialog', { name: 'Rooms' })
  await expect(rooms.locator('.kept-node')).toHaveCount(2)
  await expect(rooms.getByRole('button', { name: /^Resume / })).toBeFocused()
  await goTo(back, () => rooms.getByRole('button', { name: /^Resume / }).click())
  expect(await said(back, 'node')).toBe(wanted)
  await expect(back.locator('.toast')).toHaveText('')
})

test('kept nodes are told apart by the names that were chosen, by how many ops they hold, and by when they were written as', async ({
  host,
  device,
}) => {
  const { open, context } = await device()
  const first = await open(`${host.address}/#new`)
  const second = await open(first.url())
  await agree([first, second], 1)
  await first.getByRole('button', { name: 'Menu', exact: true }).click()
  await first.getByRole('menuitem', { name: 'Node', exact: true }).click()
  await first.getByRole('textbox', { name: 'Your name in this room' }).fill('Ada Lovelace')
  await first.keyboard.press('Escape')
  await second.close()
  await type(first, 'one')
  await type(first, 'two')
  await agree([first], 3)
  await expect.poll(async () => (await noteOf(first)).lastWritten).toBeDefined()
  const node = (await said(first, 'node'))!
  await first.close()

  const start = await context.newPage()
  const kept = await openStart(start, host.address)
  await unfold(kept.locator('.kept-item'))
  const [ada, other] = [true, false].map((isNamed) =>
    kept.locator('.kept-node').filter({ [isNamed ? 'hasText' : 'hasNotText']: node.slice(0, 8) }),
  )
  await expect(ada!).toContainText('“Ada Lovelace”')
  await expect(ada!).toContainText('3 ops, you wrote now')
  await expect(other!).toContainText('1 op, you opened it now')
  await expect(other!).not.toContainText('“')
})
