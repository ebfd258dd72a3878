/**
 * A set of ops in the order of their ids, in whatever order they come: a tree over the half-bytes of the ids, the high one of each byte
 * first. A group of at most GROUP ops is one sorted list; a larger one has 16 groups, by the next half-byte. So its shape follows from
 * its members alone, and the digest of heads can have the same shape (`heads-digest.ts`).
 *
 * To add or remove: O(depth + GROUP). Ids are hashes, so a tree of n ops is some log16(n / GROUP) levels deep. Somebody can search for
 * ids: 257 ops that share d half-bytes make the tree d levels deep, and take 257 · 16^d hashes: 2^40 for 8 levels, 2^72 for 16. Each of
 * those levels costs others 528 hashed bytes a change and some 2 kB of memory. No tree is deeper than 62 levels: 257 ids share 61
 * half-bytes at most.
 */
import { compareEntries, type IdTable } from './id-table.ts'
import { ID_BYTES } from './limits.ts'
import { assert } from './result.ts'

/** Ops of a group that is not divided. Part of the protocol: the digest of heads divides at the same number. */
export const GROUP = 256
/** Values of a half-byte. */
const FAN_OUT = 16

export interface Leaf {
  /** Sorted by id. */
  readonly ops: number[]
  /** The digest of the ids, once it was computed (`heads-digest.ts`); null after a change. */
  digest: Uint8Array | null
}

export interface Branch {
  readonly groups: IdGroup[]
  count: number
  digest: Uint8Array | null
}

export type IdGroup = Leaf | Branch

export interface IdTree {
  readonly ids: IdTable
  root: IdGroup
}

/** An empty set of ops whose ids are entries of `ids`. */
export function createIdTree(ids: IdTable): IdTree {
  return { ids, root: emptyLeaf() }
}

const emptyLeaf = (): Leaf => ({ ops: [], digest: null })

export const countIn = (group: IdGroup): number => ('ops' in group ? group.ops.length : group.count)

/** The half-byte of an op's id at this depth. */
function halfByte({ bytes }: IdTable, op: number, depth: number): number {
  const byte = bytes[op * ID_BYTES + (depth >> 1)]!
  return (depth & 1) === 0 ? byte >> 4 : byte & 15
}

/** The place of an op in a sorted list: how many ops come before it. */
function placeIn(ids: IdTable, ops: readonly number[], op: number): number {
  let [from, to] = [0, ops.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (compareEntries(ids, ops[middle]!, op) < 0) from = middle + 1
    else to = middle
  }
  return from
}

/** Puts `next` in the place of a group: below `above`, or as the root. */
function replace(tree: IdTree, above: Branch | null, slot: number, next: IdGroup): void {
  if (above === null) tree.root = next
  else above.groups[slot] = next
}

/** Adds an op, which must not be a member. */
export function addToTree(tree: IdTree, op: number): void {
  const { ids } = tree
  let [group, above, slot, depth]: [IdGroup, Branch | null, number, number] = [tree.root, null, 0, 0]
  for (; 'groups' in group; depth++) {
    group.count++
    group.digest = null
    above = group
    slot = halfByte(ids, op, depth)
    group = group.groups[slot]!
  }
  const place = placeIn(ids, group.ops, op)
  assert(group.ops[place] !== op, 'an op is added to a tree once')
  group.ops.splice(place, 0, op)
  group.digest = null
  if (group.ops.length > GROUP) replace(tree, above, slot, divided(ids, group, depth))
}

/** A group with more than GROUP ops, by its next half-byte, and so on where they all share it. */
function divided(ids: IdTable, { ops }: Leaf, depth: number): Branch {
  const leaves = Array.from({ length: FAN_OUT }, emptyLeaf)
  for (const op of ops) leaves[halfByte(ids, op, depth)]!.ops.push(op)
  // At most 61 calls deep: no two ops have one id.
  const groups = leaves.map((leaf) => (leaf.ops.length > GROUP ? divided(ids, leaf, depth + 1) : leaf))
  return { groups, count: ops.length, digest: null }
}

/** Removes an op, which must be a member. */
export function removeFromTree(tree: IdTree, op: number): void {
  const { ids } = tree
  let [group, above, slot, depth]: [IdGroup, Branch | null, number, number] = [tree.root, null, 0, 0]
  for (; 'groups' in group; depth++) {
    if (--group.count === GROUP) {
      group = { ops: opsOf(group), digest: null }
      replace(tree, above, slot, group)
      break
    }
    group.digest = null
    above = group
    slot = halfByte(ids, op, depth)
    group = group.groups[slot]!
  }
  const place = placeIn(ids, group.ops, op)
  assert(group.ops[place] === op, 'only a member is removed from a tree')
  group.ops.splice(place, 1)
  group.digest = null
}

/** All ops of a group in the order of their ids. */
function opsOf(group: IdGroup, out: number[] = []): number[] {
  if ('ops' in group) for (const op of group.ops) out.push(op)
  else for (const each of group.groups) opsOf(each, out)
  return out
}

/** All ops, in the order of their ids. O(ops). */
export const opsInTree = ({ root }: IdTree): number[] => opsOf(root)

/** How many ops come before a member in the order of their ids. O(depth + log GROUP). */
export function rankInTree({ ids, root }: IdTree, op: number): number {
  let rank = 0
  let group = root
  for (let depth = 0; 'groups' in group; depth++) {
    const slot = halfByte(ids, op, depth)
    for (let before = 0; before < slot; before++) rank += countIn(group.groups[before]!)
    group = group.groups[slot]!
  }
  return rank + placeIn(ids, group.ops, op)
}

/** At most `count` ops from rank `from` on (below 0: from the first), in the order of their ids. O(depth + count). */
export function sliceOfTree({ root }: IdTree, from: number, count: number): number[] {
  const out: number[] = []
  slice(root, from, count, out)
  return out
}

/** Appends the ops of a group that are wanted. Gives how many ops of the group come before `from`. */
function slice(group: IdGroup, from: number, most: number, out: number[]): void {
  if ('ops' in group) {
    for (let i = Math.max(0, from); i < group.ops.length && out.length < most; i++) out.push(group.ops[i]!)
    return
  }
  for (const each of group.groups) {
    if (out.length >= most) return
    const size = countIn(each)
    if (from < size) slice(each, from, most, out)
    from -= size
  }
}
