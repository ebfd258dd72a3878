/**
 * Interns 32-byte strings (op ids, author keys) to small integers 0, 1, 2, … in order of insertion. Open addressing over typed arrays: 40
 * to 64 bytes an entry and no object. The hash is keyed by `seed`. Without knowing it, nobody can search for ids that make long probe
 * runs.
 */
import { assert } from './result.ts'

const WIDTH = 32
const START = 64

export interface IdTable {
  length: number
  /** WIDTH bytes an entry. */
  bytes: Uint8Array
  /** entry + 1, or 0 for a free slot; a power of two long, at most half full. */
  slots: Int32Array
  readonly seed: number
}

/** An empty table, with room for `expected` entries before it has to grow. */
export function createIdTable(seed: number, expected = START): IdTable {
  const entries = Math.max(1, expected)
  return { length: 0, bytes: new Uint8Array(entries * WIDTH), slots: new Int32Array(slotsFor(entries)), seed }
}

const slotsFor = (entries: number): number => 2 ** Math.ceil(Math.log2(2 * entries))

function hashAt(bytes: Uint8Array, at: number, seed: number): number {
  let h = seed
  for (let i = at; i < at + 16; i += 4) {
    h ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
    h = Math.imul(h, 0x85ebca6b)
    h ^= h >>> 15
  }
  return h >>> 0
}

/** The slot that holds `id`, or the free one where it would go. */
function slotOf(table: IdTable, id: Uint8Array): number {
  const { slots, bytes } = table
  const mask = slots.length - 1
  let slot = hashAt(id, 0, table.seed) & mask
  for (;;) {
    const entry = slots[slot]! - 1
    if (entry < 0) return slot
    const at = entry * WIDTH
    let i = 0
    while (i < WIDTH && bytes[at + i] === id[i]) i++
    if (i === WIDTH) return slot
    slot = (slot + 1) & mask
  }
}

/** The number of `id`, or −1. O(1). */
export function lookup(table: IdTable, id: Uint8Array): number {
  assert(id.length === WIDTH, 'an id has 32 bytes')
  return table.slots[slotOf(table, id)]! - 1
}

/** The number of `id`; adds it if it is new. */
export function intern(table: IdTable, id: Uint8Array): number {
  assert(id.length === WIDTH, 'an id has 32 bytes')
  const slot = slotOf(table, id)
  const found = table.slots[slot]! - 1
  if (found >= 0) return found
  const entry = table.length
  const full = 2 * (entry + 1) > table.slots.length
  if (full) reserve(table, entry + 1)
  if ((entry + 1) * WIDTH > table.bytes.length) table.bytes = enlarged(table.bytes, entry + 1)
  table.slots[full ? slotOf(table, id) : slot] = entry + 1
  table.bytes.set(id, entry * WIDTH)
  table.length = entry + 1
  return entry
}

/** Adds all of `ids`, 32 bytes each, up to the first that is in the table already; gives how many were added. */
export function internAll(table: IdTable, ids: Uint8Array): number {
  const first = table.length
  const end = first + Math.floor(ids.length / WIDTH)
  reserve(table, end)
  const { bytes, slots, seed } = table
  bytes.set(ids.subarray(0, (end - first) * WIDTH), first * WIDTH)
  const mask = slots.length - 1
  for (let entry = first; entry < end; entry++) {
    let slot = hashAt(bytes, entry * WIDTH, seed) & mask
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) if (compareEntries(table, slots[slot]! - 1, entry) === 0) return entry - first
    slots[slot] = entry + 1
    table.length = entry + 1
  }
  return end - first
}

/** Makes space for `entries` in all, so that the table need not grow before. O(entries). */
export function reserve(table: IdTable, entries: number): void {
  if (entries * WIDTH > table.bytes.length) table.bytes = enlarged(table.bytes, entries)
  if (2 * entries <= table.slots.length) return
  const { bytes, seed } = table
  const slots = new Int32Array(slotsFor(entries))
  const mask = slots.length - 1
  for (let entry = 0; entry < table.length; entry++) {
    let slot = hashAt(bytes, entry * WIDTH, seed) & mask
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = entry + 1
  }
  table.slots = slots
}

/** Half as large again at least, so that adding entries one by one does not copy all of them each time. */
function enlarged(bytes: Uint8Array, entries: number): Uint8Array {
  const out = new Uint8Array(Math.max(entries, Math.ceil((1.5 * bytes.length) / WIDTH)) * WIDTH)
  out.set(bytes)
  return out
}

/** A copy of entry `n`'s bytes. */
export function entryBytes(table: IdTable, n: number): Uint8Array {
  assert(n >= 0 && n < table.length, 'an entry of this table')
  return table.bytes.slice(n * WIDTH, (n + 1) * WIDTH)
}

/** Order of entries `a` and `b` by their bytes. */
export function compareEntries(table: IdTable, a: number, b: number): number {
  const { bytes } = table
  for (let i = 0; i < WIDTH; i++) {
    const d = bytes[a * WIDTH + i]! - bytes[b * WIDTH + i]!
    if (d !== 0) return d
  }
  return 0
}

/**
 * Forgets the last entry. Its slot can simply be freed: entries were placed in order, also when the table grew. So no other entry's probe
 * run passes through the newest one.
 */
export function forgetLast(table: IdTable): void {
  assert(table.length > 0, 'a table with an entry to forget')
  const entry = table.length - 1
  table.slots[slotOf(table, table.bytes.subarray(entry * WIDTH, (entry + 1) * WIDTH))] = 0
  table.length = entry
}
