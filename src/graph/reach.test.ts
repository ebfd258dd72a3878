/** Past and future of an op, against the definition. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLayout } from './layout.ts'
import { addIds, place } from './place.ts'
import { CHOSEN, createReach, extendReach, FUTURE, PAST, type Reach, REST } from './reach.ts'
import { anyDag, idBytes, layoutOf, naivePast, type WrittenOp } from './written-dag.naive.ts'

function expectedMarks(ops: readonly WrittenOp[], chosen: number): number[] {
  const past = naivePast(ops, chosen)
  return ops.map((_, op) => (op === chosen ? CHOSEN : past.has(op) ? PAST : naivePast(ops, op).has(chosen) ? FUTURE : REST))
}

function counted(reach: Reach): { past: number; future: number } {
  const marks = [...reach.marks]
  return { past: marks.filter((mark) => mark === PAST).length, future: marks.filter((mark) => mark === FUTURE).length }
}

const dagAndOp = anyDag(16)
  .filter((ops) => ops.length > 0)
  .chain((ops) => fc.tuple(fc.constant(ops), fc.nat(ops.length - 1)))

test('past, future and the rest are what the definition says', () => {
  fc.assert(
    fc.property(dagAndOp, ([ops, chosen]) => {
      const reach = createReach(layoutOf(ops), chosen)
      expect([...reach.marks]).toEqual(expectedMarks(ops, chosen))
      expect(counted(reach)).toEqual({ past: reach.past, future: reach.future })
    }),
  )
})

test('marks that grow with the DAG are those made afterwards', () => {
  fc.assert(
    fc.property(dagAndOp, ([ops, chosen]) => {
      const layout = createLayout()
      const put = ({ author, seq, parents }: WrittenOp): void => {
        addIds(layout, idBytes(layout.ops))
        place(layout, author, seq, Int32Array.from(parents))
      }
      ops.slice(0, chosen + 1).forEach(put)
      const reach = createReach(layout, chosen)
      for (const op of ops.slice(chosen + 1)) {
        put(op)
        extendReach(reach, layout)
      }
      expect([...reach.marks.subarray(0, layout.ops)]).toEqual(expectedMarks(ops, chosen))
      expect(counted(reach)).toEqual({ past: reach.past, future: reach.future })
    }),
  )
})
