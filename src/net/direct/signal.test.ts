/** Signals as bytes: every one comes back as it was said, and other bytes give a refusal. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOf, writeByte } from '../../core/byte-writer.ts'
import { writeValue } from '../../core/cbor.ts'
import { publicKeyOf } from '../../core/keys.ts'
import { MESSAGE_VERSION } from '../../core/limits.ts'
import { asAuthor } from '../../core/op.ts'
import { description } from './description.naive.ts'
import { decodeSignal, encodeSignal, isSignal, MAX_NAME_LENGTH, MAX_NAMED, MAX_SIGNAL_BYTES, type Signal } from './signal.ts'
import { encodeMessage } from '../../sync/messages.ts'

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const author = asAuthor(publicKeyOf(new Uint8Array(32).fill(7)))

const signal: fc.Arbitrary<Signal> = fc.oneof(
  fc.record({ type: fc.constant('here' as const), device: bytes(32), near: fc.array(bytes(32), { maxLength: MAX_NAMED }) }),
  fc.record({ type: fc.constant('description' as const), connection: fc.nat(), description }),
  fc.record({
    type: fc.constant('candidate' as const),
    connection: fc.nat(),
    ufrag: fc.constantFrom('abcd', '0123456789'),
    candidate: fc.constantFrom('', 'candidate:1 1 udp 1 192.0.2.7 9 typ host'),
  }),
  fc.record({ type: fc.constantFrom('ping' as const, 'pong' as const), token: fc.nat() }),
  fc.record({
    type: fc.constant('presence' as const),
    author: fc.constant(author),
    count: fc.nat(),
    name: fc.string({ maxLength: MAX_NAME_LENGTH, unit: 'grapheme' }).filter((name) => Array.from(name).length <= MAX_NAME_LENGTH),
    typing: fc.boolean(),
    proof: bytes(64),
  }),
  fc.record({ type: fc.constant('proof' as const), author: fc.constant(author), proof: bytes(64) }),
)

/** A description's bytes with these candidates, however many. */
function withCandidates(candidates: readonly string[]): Uint8Array {
  return bytesOf((out) => {
    writeByte(out, MESSAGE_VERSION)
    writeValue(out, [17, 1, true, 'abcd', 'p'.repeat(22), new Uint8Array(32), 'active', candidates.join('\n')], 0)
  })
}

describe('a signal', () => {
  test('comes back as it was said, and is none of the engine’s messages', () => {
    fc.assert(
      fc.property(signal, (said) => {
        const encoded = encodeSignal(said)
        expect(decodeSignal(encoded)).toEqual({ ok: true, value: said })
        expect(isSignal(encoded)).toBe(true)
      }),
    )
    expect(isSignal(encodeMessage({ type: 'bye' }))).toBe(false)
  })

  test('A13 of any bytes is a signal in its one form, or a refusal', () => {
    const mutated = fc.tuple(signal, fc.nat(), fc.nat(255)).map(([said, at, byte]) => {
      const encoded = encodeSignal(said)
      encoded[at % encoded.length] = byte
      return encoded
    })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), mutated), (some) => {
        const decoded = decodeSignal(some)
        if (decoded.ok) expect(encodeSignal(decoded.value)).toEqual(some)
        else expect(['unknown-version', 'bad-message', 'unknown-message']).toContain(decoded.reason)
      }),
      { numRuns: 2_000 },
    )
  })

  test('D9 tells of MAX_CANDIDATES candidates, and with one more is refused', () => {
    const said = (count: number): Uint8Array => {
      const candidates = Array.from({ length: count }, (_, i) => `candidate:${i} 1 udp 1 192.0.2.7 9 typ host`)
      // The names of 24 are put together before they are counted.
      return withCandidates(candidates)
    }
    expect([decodeSignal(said(24)).ok, decodeSignal(said(25)).ok]).toEqual([true, false])
  })

  test('D9 tells a name of MAX_NAME_LENGTH characters, and no longer one', () => {
    const said = (name: string): Uint8Array =>
      encodeSignal({ type: 'presence', author, count: 1, name, typing: false, proof: new Uint8Array(64) })
    expect([decodeSignal(said('🧶'.repeat(40))).ok, decodeSignal(said('x'.repeat(41))).ok]).toEqual([true, false])
  })

  test('D9 of more than MAX_SIGNAL_BYTES is refused unread, and MAX_NAMED members can be named and no more', () => {
    const huge = new Uint8Array(MAX_SIGNAL_BYTES + 1)
    huge[0] = MESSAGE_VERSION
    expect(decodeSignal(huge)).toEqual({ ok: false, reason: 'too-large' })
    const near = Array.from({ length: MAX_NAMED }, (_, i) => new Uint8Array(32).fill(i))
    const most = encodeSignal({ type: 'here', device: near[0]!, near })
    expect(decodeSignal(most).ok).toBe(true)
    expect(() => encodeSignal({ type: 'here', device: near[0]!, near: [...near, near[0]!] })).toThrow()
  })
})
