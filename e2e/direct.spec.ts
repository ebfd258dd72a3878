/** Devices that talk to each other without anybody between them. */
import { expect, test } from './fixtures.ts'
import { agree, oneHistory, ready, RELAY_IS_DOWN, said, type, typeAll, watch } from './tabs.ts'
import { openWithCamera } from './camera.ts'
import { startHost } from './host.ts'
import type { Locator, Page } from '@playwright/test'

/** Waits until the tab hears its peers on these paths. */
const hears = (page: Page, paths: string): Promise<void> =>
  expect.poll(() => said(page, 'paths'), { message: 'the paths to its peers' }).toBe(paths)

test('two devices meet through the relay, the relay is killed, and they go on', async ({ host, device }) => {
  const [blue, green] = [await device(), await device()]
  const a = await blue.open(`${host.address}/#new`, RELAY_IS_DOWN)
  const b = await green.open(a.url(), RELAY_IS_DOWN)
  await agree([a, b], 1)
  await hears(a, 'webrtc')
  await hears(b, 'webrtc')
  await host.kill()
  await typeAll(a, ['no relay', 'is needed'])
  await type(b, 'any more')
  await agree([a, b], 4)
  await oneHistory([a, b], ['no relay', 'is needed', 'any more'])
})

test('a browser that keeps data channels on the page connects as well', async ({ host, device }) => {
  const [blue, green] = [await device(), await device()]
  await blue.context.addInitScript(() => {
    const real = Worker.prototype.postMessage
    Worker.prototype.postMessage = function (message: unknown, transfer: unknown) {
      const moved = Array.isArray(transfer) ? (transfer as Transferable[]) : []
      if (moved.some((one) => one instanceof RTCDataChannel)) throw new DOMException('not here', 'DataCloneError')
      real.call(this, message, { transfer: moved })
    }
  })
  const a = await blue.open(`${host.address}/#new`, RELAY_IS_DOWN)
  const b = await green.open(a.url(), RELAY_IS_DOWN)
  await hears(a, 'webrtc')
  await hears(b, 'webrtc')
  await host.kill()
  await type(a, 'pumped')
  // More than a channel holds at once.
  await b.evaluate(async () => {
    await Promise.all(Array.from({ length: 40 }, (_, i) => window.tabweave.submit(`${i}`.padEnd(60_000, 'x'))))
  })
  await agree([a, b], 42)
})

/** Opens the Peers place of a tab. */
async function peersOf(page: Page): Promise<Locator> {
  const place = page.getByRole('dialog', { name: 'Peers' })
  if (!(await place.isVisible())) {
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('menuitem', { name: 'Peers' }).click()
  }
  return place
}

/** The device makes an invitation: its text, a link. */
async function invite(page: Page): Promise<string> {
  const place = await peersOf(page)
  await place.getByRole('button', { name: 'Invite a device' }).click()
  return place.getByRole('textbox', { name: /^Paste this on the other device, in this room/ }).inputValue()
}

/** Cuts or heals a path by hand. */
async function switchPath(page: Page, path: 'direct' | 'relay'): Promise<void> {
  const place = await peersOf(page)
  await place.getByRole('button', { name: `Cut the path “${path}”`, exact: true }).click()
}

/** What a tab that took an invitation shows to be brought back. */
const answerOf = (page: Page): Promise<string> =>
  page.getByRole('textbox', { name: 'Bring this back to the device that invited, and paste it there' }).inputValue()

async function paste(page: Page, label: string, words: string): Promise<void> {
  const place = await peersOf(page)
  await place.getByRole('textbox', { name: label }).fill(words)
  await place.getByRole('button', { name: 'Connect' }).click()
}

test('three devices meet by pasted text alone, without any relay: two by hand, and these are introduced to each other', async ({
  device,
}) => {
  const host = await startHost(false)
  try {
    const a = await (await device()).open(`${host.address}/#new`)
    const b = await (await device()).open(await invite(a))
    await paste(a, 'The answer of the other device', await answerOf(b))
    await hears(a, 'webrtc')
    for (const page of [a, b]) await expect((await peersOf(page)).getByText('Connected.', { exact: true })).toBeVisible()
    await expect(b.getByRole('textbox', { name: /^Bring this back/ })).toHaveCount(0)
    const c = await (await device()).open(a.url())
    const invitation = await invite(a)
    await paste(c, 'An invitation from another device', invitation)
    await paste(a, 'The answer of the other device', await answerOf(c))
    for (const page of [a, b, c]) await hears(page, 'webrtc webrtc')
    for (const page of [a, b, c]) await page.keyboard.press('Escape')
    await type(a, 'blue')
    await type(b, 'green')
    await type(c, 'red')
    await agree([a, b, c], 4)
    await oneHistory([a, b, c], ['blue', 'green', 'red'])
  } finally {
    await host.kill()
  }
})

