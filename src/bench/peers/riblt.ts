/**
 * A rateless invertible Bloom lookup table: one side streams coded symbols of its set, the other subtracts its own and peels,
 * until it has the whole difference. Our implementation of Lei Yang, Yossi Gilad, Mohammad Alizadeh, "Practical Rateless Set
 * Reconciliation", SIGCOMM 2024.
 *
 *  1. An item is its id and a checksum of it. It belongs to coded symbol 0 and to each later symbol i with probability
 *     1 / (1 + i/2); which ones depends on its checksum alone, so both sides agree.
 *  2. A coded symbol is the XOR of its items, and their number.
 *  3. Of a difference of two coded symbols, one that holds one item (number ±1, and the checksum fits) gives that item, which is
 *     then taken out of all others; the sign says whose it is.
 *  4. All is found as soon as symbol 0 is empty, since every item belongs to it.
 */
import { createHash } from 'node:crypto'
import { ID_BYTES } from '../../core/limits.ts'

const CHECKSUM_BYTES = 8
const ITEM_BYTES = ID_BYTES + CHECKSUM_BYTES

export interface Symbols {
  /** ITEM_BYTES a symbol. */
  readonly sums: Uint8Array
  readonly counts: Int32Array
}

const checksumOf = (id: Uint8Array): Uint8Array => createHash('sha256').update(id).digest().subarray(0, CHECKSUM_BYTES)

const itemOf = (id: Uint8Array): Uint8Array => {
  const item = new Uint8Array(ITEM_BYTES)
  item.set(id)
  item.set(checksumOf(id), ID_BYTES)
  return item
}

/** Where an item belongs: one place after the other, ascending, without end. */
interface Places {
  place: number
  state: number
}

const placesOf = (item: Uint8Array): Places => ({ place: 0, state: new DataView(item.buffer, item.byteOffset).getUint32(ID_BYTES) })

/**
 * The next place. Of the places after i, the first that an item belongs to is beyond x with probability Π n/(n+2) over
 * n = i+1 … x, which is (i+1)(i+2) / ((x+1)(x+2)). Solved for x, with that probability drawn evenly from (0, 1].
 */
function advance(places: Places): void {
  places.state = (places.state + 0x9e3779b9) | 0
  let mixed = Math.imul(places.state ^ (places.state >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  const even = (((mixed ^ (mixed >>> 16)) >>> 0) + 1) / 2 ** 32
  places.place += Math.max(1, Math.ceil((places.place + 1.5) * (1 / Math.sqrt(even) - 1)))
}

function addTo({ sums, counts }: Symbols, place: number, item: Uint8Array, sign: number): void {
  const at = place * ITEM_BYTES
  for (let i = 0; i < ITEM_BYTES; i++) sums[at + i]! ^= item[i]!
  counts[place]! += sign
}

/** The first `length` coded symbols of a set, or of what `start` holds and a set. O(items · log length). */
export function encodeSymbols(ids: Iterable<Uint8Array>, length: number, start?: Symbols): Symbols {
  const symbols = { sums: new Uint8Array(length * ITEM_BYTES), counts: new Int32Array(length) }
  symbols.sums.set(start?.sums ?? [])
  symbols.counts.set(start?.counts ?? [])
  for (const id of ids) {
    const item = itemOf(id)
    for (const places = placesOf(item); places.place < length; advance(places)) addTo(symbols, places.place, item, 1)
  }
  return symbols
}

export interface Peeled {
  readonly onlyTheirs: readonly Uint8Array[]
  readonly onlyOurs: readonly Uint8Array[]
  /** How many coded symbols it took. */
  readonly symbols: number
}

/** What only one of two sets holds, from as few of their coded symbols as that takes; null when these are too few. */
export function peel(theirs: Symbols, ours: Symbols): Peeled | null {
  const length = Math.min(theirs.counts.length, ours.counts.length)
  const rest: Symbols = { sums: theirs.sums.slice(0, length * ITEM_BYTES), counts: theirs.counts.slice(0, length) }
  for (let i = 0; i < rest.sums.length; i++) rest.sums[i]! ^= ours.sums[i]!
  for (let i = 0; i < length; i++) rest.counts[i]! -= ours.counts[i]!

  const onlyTheirs: Uint8Array[] = []
  const onlyOurs: Uint8Array[] = []
  /** Items found that belong to symbols not looked at yet, by the next of these. */
  const later: { item: Uint8Array; sign: number; places: Places }[][] = []
  for (let seen = 1; seen <= length; seen++) {
    const work = [seen - 1]
    for (const found of later[seen - 1] ?? []) {
      addTo(rest, seen - 1, found.item, -found.sign)
      advance(found.places)
      if (found.places.place < length) (later[found.places.place] ??= []).push(found)
    }
    for (let place = work.pop(); place !== undefined; place = work.pop()) {
      const item = pureAt(rest, place)
      if (item === null) continue
      const sign = rest.counts[place]!
      ;(sign > 0 ? onlyTheirs : onlyOurs).push(item.subarray(0, ID_BYTES))
      const places = placesOf(item)
      for (; places.place < seen; advance(places)) {
        addTo(rest, places.place, item, -sign)
        work.push(places.place)
      }
      if (places.place < length) (later[places.place] ??= []).push({ item, sign, places })
    }
    if (rest.counts[0] === 0 && rest.sums.subarray(0, ITEM_BYTES).every((byte) => byte === 0))
      return { onlyTheirs, onlyOurs, symbols: seen }
  }
  return null
}

/** The one item of a symbol that holds one, as a copy. */
function pureAt({ sums, counts }: Symbols, place: number): Uint8Array | null {
  if (Math.abs(counts[place]!) !== 1) return null
  const item = sums.slice(place * ITEM_BYTES, (place + 1) * ITEM_BYTES)
  const checksum = checksumOf(item.subarray(0, ID_BYTES))
  return checksum.every((byte, i) => item[ID_BYTES + i] === byte) ? item : null
}

/** Bytes of the first `length` coded symbols: the number of items, then each sum, and how far its count is from what is to be expected. */
export function sizeOfSymbols({ counts }: Symbols, items: number, length: number): number {
  let bytes = varintLength(items)
  for (let i = 0; i < length; i++) bytes += ITEM_BYTES + varintLength(2 * Math.abs(counts[i]! - Math.round(items / (1 + i / 2))))
  return bytes
}

const varintLength = (value: number): number => Math.max(1, Math.ceil(Math.log2(value + 1) / 7))
