/** Any description, for tests. */
import fc from 'fast-check'
import { MAX_CANDIDATES, writeCandidate } from './candidate.ts'
import type { Description } from './description.ts'

const letters = (least: number, most: number) =>
  fc.stringMatching(/^[A-Za-z0-9+/]+$/, { size: 'medium' }).filter(({ length }) => length >= least && length <= most)

const byte = fc.nat(255)

/** Addresses that tabs have. */
export const address: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(fc.constantFrom(1, 10, 100, 172, 192, 223), byte, byte, byte).map((bytes) => bytes.join('.')),
  fc.constantFrom('2001:db8::7', 'fd00::2', '2a00:1:2:3:4:5:6:7', '2600::'),
  fc.uuid().map((uuid) => `${uuid}.local`),
)

export const candidate: fc.Arbitrary<string> = fc
  .record({
    foundation: fc.nat(999_999).map(String),
    priority: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    address,
    port: fc.integer({ min: 1_024, max: 65_535 }),
    type: fc.constantFrom('host', 'srflx', 'relay'),
  })
  .map(writeCandidate)

export const description: fc.Arbitrary<Description> = fc.record({
  type: fc.constantFrom('offer', 'answer'),
  ufrag: letters(4, 64),
  password: letters(22, 64),
  fingerprint: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  setup: fc.constantFrom('actpass', 'active', 'passive'),
  candidates: fc.uniqueArray(candidate, { maxLength: MAX_CANDIDATES }),
})
