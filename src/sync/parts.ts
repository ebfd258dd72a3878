/**
 * Describes more heads than a message can list in a few kB. Each head belongs to one part of a fixed number of parts. A part is described
 * by the first bytes of a hash of the heads in it. If both nodes have the same description of a part, they assume that they hold the same
 * heads in it. A wrong assumption is found later, because the digests still differ, and is corrected. The part of a head and the
 * description of a part depend on the asker's sender value: nobody can prepare ops that all belong to one part, or that have the same
 * description. Somebody who writes ops after the sender value is known can put all of them into one part. Then parts say little, and
 * cost no more.
 *
 *   description of a part = the first 6 bytes of SHA-256(sender value ‖ digest of the heads in it, as of all heads)
 */
import { equalBytes } from '../core/bytes.ts'
import type { Dag } from '../core/dag.ts'
import { sha256 } from '../core/hash.ts'
import { digestOfTree, type HashWork } from '../core/heads-digest.ts'
import type { IdTable } from '../core/id-table.ts'
import { addToTree, countIn, createIdTree, type IdTree, opsInTree, removeFromTree } from '../core/id-tree.ts'
import { ID_BYTES } from '../core/limits.ts'
import { pushAll } from '../core/lists.ts'

/** Parts in a message (3 kB): of 10,000 heads some twenty in each. */
export const MAX_PARTS = 512
/** Bytes that describe a part: a wrong guess is very rare. */
export const PART_BYTES = 6

/** Heads by their parts, and the latest descriptions of the parts. */
export interface Parts {
  readonly ids: IdTable
  readonly salt: Uint8Array
  readonly trees: readonly IdTree[]
  readonly told: Uint8Array
  /** Parts that changed since they were described. */
  readonly changed: Set<number>
}

/** `count` parts without any heads, for this sender value. */
export function createParts(ids: IdTable, salt: Uint8Array, count: number): Parts {
  const trees = Array.from({ length: count }, () => createIdTree(ids))
  return { ids, salt, trees, told: new Uint8Array(count * PART_BYTES), changed: new Set(trees.keys()) }
}

export function addToParts(parts: Parts, op: number): void {
  const part = partOf(parts, op)
  addToTree(parts.trees[part]!, op)
  parts.changed.add(part)
}

export function removeFromParts(parts: Parts, op: number): void {
  const part = partOf(parts, op)
  removeFromTree(parts.trees[part]!, op)
  parts.changed.add(part)
}

/** The part to which a head belongs: the first bytes of its id, mixed with the salt. */
function partOf({ ids, salt, trees }: Parts, op: number): number {
  let mixed = 0
  for (let i = 0; i < 8; i++) mixed = Math.imul(mixed ^ ids.bytes[op * ID_BYTES + i]! ^ (salt[i]! << 8), 0x9e3779b1) ^ (mixed >>> 15)
  return (mixed >>> 0) % trees.length
}

/** The descriptions of all parts, one after the other. Hashes parts that changed since the last time, and counts the bytes in `work`. */
export function describeParts(parts: Parts, work: HashWork): Uint8Array<ArrayBuffer> {
  for (const part of parts.changed) parts.told.set(tellPart(parts, part, work), part * PART_BYTES)
  parts.changed.clear()
  return parts.told.slice()
}

function tellPart({ salt, trees }: Parts, part: number, work: HashWork): Uint8Array {
  const preimage = new Uint8Array(2 * 32)
  preimage.set(salt)
  preimage.set(digestOfTree(trees[part]!, work), 32)
  work.hashed += preimage.length
  return sha256(preimage).subarray(0, PART_BYTES)
}

/** Those of these heads that are in parts with the same description in `told`. O(heads): hashes them all, and counts the bytes in `work`. */
export function sameParts(dag: Dag, heads: Iterable<number>, salt: Uint8Array, told: Uint8Array, work: HashWork): number[] {
  const parts = createParts(dag.ids, salt, told.length / PART_BYTES)
  const same: number[] = []
  if (parts.trees.length === 0) return same
  for (const op of heads) addToParts(parts, op)
  for (const [part, tree] of parts.trees.entries()) {
    const said = told.subarray(part * PART_BYTES, (part + 1) * PART_BYTES)
    if (countIn(tree.root) > 0 && equalBytes(said, tellPart(parts, part, work))) pushAll(same, opsInTree(tree))
  }
  return same
}