test('the answer to an invitation that was opened as a link is in sight, selected, and has the focus, at any size', async ({
  host,
  device,
}) => {
  const a = await (await device()).open(`${host.address}/#new`)
  const invitation = await invite(a)
  await expect(a.getByRole('textbox', { name: /^Paste this on the other device, in this room/ })).toBeFocused()
  // The last one is 1,280 × 1,024 at 400 %.
  for (const [width, height] of [
    [1_400, 900],
    [360, 640],
    [320, 256],
  ] as const) {
    const { context, open } = await device()
    context.on('page', (page) => void page.setViewportSize({ width, height }))
    const b = await open(invitation)
    const answer = b.getByRole('textbox', { name: 'Bring this back to the device that invited, and paste it there' })
    await expect(answer).toBeFocused()
    await expect(answer).toBeInViewport({ ratio: height < 400 ? 0.5 : 1 })
    expect(await answer.evaluate((box: HTMLTextAreaElement) => box.selectionEnd - box.selectionStart === box.value.length)).toBe(true)
  }
})

test('paths are switched ten times while two devices type, and nothing is lost or doubled', async ({ host, device }) => {
  const a = await (await device()).open(`${host.address}/#new`)
  const b = await (await device()).open(a.url())
  await hears(a, 'webrtc')
  await hears(b, 'webrtc')
  const texts: string[] = []
  const say = async (page: Page, text: string): Promise<void> => {
    texts.push(text)
    await page.evaluate((words) => window.tabweave.submit(words), text)
  }
  // The relay goes and comes, then the direct path does, and so on: there is always one of them.
  for (let i = 0; i < 10; i++) {
    const [page, path] = [i % 2 === 0 ? a : b, i % 4 < 2 ? 'relay' : 'direct'] as const
    await Promise.all([switchPath(page, path), say(a, `blue ${i}`), say(b, `green ${i}`)])
    await Promise.all([say(a, `blue again ${i}`), say(b, `green again ${i}`)])
    await switchPath(page, path)
  }
  await agree([a, b], 1 + texts.length)
  await oneHistory([a, b], texts)
})

test('a relay that keeps all it carries has not one of a thousand messages', async ({ hostile, device }) => {
  const a = await (await device()).open(`${hostile.address}/#new`)
  const b = await (await device()).open(a.url())
  await switchPath(a, 'direct')
  const texts = Array.from({ length: 1_000 }, (_, i) => `a secret, number ${i}`)
  await a.evaluate(async (words) => {
    for (let i = 0; i < words.length; i += 20) await Promise.all(words.slice(i, i + 20).map((text) => window.tabweave.submit(text)))
  }, texts)
  await agree([a, b], 1_001)
  await expect(b.evaluate(() => document.documentElement.dataset['paths'])).resolves.toBe('relay')
  const seen = Buffer.concat(hostile.seen)
  expect(seen.length).toBeGreaterThan(30_000)
  for (const words of ['a secret, number', 'a secret', 'secret', 'number 7', 'A room']) expect(seen.includes(words)).toBe(false)
})

test('an invitation is scanned where rooms are joined, and its answer brought back as text', async ({ device, problems }, info) => {
  const host = await startHost(false)
  try {
    const a = await (await device()).open(`${host.address}/#new`)
    const browser = await openWithCamera(info.outputPath('camera.y4m'), await invite(a))
    try {
      await expect(a.getByRole('img', { name: 'The same text as a code for a camera' })).toBeVisible()
      const b = await (await browser.newContext()).newPage()
      await watch(b, problems)
      await b.goto(host.address)
      await b.getByRole('button', { name: 'Scan a code' }).click()
      await ready(b)
      await paste(a, 'The answer of the other device', await answerOf(b))
      await hears(a, 'webrtc')
      await hears(b, 'webrtc')
      await agree([a, b], 1)
    } finally {
      await browser.close()
    }
  } finally {
    await host.kill()
  }
})

