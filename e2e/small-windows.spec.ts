/** What is in reach where the window is small, or the page enlarged. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { agree, type } from './tabs.ts'

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

test('the graph’s buttons stand below the lane heads, also when these have a line for names', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  const top = async (): Promise<number> => {
    const toolbar = (await page.getByRole('toolbar', { name: 'View' }).boundingBox())!
    const graph = (await page.getByRole('region', { name: 'Graph' }).boundingBox())!
    expect(toolbar.y + toolbar.height).toBeLessThanOrEqual(graph.y + graph.height)
    return toolbar.y - graph.y
  }
  await page.setViewportSize({ width: 360, height: 740 })
  expect(await top()).toBeGreaterThan(56)
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Node', exact: true }).click()
  await page.getByRole('textbox', { name: 'Your name in this room' }).fill('Ada')
  await page.keyboard.press('Escape')
  for (const height of [740, 480, 1_000]) {
    await page.setViewportSize({ width: 360, height })
    await expect.poll(top).toBeGreaterThan(70)
  }
})

test('on a telephone the card of an op shows what it is about, and leaves the op and the composer in sight', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  const other = await open(page.url())
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Node', exact: true }).click()
  await page.getByRole('textbox', { name: 'Your name in this room' }).fill('a name as long as a name may be, as here')
  await page.keyboard.press('Escape')
  await type(other, 'one that it follows')
  await agree([page, other], 2)
  await page.setViewportSize({ width: 360, height: 740 })
  await type(page, 'with a card')
  await agree([page, other], 3)
  await page.locator('.entry .id-button').last().click()
  const card = page.getByRole('region', { name: 'The selected op' })
  for (const row of ['Seen by', 'Held by']) await expect(card.getByText(row, { exact: true })).toBeInViewport({ ratio: 1 })
  const [graph, over] = [await page.getByRole('region', { name: 'Graph' }).boundingBox(), await card.boundingBox()]
  // The strip of names, and two rows.
  expect(over!.y - graph!.y).toBeGreaterThan(120)
  await expect(composer(page)).toBeInViewport({ ratio: 1 })
})

test('on a telephone the match that Enter leads to is in sight, under nothing', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  await page.setViewportSize({ width: 360, height: 740 })
  for (let i = 0; i < 12; i++) await type(page, i % 3 === 0 ? `Ada ${i}` : `between ${i}`)
  await page.getByRole('searchbox').fill('Ada')
  await expect(page.locator('.found-entry')).toHaveCount(4)
  const markBesideName = await page
    .locator('.found-entry')
    .first()
    .evaluate((match) => {
      const middles = ['.author-mark', '.author-name'].map((part) => match.querySelector(part)!.getBoundingClientRect())
      return Math.abs(middles[0]!.top + middles[0]!.bottom - middles[1]!.top - middles[1]!.bottom) / 2
    })
  expect(markBesideName).toBeLessThan(2.5)
  for (const text of ['Ada 9', 'Ada 6', 'Ada 3', 'Ada 0']) {
    await page.getByRole('searchbox').press('Enter')
    const match = page.locator('.entry[data-selected="true"]')
    await expect(match).toContainText(text)
    const isOnTop = (): Promise<boolean> =>
      match.evaluate((entry) => {
        const { x, y, width, height } = entry.getBoundingClientRect()
        return [y + 3, y + height - 3].every((at) => entry.contains(document.elementFromPoint(x + width / 2, at)))
      })
    await expect.poll(isOnTop, { message: text }).toBe(true)
  }
  await page.keyboard.press('Escape')
  await expect(page.getByRole('region', { name: 'The selected op' })).toBeVisible()
})

test('on a telephone with its keyboard open the graph gives way: the message that one answers is in sight', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  for (const text of ['one', 'two', 'three']) await type(page, text)
  await page.setViewportSize({ width: 360, height: 740 })
  await expect(page.getByRole('toolbar', { name: 'View' })).toBeInViewport({ ratio: 1 })
  await page.setViewportSize({ width: 360, height: 420 })
  const entries = page.locator('.entry')
  for (const text of ['two', 'three']) await expect(entries.filter({ hasText: text })).toBeInViewport({ ratio: 1 })
  await expect(composer(page)).toBeInViewport({ ratio: 1 })
  await type(page, 'four')
  await expect(entries.filter({ hasText: 'four' })).toBeInViewport({ ratio: 1 })
  await page.setViewportSize({ width: 360, height: 740 })
  await expect(page.getByRole('toolbar', { name: 'View' })).toBeInViewport({ ratio: 1 })
})

test('on a telephone no text lies under the button to the newest entry, and beside the card of an op two entries are in sight', async ({
  host,
  device,
}) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  for (let i = 0; i < 12; i++) await type(page, `message ${i}`)
  const entries = page.locator('.entry')
  const inSight = (): Promise<number> =>
    page.evaluate(() => {
      const box = document.querySelector('.history')!.getBoundingClientRect()
      return Array.from(document.querySelectorAll('.entry'), (entry) => entry.getBoundingClientRect()).filter(
        ({ top, bottom }) => top >= box.top - 8 && bottom <= box.bottom + 8,
      ).length
    })
  /** The history reaches the line above the composer, and the button is below it. */
  const isFree = (): Promise<boolean> =>
    page.evaluate(() => {
      const [history, foot, jump] = ['.history', '.history-foot', '.jump'].map((each) =>
        document.querySelector(each)!.getBoundingClientRect(),
      )
      return Math.abs(history!.bottom - foot!.top) < 1 && jump!.top >= history!.bottom
    })
  const jump = page.getByRole('button', { name: 'Jump to newest' })
  for (const size of [
    { width: 360, height: 740 },
    { width: 1_280, height: 800 },
  ]) {
    await page.setViewportSize(size)
    await entries.last().hover()
    await page.mouse.wheel(0, -300)
    await expect(jump).toBeInViewport({ ratio: 1 })
    expect(await isFree(), `${size.width} px`).toBe(true)
    await jump.click()
    await expect(jump).toHaveCount(0)
    await expect(entries.last()).toBeInViewport({ ratio: 1 })
  }
  await page.setViewportSize({ width: 360, height: 740 })
  await entries.last().locator('.id-button').click()
  await expect(page.getByRole('region', { name: 'The selected op' })).toBeVisible()
  await expect.poll(inSight).toBeGreaterThan(1)
})

