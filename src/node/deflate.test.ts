import fc from 'fast-check'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { valueOf } from '../core/result.ts'
import { deflate, inflate } from './deflate.ts'

/** Two pieces and a little more, as a stream is given them. */
const LONG = 40_000

/** Bytes that do not compress. */
function noise(length: number): Uint8Array {
  let state = 1
  return Uint8Array.from({ length }, () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 24)
}

describe('raw deflate', () => {
  test('bytes of any length come back, and are what others make of them', async () => {
    const lengths = fc.oneof(fc.nat(200), fc.integer({ min: 16_000, max: 17_000 }), fc.constant(LONG))
    await fc.assert(
      fc.asyncProperty(lengths, fc.boolean(), async (length, isNoise) => {
        const bytes = isNoise ? noise(length) : new Uint8Array(length).fill(7)
        const deflated = await deflate(bytes)
        expect(inflateRawSync(deflated).equals(bytes)).toBe(true)
        expect(Buffer.from(valueOf(await inflate(deflated, length))!).equals(bytes)).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  test.each([
    ['nothing', new Uint8Array()],
    ['no deflate stream', Uint8Array.of(255, 255, 255)],
    ['a stream that ends early', deflateRawSync(noise(LONG)).subarray(0, LONG / 2)],
    ['a stream that is broken after its first piece', deflateRawSync(noise(LONG)).fill(255, LONG / 2)],
  ])('%s is refused', async (_, bytes) => {
    expect(await inflate(bytes, 2 * LONG)).toMatchObject({ ok: false, reason: 'bad-deflate' })
  })
})
