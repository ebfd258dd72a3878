/** Small rooms in all their cases (those of 4 ops are a stage of `npm test`, on all cores); that they are all there; that the definition they are compared with is the one of `definition.ts`. */
import { describe, expect, test } from 'vitest'
import { keyOf } from '../../core/unit.ts'
import { admittedSet } from '../definition.ts'
import { checkShape, type Checked, countCases } from './check.ts'
import { admittedOf } from './defined.ts'
import { has, isAccepted, opsOf } from './ops.ts'
import { isFirstOfItsKind, type Order, ordersOf } from './orders.ts'
import { picture } from './picture.ts'
import { bentShapesOf, type Shape, shapesOf } from './shapes.ts'

/** ms. It only ends what hangs. */
const PATIENCE = 900_000

/** Checks all cases of these shapes; ends at the first failure. */
function checkAll(ops: number, shapes: Iterable<Shape>): Checked {
  const orders = ordersOf(ops)
  let run = 0
  for (const shape of shapes) {
    const checked = checkShape(shape, orders, true)
    run += checked.run
    if (checked.failure !== null) return { ...checked, run }
  }
  return { run, saved: 0, failure: null }
}

const say = (failure: Checked['failure']): string | null => (failure === null ? null : picture(failure))

describe('after each unit, the admitted set is the defined one of the ops that their unit did not drop', () => {
  test.each([
    [1, 2],
    [2, 36],
    [3, 3_432],
  ])(
    'in all rooms of %i ops, whatever is signed, however they are split, in whatever order they come',
    { timeout: PATIENCE },
    (ops, cases) => {
      const { run, failure } = checkAll(ops, shapesOf(ops))
      expect(say(failure)).toBe(null)
      expect(run).toBe(cases)
    },
  )

  test.each([
    [2, 60],
    [3, 12_168],
  ])('in all rooms of %i ops, one of them invalid', { timeout: PATIENCE }, (ops, cases) => {
    const { run, failure } = checkAll(ops, bentShapesOf(ops))
    expect(say(failure)).toBe(null)
    expect(run).toBe(cases)
  })
})

test('of 4 ops there are 1,189,200 cases, of 5 ops 1,251,951,904', { timeout: PATIENCE }, () => {
  expect(countCases(4)).toEqual({ shapes: 991, cases: 1_189_200 })
  expect(countCases(5)).toEqual({ shapes: 72_317, cases: 1_251_951_904 })
})

test('no two shapes are the same', () => {
  const shapes = [...shapesOf(4), ...bentShapesOf(3)].map((shape) => JSON.stringify(shape))
  expect(new Set(shapes).size).toBe(shapes.length)
})

test('the definition on bits is the definition', { timeout: PATIENCE }, () => {
  const differ: string[] = []
  for (const shape of [...shapesOf(3), ...bentShapesOf(3), ...shapesOf(4)]) {
    const ops = opsOf(shape)
    const numbers = new Map(ops.map(({ id }, op) => [keyOf(id), op]))
    for (let signed = 0; signed < 1 << ops.length; signed++) {
      for (let received = 0; received < 1 << ops.length; received++) {
        const some = ops.filter((_, op) => has(received, op))
        const isSigned = ({ id }: (typeof ops)[0]): boolean => has(signed, numbers.get(keyOf(id))!)
        const set = admittedSet(some, ops[0]!.id, isSigned, ({ op }) => isAccepted(op))
        const bits = [...set.keys()].reduce((sum, key) => sum | (1 << numbers.get(key)!), 0)
        if (bits !== admittedOf(shape, signed, received)) differ.push(JSON.stringify({ shape, signed, received }))
      }
    }
  }
  expect(differ.slice(0, 3)).toEqual([])
})

test('of the cases that differ in the numbers of their ops alone, exactly one is the first of its kind', { timeout: PATIENCE }, () => {
  const kinds = new Map<string, number>()
  const orders = ordersOf(4)
  for (const shape of shapesOf(4)) {
    for (const order of orders) {
      const kind = kindOf(shape, order)
      kinds.set(kind, (kinds.get(kind) ?? 0) + (isFirstOfItsKind(shape, order) ? 1 : 0))
    }
  }
  expect(new Set(kinds.values())).toEqual(new Set([1]))
  expect(kinds.size * 2 ** 4).toBe(851_488)
})

/** What a replica receives of a case, but for ids and names: each op by how many came before it, its author by who wrote before. */
function kindOf({ author, prev, parents }: Shape, order: Order): string {
  const sequence = order.map((unit) => author.flatMap((_, op) => (has(unit, op) ? [op] : [])))
  const arrived = sequence.flat()
  const authors = [...new Set(arrived.map((op) => author[op]!))]
  return JSON.stringify(
    sequence.map((unit) =>
      unit.map((op) => [
        authors.indexOf(author[op]!),
        arrived.indexOf(prev[op]!),
        arrived.flatMap((parent, at) => (has(parents[op]!, parent) ? [at] : [])),
      ]),
    ),
  )
}
