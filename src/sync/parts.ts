/**
 * More heads than a message can list, said in a few kB: each falls into one of so many parts, and a part is told by a few bytes of
 * a hash of the heads in it. Where two nodes tell the same of a part they hold the same heads there, as far as a guess goes: like
 * any guess it may be wrong, and is given up when what follows from it does not come true. Which part a head falls into, and the
 * hash, depend on the asker's sender value: nobody can write ops ahead of time that all fall into one part, or are told alike.
 */
import { compareEntries } from '../core/id-table.ts'
import type { Dag } from '../core/dag.ts'
import { equalBytes } from '../core/bytes.ts'
import { sha256 } from '../core/hash.ts'
import { ID_BYTES } from '../core/limits.ts'

/** Parts in a message (3 kB): of 10,000 heads some twenty in each. */
export const MAX_PARTS = 512
/** Bytes that tell a part: enough for one wrong guess in ages. */
export const PART_BYTES = 6

/** Which of `count` parts an id falls into: its bytes at `at`, mixed with the salt. */
function partOf(ids: Uint8Array, at: number, salt: Uint8Array, count: number): number {
  let mixed = 0
  for (let i = 0; i < 8; i++) mixed = Math.imul(mixed ^ ids[at + i]! ^ (salt[i]! << 8), 0x9e3779b1) ^ (mixed >>> 15)
  return (mixed >>> 0) % count
}

/** What is told of each of `count` parts of these heads, one after the other. `salt`: a sender value. O(heads log heads). */
export function describeParts(dag: Dag, heads: readonly number[], salt: Uint8Array, count: number): Uint8Array {
  const out = new Uint8Array(count * PART_BYTES)
  for (const [part, ops] of partsOf(dag, heads, salt, count).entries()) out.set(digestOf(dag, ops, salt), part * PART_BYTES)
  return out
}

/** Of these heads, those in parts of which `parts` tells the same. O(heads log heads). */
export function sameParts(dag: Dag, heads: readonly number[], salt: Uint8Array, parts: Uint8Array): number[] {
  const count = parts.length / PART_BYTES
  if (count === 0) return []
  return partsOf(dag, heads, salt, count).flatMap((ops, part) => {
    const told = parts.subarray(part * PART_BYTES, (part + 1) * PART_BYTES)
    return ops.length > 0 && equalBytes(told, digestOf(dag, ops, salt)) ? ops : []
  })
}

function partsOf({ ids }: Dag, heads: readonly number[], salt: Uint8Array, count: number): number[][] {
  const parts = Array.from({ length: count }, (): number[] => [])
  for (const op of heads) parts[partOf(ids.bytes, op * ID_BYTES, salt, count)]!.push(op)
  return parts
}

function digestOf({ ids }: Dag, ops: number[], salt: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(salt.length + ops.length * ID_BYTES)
  bytes.set(salt)
  ops.sort((a, b) => compareEntries(ids, a, b))
  for (const [i, op] of ops.entries()) bytes.set(ids.bytes.subarray(op * ID_BYTES, (op + 1) * ID_BYTES), salt.length + i * ID_BYTES)
  return sha256(bytes).subarray(0, PART_BYTES)
}
