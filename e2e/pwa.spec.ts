/** A room once visited needs no server, and the page obeys its policy. */
import { expect, test } from './fixtures.ts'
import { RELAY_IS_DOWN, agree, messagesOf, ready, said, type } from './tabs.ts'

test.use({ serviceWorker: true })

test('with the server stopped, a reloaded tab opens its room and goes on', async ({ host, device }) => {
  const { context, open } = await device()
  const page = await open(`${host.address}/#new`, RELAY_IS_DOWN)
  await type(page, 'kept')
  const digest = await agree([page], 2)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe('activated')

  await host.kill()
  // The browser's own cache would hide what the service worker did not keep.
  await (await context.newCDPSession(page)).send('Network.clearBrowserCache')
  await page.reload()
  await ready(page)
  expect(await said(page, 'digest')).toBe(digest)
  expect(await messagesOf(page)).toEqual(['kept'])

  const second = await open(page.url(), RELAY_IS_DOWN)
  await type(second, 'written without a server')
  await agree([page, second], 3)
})

test('the service worker leaves the relay and the health check alone', async ({ host, device }) => {
  // What is no page of the app names no icon, so the browser asks for the usual one.
  const page = await (await device()).open(`${host.address}/#new`, /favicon\.ico/)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe('activated')
  await page.goto(`${host.address}/healthz`)
  expect(JSON.parse(await page.locator('body').innerText())).toHaveProperty('version')
})

test('the app can be installed: its manifest names it and its icons are there', async ({ host, request }) => {
  const manifest = (await (await request.get(`${host.address}/manifest.webmanifest`)).json()) as {
    name: string
    icons: { src: string; type: string }[]
  }
  expect(manifest.name).toBe('Tabweave')
  for (const { src, type: mime } of manifest.icons) {
    const icon = await request.get(`${host.address}/${src}`)
    expect(icon.status(), src).toBe(200)
    expect(icon.headers()['content-type']).toContain(mime)
  }
})

test('E6 the page may run its own scripts only', async ({ host, request }) => {
  const response = await request.get(host.address)
  const policy = response.headers()['content-security-policy'] ?? ''
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'")
  expect(policy).toContain("style-src 'self'")
  expect(policy).toContain("require-trusted-types-for 'script'")
  expect(policy).not.toContain('unsafe-inline')
  const html = await response.text()
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/)
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/)
})
