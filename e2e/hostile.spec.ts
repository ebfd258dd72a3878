/** A relay that lies: it can delay, drop, repeat, reorder and falsify what passes, and only makes itself useless by it. */
import { expect, test } from './fixtures.ts'
import { RELAY_IS_DOWN, agree, numbered, oneHistory, said, type, typeAll } from './tabs.ts'

// By a direct path nothing would depend on the relay.
test.use({ relayOnly: true })

test('D2 a relay that flips bits, drops, repeats and reorders frames is survived', async ({ hostile, device }) => {
  test.setTimeout(120_000)
  const first = await (await device()).open(`${hostile.address}/#new`, RELAY_IS_DOWN)
  const second = await (await device()).open(first.url(), RELAY_IS_DOWN)
  await agree([first, second], 1)

  hostile.misbehave({ drop: 0.1, repeat: 0.2, flip: 0.1, reorder: 0.2, delay: 50 })
  const left = numbered('left', 12)
  const right = numbered('right', 12)
  await Promise.all([typeAll(first, left), typeAll(second, right)])
  await agree([first, second], 25, 60_000)
  await oneHistory([first, second], [...left, ...right])
  for (const fault of ['drop', 'repeat', 'flip', 'reorder', 'delay'] as const) expect(hostile.done[fault], fault).toBeGreaterThan(0)
})

test('D2 a relay that falsifies every frame gets nothing in, and two tabs agree once it stops', async ({ hostile, device }) => {
  const first = await (await device()).open(`${hostile.address}/#new`, RELAY_IS_DOWN)
  const second = await (await device()).open(first.url(), RELAY_IS_DOWN)
  await agree([first, second], 1)
  hostile.misbehave({ flip: 1 })
  await type(first, 'never arrives like this')
  await agree([first], 2)
  await expect.poll(() => hostile.done.flip).toBeGreaterThan(2)
  expect(await said(second, 'ops')).toBe('1')
  hostile.misbehave({ flip: 0 })
  await agree([first, second], 2, 40_000)
})

test('a relay that is cut off and comes back is used again', async ({ hostile, device }) => {
  const first = await (await device()).open(`${hostile.address}/#new`, RELAY_IS_DOWN)
  const second = await (await device()).open(first.url(), RELAY_IS_DOWN)
  await agree([first, second], 1)
  hostile.cut()
  await expect.poll(() => said(first, 'peers')).toBe('0')
  await Promise.all([type(first, 'on this side'), type(second, 'on that side')])
  await agree([first], 2)
  await agree([second], 2)
  hostile.heal()
  await agree([first, second], 3, 40_000)
})

test('D2 the relay reads nothing: no text, no author, no room id and no secret of the link is in what it sees', async ({
  hostile,
  device,
}) => {
  const first = await (await device()).open(`${hostile.address}/#new`)
  const second = await (await device()).open(first.url())
  const text = 'a sentence that nobody in between may read'
  await type(first, text)
  await agree([first, second], 2)
  const everything = Buffer.concat([...hostile.seen])
  expect(everything.length).toBeGreaterThan(200)
  expect(everything.includes(text)).toBe(false)
  for (const fact of ['node', 'room'] as const) {
    const hex = (await said(first, fact))!
    expect(everything.includes(Buffer.from(hex, 'hex')), fact).toBe(false)
    expect(everything.includes(hex), fact).toBe(false)
  }
})
