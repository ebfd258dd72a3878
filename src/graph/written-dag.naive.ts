/**
 * A DAG written in a test, "a0, b0 < a0, a1 < a0 b0": a letter is an author, a number a seq, a mark after it ("a1'") tells
 * the two sides of an equivocation apart. Ops are numbered as written. Also: any DAG, for properties.
 */
import fc from 'fast-check'
import { greatestOf } from '../core/lists.ts'
import type { GraphFeed, PeerFrontier } from './feed.ts'
import { settleColumns } from './columns.ts'
import { createLayout, type Layout } from './layout.ts'
import { addIds, place } from './place.ts'

export interface WrittenOp {
  readonly name: string
  readonly author: number
  readonly seq: number
  readonly parents: readonly number[]
}

export function writtenDag(text: string): WrittenOp[] {
  const numbers = new Map<string, number>()
  const authors = new Map<string, number>()
  return text.split(',').map((item, op) => {
    const [name = '', parents = ''] = item.split('<').map((part) => part.trim())
    numbers.set(name, op)
    const letter = name[0]!
    authors.set(letter, authors.get(letter) ?? authors.size)
    const named = parents.split(' ').filter((parent) => parent !== '')
    return {
      name,
      author: authors.get(letter)!,
      seq: Number.parseInt(name.slice(1)),
      parents: named.map((parent) => numbers.get(parent) ?? fail(`${parent} is not written before ${name}`)),
    }
  })
}

function fail(sentence: string): never {
  throw new Error(sentence)
}

/** A settled layout of `ops`, with the ids of `idOf`. */
export function layoutOf(ops: readonly WrittenOp[], idOf: (op: number) => Uint8Array = idBytes): Layout {
  const layout = createLayout()
  for (const [i, op] of ops.entries()) {
    addIds(layout, idOf(i))
    place(layout, op.author, op.seq, Int32Array.from(op.parents))
  }
  settleColumns(layout)
  return layout
}

/** An id for each op and a key for each author, of repeated bytes: easy to read in a failure. Up to 255 ops they are in the order of the ops. */
export const idBytes = (op: number): Uint8Array => new Uint8Array(32).fill(op + 1)
export const keyBytes = (author: number): Uint8Array => new Uint8Array(32).fill(0xa0 + author)

/** A peer that holds these ops and all in their past, and no others. */
export const holderOf = (author: number | null, heads: readonly number[]): PeerFrontier => ({
  author: author === null ? null : keyBytes(author),
  first: 0,
  heads,
  isAll: true,
})

/** What a node would tell the graph: authors, then ops `from` … `to − 1`. */
export function feedOf(ops: readonly WrittenOp[], from = 0, to = ops.length): GraphFeed[] {
  const part = ops.slice(from, to)
  const authors = greatestOf(
    ops.map((op) => op.author + 1),
    0,
  )
  const starts = [0]
  for (const op of part) starts.push(starts.at(-1)! + op.parents.length)
  return [
    { type: 'authors', first: 0, keys: Uint8Array.from(Array.from({ length: authors }, (_, i) => [...keyBytes(i)]).flat()) },
    {
      type: 'ops',
      first: from,
      ids: Uint8Array.from(part.flatMap((_, i) => [...idBytes(from + i)])),
      authors: Int32Array.from(part, (op) => op.author),
      parentStart: Int32Array.from(starts),
      parents: Int32Array.from(part.flatMap((op) => op.parents)),
      seqs: Int32Array.from(part, (op) => op.seq),
    },
  ]
}

/** Any DAG of up to `most` ops by up to four authors, some of whom fork. */
export function anyDag(most = 40): fc.Arbitrary<WrittenOp[]> {
  const choice = fc.record({ author: fc.nat(3), fork: fc.integer({ min: 0, max: 9 }), deps: fc.array(fc.nat(), { maxLength: 3 }) })
  return fc.array(choice, { maxLength: most }).map((choices) => {
    const ops: WrittenOp[] = []
    for (const { author, fork, deps } of choices) {
      const own = ops.flatMap((op, i) => (op.author === author ? [i] : []))
      const prev = fork === 0 && own.length > 1 ? own[Math.floor(own.length / 2)] : own.at(-1)
      const others = deps.filter(() => ops.length > 0).map((dep) => dep % ops.length)
      const parents = [...new Set(prev === undefined ? others : [prev, ...others])]
      ops.push({ name: `${ops.length}`, author, seq: prev === undefined ? 0 : ops[prev]!.seq + 1, parents })
    }
    return ops
  })
}

/** The ops in the causal past of `op`, itself not among them, by the definition. */
export function naivePast(ops: readonly WrittenOp[], op: number): Set<number> {
  return new Set(ops[op]!.parents.flatMap((parent) => [parent, ...naivePast(ops, parent)]))
}
