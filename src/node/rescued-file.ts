/**
 * The file of rescued ops, as bytes. It is made from a disk that has damage, and stays on it, so it must outlive more damage. Each bundle is
 * a record with a checksum of its own. Behind a damaged record the next whole one is found by its mark. The mark is drawn for each file:
 * bundles hold what others wrote, and nobody can write a mark into one.
 *
 *     file   = record* mark
 *     record = mark (16) ‖ length of the bundle (4) ‖ SHA-256(mark ‖ length ‖ bundle) ‖ bundle
 */
import { concatBytes, equalBytes } from '../core/bytes.ts'
import { sha256 } from '../core/hash.ts'

const MARK_BYTES = 16
const LENGTH_AT = MARK_BYTES
const CHECKSUM_AT = LENGTH_AT + 4
const HEAD_BYTES = CHECKSUM_AT + 32

export interface RescuedFile {
  /** The bundles of whole records, in order, as views. */
  readonly bundles: readonly Uint8Array[]
  /** Bytes that belong to no whole record. */
  readonly damaged: number
}

export function encodeRescued(bundles: readonly Uint8Array[]): Uint8Array {
  const mark = crypto.getRandomValues(new Uint8Array(MARK_BYTES))
  const records = bundles.flatMap((bundle) => {
    const length = new Uint8Array(4)
    new DataView(length.buffer).setUint32(0, bundle.length)
    return [mark, length, sha256(concatBytes([mark, length, bundle])), bundle]
  })
  return concatBytes([...records, mark])
}

/** Reads all whole records. The mark is at both ends, one of which may be damaged. Total on any bytes. O(bytes). */
export function decodeRescued(file: Uint8Array): RescuedFile {
  const [first, last] = [file.subarray(0, MARK_BYTES), file.subarray(-MARK_BYTES)]
  const [byFirst, byLast] = [readBy(first, file), equalBytes(first, last) ? null : readBy(last, file)]
  return byLast !== null && byLast.damaged < byFirst.damaged ? byLast : byFirst
}

function readBy(mark: Uint8Array, file: Uint8Array): RescuedFile {
  const bundles: Uint8Array[] = []
  let [at, damaged] = [0, 0]
  while (at < file.length) {
    const record = recordAt(file, at)
    if (equalBytes(file.subarray(at, at + MARK_BYTES), mark) && record !== null) {
      bundles.push(record)
      at += HEAD_BYTES + record.length
      continue
    }
    const next = placeOf(mark, file, at + 1)
    if (at + MARK_BYTES < file.length) damaged += next - at
    at = next
  }
  return { bundles, damaged }
}

/** The bundle of the record that begins here; null if it is not whole. */
function recordAt(file: Uint8Array, at: number): Uint8Array | null {
  if (file.length - at < HEAD_BYTES) return null
  const end = at + HEAD_BYTES + new DataView(file.buffer, file.byteOffset + at + LENGTH_AT).getUint32(0)
  if (end > file.length) return null
  const bundle = file.subarray(at + HEAD_BYTES, end)
  return equalBytes(file.subarray(at + CHECKSUM_AT, at + HEAD_BYTES), sha256(concatBytes([file.subarray(at, at + CHECKSUM_AT), bundle])))
    ? bundle
    : null
}

/** Where the mark is next, from here on; the end of the file if it is nowhere. */
function placeOf(mark: Uint8Array, file: Uint8Array, from: number): number {
  for (let at = file.indexOf(mark[0]!, from); at >= 0; at = file.indexOf(mark[0]!, at + 1)) {
    if (equalBytes(file.subarray(at, at + MARK_BYTES), mark)) return at
  }
  return file.length
}
