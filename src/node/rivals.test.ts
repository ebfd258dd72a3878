/** What a node tells of equivocations depends only on the ops that it holds, not on the order in which they came. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareBytes, toHex } from '../core/bytes.ts'
import { append, createDag, idOf, numberOf } from '../core/dag.ts'
import type { Author } from '../core/op.ts'
import { idNumber } from '../core/room.naive.ts'
import { equivocationLine } from '../cli/words.ts'
import { entriesOf } from './evidence.ts'
import { allPairs, createRivals, isForked, latestRivals, pairsOf, rivalsOf } from './rivals.ts'

/** So many first ops of each author. */
type Firsts = readonly number[]

const authorNamed = (n: number): Author => new Uint8Array(32).fill(n + 1) as Author

/** All that is told of these ops once they have come in this order; the ids, which are hashes, are in an order of their own. */
function toldOf(order: readonly (readonly [author: number, op: number])[], asksEarly: boolean) {
  const dag = createDag(1)
  const rivals = createRivals(dag)
  append(dag, { id: idNumber(0), author: authorNamed(99), seq: 0, prev: -1, parents: [] })
  for (const [author, op] of order) {
    append(dag, { id: idNumber(1_000 * (author + 1) + op), author: authorNamed(author), seq: 0, prev: -1, parents: [0] })
    if (asksEarly) allPairs(rivals)
  }
  const ids = Array.from({ length: dag.length }, (_, op) => idOf(dag, op)).sort(compareBytes)
  const hex = (op: number): string => toHex(idOf(dag, op))
  const of = ids.map((id) => {
    const op = numberOf(dag, id)
    const { ops, count } = rivalsOf(rivals, op)
    return {
      id: toHex(id),
      isForked: isForked(rivals, op),
      count,
      rivals: ops.map(hex),
      pairs: pairsOf(rivals, op).map((pair) => pair.map(hex)),
    }
  })
  const lines = latestRivals(rivals, 0, Infinity).map(({ pair, count }) => equivocationLine({ ...entriesOf(dag, [pair])[0]!, count }))
  return {
    of,
    pairs: allPairs(rivals).map((pair) => pair.map(hex)),
    all: entriesOf(dag, allPairs(rivals)),
    lines: lines.sort(),
    count: dag.equivocations.length,
  }
}

const opsOf = (firsts: Firsts): (readonly [number, number])[] =>
  firsts.flatMap((count, author) => Array.from({ length: count }, (_, op) => [author, op] as const))

test('B1 any order of arrival gives the same statement of every equivocation', () => {
  const inAnyOrder = fc
    .array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 })
    .map(opsOf)
    .chain((ops) => fc.tuple(fc.constant(ops), fc.shuffledSubarray(ops, { minLength: ops.length }), fc.boolean()))
  fc.assert(
    fc.property(inAnyOrder, ([ops, other, asksEarly]) => {
      expect(toldOf(other, asksEarly)).toEqual(toldOf(ops, false))
    }),
  )
})

test('B1 each op of one number stands beside the least, and the last line of a terminal names the two least', () => {
  for (const order of ['0 1 2', '0 2 1', '1 0 2', '1 2 0', '2 0 1', '2 1 0']) {
    const told = toldOf(
      order.split(' ').map((op) => [0, Number(op)] as const),
      true,
    )
    const ids = told.of.filter((each) => each.isForked).map(({ id }) => id)
    expect(ids).toHaveLength(3)
    expect(told.pairs).toEqual([ids.slice(0, 2), [ids[0], ids[2]]])
    expect(told.lines).toEqual([
      expect.stringMatching(`signed 3 different ops with number 0, among them ${ids[0]!.slice(0, 8)} and ${ids[1]!.slice(0, 8)}$`),
    ])
    expect(told.count).toBe(2)
  }
})

test('B1 D10 of more ops than MAX_RIVALS the least are told, in any order of arrival', () => {
  const ops = opsOf([70])
  const told = toldOf(ops, false)
  expect(toldOf(ops.toReversed(), true)).toEqual(told)
  const ids = told.of.filter((each) => each.isForked).map(({ id }) => id)
  for (const [i, each] of told.of.filter(({ isForked: is }) => is).entries()) {
    expect(each.rivals).toEqual(ids.filter((id) => id !== each.id).slice(0, 64))
    expect(each.count).toBe(69)
    expect(each.pairs).toEqual(i === 0 ? ids.slice(1, 65).map((id) => [ids[0], id]) : [[ids[0], ids[i]]])
  }
  expect(told.pairs).toHaveLength(69)
})
