/** The relay is a convenience: it may die at any time, and nothing is lost. */
import { expect, test } from './fixtures.ts'
import { RELAY_IS_DOWN, agree, numbered, oneHistory, said, type, typeAll } from './tabs.ts'

test.use({ relayOnly: true })

test('the relay is killed and restarted in the middle of typing, and both devices agree', async ({ host, device }) => {
  const first = await (await device()).open(`${host.address}/#new`, RELAY_IS_DOWN)
  const second = await (await device()).open(first.url(), RELAY_IS_DOWN)
  await type(first, 'before')
  await agree([first, second], 2)

  const left = numbered('left', 8)
  const right = numbered('right', 8)
  const typing = Promise.all([typeAll(first, left), typeAll(second, right)])
  await expect.poll(async () => Number(await said(first, 'ops'))).toBeGreaterThan(3)
  await host.kill()
  await typing
  await expect.poll(() => said(first, 'peers')).toBe('0')
  await agree([first], Number(await said(first, 'ops')))
  expect(await said(first, 'digest')).not.toBe(await said(second, 'digest'))

  await host.restart()
  await agree([first, second], 18, 40_000)
  await oneHistory([first, second], ['before', ...left, ...right])
})

test('tabs of one device go on together while the relay is down', async ({ host, device }) => {
  const here = await device()
  const first = await here.open(`${host.address}/#new`, RELAY_IS_DOWN)
  const second = await here.open(first.url(), RELAY_IS_DOWN)
  await agree([first, second], 1)
  await host.kill()
  await type(first, 'no relay')
  await type(second, 'none needed')
  await agree([first, second], 3)
})

test('a socket that died and was not closed is noticed when the device has a network again', async ({ hostile, device }) => {
  const first = await (await device()).open(`${hostile.address}/#new`, RELAY_IS_DOWN)
  const second = await (await device()).open(first.url(), RELAY_IS_DOWN)
  await agree([first, second], 1)
  hostile.vanish()
  await type(first, 'into the void')
  // The answer to a ping is missed: a socket that nobody woke is given up only after 30 s.
  await expect(async () => {
    for (const tab of [first, second]) await tab.evaluate(() => dispatchEvent(new Event('online')))
    await agree([first, second], 2, 1_000)
  }).toPass({ timeout: 25_000 })
})

test('a path that one side cut by hand for a moment leaves nobody unproven', async ({ host, device }) => {
  const first = await (await device()).open(`${host.address}/#new`)
  const second = await (await device()).open(first.url())
  await agree([first, second], 1)
  for (const tab of [first, second]) {
    await tab.getByRole('button', { name: 'Menu' }).click()
    await tab.getByRole('menuitem', { name: 'Peers' }).click()
  }
  const arePaired = async (): Promise<void> => {
    for (const tab of [first, second]) {
      await expect.poll(() => said(tab, 'peers'), { timeout: 20_000 }).toBe('1')
      await expect(tab.getByText('unproven', { exact: true })).toHaveCount(0, { timeout: 20_000 })
    }
  }
  await arePaired()
  const cut = first.getByRole('button', { name: 'Cut the path “relay”', exact: true })
  for (let times = 0; times < 3; times++) {
    await cut.click()
    // What is tried is this short time: too short for the other side to notice.
    await first.waitForTimeout(1_500)
    await cut.click()
    await arePaired()
  }
})

for (const width of [1_280, 360])
  test(`at ${width} px the node’s bar says that the relay is gone and what is left, although all peers there agree`, async ({
    host,
    device,
  }) => {
    const here = await device()
    const first = await here.open(`${host.address}/#new`, RELAY_IS_DOWN)
    const second = await here.open(first.url(), RELAY_IS_DOWN)
    await agree([first, second], 1)
    await first.setViewportSize({ width, height: 740 })
    const bar = first.locator('.node-bar')
    await expect(bar).toContainText('1 of 1 peer agrees')
    await expect(bar.getByRole('status')).toHaveCount(0)
    await host.kill()
    const gone = bar.getByText('No connection to the relay. Still open: tabs of this browser.')
    await expect(gone).toBeInViewport({ ratio: 1 })
    await expect(bar).toContainText('1 of 1 peer agrees')
    await gone.click()
    await expect(first.getByRole('dialog', { name: 'Peers' })).toBeVisible()
    await first.keyboard.press('Escape')
    await host.restart()
    await expect(gone).toHaveCount(0, { timeout: 20_000 })
  })
