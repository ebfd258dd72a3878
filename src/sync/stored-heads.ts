/**
 * The heads and tips of the stored ops, kept up to date as ops are stored: a node may tell these to others. A new op costs what it
 * changes: a few bits, and one path of a tree. Digests, the newest heads, the newest tips and parts are read from kept orders. So they
 * cost what is told, and not what is held.
 *
 * Some 14 bytes a head beside a fixed 0.3 bytes an op, and as much again while there are more heads than a protocol message lists.
 */
import type { Dag } from '../core/dag.ts'
import { digestOfTree, type HashWork } from '../core/heads-digest.ts'
import { addToTree, createIdTree, type IdTree, removeFromTree } from '../core/id-tree.ts'
import { addNumber, createNumberSet, deleteNumber, hasNumber, type NumberSet, numbersIn } from '../core/number-set.ts'
import { type Limits, LIMITS } from './limits.ts'
import { addToParts, createParts, type Parts, removeFromParts } from './parts.ts'

export interface StoredHeads {
  readonly dag: Dag
  readonly limits: Limits
  /** This node's sender value: the salt of its own parts. */
  readonly sender: Uint8Array
  /** The first `stored` ops are described. */
  stored: number
  /** Ops that no stored op has as a parent. */
  readonly heads: NumberSet
  /** The other ops that no stored op has as its prev. */
  readonly otherTips: NumberSet
  /** The heads in the order of their ids. */
  readonly tree: IdTree
  /** The heads by parts, while there are more than a message lists. */
  parts: Parts | null
  /** The cost of digests and parts so far. */
  readonly work: HashWork
}

/** A sender value for comparing parts of two nodes without a network. */
export const NO_SENDER = new Uint8Array(32)

/** Nothing is stored yet. */
export function createStoredHeads(dag: Dag, sender: Uint8Array = NO_SENDER, limits: Limits = LIMITS): StoredHeads {
  const [heads, otherTips] = [createNumberSet(), createNumberSet()]
  return { dag, limits, sender, stored: 0, heads, otherTips, tree: createIdTree(dag.ids), parts: null, work: { hashed: 0 } }
}

/** Another op of those that come in together has it as a parent; or an op by its author has it as its prev. */
const HAS_CHILD = 1
const HAS_OWN_CHILD = 2

/** Notes that the first `stored` ops are stored; never fewer than before. O(parents of the new ops). */
export function takeInStored(held: StoredHeads, stored: number): void {
  const { dag, stored: first } = held
  if (stored === first) return
  const marks = new Uint8Array(stored - first)
  for (let op = first; op < stored; op++) {
    const prev = dag.prev[op]!
    for (let edge = dag.parentStart[op]!; edge < dag.parentStart[op + 1]!; edge++) {
      const parent = dag.parent[edge]!
      const isOwn = parent === prev
      if (parent >= first) marks[parent - first]! |= isOwn ? HAS_CHILD | HAS_OWN_CHILD : HAS_CHILD
      else follow(held, parent, isOwn)
    }
  }
  for (const [i, mark] of marks.entries()) {
    if (mark === 0) addHead(held, first + i)
    else if (mark === HAS_CHILD) addNumber(held.otherTips, first + i)
  }
  held.stored = stored
  divide(held)
}

/** An op that was stored before has a child now. `isOwn`: the child is on its author's chain. */
function follow(held: StoredHeads, op: number, isOwn: boolean): void {
  const wasHead = removeHead(held, op)
  if (isOwn) deleteNumber(held.otherTips, op)
  else if (wasHead) addNumber(held.otherTips, op)
}

function addHead({ heads, tree, parts }: StoredHeads, op: number): void {
  addNumber(heads, op)
  addToTree(tree, op)
  if (parts !== null) addToParts(parts, op)
}

function removeHead({ heads, tree, parts }: StoredHeads, op: number): boolean {
  if (!hasNumber(heads, op)) return false
  deleteNumber(heads, op)
  removeFromTree(tree, op)
  if (parts !== null) removeFromParts(parts, op)
  return true
}

/** Keeps parts up to date while they are told. O(heads) when the heads become more than are listed, which are few then; otherwise O(1). */
function divide(held: StoredHeads): void {
  const { heads, limits, dag, sender } = held
  if (heads.size <= limits.tips) held.parts = null
  else if (held.parts === null) {
    held.parts = createParts(dag.ids, sender, limits.parts)
    for (const op of numbersIn(heads)) addToParts(held.parts, op)
  }
}

/** The digest of all heads that are stored. */
export const digestOfStored = ({ tree, work }: StoredHeads): Uint8Array => digestOfTree(tree, work)
