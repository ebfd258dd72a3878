/** A room once visited needs no server, and the page obeys its policy. */
import { once } from 'node:events'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { root } from '../.scripts/paths.mjs'
import { expect, test } from './fixtures.ts'
import { startHost } from './host.ts'
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

test('a worker answers for the app alone, and ends where another server has taken its address', async ({ host, device }) => {
  const { context, open } = await device()
  const page = await open(`${host.address}/#new`, /./)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe('activated')
  await host.kill()
  await expect((await context.newPage()).goto(`${host.address}/docs/`)).rejects.toThrow('ERR_CONNECTION_REFUSED')

  // It answers every address with its page, as developers' servers do.
  const other = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end('<h1>Another project</h1>'))
  other.listen(host.port, 'localhost')
  await once(other, 'listening')
  // A page of its own: one that shows a browser's error may still be on its way there.
  const elsewhere = await context.newPage()
  try {
    await elsewhere.goto(host.address)
    await expect(elsewhere.getByRole('heading', { name: 'Another project' })).toBeVisible()
    await expect.poll(() => elsewhere.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0)
    await expect.poll(() => elsewhere.evaluate(() => caches.keys())).toEqual([])
  } finally {
    other.closeAllConnections()
    other.close()
  }
})

test('on this machine a page that is served now is shown instead of the one that was kept', async ({ host, device }, info) => {
  const { context, open } = await device()
  const page = await open(`${host.address}/#new`, RELAY_IS_DOWN)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller?.state)).toBe('activated')
  await host.kill()
  const folder = info.outputPath('newer')
  await cp(join(root, 'dist'), folder, { recursive: true })
  const index = join(folder, 'index.html')
  await writeFile(index, (await readFile(index, 'utf8')).replace('</title>', ', newer</title>'))
  const newer = await startHost(true, folder, host.port)
  try {
    const again = await context.newPage()
    await again.goto(host.address)
    expect(await again.title()).toContain(', newer')
    expect(await again.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(1)
  } finally {
    await newer.kill()
  }
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
