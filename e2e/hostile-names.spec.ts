/** Names that cost nothing, heads by the ten thousand, and words of the dead: rows D17, D18, D19 and D24 in whole browsers. */
import { deflateRawSync } from 'node:zlib'
import type { Page } from '@playwright/test'
import { fileOf, keyOfSeed } from '../src/bench/trace-to-bundle.ts'
import { asOpId } from '../src/core/op.ts'
import { decodeFile } from '../src/sync/wrap.ts'
import { expect, test } from './fixtures.ts'
import { joinAsMember } from './hostile-member.ts'
import { bringNames, bundleOf, firstMessage, type LivingName, partMessage, roomOf, unitsMessage } from './hostile-names.ts'
import { agree, numbered, ready, said, type, typeAll } from './tabs.ts'

/** By a direct path, or in one browser, no relay would matter. */
test.use({ relayOnly: true })

/** The id of no op. */
const GHOST = asOpId(new Uint8Array(32).fill(1))
const HEADS = 60_000
/** More than there are seats. */
const NAMES = 288

const importInto = (page: Page, file: Uint8Array): Promise<unknown> =>
  page.evaluate(
    (base64) => window.tabweave.import(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))),
    Buffer.from(file).toString('base64'),
  )

test('D17 a room with 60,000 heads by one key runs, takes a message to another tab, reloads and is exported', async ({ host, device }) => {
  test.setTimeout(240_000)
  const { open } = await device()
  const page = await open(`${host.address}/#new`)
  const room = roomOf(page.url())
  const flooder = await keyOfSeed('one key')
  const signing = Promise.all(Array.from({ length: HEADS }, (_, n) => firstMessage(room, flooder, `${n}`)))
  const peer = await open(page.url())
  await agree([page, peer], 1)
  const units = await signing

  await importInto(page, fileOf(units, deflateRawSync))
  await agree([page, peer], HEADS + 1, 180_000)
  expect(await said(page, 'heads')).toBe(`${HEADS}`)
  await type(page, 'still here')
  await agree([page, peer], HEADS + 2)
  await peer.reload()
  await ready(peer)
  await type(peer, 'back again')
  await agree([page, peer], HEADS + 3)
  const exported = await peer.evaluate(async () => (await window.tabweave.export()).length)
  expect(exported).toBeGreaterThan(HEADS * 64)
  await expect(page.getByRole('alert')).toHaveCount(0)
})

/** Tells others a name, which they show only of peers that have a seat. */
async function sayName(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Node', exact: true }).click()
  await page.getByRole('textbox', { name: 'Your name in this room' }).fill(name)
  await page.keyboard.press('Escape')
}

test('D18 names that hold every seat keep out neither a new device, nor a tab that reloads, nor a new tab of the same browser', async ({
  host,
  device,
}) => {
  test.setTimeout(120_000)
  const here = await device()
  const page = await here.open(`${host.address}/#new`)
  await type(page, 'before')
  await agree([page], 2)
  const member = await joinAsMember(host.port, page.url())
  const names = await bringNames(member, page.url(), NAMES)
  try {
    await expect.poll(async () => Number(await said(page, 'peers'))).toBeGreaterThan(200)
    const newcomer = await (await device()).open(page.url())
    await agree([page, newcomer], 2)
    await type(newcomer, 'from a new device')
    await agree([page, newcomer], 3)
    const neighbour = await here.open(page.url())
    await type(neighbour, 'from a new tab')
    await agree([page, newcomer, neighbour], 4)
    for (const tab of [newcomer, neighbour]) {
      await tab.reload()
      await ready(tab)
      await agree([page, newcomer, neighbour], 4)
    }
    await type(newcomer, 'after a reload')
    await agree([page, newcomer, neighbour], 5)
    await sayName(newcomer, 'Ada Lovelace')
    // Of its run before the reload as well, until that counts as gone.
    await page.getByRole('button', { name: 'Menu', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Peers', exact: true }).click()
    await expect(page.getByRole('dialog', { name: 'Peers' }).getByText('Ada Lovelace').first()).toBeVisible()
  } finally {
    names.end()
    member.close()
  }
})

/** Names whose turn it would be first: authors whose ops are here. */
const TURNS = 64
/** Between two drops of a dripping answer (ms). */
const DROP = 1_000

test('D24 a newcomer among names that drip has the history within seconds', async ({ host, device }) => {
  const page = await (await device()).open(`${host.address}/#new`)
  const file = await page.evaluate(async () => Array.from(await window.tabweave.export()))
  await typeAll(page, numbered('history', 20))
  await agree([page], 21)
  const room = roomOf(page.url())
  // The room's first op, and then an op of each of them: every drop brings something.
  const drops = [decodeFile(Uint8Array.from(file)).bundles[0]!]
  const timers: NodeJS.Timeout[] = []
  const drip = (self: LivingName, from: Uint8Array, ref: number): void => {
    let next = 0
    const drop = (): void => void (next < drops.length && self.name.say(from, partMessage(drops[next++]!, ref)))
    drop()
    timers.push(setInterval(drop, DROP))
  }
  const member = await joinAsMember(host.port, page.url())
  const names = await bringNames(member, page.url(), TURNS, {
    claim: { digest: GHOST, heads: [GHOST], headCount: 1, ops: 1_000 },
    onWant: (self, from, { ref }) => drip(self, from, ref),
  })
  try {
    for (const { name, key } of names.all) {
      const unit = await firstMessage(room, key, 'a name')
      drops.push(bundleOf([unit]))
      await name.say(null, unitsMessage([unit]))
    }
    await agree([page], 21 + TURNS)
    const newcomer = await (await device()).open(page.url())
    await agree([page, newcomer], 21 + TURNS)
    expect(names.asked()).toBeGreaterThan(0)
    await newcomer.reload()
    await ready(newcomer)
    await type(newcomer, 'after a reload')
    await agree([page, newcomer], 22 + TURNS)
  } finally {
    for (const timer of timers) clearInterval(timer)
    names.end()
    member.close()
  }
})
