/** Texts of others that no line can hold: at no width of the page does anything leave its pane, or the page scroll sideways. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { agree, ready, type } from './tabs.ts'

const WIDTHS = [320, 360, 768, 1_400]
const LONG_WORD = 'w'.repeat(400)
/** A letter under 400 marks: no wider than a letter, and drawn over all that is above it. */
const PILE = `z${'\u0301'.repeat(400)}`
const TEXT = `${LONG_WORD} ${PILE}`
/** A web address of 400 characters. */
const ADDRESS = 'https://example.org/'.padEnd(400, 'w')
/** As long as a name of a person may be. */
const NAME = `${'w'.repeat(30)}z${'\u0301'.repeat(9)}`

/** What leaves its pane or the page at this moment, in words. Empty if nothing does. */
const leaving = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const out: string[] = []
    const nameOf = (element: Element): string => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`
    const tell = (what: string, element: Element): void => void out.push(`${what}: ${nameOf(element)}`)
    const root = document.documentElement
    if (root.scrollWidth > root.clientWidth) tell(`the page scrolls by ${root.scrollWidth - root.clientWidth}`, root)
    /** Meant to be scrolled sideways: several nodes side by side. */
    const scrolls = '.consoles:has(> :nth-child(2))'
    const panes = '.console, .sheet, .graph-place, .menu, .start, .check, .top, .failed-page'
    const clips = (element: Element): boolean => {
      const { overflowX, overflowY, contain } = getComputedStyle(element)
      return overflowX !== 'visible' || overflowY !== 'visible' || /paint|strict|content/.test(contain)
    }
    for (const element of document.body.querySelectorAll<HTMLElement>('*')) {
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue
      // Hidden from the eye, for screen readers; and the insides of pictures.
      if (element.closest('.visually-hidden, .graph-mirror, svg') !== null) continue
      const { overflowX } = getComputedStyle(element)
      if (/auto|scroll/.test(overflowX) && element.scrollWidth > element.clientWidth && !element.matches(`input, ${scrolls}`))
        tell(`scrolls sideways by ${element.scrollWidth - element.clientWidth}`, element)
      const pane = element.parentElement!.closest(panes) ?? (element.closest(scrolls) === null ? root : null)
      if (pane === null) continue
      let isClipped = false
      for (let above = element.parentElement!; above !== pane && above !== document.body; above = above.parentElement!)
        isClipped ||= clips(above)
      const box = element.getBoundingClientRect()
      const edge = pane.getBoundingClientRect()
      const isControl = element.matches('button, input, textarea, select, summary')
      if (box.width === 0 || (isClipped && !isControl)) continue
      if (box.left < edge.left - 1 || box.right > edge.right + 1)
        tell(
          `at ${Math.round(box.left)} to ${Math.round(box.right)}, outside of ${Math.round(edge.left)} to ${Math.round(edge.right)}`,
          element,
        )
    }
    // Marks are drawn outside of every box: only what clips keeps them off their neighbours.
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const parent = texts.currentNode.parentElement!
      if (!texts.currentNode.nodeValue!.includes('\u0301\u0301') || parent.closest('script, textarea, .graph-mirror') !== null) continue
      // Its own neighbours are those outside of what clips: that may hold a few words more, and no other text.
      const mayHold = texts.currentNode.nodeValue!.length + 60
      let above: Element | null = parent
      while (above !== null && !clips(above)) above = above.parentElement
      if (above === null || above.textContent.length > mayHold) tell('marks are drawn over others', parent)
    }
    return [...new Set(out)]
  })

test('words of 400 characters and piled marks in every text leave no pane at any width, and no page scrolls sideways', async ({
  host,
  device,
}) => {
  test.setTimeout(120_000)
  const { context, open } = await device()
  const founder = await context.newPage()
  await founder.goto(host.address)
  await founder.getByRole('textbox', { name: 'Room name' }).fill(TEXT)
  await founder.keyboard.press('Enter')
  await ready(founder)
  const walker = await open(founder.url())
  await agree([founder, walker], 1)
  const menuItem = async (page: Page, name: string): Promise<void> => {
    await page.getByRole('button', { name: 'Menu', exact: true }).click()
    await page.getByRole('menuitem', { name, exact: true }).click()
  }
  await menuItem(founder, 'Node')
  await founder.getByRole('textbox', { name: 'Your name in this room' }).fill(NAME)
  await founder.keyboard.press('Escape')
  await menuItem(walker, 'Node')
  await walker.getByRole('textbox', { name: 'Your name in this room' }).fill(NAME)
  await walker.keyboard.press('Escape')
  // Its entry has the longest receipt: the other one has it, and follows it.
  await type(walker, 'seen')
  await agree([founder, walker], 2)
  await type(founder, TEXT)
  await type(founder, ADDRESS)
  await type(founder, PILE.repeat(40))
  await agree([founder, walker], 5)
  await expect(walker.locator('.receipts').filter({ hasText: 'with the other node here, seen by 1' })).toHaveCount(1)

  const found: string[] = []
  const look = async (place: string): Promise<void> => {
    for (const width of WIDTHS) {
      await walker.setViewportSize({ width, height: 800 })
      await walker.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
      for (const fault of await leaving(walker)) found.push(`${place} at ${width}: ${fault}`)
    }
  }
  // Says that it types for a moment, with its name.
  await founder.getByRole('textbox', { name: 'Message' }).fill(TEXT)
  await walker.getByRole('textbox', { name: 'Message' }).fill(TEXT)
  await expect(walker.locator('.typing')).toContainText('typing')
  await expect(walker.locator('.entry-text a')).toHaveText(ADDRESS)
  await look('console')
  await walker.locator('.entry .id-button').last().click()
  await expect(walker.locator('.op-card')).toBeVisible()
  await look('graph')
  await walker.locator('.entry', { hasText: ADDRESS }).locator('.id-button').click()
  await expect(walker.locator('.op-card a')).toHaveText(ADDRESS)
  await look('the card of a web address')
  await walker.keyboard.press('Escape')
  const search = walker.getByRole('searchbox')
  await search.fill('w')
  await expect(walker.locator('.found-entry')).not.toHaveCount(0)
  await look('search')
  await search.fill('example.org/w')
  await expect(walker.locator('.found-entry mark').first()).toHaveText('example.org/w')
  await look('search for a web address')
  await search.press('Enter')
  await expect(walker.locator('.entry-text a mark')).toHaveText('example.org/w')
  await look('a web address that was found')
  await search.fill(TEXT)
  await look('search for nothing')
  await search.fill('')
  await walker.getByRole('button', { name: 'Menu', exact: true }).click()
  await look('menu')
  await walker.keyboard.press('Escape')
  for (const place of ['Share the room', 'Peers', 'Node', 'Rooms', 'Help']) {
    await menuItem(walker, place)
    const sheet = walker.getByRole('dialog')
    await expect(sheet).toBeVisible()
    for (const box of await sheet.getByRole('textbox').all()) if (await box.isEditable()) await box.fill(TEXT)
    if (place === 'Peers') await expect(sheet.locator('.chosen-name')).toBeVisible()
    await look(place)
    await walker.keyboard.press('Escape')
    await expect(sheet).toHaveCount(0)
  }
  await walker.getByRole('button', { name: 'Add a node here', exact: true }).click()
  await expect(walker.getByRole('list', { name: /^What .* has$/ })).toContainText(LONG_WORD)
  await look('two nodes')
  // Its draft would be asked for.
  await walker.evaluate(() => sessionStorage.clear())
  walker.on('dialog', (dialog) => void dialog.accept())
  await walker.goto('about:blank')
  await walker.goto(host.address)
  await walker
    .locator('.kept-item')
    .first()
    .getByRole('button', { name: /, and forgetting$/ })
    .click()
  await expect(walker.locator('.kept-node')).not.toHaveCount(0)
  for (const box of await walker.getByRole('textbox').all()) await box.fill(TEXT)
  await look('start')
  await walker.goto(`${host.address}/#check`)
  await expect(walker.getByRole('main')).toBeVisible()
  await walker
    .locator('input[type=file]')
    .setInputFiles({ name: `${LONG_WORD.slice(1, 200)}.bin`, mimeType: '', buffer: Buffer.from('no evidence') })
  await expect(walker.getByRole('status')).toContainText('www')
  await look('check')
  expect(found).toEqual([])
})

