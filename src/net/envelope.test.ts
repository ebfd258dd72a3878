/** Envelopes: layout, round trips, a refusal for every rule. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeEnvelope, HEADER_BYTES, MAX_FRAME_BYTES, parseEnvelope, TAG_BYTES } from './envelope.ts'

const value = (n: number) => new Uint8Array(32).fill(n)
const someFrame = () => encodeEnvelope({ sender: value(1), receiver: value(2), counter: 3, ciphertext: new Uint8Array(TAG_BYTES).fill(4) })

describe('envelopes', () => {
  test('the layout is the documented one', () => {
    const hex = Buffer.from(
      encodeEnvelope({ sender: value(0xaa), receiver: null, counter: 0x1_0203_0405, ciphertext: value(0xcc) }),
    ).toString('hex')
    expect(hex).toBe(`02${'aa'.repeat(32)}${'00'.repeat(32)}0000000102030405${'cc'.repeat(32)}`)
  })

  test('what is encoded is parsed, as views into the frame', () => {
    const senderValue = fc.uint8Array({ minLength: 32, maxLength: 32 }).filter((bytes) => bytes.some((byte) => byte !== 0))
    const envelope = fc.record({
      sender: senderValue,
      receiver: fc.option(senderValue),
      counter: fc.maxSafeNat(),
      ciphertext: fc.uint8Array({ minLength: TAG_BYTES, maxLength: 100 }),
    })
    fc.assert(
      fc.property(envelope, (written) => {
        const frame = encodeEnvelope(written)
        const parsed = parseEnvelope(frame)
        expect(parsed).toEqual({ ok: true, value: { ...written, header: frame.slice(0, HEADER_BYTES) } })
        expect(parsed.ok && parsed.value.ciphertext.buffer).toBe(frame.buffer)
      }),
    )
  })

  test('a frame that is a view into a larger buffer is parsed the same', () => {
    const frame = someFrame()
    const buffer = new Uint8Array(frame.length + 20).fill(0xff)
    buffer.set(frame, 7)
    expect(parseEnvelope(buffer.subarray(7, 7 + frame.length))).toEqual(parseEnvelope(frame))
  })

  test('each rule has its refusal', () => {
    expect(parseEnvelope(new Uint8Array(MAX_FRAME_BYTES + 1))).toEqual({ ok: false, reason: 'too-large' })
    expect(parseEnvelope(someFrame().subarray(0, HEADER_BYTES + TAG_BYTES - 1))).toEqual({ ok: false, reason: 'truncated' })
    expect(parseEnvelope(someFrame().fill(1, 0, 1))).toEqual({ ok: false, reason: 'unknown-version' })
    expect(parseEnvelope(someFrame().fill(0, 1, 33))).toEqual({ ok: false, reason: 'bad-envelope' })
    expect(parseEnvelope(someFrame().fill(0xff, 65, 73))).toEqual({ ok: false, reason: 'bad-envelope' })
  })

  test('any bytes are parsed or refused by name', () => {
    const refusals = ['truncated', 'unknown-version', 'bad-envelope']
    const frame = fc
      .tuple(fc.constantFrom(2, 2, 2, 1), fc.uint8Array({ maxLength: 300 }))
      .map(([version, rest]) => Uint8Array.of(version, ...rest))
    fc.assert(
      fc.property(frame, (bytes) => {
        const parsed = parseEnvelope(bytes)
        expect(parsed.ok || refusals.includes(parsed.reason)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })

  test('a wrong length or counter is our own mistake', () => {
    const envelope = { sender: value(1), receiver: null, counter: 0, ciphertext: value(4) }
    expect(() => encodeEnvelope({ ...envelope, sender: new Uint8Array(31).fill(1) })).toThrow('assertion failed')
    expect(() => encodeEnvelope({ ...envelope, sender: value(0) })).toThrow('assertion failed')
    expect(() => encodeEnvelope({ ...envelope, receiver: value(0) })).toThrow('assertion failed')
    expect(() => encodeEnvelope({ ...envelope, counter: 2 ** 53 })).toThrow('assertion failed')
    expect(() => encodeEnvelope({ ...envelope, counter: -1 })).toThrow('assertion failed')
  })
})
