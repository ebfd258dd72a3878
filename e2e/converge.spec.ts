/** Tabs of one device by BroadcastChannel, devices by the relay: all end with the same history. */
import { expect, test } from './fixtures.ts'
import { agree, messagesOf, numbered, oneHistory, said, type, typeAll } from './tabs.ts'

test('what is typed in one tab appears on the screen of another', async ({ host, device }) => {
  const { open } = await device()
  const first = await open(`${host.address}/#new`)
  const second = await open(first.url())
  await type(first, 'hello from the first tab')
  await expect(second.getByRole('list', { name: 'History', exact: true })).toContainText('hello from the first tab')
  await type(second, 'and back')
  await expect(first.getByRole('list', { name: 'History', exact: true })).toContainText('and back')
  await agree([first, second], 3)
})

test('four tabs on one device and two on another type all at once and converge on one digest', async ({ host, device }) => {
  const here = await device()
  const there = await device()
  const founder = await here.open(`${host.address}/#new`)
  const link = founder.url()
  const pages = [founder]
  for (const { open } of [here, here, here, there, there]) pages.push(await open(link))

  expect(new Set(await Promise.all(pages.map((page) => said(page, 'node')))).size).toBe(6)
  const texts = pages.map((_, i) => numbered(`tab ${i + 1} says`, 5))
  await Promise.all(pages.map((page, i) => typeAll(page, texts[i]!)))

  await agree(pages, 1 + 6 * 5)
  await oneHistory(pages, texts.flat())
  for (const page of pages) expect(await said(page, 'pending')).toBe('0')
})

test('a late joiner with the link of the Share place gets everything that was said before it came', async ({ host, device }) => {
  const first = await (await device()).open(`${host.address}/#new`)
  const texts = numbered('said early', 12)
  await typeAll(first, texts)
  await first.getByRole('button', { name: 'Menu' }).click()
  await first.getByRole('menuitem', { name: 'Share the room' }).click()
  // The tests' host is on this device: a code for another device's camera would lead nowhere.
  await expect(
    first.getByText('This link works on this device only: “localhost” always means the device that opens the link.'),
  ).toBeVisible()
  await expect(first.getByRole('img', { name: 'The room’s link as a code for a camera' })).toHaveCount(0)
  const link = await first.getByRole('textbox', { name: 'The room’s link' }).inputValue()
  const late = await (await device()).open(link)
  await agree([first, late], 13)
  expect(await messagesOf(late)).toEqual(texts)
})

test('two rooms on one relay hear nothing of each other', async ({ host, device }) => {
  const one = await device()
  const first = await one.open(`${host.address}/#new`)
  const other = await one.open(`${host.address}/#new`)
  const guest = await (await device()).open(first.url())
  expect(await said(other, 'room')).not.toBe(await said(first, 'room'))
  await type(first, 'for one room only')
  await type(other, 'for the other room')
  await agree([first, guest], 2)
  expect(await messagesOf(other)).toEqual(['for the other room'])
  expect(await messagesOf(guest)).toEqual(['for one room only'])
})
