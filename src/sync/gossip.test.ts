/** How often a node answers what others tell of themselves. */
import { expect, test } from 'vitest'
import { claim, createStage, linkNamed, run } from '../sim/stage.ts'
import { decodeMessage } from './messages.ts'

test('D7 who tells other heads is told ours once in TELL_PAUSE', () => {
  const toldAfter = (ms: number): number => {
    let told = 0
    const stage = createStage(
      1,
      {},
      {
        told: (_villain, _from, _to, bytes) => {
          const said = decodeMessage(bytes)
          if (said.ok && said.value.type === 'heads') told++
        },
      },
    )
    const link = linkNamed(stage, 'mallory')
    claim(stage, stage.nodes[0]!, link, [], 0, 0)
    run(stage, ms)
    expect(told).toBe(1)
    claim(stage, stage.nodes[0]!, link, [], 0, 0)
    run(stage, 100)
    return told
  }
  expect([toldAfter(999), toldAfter(1_000)]).toEqual([1, 2])
})
