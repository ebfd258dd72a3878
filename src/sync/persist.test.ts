/** How a full disk is tried again. */
import { expect, test } from 'vitest'
import { createStage } from '../sim/stage.ts'
import type { Effect, Input } from './effects.ts'
import { step } from './engine.ts'

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
