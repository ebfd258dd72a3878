/** A disk that may be older than what the node has sent: it writes at once when its mark says that nothing is lost, and else asks first. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { agree, messagesOf, ready, RELAY_IS_DOWN, said, type } from './tabs.ts'

// By a direct path, or in one browser, no relay would be slow or down.
test.use({ relayOnly: true })

/** Of the node's last records, removes so many; with 0, and always if `mark`, its mark. On a page that runs no node. */
const cut = (page: Page, node: string, records: number, mark: boolean): Promise<void> =>
  page.evaluate(
    async ([id, last, forget]) => {
      const finished = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((resolve) => request.addEventListener('success', () => resolve(request.result)))
      if (forget) await finished(indexedDB.deleteDatabase(`tabweave-mark/${id}`))
      const db = await finished(indexedDB.open(`tabweave/${id}`))
      const segments = db.transaction('segments', 'readwrite').objectStore('segments')
      const keys = await finished(segments.getAllKeys())
      for (const key of keys.slice(keys.length - last)) await finished(segments.delete(key))
      db.close()
    },
    [node, records, mark] as const,
  )

/** Leaves the room, does that to its disk, and comes back. */
async function returnCut(page: Page, records: number, mark: boolean): Promise<void> {
  const [url, node] = [page.url(), await said(page, 'node')]
  await page.goto(url.slice(0, url.indexOf('#')))
  await expect(page.getByRole('button', { name: /^Resume / })).toBeVisible()
  await cut(page, node!, records, mark)
  // Else only the fragment would change.
  await page.goto('about:blank')
  await page.goto(url)
  await ready(page)
  expect(await said(page, 'node')).toBe(node)
}

const reason = /may have lost messages|cannot tell whether its disk holds all/

test('E2 offline, reloaded, and typed: the op is in the graph within a second, since the mark says that nothing is lost', async ({
  hostile,
  device,
}) => {
  const page = await (await device()).open(`${hostile.address}/#new`, RELAY_IS_DOWN)
  await type(page, 'before')
  await agree([page], 2)
  hostile.cut()
  await page.reload()
  await ready(page)
  expect(await said(page, 'waits')).toBe('')
  const took = await page.evaluate(async () => {
    const began = performance.now()
    const reply = await window.tabweave.submit('with nobody there')
    return 'id' in reply ? performance.now() - began : Infinity
  })
  expect(took).toBeLessThan(1_000)
  await agree([page], 3)
})

for (const mark of [false, true]) {
  test(`E2 a database whose end was cut${mark ? ', the mark too' : ''}, behind a relay that takes 1.5 s: nothing is signed twice`, async ({
    hostile,
    device,
  }) => {
    test.setTimeout(90_000)
    const page = await (await device()).open(`${hostile.address}/#new`)
    const peer = await (await device()).open(page.url())
    // Messages that are stored together may share a record.
    for (let n = 1; n <= 4; n++) {
      await type(page, `before ${n}`)
      await agree([page], n + 1)
    }
    await agree([page, peer], 5)
    hostile.misbehave({ lag: 1_500 })
    await returnCut(page, 2, mark)
    expect(await said(page, 'ops')).toBe('3')
    await type(page, 'typed at once')
    await expect(page.getByText(reason)).toBeVisible()
    await expect(page.locator('.unsent-text', { hasText: 'typed at once' })).toBeVisible()
    await agree([page, peer], 6, 60_000)
    for (const each of [page, peer]) expect(await each.evaluate(() => window.tabweave.evidence())).toEqual([])
    expect(await said(page, 'heads')).toBe('1')
    await expect(page.getByText(reason)).toBeHidden()
  })
}

test('E2 alone and without a mark a node waits and keeps what is typed, until a person says "Write now"', async ({ hostile, device }) => {
  const page = await (await device()).open(`${hostile.address}/#new`, RELAY_IS_DOWN)
  await type(page, 'before')
  await agree([page], 2)
  hostile.cut()
  await returnCut(page, 0, true)
  await type(page, 'kept meanwhile')
  await expect(page.getByText(reason)).toBeVisible()
  await expect(page.locator('.unsent-text', { hasText: 'kept meanwhile' })).toBeVisible()
  expect(await said(page, 'ops')).toBe('2')
  await page.getByRole('button', { name: 'Write now', exact: true }).click()
  await agree([page], 3)
  await expect(page.getByText(reason)).toBeHidden()
  await page.reload()
  await ready(page)
  expect(await said(page, 'waits')).toBe('')
  expect(await messagesOf(page)).toEqual(['before', 'kept meanwhile'])
})
