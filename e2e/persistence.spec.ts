/** What was acknowledged is on the disk, whatever happens to the tab. */
import { expect, test } from './fixtures.ts'
import { launchBrowser } from './killable-browser.ts'
import { agree, messagesOf, ready, said, watch } from './tabs.ts'

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

test('a tab that is reloaded in the middle of writing has lost nothing that was acknowledged', async ({ host, device }) => {
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

test('a browser is killed in the middle of writing; started again, it has every message that was acknowledged', async ({
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
