/** What is in reach where the window is small, or the page enlarged. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { agree, setOffline, type } from './tabs.ts'

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
  // A strip has the shapes alone.
  expect(await top()).toBeGreaterThan(26)
  await page.getByRole('button', { name: 'Enlarge the graph', exact: true }).click()
  await expect.poll(top).toBeGreaterThan(56)
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Node', exact: true }).click()
  await page.getByRole('textbox', { name: 'Your name in this room' }).fill('Ada')
  await page.keyboard.press('Escape')
  for (const height of [740, 480, 640, 560, 1_000]) {
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
  // The number of the op stands beside the names, however long these are.
  const [names, number] = [await card.getByRole('heading').boundingBox(), await card.locator('.op-card-seq').boundingBox()]
  expect(number!.x).toBeGreaterThanOrEqual(names!.x + names!.width)
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

test('on a telephone a match that is pressed in the list has the height of the history, and the buttons go on from it', async ({
  host,
  device,
}) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  await page.setViewportSize({ width: 360, height: 740 })
  for (let i = 0; i < 12; i++) await type(page, i % 3 === 0 ? `Ada ${i}` : `between ${i}`)
  await page.getByRole('searchbox').fill('Ada')
  await page.locator('.found-entry', { hasText: 'Ada 6' }).click()
  const match = page.locator('.entry[data-selected="true"]')
  await expect(match).toContainText('Ada 6')
  await expect(match).toBeInViewport({ ratio: 1 })
  expect(await page.locator('.history').evaluate((history) => history.clientHeight)).toBeGreaterThan(300)
  await page.getByRole('button', { name: /^Next match/ }).click()
  await expect(match).toContainText('Ada 3')
  await expect(match).toBeInViewport({ ratio: 1 })
  await page.getByRole('button', { name: /^End the search/ }).click()
  await expect(page.locator('.found')).toHaveCount(0)
  await expect(match).toBeInViewport({ ratio: 1 })
})

test('at every width the box that makes a path worse says what it is, in sight', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Peers', exact: true }).click()
  const box = page.getByRole('combobox', { name: 'Delay and loss of the path “relay”', exact: true })
  for (const width of [320, 360, 768, 1_400]) {
    await page.setViewportSize({ width, height: 740 })
    const label = page.locator('label', { has: box }).getByText('Delay and loss', { exact: true })
    await expect(label, `${width} px`).toBeInViewport({ ratio: 1 })
    const [words, choice] = [await label.boundingBox(), await box.boundingBox()]
    expect(words!.y + words!.height, `${width} px`).toBeLessThanOrEqual(choice!.y + 1)
  }
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

test('on a telephone the graph is a strip above five messages and more, until it is enlarged; the browser remembers that', async ({
  host,
  device,
}) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  for (let i = 0; i < 8; i++) await type(page, `message ${i}`)
  await agree([page], 9)
  const inSight = (): Promise<number> =>
    page.evaluate(() => {
      const box = document.querySelector('.history')!.getBoundingClientRect()
      return Array.from(document.querySelectorAll('.entry'), (entry) => entry.getBoundingClientRect()).filter(
        ({ top, bottom }) => top >= box.top - 1 && bottom <= box.bottom + 1,
      ).length
    })
  const graph = page.getByRole('region', { name: 'Graph' })
  for (const [width, height, least] of [
    [390, 844, 5],
    [360, 740, 4],
    [360, 640, 3],
  ] as const) {
    await page.setViewportSize({ width, height })
    await expect.poll(inSight, { message: `${width} × ${height}` }).toBeGreaterThanOrEqual(least)
    await expect(graph, `${width} × ${height}`).toBeInViewport({ ratio: 1 })
    expect((await graph.boundingBox())!.height).toBeGreaterThanOrEqual(140)
    await expect(composer(page)).toBeInViewport({ ratio: 1 })
  }
  await page.setViewportSize({ width: 390, height: 844 })
  const enlarge = page.getByRole('button', { name: 'Enlarge the graph', exact: true })
  await enlarge.click()
  const height = async (): Promise<number> => (await graph.boundingBox())!.height
  await expect.poll(height).toBeGreaterThan(380)
  await expect(page.getByRole('button', { name: /^What the marks mean/ })).toBeInViewport({ ratio: 1 })
  await page.reload()
  await expect.poll(height).toBeGreaterThan(380)
  await page.getByRole('button', { name: 'Make the graph smaller', exact: true }).click()
  await expect.poll(height).toBeLessThan(150)
  // Beside the console it has a size of its own.
  await page.setViewportSize({ width: 1_280, height: 800 })
  await expect(enlarge).toBeHidden()
})

test('on a telephone each message that is selected stays in sight when its card takes the height', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  for (let i = 0; i < 6; i++) await type(page, `message ${i}`)
  await agree([page], 7)
  await page.setViewportSize({ width: 390, height: 844 })
  for (const text of ['message 1', 'message 2', 'message 3', 'message 5', 'message 2']) {
    const entry = page.locator('.entry', { hasText: text })
    await entry.locator('.id-button').click()
    const card = page.getByRole('region', { name: 'The selected op' })
    await expect(card).toContainText(text)
    const isSeen = (): Promise<boolean> =>
      entry.evaluate((row) => {
        const [outer, inner] = [row.closest('.history')!.getBoundingClientRect(), row.getBoundingClientRect()]
        return inner.top >= outer.top && inner.bottom <= outer.bottom
      })
    await expect.poll(isSeen, { message: text }).toBe(true)
    await page.keyboard.press('Escape')
    await expect(card).toHaveCount(0)
  }
})

test('on a telephone the name of the room has most of the bar, and what the bar has no room for is in the menu', async ({
  host,
  device,
  problems,
}) => {
  const { context } = await device()
  const page = await context.newPage()
  page.on('pageerror', ({ message }) => problems.push(message))
  await page.setViewportSize({ width: 360, height: 740 })
  await page.goto(host.address)
  const name = 'Thursday seminar on replicas that lie'
  await page.getByRole('textbox', { name: 'Room name' }).fill(name)
  await page.keyboard.press('Enter')
  const heading = page.getByRole('heading', { name, exact: true })
  await expect(heading).toBeInViewport({ ratio: 1 })
  expect(await heading.evaluate((box) => box.scrollHeight - box.clientHeight)).toBe(0)
  expect((await heading.boundingBox())!.width).toBeGreaterThan(190)
  await expect(page.getByRole('button', { name: 'Add a node here', exact: true })).toBeHidden()
  const menu = page.getByRole('button', { name: 'Menu', exact: true })
  await menu.click()
  const add = page.getByRole('menuitem', { name: 'Add a node here', exact: true })
  await expect(page.getByRole('menuitem', { name: 'Open another tab', exact: true })).toBeFocused()
  await page.keyboard.press('ArrowDown')
  await expect(add).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.locator('.node-switch button')).toHaveCount(2)
  await expect(add).toBeHidden()
  await menu.click()
  const [tab] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('menuitem', { name: 'Open another tab', exact: true }).click(),
  ])
  await expect.poll(() => tab.evaluate(() => document.documentElement.dataset['ready'])).toBe('true')
  // Where the bar has room they are in it alone.
  await page.setViewportSize({ width: 1_280, height: 800 })
  await expect(page.getByRole('button', { name: 'Add a node here', exact: true })).toBeVisible()
  await menu.click()
  await expect(page.getByRole('menuitem', { name: 'Share the room', exact: true })).toBeFocused()
  await expect(add).toBeHidden()
})

test('at every width the node’s bar says whole that the node is offline, and its switch has both words', async ({ host, device }) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  await setOffline(page, true)
  for (const width of [1_400, 768, 390, 360, 320]) {
    await page.setViewportSize({ width, height: 740 })
    const said = page.locator('.agreement')
    await expect(said).toHaveText('offline: no connections')
    await expect(said, `${width} px`).toBeInViewport({ ratio: 1 })
    expect(await said.locator('span').evaluate((words) => words.scrollWidth - words.clientWidth), `${width} px`).toBeLessThanOrEqual(0)
    for (const word of ['Online', 'Offline'])
      await expect(page.locator('.switch').getByText(word, { exact: true }), `${width} px`).toBeInViewport({ ratio: 1 })
    await expect(page.locator('.switch [data-now="true"]')).toHaveText('Offline')
  }
  await setOffline(page, false)
  await expect(page.locator('.switch [data-now="true"]')).toHaveText('Online')
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
  await page.setViewportSize({ width: 768, height: 900 })
  for (let nodes = 3; nodes <= 6; nodes++) await page.getByRole('button', { name: 'Add a node here', exact: true }).click()
  await expect(page.locator('.node-switch button')).toHaveCount(6)
  await expect(page.locator('.node-switch .author-name').filter({ visible: true })).toHaveCount(6)
  await page.setViewportSize({ width: 360, height: 740 })
  await expect(page.locator('.node-switch .author-name').filter({ visible: true })).toHaveCount(1)
  await expect(page.locator('.node-switch [aria-pressed="true"] .author-name')).toBeVisible()
})