test('what is said for a moment moves nothing, and covers no button, no entry and nothing that is typed, with a place open and without, at any width', async ({
  host,
  device,
}) => {
  const { context, open } = await device()
  await context.clock.install()
  const page = await open(`${host.address}/#new`)
  await type(page, 'what a person reads')
  const place = page.getByRole('dialog', { name: 'Share the room' })
  const toast = page.locator('.toast')
  /** Where everything stands that a person reads or presses. */
  const stand = (): Promise<unknown> =>
    page.evaluate(() =>
      Array.from(document.querySelectorAll('.desk, .entry, .composer, button, .sheet p'), (each) => {
        const { x, y, width, height } = each.getBoundingClientRect()
        return [each.className, x, y, width, height]
      }),
    )
  for (const width of [320, 360, 768, 1_000, 1_400, 2_560]) {
    await page.setViewportSize({ width, height: 740 })
    for (const isOpen of [true, false]) {
      if (isOpen) {
        await page.getByRole('button', { name: 'Menu', exact: true }).click()
        await page.getByRole('menuitem', { name: 'Share the room', exact: true }).click()
        const hidden = await place.locator('.carried-text').evaluate((box) => box.scrollHeight - box.clientHeight)
        expect([width, hidden]).toEqual([width, 0])
      } else await page.keyboard.press('Escape')
      await expect(place).toHaveCount(isOpen ? 1 : 0)
      // What was said before is gone: no pointer is on it.
      await page.mouse.move(2, 738)
      await page.clock.fastForward(6_000)
      await expect(toast).toHaveText('')
      const before = await stand()
      await page.getByRole('button', { name: 'Copy the room’s link', exact: true }).click()
      await expect(toast).not.toHaveText('')
      expect([width, isOpen, await stand()]).toEqual([width, isOpen, before])
      const covered = await toast.evaluate((box) => {
        const { left, top, right, bottom } = box.getBoundingClientRect()
        const inUse = 'button, input, textarea, select, a, .entry, .composer-frame, .node-bar'
        const under = new Set<string>()
        for (let x = left + 1; x < right; x += 4)
          for (let y = top + 1; y < bottom; y += 4) {
            // What would be seen there.
            const below = document.elementsFromPoint(x, y).find((each) => !box.contains(each))
            const used = below?.closest(inUse)
            if (used !== null && used !== undefined) under.add(used.outerHTML.slice(0, 80))
          }
        return [...under]
      })
      expect([width, isOpen, covered]).toEqual([width, isOpen, []])
      const { left, right } = await toast.evaluate((box) => box.getBoundingClientRect().toJSON() as DOMRect)
      expect(left).toBeGreaterThanOrEqual(0)
      expect(right).toBeLessThanOrEqual(width)
    }
  }
})
