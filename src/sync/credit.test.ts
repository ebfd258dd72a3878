/** Who earns by ops that waited: the origins that brought them, and not the one that brought the parent for which they waited. */
import { expect, test } from 'vitest'
import type { SimNode } from '../sim/node.ts'
import { claim, createStage, has, keyNamed, linkNamed, message, push, run } from '../sim/stage.ts'

test('D8 credit for ops that waited goes to the peer that brought them', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const [honest, liar] = [linkNamed(stage, 'honest'), linkNamed(stage, 'liar')]
  for (const link of [honest, liar]) claim(stage, bob, link, [], 0, 0)
  run(stage, 40)
  const parent = message(stage, keyNamed('mallory'), null, [stage.room], 'parent')
  const units = Array.from({ length: 300 }, (_, n) => [message(stage, keyNamed(`author ${n}`), null, [parent.id], `${n}`)])
  for (let n = 0; n < 300; n += 2) push(stage, bob, honest, units.slice(n, n + 2))
  const creditOf = (link: string): number => bob.engine.peers.get(link)!.credit
  const before = { honest: creditOf(honest), liar: creditOf(liar) }
  push(stage, bob, liar, [[parent]])
  expect(units.every(([each]) => has(bob, each!))).toBe(true)
  expect(creditOf(honest) - before.honest).toBeGreaterThanOrEqual(300 * 4)
  expect(creditOf(liar) - before.liar).toBeLessThan(2 * 4)
})
