/** Catching up with much: how far it is can be seen, it can be paused, and the page stays what it is meanwhile. */
import { deflateRawSync } from 'node:zlib'
import type { Page } from '@playwright/test'
import { fileOf, signTrace } from '../src/bench/trace-to-bundle.ts'
import { expect, test } from './fixtures.ts'
import { agree, said, setOffline, type } from './tabs.ts'

const OPS = 100_000
const MISSED = 10_000

/** Edits by four people in turn, each on top of all before. */
const transactions = Array.from({ length: OPS }, (_, i) => ({
  agent: (i >> 5) & 3,
  parents: i === 0 ? [] : [i - 1],
  time: 1_790_000_000 + i,
  patches: [[i % 997, 0, 'x'] as const],
}))

const importInto = (page: Page, file: Uint8Array): Promise<unknown> =>
  page.evaluate(
    (base64) => window.tabweave.import(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))),
    Buffer.from(file).toString('base64'),
  )

const ops = async (page: Page): Promise<number> => Number(await said(page, 'ops'))

/** In the page: clicks "Pause" once, in the moment in which it is there. A click that comes from outside may come after the end. */
function pauseAtOnce(): void {
  const watch = new MutationObserver(() => {
    const pause = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Pause')
    if (pause === undefined) return
    watch.disconnect()
    pause.click()
  })
  watch.observe(document, { childList: true, subtree: true })
}

test('a tab that missed 10,000 of 100,000 ops catches up, and one that joins can pause', async ({ host, device }) => {
  test.setTimeout(180_000)
  const { units, link } = await signTrace({ agents: 4, transactions }, 'much', 'unit', 'end to end')
  const url = `${host.address}/#${link.replace(/^.*#/, '')}`
  const whole = fileOf(units, deflateRawSync)
  const part = fileOf(units.slice(0, -Math.ceil(MISSED / 1_024)), deflateRawSync)

  const away = await (await device()).open(url)
  await setOffline(away, true)
  await importInto(away, part)
  await expect.poll(() => ops(away), { timeout: 60_000 }).toBeGreaterThan(OPS - 2 * MISSED)
  const there = await (await device()).open(url)
  await importInto(there, whole)
  await expect.poll(() => ops(there), { timeout: 60_000 }).toBe(OPS + 1)

  await setOffline(away, false)
  await agree([away, there], OPS + 1, 60_000)

  const late = await device()
  await late.context.addInitScript(pauseAtOnce)
  const joiner = await late.open(url)
  const resume = joiner.getByRole('button', { name: 'Resume', exact: true })
  await expect(resume).toBeVisible({ timeout: 60_000 })
  let before = -1
  const stands = async (): Promise<boolean> => {
    const now = await ops(joiner)
    const same = now === before
    before = now
    return same
  }
  await expect.poll(stands, { intervals: [500] }).toBe(true)
  expect(await ops(joiner)).toBeLessThan(OPS)
  await resume.click()
  const progress = joiner.getByRole('progressbar', { name: 'Catching up' })
  await expect(progress).toBeVisible()
  await agree([joiner, there], OPS + 1, 60_000)
  await expect(progress).toHaveCount(0)

  await type(joiner, 'here')
  await agree([away, there, joiner], OPS + 2)
})
