/** A room as a file: what came of it is said on the screen, of each file its own. */
import { expect, test } from './fixtures.ts'
import { agree, type } from './tabs.ts'

/** The line "tabweave bundle 1" with its newline. */
const FIRST_LINE = 18

test('E10 a cut file gives its whole parts and the rest is named; what an earlier file was refused for is not said of the next', async ({
  host,
  device,
}) => {
  const founder = await (await device()).open(`${host.address}/#new`)
  await type(founder, 'in the file')
  await agree([founder], 2)
  const file = Buffer.from(await founder.evaluate(async () => Array.from(await window.tabweave.export())))
  const link = founder.url()
  await founder.close()

  const newcomer = await (await device()).open(link)
  await newcomer.getByRole('button', { name: 'Menu', exact: true }).click()
  await newcomer.getByRole('menuitem', { name: 'Share the room', exact: true }).click()
  const place = newcomer.getByRole('dialog', { name: 'Share the room', exact: true })
  const read = async (buffer: Buffer): Promise<void> => {
    await place.locator('input[type=file]').setInputFiles({ name: 'room.tabweave', mimeType: 'application/octet-stream', buffer })
  }
  await read(Buffer.concat([file, file.subarray(FIRST_LINE, -9)]))
  const left = file.length - FIRST_LINE - 9
  await expect(place.getByText(`its last ${left} B could not be read`)).toBeVisible()
  await expect(place.getByText('2 ops admitted, 0 known before, 0 refused.')).toBeVisible()
  await agree([newcomer], 2)
  await read(Buffer.from('a letter'))
  await expect(place.getByText('This is not the file of a room, so nothing was imported.')).toBeVisible()
  await expect(place.locator('.reasons')).toHaveCount(0)
  await read(Buffer.alloc(0))
  await expect(place.getByText('The file is empty, so nothing was imported.')).toBeVisible()
  const other = await (await device()).open(`${host.address}/#new`)
  await read(Buffer.from(await other.evaluate(async () => Array.from(await window.tabweave.export()))))
  await expect(place.getByText('This file is of another room, so nothing was imported.')).toBeVisible()
  await read(file)
  await expect(place.getByText('0 ops admitted, 2 known before, 0 refused.')).toBeVisible()
  await expect(place.locator('.reasons')).toHaveCount(0)
})

test('the page says the name of the file that an export wrote', async ({ host, device }) => {
  const page = await (await device()).open(`${host.address}/#new`)
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Share the room', exact: true }).click()
  const place = page.getByRole('dialog', { name: 'Share the room', exact: true })
  const downloading = page.waitForEvent('download')
  await place.getByRole('button', { name: 'Export the room', exact: true }).click()
  const name = (await downloading).suggestedFilename()
  expect(name).toBe('A-room.tabweave')
  await expect(place.getByText(`Downloaded as “\u2068${name}\u2069”: `)).toBeVisible()
})
