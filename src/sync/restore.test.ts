/** An engine that came back from an index and the units after it is the engine that came back from all units, in all that it answers. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRandom } from '../core/bytes.naive.ts'
import { toHex } from '../core/bytes.ts'
import { idOf, sortedHeads, tipsOf } from '../core/dag.ts'
import { digestOfHeads } from '../core/heads-digest.ts'
import { sliceHistory } from '../core/history.ts'
import { type Outcome, receive } from '../core/replica.ts'
import { encodeStretch, stretchOf } from '../core/stretch.ts'
import { createEngine, restore, restoreIndex } from './engine.ts'
import { describeHoldings } from './holdings.ts'
import type { Engine } from './state.ts'
import { authorOf, cutIntoUnits, genesisOp, heldBy, randomOps } from './units.naive.ts'

const engineOf = (seed: number): Engine =>
  createEngine({
    room: genesisOp().id,
    author: authorOf(1),
    sender: new Uint8Array(32),
    judge: (op) => (op.time % 7 === 3 ? 'bad-body' : null),
    seed,
    random: () => 0,
    now: 0,
    resumed: true,
  })

function told({ replica: { dag, history }, stored }: Engine) {
  return {
    stored,
    digest: toHex(digestOfHeads(sortedHeads(dag))),
    history: sliceHistory(history, 0, dag.length).map((op) => toHex(idOf(dag, op))),
    equivocations: dag.equivocations,
    tips: Array.from({ length: dag.authors.length }, (_, author) => [...tipsOf(dag, author)].sort((a, b) => a - b)),
    holdings: describeHoldings(heldBy(dag, stored)),
  }
}

const namesOf = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map((outcome) => ('id' in outcome ? `${outcome.type} ${toHex(outcome.id)}` : JSON.stringify(outcome)))

test('whatever the room, the parts of its index, and what comes afterwards', () => {
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(fc.nat(), fc.nat(60), cuts, fc.double({ min: 0, max: 1, noNaN: true }), (seed, count, parts, known) => {
      const random = createRandom(seed)
      const units = cutIntoUnits(random, randomOps(random, count), 5)
      const there = units.slice(0, 1 + Math.floor(known * (units.length - 1)))
      const replayed = engineOf(1)
      restore(replayed, there)
      const again = engineOf(2)
      const { dag } = replayed.replica
      for (const share of parts.sort((a, b) => a - b)) {
        const [first, end] = [again.stored, Math.floor(share * dag.length)]
        if (end > first) expect(restoreIndex(again, encodeStretch(first, stretchOf(dag, first, end)), dag.length)).toBe(true)
      }
      restore(again, there)
      expect(told(again)).toEqual(told(replayed))
      for (const unit of units.slice(there.length)) {
        const [a, b] = [replayed, again].map((engine) => namesOf(receive(engine.replica, unit, 'link')))
        expect(b).toEqual(a)
      }
      expect(told(again)).toEqual(told(replayed))
    }),
    // The example: ops that were tried and taken back changed the order in which heads were told.
    { numRuns: 150, examples: [[24, 15, [8 / 9], 0.75]] },
  )
})

test('an index of another room, or one that goes on elsewhere, adds nothing', () => {
  const engine = engineOf(1)
  const [genesis, ...others] = cutIntoUnits(createRandom(1), randomOps(createRandom(1), 10), 1)
  restore(engine, [genesis!, ...others])
  const { dag } = engine.replica
  const strange = createEngine({ ...engine, resumed: false, room: idOf(dag, 1), judge: () => null, seed: 1, author: authorOf(1) })
  expect(restoreIndex(strange, encodeStretch(0, stretchOf(dag, 0, 3)), 3)).toBe(false)
  expect(strange.replica.dag.length).toBe(0)
  const again = engineOf(1)
  expect(restoreIndex(again, encodeStretch(1, stretchOf(dag, 1, 3)), 3)).toBe(false)
  expect(restoreIndex(again, encodeStretch(0, stretchOf(dag, 0, 3)), 3)).toBe(true)
  expect(restoreIndex(again, encodeStretch(0, stretchOf(dag, 0, 3)), 3)).toBe(false)
  expect(again.stored).toBe(3)
})