test('the card of an op, as high as it may be, covers none of the graph’s buttons', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  await type(page, 'with a card')
  await page.locator('.entry .id-button').last().click()
  await page.locator('.op-card').evaluate((card: HTMLElement) => void (card.style.height = '2000px'))
  for (const [width, height] of [
    [1_280, 800],
    [1_280, 600],
    [820, 1_000],
    [360, 1_000],
    [360, 740],
  ] as const) {
    await page.setViewportSize({ width, height })
    const card = (await page.locator('.graph-cover').boundingBox())!
    const toolbar = page.getByRole('toolbar', { name: 'View' })
    if (!(await toolbar.isVisible())) continue
    const buttons = (await toolbar.boundingBox())!
    const isApart = card.x >= buttons.x + buttons.width || card.x + card.width <= buttons.x || card.y >= buttons.y + buttons.height
    expect(isApart, `${width} × ${height}`).toBe(true)
  }
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

test('the match that Enter leads to is in sight after a wide window was made as narrow as a telephone, and stays so when it is made wide again', async ({
  host,
  device,
}) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  await page.setViewportSize({ width: 1_280, height: 800 })
  const filler = 'more words than a telephone has in one line '.repeat(3)
  for (let i = 0; i < 30; i++) await type(page, i % 5 === 0 ? `Ada ${i}` : `between ${i} ${filler}`)
  await agree([page], 31)
  const match = page.locator('.entry[data-selected="true"]')
  const isSeen = async (text: string): Promise<void> => {
    await expect(match, text).toContainText(text)
    await expect(match.locator('mark'), text).toBeInViewport({ ratio: 1 })
  }
  await page.getByRole('searchbox').fill('Ada')
  await expect(page.locator('.found-entry')).toHaveCount(6)
  await page.getByRole('searchbox').press('Enter')
  await isSeen('Ada 25')
  for (const [width, height] of [
    [360, 740],
    [1_280, 800],
    [360, 640],
  ] as const) {
    await page.setViewportSize({ width, height })
    await isSeen('Ada 25')
  }
  for (const text of ['Ada 20', 'Ada 15', 'Ada 10', 'Ada 5', 'Ada 0', 'Ada 25']) {
    await page.getByRole('searchbox').press('Enter')
    await isSeen(text)
  }
})

test('the number of ops stands in the node’s bar at every width, and node tabs have names where there is room', async ({
  host,
  device,
}) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  await page.getByRole('button', { name: 'Add a node here', exact: true }).click()
  await expect(page.getByRole('textbox', { name: /^Write as / })).toHaveCount(1)
  for (const width of [1_400, 1_000, 768, 360, 320]) {
    await page.setViewportSize({ width, height: 740 })
    const bar = page.locator('.console[data-focused="true"] .node-bar')
    await expect(bar.getByText('1 op', { exact: true }), `${width} px`).toBeInViewport({ ratio: 1 })
    // Nothing of the line is cut.
    const cut = await bar.locator('.node-bar-facts').evaluate((row) =>
      Array.from(row.querySelectorAll('.agreement span, .fact-ops, .digest'))
        .filter((part) => part.scrollWidth > part.clientWidth + 1 && part.clientWidth > 0)
        .map((part) => part.textContent),
    )
    expect(cut, `${width} px`).toEqual([])
    for (const name of await page.locator('.node-switch .author-name').all()) await expect(name, `${width} px`).toBeInViewport({ ratio: 1 })
  }
  for (let nodes = 3; nodes <= 6; nodes++) await page.getByRole('button', { name: 'Add a node here', exact: true }).click()
  await expect(page.locator('.node-switch button')).toHaveCount(6)
  await page.setViewportSize({ width: 768, height: 900 })
  await expect(page.locator('.node-switch .author-name').filter({ visible: true })).toHaveCount(6)
  await page.setViewportSize({ width: 360, height: 740 })
  await expect(page.locator('.node-switch .author-name').filter({ visible: true })).toHaveCount(1)
  await expect(page.locator('.node-switch [aria-pressed="true"] .author-name')).toBeVisible()
})
