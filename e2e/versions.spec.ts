/** Tabs of two builds in one room: each says which of them is to be reloaded. */
import { MESSAGE_VERSION } from '../src/core/limits.ts'
import { expect, test } from './fixtures.ts'
import { startHost } from './host.ts'
import { buildOtherVersion } from './other-version.ts'
import { agree, ready, type } from './tabs.ts'

test('E8 a tab of an older build is told so on its screen, and so is the newer one beside it; reloaded, they agree', async ({
  host,
  hostile,
  device,
}, info) => {
  const folder = info.outputPath('older')
  await buildOtherVersion(MESSAGE_VERSION - 1, folder)
  // Another address with the older files, and the same relay.
  const olderHost = await startHost(true, folder)
  hostile.serveFilesOf(olderHost.port)
  const older = await (await device()).open(`${hostile.address}/#new`)
  await type(older, 'by the older one')
  await agree([older], 2)
  const newer = await (await device()).open(older.url().replace(hostile.address, host.address))
  await expect(older.getByText('This tab cannot read what it sends. Reload this tab.')).toBeVisible()
  await expect(newer.getByText('A tab or device in this room runs an older version of Tabweave.')).toBeVisible()

  hostile.serveFilesOf(host.port)
  await older.getByRole('button', { name: 'Reload', exact: true }).click()
  await ready(older)
  await agree([older, newer], 2)
  await expect(older.locator('.other-version')).toBeHidden()
  await newer.locator('.other-version').getByRole('button', { name: 'Close', exact: true }).click()
  await expect(newer.locator('.other-version')).toBeHidden()
  await olderHost.kill()
})
