/** A page without https: browsers give it no WebCrypto and no locks. It works all the same, and says what it lacks. */
import { chromium } from '@playwright/test'
import { BROWSER_ARGS, requireChromium } from '../.scripts/browser.mjs'
import { expect, test } from './fixtures.ts'
import { agree, oneHistory, openTab, said, type } from './tabs.ts'

test('two devices on plain http agree, seal what they say, and say that they are slower and new with each load', async ({
  host,
  problems,
}) => {
  const browser = await chromium.launch({
    executablePath: await requireChromium(),
    // A name that is not localhost, on this machine.
    args: [...BROWSER_ARGS, '--host-resolver-rules=MAP weave.test 127.0.0.1'],
  })
  try {
    const address = `http://weave.test:${host.port}`
    const [blue, green] = [await browser.newContext(), await browser.newContext()]
    const a = await openTab(blue, `${address}/#new`, problems)
    expect(await a.evaluate(() => [isSecureContext, crypto.subtle === undefined, navigator.locks === undefined])).toEqual([
      false,
      true,
      true,
    ])
    await expect(a.getByText('This address has no https.')).toBeVisible()
    // On a telephone it is one line, and the button of the search is not in it.
    const desktop = a.viewportSize()!
    await a.setViewportSize({ width: 360, height: 740 })
    const [note, search] = [(await a.locator('.insecure').boundingBox())!, (await a.locator('.search-field').boundingBox())!]
    expect(note.height).toBeLessThan(50)
    expect(search.y + search.height).toBeLessThanOrEqual(note.y)
    await a.getByText('This address has no https.').click()
    await expect(a.getByText('somebody on the network could have changed it')).toBeVisible()
    await a.setViewportSize(desktop)
    await a.getByRole('button', { name: 'Menu', exact: true }).click()
    await a.getByRole('menuitem', { name: 'Share the room', exact: true }).click()
    await expect(a.getByRole('img', { name: 'The room’s link as a code for a camera' })).toBeVisible()
    await expect(a.getByText('works on this device only')).toHaveCount(0)
    await a.keyboard.press('Escape')
    const b = await openTab(green, a.url(), problems)
    await type(a, 'without https')
    await type(b, 'all the same')
    await agree([a, b], 3)
    await oneHistory([a, b], ['without https', 'all the same'])
    const before = await said(a, 'node')
    const draft = a.getByRole('textbox', { name: 'Message', exact: true })
    await draft.fill('half a thought')
    await a.reload()
    await expect.poll(() => said(a, 'ready')).toBe('true')
    expect(await said(a, 'node')).not.toBe(before)
    await expect(draft).toHaveValue('half a thought')
    await agree([a, b], 3)
  } finally {
    await browser.close()
  }
})
