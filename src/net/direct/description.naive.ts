/** Any description, for tests. */
import fc from 'fast-check'
import { type Description, MAX_CANDIDATES } from './description.ts'

const letters = (least: number, most: number) =>
  fc.stringMatching(/^[A-Za-z0-9+/]+$/, { size: 'medium' }).filter(({ length }) => length >= least && length <= most)

const candidate = fc
  .tuple(
    fc.nat(999_999),
    fc.constantFrom('udp', 'tcp'),
    fc.nat(2 ** 31),
    fc.constantFrom('192.0.2.7', '2001:db8::7', 'a-b.local'),
    fc.nat(65_535),
    fc.constantFrom('host', 'srflx', 'relay'),
  )
  .map(
    ([foundation, kind, priority, address, port, type]) =>
      `candidate:${foundation} 1 ${kind} ${priority} ${address} ${port} typ ${type} raddr 0.0.0.0 rport 0`,
  )

export const description: fc.Arbitrary<Description> = fc.record({
  type: fc.constantFrom('offer', 'answer'),
  ufrag: letters(4, 64),
  password: letters(22, 64),
  fingerprint: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  setup: fc.constantFrom('actpass', 'active', 'passive'),
  candidates: fc.array(candidate, { maxLength: MAX_CANDIDATES }),
})
