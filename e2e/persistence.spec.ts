/** What was acknowledged is on the disk, whatever happens to the tab. */
import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.ts'
import { launchBrowser } from './killable-browser.ts'
import { agree, messagesOf, ready, said, type, watch } from './tabs.ts'

/** Submits without pause and reports every text that the node acknowledged. Runs until the tab dies. */
function submitForEver(): void {
  const go = async (): Promise<never> => {
    for (let n = 1; ; n++) {
      const reply = await window.tabweave.submit(`message ${n}`)
      if ('id' in reply) await window.acknowledge(`message ${n}`)
    }
  }
  void go()
}

declare global {
  interface Window {
    readonly acknowledge: (text: string) => Promise<void>
  }
}

const ENOUGH = 40

test('E2 a tab that is reloaded in the middle of writing has lost nothing that was acknowledged', async ({ host, device }) => {
  const page = await (await device()).open(`${host.address}/#new`)
  const acknowledged: string[] = []
  await page.exposeFunction('acknowledge', (text: string) => void acknowledged.push(text))
  await page.evaluate(submitForEver)
  await expect.poll(() => acknowledged.length).toBeGreaterThan(ENOUGH)
  const node = await said(page, 'node')
  await page.reload()
  await ready(page)
  expect(await said(page, 'node')).toBe(node)
  expect(await messagesOf(page)).toEqual(expect.arrayContaining([...acknowledged]))
})

test('E2 a browser is killed in the middle of writing; started again, it has every message that was acknowledged', async ({
  host,
  problems,
}, info) => {
  const profile = info.outputPath('profile')
  const acknowledged: string[] = []
  const browser = await launchBrowser(profile)
  const page = await browser.context.newPage()
  await watch(page, problems)
  await page.goto(`${host.address}/#new`)
  await ready(page)
  await page.exposeFunction('acknowledge', (text: string) => void acknowledged.push(text))
  await page.evaluate(submitForEver)
  await expect.poll(() => acknowledged.length).toBeGreaterThan(ENOUGH)
  const node = await said(page, 'node')
  problems.length = 0
  await browser.kill()
  problems.length = 0

  const again = await launchBrowser(profile)
  try {
    const start = await again.context.newPage()
    await watch(start, problems)
    await start.goto(host.address)
    await start.getByRole('button', { name: /^Resume / }).click()
    await ready(start)
    expect(await said(start, 'node')).toBe(node)
    expect(await messagesOf(start)).toEqual(expect.arrayContaining([...acknowledged]))
    await agree([start], Number(await said(start, 'ops')))
    expect(await said(start, 'heads')).toBe('1')
  } finally {
    await again.kill()
  }
})

/** Does something to the database of a node, behind its back. */
const tamper = (page: Page, node: string | undefined, what: 'flip' | 'delete'): Promise<void> =>
  page.evaluate(
    async ([name, deed]) => {
      const finished = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((resolve) => request.addEventListener('success', () => resolve(request.result)))
      if (deed === 'delete') return void (await finished(indexedDB.deleteDatabase(name)))
      const db = await finished(indexedDB.open(name))
      const segments = db.transaction('segments', 'readwrite').objectStore('segments')
      const [, second] = await finished(segments.getAllKeys())
      const record = (await finished(segments.get(second!))) as { bytes: Uint8Array }
      record.bytes[5]! ^= 1
      await finished(segments.put(record, second!))
      db.close()
    },
    [`tabweave/${node}`, what] as const,
  )

test('E9 a bit flipped on the disk: the tab comes back as a new node, gets what was lost from a peer, and says so', async ({
  host,
  device,
}) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  const peer = await open(page.url())
  for (const text of ['one', 'two', 'three']) await type(page, text)
  await agree([page, peer], 4)
  const node = await said(page, 'node')
  const draft = page.getByRole('textbox', { name: 'Message', exact: true })
  await draft.fill('half a thought')
  await tamper(page, node, 'flip')
  await page.reload()
  await ready(page)
  await agree([page, peer], 4)
  expect(await said(page, 'node')).not.toBe(node)
  await expect(draft).toHaveValue('half a thought')
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Node', exact: true }).click()
  await expect(page.getByText('What was stored is not what is read back.')).toBeVisible()
})

test('E3 a database deleted under a running node: the node stops and says so, and the tab comes back as a new one with all it got', async ({
  host,
  device,
}) => {
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  const peer = await open(page.url())
  await type(page, 'kept by a peer')
  await agree([page, peer], 2)
  const node = await said(page, 'node')
  await tamper(peer, node, 'delete')
  await type(page, 'not lost either')
  await expect(page.getByRole('alert').first()).toContainText('What this node had stored is gone')
  await page.reload()
  await ready(page)
  expect(await said(page, 'node')).not.toBe(node)
  await agree([page, peer], 2)
  await expect(page.getByRole('alert')).toContainText('not lost either')
})
