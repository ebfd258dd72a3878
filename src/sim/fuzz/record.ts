/** Target: what a disk gives back, as `store/segment-record.ts` finds it, and the bundle inside. */
import { concatBytes, equalBytes } from '../../core/bytes.ts'
import { assert } from '../../core/result.ts'
import { packSegment, unpackSegment } from '../../store/segment-record.ts'
import { bendBytes } from './bend-bytes.ts'
import { decodeWrapped } from './bundles.ts'
import { aWrapped } from './make-bundle.ts'
import { ACCEPTED, refusedFor, type Target } from './target.ts'

/** How a record that was found at (first, count) looks: its first byte says whether it has the right shape. */
const RECORD_HEAD = 1 + 8 + 32

/** Values that a damaged database may give instead of a record of these bytes and this checksum. */
const SHAPES: readonly ((bytes: Uint8Array, checksum: Uint8Array) => unknown)[] = [
  (bytes, checksum) => ({ bytes, checksum }),
  () => undefined,
  () => null,
  () => 7,
  (bytes) => bytes,
  (bytes) => ({ bytes }),
  (_, checksum) => ({ checksum }),
  (bytes, checksum) => ({ bytes: [...bytes], checksum }),
  (bytes, checksum) => ({ bytes, checksum: [...checksum] }),
  (bytes, checksum) => [bytes, checksum],
]

export const record: Target = {
  share: 2,
  reasons: ['bad-checksum', 'not-a-bundle', 'bad-deflate', 'bad-bundle', 'unauthentic'],
  within: 8_000,
  make(random) {
    const wrapped = aWrapped(random)
    const place = random.bytes(8)
    const view = new DataView(place.buffer)
    const { checksum } = packSegment({ first: view.getUint32(0), count: view.getUint32(4), bytes: wrapped })
    const shape = random.chance(0.9) ? 0 : random.below(SHAPES.length)
    const bytes = concatBytes([Uint8Array.of(shape), place, checksum, wrapped])
    return random.chance(0.8) ? bytes : bendBytes(random, bytes, wrapped)
  },
  judge(input) {
    const head = new Uint8Array(RECORD_HEAD)
    head.set(input.subarray(0, RECORD_HEAD))
    const view = new DataView(head.buffer)
    const [first, count] = [view.getUint32(1), view.getUint32(5)]
    const [bytes, checksum] = [input.subarray(RECORD_HEAD), head.subarray(9)]
    const segment = unpackSegment(first, count, SHAPES[head[0]! % SHAPES.length]!(bytes, checksum))
    if ('reason' in segment) return refusedFor(segment.reason)
    assert(segment.first === first && segment.count === count && equalBytes(segment.bytes, bytes), 'a record gives back what it holds')
    for (const [at, ops] of [
      [first + 1, count],
      [first, count + 1],
    ] as const)
      assert('reason' in unpackSegment(at, ops, { bytes, checksum }), 'a record is good in its own place only')
    const units = decodeWrapped(segment.bytes)
    return units.ok ? ACCEPTED : refusedFor(units.reason)
  },
}
