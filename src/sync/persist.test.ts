/** How a full disk is tried again, and what is stored as it came. */
import { expect, test } from 'vitest'
import { read } from '../sim/disk.ts'
import { unitsOf } from '../sim/node.ts'
import { chainOf, createStage, keyNamed, linkNamed, push, runUntil, signedBadly, unsigned } from '../sim/stage.ts'
import type { Effect, Input } from './effects.ts'
import { step } from './engine.ts'
import { keep, MAX_WRITTEN } from './persist.ts'

test('E1 a full disk is tried again after RETRY_FULL', () => {
  const { engine } = createStage(1).nodes[0]!
  const { now } = engine
  const jobOf = (type: Effect['type'], input: Input, at = now): number | undefined => {
    const asked = step(engine, input, at).find((effect) => effect.type === type)
    return asked !== undefined && 'job' in asked ? asked.job : undefined
  }
  const sign = jobOf('sign', { type: 'submit', ref: 1, body: Uint8Array.of(0x81, 2), time: 0 })!
  const persist = jobOf('persist', { type: 'signed', job: sign, signature: new Uint8Array(64) })!
  expect(jobOf('persist', { type: 'stored', job: persist, failure: 'full' })).toBe(undefined)
  expect(engine.storage).toBe('full')
  expect(jobOf('persist', { type: 'tick' }, now + 4_999)).toBe(undefined)
  expect(jobOf('persist', { type: 'tick' }, now + 5_000)).toBeGreaterThan(persist)
})

test('E1 B7 MAX_WRITTEN units are packed for one write, however many wait for a full disk, and then the others', () => {
  const { engine } = createStage(1).nodes[0]!
  const [genesis] = chainOf(createStage(1), keyNamed('mallory'), 1)
  const left = engine.unstored.length
  for (let n = left; n < MAX_WRITTEN + 10; n++) keep(engine, [genesis!], {})
  const written: number[] = []
  let input: Input = { type: 'tick' }
  while (engine.unstored.length > 0 && written.length < 3) {
    const persist: Effect | undefined = step(engine, input, engine.now).find((effect) => effect.type === 'persist')
    if (persist?.type !== 'persist') break
    written.push(persist.segments.reduce((sum, { count }) => sum + count, 0))
    input = { type: 'stored', job: persist.job, failure: null }
  }
  expect(written).toEqual([MAX_WRITTEN, 10])
})

test('A1 a unit is stored as it came, but not with a signature that was wrong', () => {
  const stage = createStage(1)
  const bob = stage.nodes[0]!
  const chain = chainOf(stage, keyNamed('mallory'), 600)
  const unitOf = (from: number, end: number, wrong: number | null) =>
    chain.slice(from, end).map((op, i, { length }) => (i === length - 1 ? op : i === wrong ? signedBadly(op) : unsigned(op)))
  const units = [unitOf(0, 300, null), unitOf(300, 600, 7)]
  for (const [i, unit] of units.entries()) {
    push(stage, bob, linkNamed(stage, `${i}`), [unit])
    const isStored = (): boolean => bob.engine.stored === 1 + 300 * (i + 1)
    expect(runUntil(stage, 1_000, isStored)).toBeLessThan(1_000)
  }
  const stored = read(bob.disk, 1, 9).flatMap(({ bytes }) => unitsOf(bytes)!)
  expect(stored.flat().map(({ id }) => id)).toEqual(chain.map(({ id }) => id))
  expect(stored.flat().filter(({ signature }) => signature !== null)).toEqual([chain[299], chain[599]])
})