test('without a camera a person is told to paste instead', async ({ host, device }) => {
  const a = await (await device()).open(`${host.address}/#new`)
  const place = await peersOf(a)
  await place.getByRole('button', { name: 'Scan a code' }).click()
  await expect(place.getByText(/Paste the text instead/)).toBeVisible()
})

test('a name and typing are seen by others while they last, and are no ops', async ({ host, device }) => {
  const a = await (await device()).open(`${host.address}/#new`)
  const b = await (await device()).open(a.url())
  await agree([a, b], 1)
  await a.getByRole('button', { name: 'Menu', exact: true }).click()
  await a.getByRole('menuitem', { name: 'Node', exact: true }).click()
  await a.getByRole('textbox', { name: 'Your name in this room' }).fill('Ada <b>L</b>')
  await a.keyboard.press('Escape')
  await a.getByRole('textbox', { name: 'Message', exact: true }).fill('unsent')
  await expect(b.locator('.typing')).toHaveText(/^\w+ \w+“Ada <b>L<\/b>” is typing$/)
  await a.getByRole('textbox', { name: 'Message', exact: true }).fill('')
  await expect(b.getByText('is typing')).toBeHidden()
  await expect((await peersOf(b)).getByText('Ada <b>L</b>')).toBeVisible()
  await agree([a, b], 1)
})

test('an invitation whose device is gone says that there is no way, and what to do', async ({ device }) => {
  const host = await startHost(false)
  try {
    const blue = await device()
    await blue.context.clock.install()
    const a = await blue.open(`${host.address}/#new`)
    const green = await device()
    const b = await green.open(await invite(a))
    const answer = await answerOf(b)
    await b.close()
    await paste(a, 'The answer of the other device', answer)
    await expect((await peersOf(a)).getByText(/^Connecting/)).toBeVisible()
    await a.clock.fastForward(21_000)
    await expect((await peersOf(a)).getByText(/No direct way to the other device was found/)).toBeVisible()
    // It was used, and a new invitation is another one.
    await paste(a, 'An invitation from another device', answer)
    await expect((await peersOf(a)).getByText('This device has used it already.', { exact: false })).toBeVisible()
  } finally {
    await host.kill()
  }
})

test('on a telephone what is wrong with an answer is said beside the button that was pressed, in sight, as an alert', async ({
  device,
}) => {
  const host = await startHost(false)
  try {
    const a = await (await device()).open(`${host.address}/#new`)
    await invite(a)
    for (const [width, height] of [
      [1_280, 720],
      [360, 640],
    ] as const) {
      await a.setViewportSize({ width, height })
      await paste(a, 'The answer of the other device', 'no answer')
      const place = await peersOf(a)
      const said = place.getByRole('alert').filter({ hasText: 'This is neither an invitation nor an answer' })
      await expect(said).toBeInViewport({ ratio: 1 })
      const connect = place.getByRole('button', { name: 'Connect', exact: true })
      await expect(connect).toBeInViewport({ ratio: 1 })
      const [below, button] = [(await said.boundingBox())!, (await connect.boundingBox())!]
      expect(below.y - button.y - button.height).toBeLessThan(24)
      await expect(place.getByRole('textbox', { name: 'The answer of the other device' })).toHaveAttribute('aria-invalid', 'true')
    }
  } finally {
    await host.kill()
  }
})

test('an invitation to another room, a torn one, and other words each say what to do', async ({ device }) => {
  const host = await startHost(false)
  try {
    const a = await (await device()).open(`${host.address}/#new`)
    const b = await (await device()).open(`${host.address}/#new`)
    const invitation = await invite(a)
    for (const [words, said] of [
      [invitation, 'It was made for another room'],
      [invitation.slice(0, -1), 'It is not whole'],
      [invitation.slice(0, -300), 'It is not whole'],
      ['hello', 'This is neither an invitation nor an answer'],
    ] as const) {
      await paste(b, 'An invitation from another device', words)
      await expect((await peersOf(b)).getByText(said, { exact: false })).toBeVisible()
    }
  } finally {
    await host.kill()
  }
})
