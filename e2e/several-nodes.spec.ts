/** Several nodes in one page: one of them is selected, and the graph, the consoles and the switch agree on which, at every width. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'

const composers = (page: Page) => page.locator('.composer textarea')

/** Opens a page with this number of nodes, in a window of this width. */
async function withNodes(page: Page, count: number, width: number): Promise<void> {
  await page.setViewportSize({ width, height: 900 })
  for (let nodes = (await composers(page).count()) + 1; nodes <= count; nodes++) {
    await page.getByRole('button', { name: 'Add a node here' }).click()
    await expect(composers(page)).toHaveCount(nodes)
  }
  await expect(page.locator('.node-switch button')).toHaveCount(count)
}

/** The numbers of the consoles in which one can type now: what is at the middle of their composer is the composer. */
const inReach = (page: Page): Promise<number[]> =>
  composers(page).evaluateAll((all) =>
    all.flatMap((composer, i) => {
      const box = composer.getBoundingClientRect()
      return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) === composer ? [i] : []
    }),
  )

const pressed = (page: Page): Promise<number[]> =>
  page
    .locator('.node-switch button')
    .evaluateAll((all) => all.flatMap((each, i) => (each.getAttribute('aria-pressed') === 'true' ? [i] : [])))

test('where there is room for one console it is that of the node whose graph is shown, after every change of width and of the node', async ({
  host,
  device,
}) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  await withNodes(page, 4, 1_400)
  const select = page.locator('.node-switch button')
  for (const [i, width] of [360, 1_000, 600, 360].entries()) {
    const node = [1, 3, 0, 2][i]!
    await page.setViewportSize({ width: 1_400, height: 900 })
    await select.nth(node).click()
    await page.setViewportSize({ width, height: 900 })
    await expect.poll(() => inReach(page), { message: `at ${width}` }).toEqual([node])
    expect(await pressed(page)).toEqual([node])
  }
  for (const node of [0, 3, 1]) {
    await select.nth(node).click()
    await expect.poll(() => inReach(page)).toEqual([node])
    expect(await pressed(page)).toEqual([node])
    // What is typed goes out under the key of the node that is shown.
    await composers(page).nth(node).fill(`by ${node}`)
    await page.keyboard.press('Enter')
  }
  const history = () => page.evaluate(() => window.tabweave.history())
  await expect.poll(async () => (await history()).filter(({ kind }) => kind === 'message').length).toBe(3)
  const authors = (await history()).filter(({ kind }) => kind === 'message').map(({ author }) => author)
  expect(new Set(authors).size).toBe(3)
  await page.setViewportSize({ width: 1_400, height: 900 })
  await expect.poll(() => inReach(page)).toContain(1)
  expect(await pressed(page)).toEqual([1])
})

test('a node that is selected by the switch takes the focus away from the console of another one', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  await withNodes(page, 2, 1_400)
  await composers(page).first().focus()
  // As in browsers in which a press on a button leaves the focus where it is.
  await page
    .locator('.node-switch button')
    .nth(1)
    .evaluate((button: HTMLButtonElement) => button.click())
  await expect.poll(() => pressed(page)).toEqual([1])
  await page.keyboard.type('x')
  await expect(composers(page).first()).toHaveValue('')
})

test('consoles that are out of sight are counted at the side where they are, and a press brings them', async ({ host, device }) => {
  test.setTimeout(120_000)
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  const more = page.locator('.consoles-more button')
  for (const count of [3, 4, 8]) {
    await withNodes(page, count, 1_400)
    for (const button of await page.locator('.node-switch button').all()) await expect(button).toBeInViewport({ ratio: 1 })
    // The one that was added last is in sight: what is missing is before it.
    const seen = (await inReach(page)).length
    // Those in sight are there from edge to edge.
    const whole = await page.locator('.consoles').evaluate((row) => {
      const { left, right } = row.getBoundingClientRect()
      return Array.from(row.children).filter((each) => {
        const box = each.getBoundingClientRect()
        return box.left > left - 1.5 && box.right < right + 1.5
      }).length
    })
    expect(whole, `${count} nodes`).toBe(seen)
    await expect(more, `${count} nodes`).toHaveText(seen === count ? [] : [`${count - seen} more node${count - seen === 1 ? '' : 's'}`])
  }
  for (let left = 0; left < 8 && !(await inReach(page)).includes(0); left++) await more.first().click()
  await expect.poll(() => inReach(page)).toContain(0)
  await expect(more).toHaveCount(1)
  await more.first().click()
  await expect.poll(() => inReach(page)).not.toContain(0)
  await expect(more).toHaveCount(2)
})

