/** Chains longer than any stack or any list of what may wait. */
import { expect, test } from 'vitest'
import { encodeBundle } from '../../sync/bundle.ts'
import { wrapBundle } from '../../sync/wrap.ts'
import { encodeMessage } from '../../sync/messages.ts'
import { give, type SimNode } from '../node.ts'
import { apart, chainOf, createStage, keyNamed, linkNamed, opsOf, run, runUntil, tell, together, unsigned } from '../stage.ts'

const LENGTH = 50_000
const UNIT = 1_000

test('B8 50,000 ops forwards from a file, backwards over a link, and to a joiner', () => {
  const stage = createStage(2)
  const [alice, bob] = stage.nodes as [SimNode, SimNode]
  const chain = chainOf(stage, keyNamed('mallory'), LENGTH)
  const bundles = Array.from({ length: LENGTH / UNIT }, (_, n) => {
    const unit = chain.slice(n * UNIT, (n + 1) * UNIT)
    return wrapBundle('raw', encodeBundle([unit.map((op, i) => (i === UNIT - 1 ? op : unsigned(op)))]))
  })
  apart(stage, bob)
  const link = linkNamed(stage, 'mallory')
  for (const bundle of bundles.slice(-50).reverse())
    tell(stage, bob, link, encodeMessage({ type: 'units', ref: 0, bundle, last: true, left: 0 }))
  run(stage, 2_000)
  expect(bob.engine.replica.pending.ops).toBeGreaterThan(0)
  give(stage.world, alice, { type: 'import', ref: 1, bundles })
  expect(runUntil(stage, 20_000, () => opsOf(alice) === 1 + LENGTH, 100)).toBeLessThan(20_000)
  together(stage)
  expect(runUntil(stage, 60_000, () => opsOf(bob) === 1 + LENGTH, 100)).toBeLessThan(60_000)
  run(stage, 10_000)
  expect(bob.engine.replica.pending.ops).toBe(0)
  expect(bob.engine.fetches.size).toBe(0)
})
