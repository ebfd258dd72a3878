/** A link's queue of what is to be judged, while the platform takes its time. */
import { expect, test } from 'vitest'
import { authorNamed, createWorld } from './driver.naive.ts'
import { bundleOf, message, senderNamed } from './adversary.naive.ts'
import type { Effect } from './effects.ts'
import { step } from './engine.ts'
import { encodeMessage } from './messages.ts'

test('an answer that ends while its units are still being verified is held against nobody', () => {
  const { nodes } = createWorld(1)
  const { engine } = nodes[0]!
  const from = senderNamed('slow')
  const bundle = bundleOf([message(engine.replica.room, authorNamed('eve'), null, [engine.replica.room], 'one')])
  const units = (part: Uint8Array, last: boolean): Effect[] =>
    step(engine, { type: 'bytes', from, bytes: encodeMessage({ type: 'units', ref: 1, bundle: part, last, left: 0 }) }, 0)

  const verify = units(bundle, false).find((effect) => effect.type === 'verify')!
  const ended = units(new Uint8Array(), true)
  const judged = step(engine, { type: 'verified', job: verify.job, valid: [true] }, 0)
  const told = [...ended, ...judged].flatMap((effect) => (effect.type === 'notify' ? [effect.notice.type] : []))
  expect(told).toContain('admitted')
  expect(told).not.toContain('refused')
  expect(engine.peers.get(from)!.strikes).toBe(0)
})
