/** Evidence travels: out of a room as a file, and into the hands of somebody who has nothing of that room. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../.scripts/paths.mjs'
import { formatLink } from '../src/node/link.ts'
import { chainOf, fileOf, GENESIS, LINK, says } from '../src/node/liar.naive.ts'
import { toHex } from '../src/core/bytes.ts'
import { expect, test } from './fixtures.ts'
import { agree } from './tabs.ts'

const ONE = 'I paid you'
const OTHER = 'I paid <b>nobody</b>'

test('B1 the evidence of two ops with one number is exported from the card, and checked on a page without a room and in a terminal', async ({
  host,
  device,
}, testInfo) => {
  const room = await (await device()).open(`${host.address}/#${formatLink(LINK)}`)
  const file = Buffer.from(fileOf([GENESIS], chainOf(ONE, 3), [says(OTHER)])).toString('base64')
  await room.evaluate((base64) => window.tabweave.import(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))), file)
  await agree([room], 5)
  const entries = await room.evaluate(async () => {
    const all = await window.tabweave.evidence()
    const [first] = all
    const again = await window.tabweave.evidence(first!.ops[1])
    return { seqs: all.map(({ seq }) => seq), isSame: String(again[0]?.file) === String(first!.file), size: first!.file!.length }
  })
  expect(entries).toMatchObject({ seqs: [1], isSame: true })

  await room.getByRole('button', { name: '1 equivocation' }).click()
  const card = room.getByRole('region', { name: 'The selected op' })
  const downloading = room.waitForEvent('download')
  await card.getByRole('button', { name: 'Export the evidence', exact: true }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toMatch(/^[a-z]+-[a-z]+-1\.evidence$/)
  const path = testInfo.outputPath('some.evidence')
  await download.saveAs(path)
  await expect(card.getByText(`Downloaded as “\u2068${download.suggestedFilename()}\u2069”. Anyone can check it`)).toBeVisible()

  // Somebody else, who begins at the start and never joins anything.
  const { context } = await device()
  const stranger = await context.newPage()
  await stranger.goto(`${host.address}/`)
  await stranger.getByRole('link', { name: 'Check evidence' }).click()
  await expect(stranger.getByRole('heading', { name: 'Check evidence', exact: true })).toBeVisible()
  const picker = stranger.locator('input[type=file]')
  await picker.setInputFiles(path)
  await expect(stranger.getByRole('heading', { name: 'This file proves an equivocation' })).toBeVisible()
  for (const said of [toHex(GENESIS.op.author), toHex(GENESIS.id)]) await expect(stranger.getByText(said)).toBeVisible()
  await expect(
    stranger.getByRole('article', { name: 'One op', exact: true }).or(stranger.getByRole('article', { name: 'The other op', exact: true })),
  ).toHaveCount(2)
  await expect(stranger.getByText(`${ONE} 0`)).toBeVisible()
  await expect(stranger.getByText(OTHER, { exact: true })).toBeVisible()
  await expect(stranger.getByText('What it does not prove')).toBeVisible()
  expect(await stranger.evaluate(() => document.documentElement.dataset['ready'])).toBeUndefined()

  await picker.setInputFiles({ name: 'room.tabweave', mimeType: '', buffer: Buffer.from('tabweave bundle 1\n') })
  await expect(stranger.getByText('This is not evidence')).toBeVisible()
  await stranger.evaluate(
    (bytes) => {
      const data = new DataTransfer()
      data.items.add(new File([Uint8Array.from(bytes)], 'dropped.evidence'))
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
    },
    [...readFileSync(path)].slice(0, -1),
  )
  await expect(stranger.getByText('The file is cut', { exact: false })).toBeVisible()
  await stranger.getByRole('link', { name: 'Go to the start page' }).click()
  await expect(stranger.getByRole('button', { name: 'Create the room' })).toBeVisible()

  const check = (name: string) =>
    spawnSync(process.execPath, [join(root, '.scripts/node.mjs'), '--check', name], { cwd: root, encoding: 'utf8' })
  const proven = check(path)
  expect([proven.status, proven.stderr]).toEqual([0, ''])
  expect(proven.stdout).toContain(`message: ${OTHER}\n`)
  const refused = check(join(root, 'README.md'))
  expect([refused.status, refused.stdout]).toEqual([1, ''])
  expect(refused.stderr).toMatch(/^This file proves nothing \(not-evidence\)/)
})
