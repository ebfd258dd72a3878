/** Signals as bytes: every one comes back as it was said, and other bytes give a refusal. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bytesOf, writeByte } from '../../core/byte-writer.ts'
import { writeValue } from '../../core/cbor.ts'
import { publicKeyOf } from '../../core/keys.ts'
import { MESSAGE_VERSION } from '../../core/limits.ts'
import { asAuthor } from '../../core/op.ts'
import { MAX_CANDIDATES } from './candidate.ts'
import { candidate, description } from './description.naive.ts'
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
    candidate,
  }),
  fc.record({ type: fc.constantFrom('ping' as const, 'pong' as const), token: fc.nat() }),
  fc.record({
    type: fc.constant('presence' as const),
    count: fc.nat(),
    name: fc.string({ maxLength: MAX_NAME_LENGTH, unit: 'grapheme' }).filter((name) => Array.from(name).length <= MAX_NAME_LENGTH),
    typing: fc.boolean(),
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
        else expect(['unknown-version', 'bad-message', 'unknown-message', 'bad-candidate']).toContain(decoded.reason)
      }),
      { numRuns: 2_000 },
    )
  })

  test('D20 tells of MAX_CANDIDATES candidates, and with one more is refused', () => {
    const said = (count: number) =>
      decodeSignal(withCandidates(Array.from({ length: count }, (_, i) => `candidate:${i} 1 udp 1 192.0.2.7 5000${i} typ host`)))
    expect([said(MAX_CANDIDATES).ok, said(MAX_CANDIDATES + 1)]).toEqual([true, { ok: false, reason: 'bad-message' }])
  })

  test('D20 that names an address which no tab has is refused by name', () => {
    const refused = { ok: false, reason: 'bad-candidate' }
    for (const text of [
      'candidate:1 1 udp 1 127.0.0.1 5000 typ host',
      'candidate:1 1 tcp 1 192.0.2.7 5000 typ host tcptype passive',
      'x',
    ]) {
      const one = bytesOf((out) => {
        writeByte(out, MESSAGE_VERSION)
        writeValue(out, [18, 1, 'abcd', text], 0)
      })
      expect([decodeSignal(withCandidates([text])), decodeSignal(one)]).toEqual([refused, refused])
    }
  })

  test('D9 of the longest kind, a description with the longest candidates, has room in MAX_SIGNAL_BYTES', () => {
    const longest = `candidate:${'f'.repeat(32)} 1 udp 2147483647 2b1a3f68-0c9e-4d3c-8f2e-3f0c4e5a6b7c.local 65535 typ srflx raddr 0.0.0.0 rport 0`
    const said = encodeSignal({
      type: 'description',
      connection: Number.MAX_SAFE_INTEGER,
      description: {
        type: 'offer',
        ufrag: 'u'.repeat(64),
        password: 'p'.repeat(64),
        fingerprint: new Uint8Array(32),
        setup: 'actpass',
        candidates: Array.from({ length: MAX_CANDIDATES }, () => longest),
      },
    })
    expect(decodeSignal(said).ok).toBe(true)
  })

  test('D9 tells a name of MAX_NAME_LENGTH characters, and no longer one', () => {
    const said = (name: string): Uint8Array => encodeSignal({ type: 'presence', count: 1, name, typing: false })
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
