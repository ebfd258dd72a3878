/** The app in a folder of a host that has other sites: all of its addresses begin at that folder. */
import { startPathProxy } from './behind-path.ts'
import { expect, test } from './fixtures.ts'
import { RELAY_IS_DOWN, agree, messagesOf, ready, said, type } from './tabs.ts'

const FOLDER = '/of/rooms/'

test.use({ relayOnly: true, serviceWorker: true })

test('devices meet at the relay in the folder of the app, by links that have the folder', async ({ host, device }) => {
  const proxy = await startPathProxy(host.port, FOLDER)
  try {
    const [one, other] = [await device(), await device()]
    const page = await one.open(`${proxy.address}#new`)
    await type(page, 'from a folder')
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('menuitem', { name: 'Share the room' }).click()
    const link = await page.getByLabel('The room’s link', { exact: true }).inputValue()
    expect(link).toMatch(new RegExp(`^${proxy.address}#`))
    const second = await other.open(link)
    await agree([page, second], 2)
    await type(second, 'and back')
    await agree([page, second], 3)
    expect(await said(second, 'paths')).toBe('relay')
  } finally {
    await proxy.close()
  }
})

test('the app in a folder opens without its host, and answers for no other site', async ({ host, device }) => {
  const proxy = await startPathProxy(host.port, FOLDER)
  const { context, open } = await device()
  const page = await open(`${proxy.address}#new`, RELAY_IS_DOWN)
  await type(page, 'kept')
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe('activated')
  const beside = await context.newPage()
  expect((await beside.goto(`${proxy.origin}/of/`))!.status()).toBe(404)
  expect(await beside.evaluate(() => navigator.serviceWorker.controller)).toBe(null)
  // An address that the host does not know leads to the app, and not out of its folder.
  await beside.goto(`${proxy.address}some/where`)
  await expect(beside).toHaveURL(proxy.address)
  await expect(beside.getByRole('heading', { name: 'Every tab is a node.' })).toBeVisible()

  await proxy.close()
  await (await context.newCDPSession(page)).send('Network.clearBrowserCache')
  await page.reload()
  await ready(page)
  expect(await messagesOf(page)).toEqual(['kept'])
})

test('the manifest of an app in a folder names what is in the folder', async ({ host, request }) => {
  const proxy = await startPathProxy(host.port, FOLDER)
  try {
    const page = await (await request.get(proxy.address)).text()
    const href = /<link rel="manifest" href="([^"]+)"/.exec(page)![1]!
    const address = new URL(href, proxy.address).href
    const manifest = (await (await request.get(address)).json()) as {
      start_url: string
      scope: string
      id?: string
      icons: { src: string }[]
    }
    for (const named of [manifest.start_url, manifest.scope]) expect(new URL(named, address).href).toBe(proxy.address)
    expect(manifest.id).toBeUndefined()
    for (const { src } of manifest.icons) expect((await request.get(new URL(src, address).href)).status(), src).toBe(200)
  } finally {
    await proxy.close()
  }
})
