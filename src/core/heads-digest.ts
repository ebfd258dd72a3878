/**
 * The digest of heads: equal digests ⇔ equal heads ⇔ equal sets of ops.
 *
 *   digest(heads) = SHA-256("tabweave/heads/1" ‖ their ids, ascending)                           of at most 256 heads
 *                 = SHA-256("tabweave/heads/2" ‖ digest(group 0) ‖ … ‖ digest(group 15))         of more; the groups are by the
 *                                                                                                next half-byte of the ids
 *
 * It is exact, and does not depend on any order. Kept for a tree of heads, one head more or less costs the hashes on one path: some
 * 9 kB at 60,000 heads. Sums and XORs of hashes would be cheaper, and can be forged.
 */
import { DOMAIN } from './domains.ts'
import { domainBytes, sha256 } from './hash.ts'
import type { IdTable } from './id-table.ts'
import { type Branch, GROUP, type IdGroup, type IdTree, type Leaf } from './id-tree.ts'
import { ID_BYTES } from './limits.ts'
import type { OpId } from './op.ts'

const LIST = domainBytes(DOMAIN.heads)
const GROUPS = domainBytes(DOMAIN.headGroups)
const DIGEST_BYTES = 32
const FAN_OUT = 16

/** Buffers that are reused: the bytes that are hashed of a list, and of 16 groups. */
const list = new Uint8Array(LIST.length + GROUP * ID_BYTES)
list.set(LIST)

/** The cost of digests. */
export interface HashWork {
  /** Bytes given to SHA-256. */
  hashed: number
}

/** The digest of a tree of heads. Hashes the groups that changed since the last time, and counts the bytes in `work`. */
export const digestOfTree = ({ ids, root }: IdTree, work: HashWork): Uint8Array => digestOfGroup(ids, root, work)

/** At most 63 calls deep, as a tree is. */
function digestOfGroup(ids: IdTable, group: IdGroup, work: HashWork): Uint8Array {
  return (group.digest ??= 'ops' in group ? digestOfLeaf(ids, group, work) : digestOfBranch(ids, group, work))
}

function digestOfLeaf({ bytes }: IdTable, { ops }: Leaf, work: HashWork): Uint8Array {
  for (const [i, op] of ops.entries()) list.set(bytes.subarray(op * ID_BYTES, (op + 1) * ID_BYTES), LIST.length + i * ID_BYTES)
  return hash(list.subarray(0, LIST.length + ops.length * ID_BYTES), work)
}

function digestOfBranch(ids: IdTable, { groups }: Branch, work: HashWork): Uint8Array {
  const preimage = new Uint8Array(GROUPS.length + FAN_OUT * DIGEST_BYTES)
  preimage.set(GROUPS)
  for (const [i, group] of groups.entries()) preimage.set(digestOfGroup(ids, group, work), GROUPS.length + i * DIGEST_BYTES)
  return hash(preimage, work)
}

function hash(bytes: Uint8Array, work: HashWork): Uint8Array {
  work.hashed += bytes.length
  return sha256(bytes)
}

/** The digest of heads given as a list, ascending. O(heads): where a tree is kept, `digestOfTree` is cheaper. */
export function digestOfHeads(sorted: readonly OpId[]): Uint8Array {
  return digestOfRange(sorted, 0, sorted.length, 0)
}

/** The digest of the heads `from` … `to` − 1, which share `depth` half-bytes. At most 63 calls deep: no two ids are equal. */
function digestOfRange(sorted: readonly OpId[], from: number, to: number, depth: number): Uint8Array {
  if (to - from <= GROUP) {
    const preimage = new Uint8Array(LIST.length + (to - from) * ID_BYTES)
    preimage.set(LIST)
    for (let i = from; i < to; i++) preimage.set(sorted[i]!, LIST.length + (i - from) * ID_BYTES)
    return sha256(preimage)
  }
  const preimage = new Uint8Array(GROUPS.length + FAN_OUT * DIGEST_BYTES)
  preimage.set(GROUPS)
  let begin = from
  for (let slot = 0; slot < FAN_OUT; slot++) {
    let end = begin
    while (end < to && halfByteOf(sorted[end]!, depth) === slot) end++
    preimage.set(digestOfRange(sorted, begin, end, depth + 1), GROUPS.length + slot * DIGEST_BYTES)
    begin = end
  }
  return sha256(preimage)
}

const halfByteOf = (id: OpId, depth: number): number => ((depth & 1) === 0 ? id[depth >> 1]! >> 4 : id[depth >> 1]! & 15)