test('the console of an added node says what that node is, and not that it is the tab', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  await withNodes(page, 2, 1_400)
  const titles = page.locator('.console .welcome h2')
  await expect(titles).toHaveText(['This tab is a node', 'One more node in this tab'])
})

test('a place is about the selected node, says which that is, and keeps nothing of another one', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  await withNodes(page, 2, 1_400)
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Peers', exact: true }).click()
  const place = page.getByRole('dialog', { name: 'Peers' })
  const nodeOf = (console: number) => page.locator('.console').nth(console).locator('.chip .author-name').textContent()
  await expect(place.locator('.sheet-node')).toHaveText((await nodeOf(1))!)
  await place.getByRole('button', { name: 'Invite a device' }).click()
  const invitation = place.locator('.carried-text[readonly]')
  await expect(invitation).toBeVisible()
  // Only the node that invited can take the answer.
  await composers(page).first().focus()
  await expect(place.locator('.sheet-node')).toHaveText((await nodeOf(0))!)
  await expect(invitation).toHaveCount(0)
})

test('of several nodes, only the places of a node name one; a link that works on this device only is not shown as a code', async ({
  host,
  device,
}) => {
  const page = await (await device()).open(`${host.address}/#new`)
  await page.getByRole('button', { name: 'Add a node here', exact: true }).click()
  await expect(page.getByRole('textbox', { name: /^Write as / })).toHaveCount(1)
  for (const [place, named] of [
    ['Share the room', 0],
    ['Help', 0],
    ['Rooms', 0],
    ['Peers', 1],
    ['Node', 1],
  ] as const) {
    await page.getByRole('button', { name: 'Menu', exact: true }).click()
    await page.getByRole('menuitem', { name: place, exact: true }).click()
    const sheet = page.getByRole('dialog', { name: place })
    await expect(sheet.locator('.sheet-body')).not.toBeEmpty()
    await expect(sheet.locator('.sheet-node'), place).toHaveCount(named)
    if (place === 'Share the room') {
      await expect(sheet.getByRole('img')).toHaveCount(0)
      // The link is the room's; the file is a node's.
      await expect(sheet).toContainText(/import into, the node \w+ \w+\./)
    }
    await page.keyboard.press('Escape')
  }
})

test('consoles beside each other have their heads in one line, each with both words of the switch, whether their nodes have names or not', async ({
  host,
  device,
}) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Node', exact: true }).click()
  await page.getByRole('textbox', { name: 'Your name in this room' }).fill('Alice')
  await page.keyboard.press('Escape')
  for (const [count, width] of [
    [2, 1_280],
    [2, 1_400],
    [2, 2_560],
    [3, 1_400],
    [5, 2_560],
  ] as const) {
    await withNodes(page, count, width)
    // The row is scrolled to the one that was added last.
    const heads = await page.locator('.console').evaluateAll((consoles) =>
      consoles.map((console) => {
        const middle = (selector: string): number => {
          const { top, bottom } = console.querySelector(selector)!.getBoundingClientRect()
          return (top + bottom) / 2
        }
        return ['.chip .author-mark', '.chip .author-name', '.switch', '.agreement', '.search-field', '.history'].map(middle)
      }),
    )
    for (const head of heads) expect(head, `${count} nodes at ${width}`).toEqual(heads[0])
    for (const offline of await page.locator('.console .switch').all()) await expect(offline).toHaveText('OnlineOffline')
    const cut = await page.locator('.chip .chosen-name').evaluateAll((names) => names.map((name) => name.scrollWidth - name.clientWidth))
    expect(cut, `${count} nodes at ${width}`).toEqual([0])
  }
})

test('in a wide window five consoles are as wide as is good to read, and all in sight', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  await withNodes(page, 5, 2_560)
  const boxes = await page.locator('.console').evaluateAll((all) => all.map((each) => each.getBoundingClientRect().toJSON() as DOMRect))
  for (const { width } of boxes) expect(width).toBeGreaterThan(380)
  await expect(page.locator('.consoles-more')).toHaveCount(0)
  expect((await page.getByRole('region', { name: 'Graph' }).boundingBox())!.width).toBeGreaterThanOrEqual(639)
})
