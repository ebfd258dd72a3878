/** Target: what members say to each other about their paths, above all the addresses that they name. */
import { concatBytes, equalBytes } from '../../core/bytes.ts'
import { encodeValue } from '../../core/cbor.ts'
import { MESSAGE_VERSION, SIGNATURE_BYTES } from '../../core/limits.ts'
import { assert } from '../../core/result.ts'
import { decodeUtf8, encodeUtf8 } from '../../core/utf8.ts'
import { type Candidate, isCandidate, MAX_CANDIDATES, readCandidate, writeCandidate } from '../../net/direct/candidate.ts'
import { decodeSignal, encodeSignal, MAX_NAMED, MAX_SIGNAL_BYTES, type Signal } from '../../net/direct/signal.ts'
import type { Random } from '../random.ts'
import { bendBytes } from './bend-bytes.ts'
import { anAuthor } from './corpus.ts'
import { bendMessage } from './message.ts'
import { ACCEPTED, assertLinear, refusedFor, type Target } from './target.ts'

/** Addresses that tabs have, and some that none has: they are refused. */
const HONEST = ['192.0.2.7', '10.0.0.1', '2600::1', 'fd00::2', '2b1a3f68-0c9e-4d3c-8f2e-3f0c4e5a6b7c.local']
const HOSTILE = [
  '127.0.0.1',
  '::1',
  '0.0.0.0',
  '224.0.0.251',
  '169.254.169.254',
  'fe80::1',
  '::ffff:127.0.0.1',
  'printer.local',
  '2002:7f00:1::',
]

/** A candidate's text, now and then of an address that is refused. */
function aCandidate(random: Random): string {
  const candidate: Candidate = {
    foundation: String(random.below(10)),
    priority: 1 + random.below(2 ** 31 - 1),
    address: random.pick(random.chance(0.9) ? HONEST : HOSTILE),
    port: random.pick([1_024, 5_000, 65_535]),
    type: random.pick(['host', 'srflx', 'relay']),
  }
  return writeCandidate(candidate)
}

/** A well-formed signal, but perhaps for the addresses that it names. */
function aSignal(random: Random): Signal {
  switch (random.below(7)) {
    case 0:
      return { type: 'here', device: random.bytes(32), near: Array.from({ length: random.below(4) }, () => random.bytes(32)) }
    case 1:
    case 2: {
      const candidates = Array.from({ length: random.below(1 + MAX_CANDIDATES) }, () => aCandidate(random))
      const description = { type: 'offer', ufrag: 'abcd', password: 'p'.repeat(22), setup: 'actpass', candidates } as const
      return { type: 'description', connection: random.below(300), description: { ...description, fingerprint: random.bytes(32) } }
    }
    case 3:
      return { type: 'candidate', connection: random.below(300), ufrag: 'abcd', candidate: aCandidate(random) }
    case 4:
      return { type: 'proof', author: anAuthor(random), proof: random.bytes(SIGNATURE_BYTES) }
    case 5:
      return { type: 'presence', count: random.below(2 ** 31), name: 'Ada', typing: random.chance(0.5) }
    default:
      return { type: 'ping', token: random.below(2 ** 31) }
  }
}

export const signal: Target = {
  share: 20,
  reasons: ['bad-message', 'unknown-message', 'unknown-version', 'too-large', 'bad-candidate'],
  within: 20_000,
  make(random) {
    if (random.chance(0.001)) return new Uint8Array(MAX_SIGNAL_BYTES + random.below(2)).fill(MESSAGE_VERSION)
    const bytes = encodeSignal(aSignal(random))
    if (random.chance(0.1)) return bytes
    // A candidate whose text alone is bent.
    if (random.chance(0.3)) {
      const bent = bendBytes(random, encodeUtf8(aCandidate(random))!, bytes)
      const text = decodeUtf8(bent, 0, bent.length) ?? ''
      return concatBytes([Uint8Array.of(MESSAGE_VERSION), encodeValue([18, 1, 'abcd', text])])
    }
    return bendMessage(random, bytes, encodeSignal(aSignal(random)))
  },
  judge(bytes, counting) {
    const decoded = decodeSignal(bytes)
    if (counting) assertLinear(bytes, decodeSignal, 16)
    if (!decoded.ok) return refusedFor(decoded.reason)
    assertSignal(decoded.value)
    assert(equalBytes(encodeSignal(decoded.value), bytes), 'a signal that is accepted has the encoding it came in')
    return ACCEPTED
  },
}

function assertSignal(said: Signal): void {
  if (said.type === 'here') return assert(said.near.length <= MAX_NAMED, 'a signal keeps its limits')
  const named = said.type === 'description' ? said.description.candidates : said.type === 'candidate' ? [said.candidate] : []
  assert(named.length <= MAX_CANDIDATES, 'a description keeps its limits')
  for (const text of named) {
    assert(isCandidate(text), 'a candidate is in its form')
    const { address, port } = readCandidate(text)!
    assert(port >= 1_024 && !HOSTILE.includes(address), 'a candidate names an address that a tab may have')
  }
}
