/** A path that loses many frames, to the only peer. */
import { expect, test } from 'vitest'
import type { SimNode } from '../sim/node.ts'
import { createStage, opsOf, run, runUntil, type } from '../sim/stage.ts'

test('D2 with a third of all frames lost, two nodes are equal within seconds of the last message', () => {
  const late: number[] = []
  for (let seed = 0; seed < 60; seed++) {
    const stage = createStage(2, { seed, lost: 0.33, delay: { least: 20, most: 80 } })
    const [alice, bob] = stage.nodes as [SimNode, SimNode]
    for (let i = 0; i < 12; i++) {
      for (const node of stage.nodes) type(stage, node, `${i}`)
      run(stage, 150)
    }
    late.push(runUntil(stage, 200_000, () => opsOf(alice) === 25 && opsOf(bob) === 25))
  }
  expect(Math.max(...late)).toBeLessThan(40_000)
})
