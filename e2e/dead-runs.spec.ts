/** D19: a relay that has no link says the frames of runs that are over again, and lets nothing of the living through. */
import { HEADER_BYTES, SENDER_BYTES } from '../src/net/envelope.ts'
import { expect } from './fixtures.ts'
import type { HostileRelay } from './hostile-relay.ts'
import { agree, ready, said, type } from './tabs.ts'
import { test } from './terminal.ts'

/** By a direct path, or in one browser, no relay would matter. */
test.use({ relayOnly: true })

/** Between two replays (ms). */
const AGAIN = 200

/** How long the terminal waits for agreement (s). */
const PATIENCE = 4

const senderOf = (frame: Buffer): string => frame.toString('hex', 1, 1 + SENDER_BYTES)
const receiverOf = (frame: Buffer): string => frame.toString('hex', 1 + SENDER_BYTES, HEADER_BYTES - 8)

/** From now on the relay passes nothing on but what it has seen, again and again. */
function haunt(relay: HostileRelay) {
  const dead = [...relay.seen]
  const ghosts = new Set(dead.map(senderOf))
  relay.misbehave({ drop: 1 })
  const timer = setInterval(() => relay.replay(dead), AGAIN)
  return {
    /** Whether somebody has greeted a dead peer: its frames were opened. */
    isHeard: () => relay.seen.slice(dead.length).some((frame) => ghosts.has(receiverOf(frame))),
    end: () => clearInterval(timer),
  }
}

test('D19 of recorded frames no dead peer counts as connected, and nobody as agreeing', async ({ hostile, device }) => {
  const page = await (await device()).open(`${hostile.address}/#new`)
  const peer = await (await device()).open(page.url())
  await type(peer, 'in a run that is over')
  await agree([page, peer], 2)
  await peer.context().close()
  // What the dead hold is what this node holds: if they counted, they would agree.
  const ghosts = haunt(hostile)
  await page.reload()
  await ready(page)
  await expect.poll(ghosts.isHeard).toBe(true)
  await type(page, 'to nobody')
  await agree([page], 3)
  expect(await said(page, 'peers')).toBe('0')
  await page.getByRole('button', { name: 'Menu', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Peers', exact: true }).click()
  await expect(page.getByRole('dialog', { name: 'Peers' }).getByText('No other node is connected now.')).toBeVisible()
  ghosts.end()
})

test('D19 a digest that only recorded frames agree on is not printed by a terminal', async ({ hostile, device, node }) => {
  const page = await (await device()).open(`${hostile.address}/#new`)
  await type(page, 'in a run that is over')
  const link = page.url()
  const alive = node(link, '--digest')
  expect(await alive.ended()).toBe(0)
  expect(alive.printed()).toBe(`${await agree([page], 2)}\n`)
  await page.context().close()

  const ghosts = haunt(hostile)
  const asked = node(link, '--digest', '--wait', `${PATIENCE}`)
  expect(await asked.ended()).toBe(1)
  expect(ghosts.isHeard()).toBe(true)
  expect(asked.printed()).not.toMatch(/[0-9a-f]{64}/)
  ghosts.end()
})
