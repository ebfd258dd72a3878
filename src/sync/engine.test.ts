import { expect, test } from 'vitest'
import { createWorld, give, idsOf, run, say } from './driver.naive.ts'
import { step } from './engine.ts'

const linked = (world: ReturnType<typeof createWorld>): void => world.nodes.forEach((node) => give(world, node, { type: 'linked' }))

test('a joiner gets the room, and what either says reaches the other', () => {
  const world = createWorld(2)
  const [alice, bob] = world.nodes
  say(world, alice!, 'before bob came')
  linked(world)
  run(world, 1_000)
  expect(bob!.engine.replica.dag.length).toBe(2)
  say(world, bob!, 'hello')
  run(world, 200)
  expect(alice!.engine.replica.dag.length).toBe(3)
  expect(idsOf(alice!)).toBe(idsOf(bob!))
})

test('nodes that were apart and both wrote end up with the same ops', () => {
  const world = createWorld(4)
  linked(world)
  run(world, 1_000)
  world.nodes[0]!.offline = true
  for (let i = 0; i < 50; i++) for (const node of world.nodes) say(world, node, `apart ${i}`)
  run(world, 3_000)
  world.nodes[0]!.offline = false
  give(world, world.nodes[0]!, { type: 'linked' })
  run(world, 3_000)
  expect(new Set(world.nodes.map(idsOf)).size).toBe(1)
  expect(world.nodes[0]!.engine.replica.dag.length).toBe(201)
})

test('D1 a wire that drops and repeats a third of all messages delays agreement and does not prevent it', () => {
  const world = createWorld(5)
  let random = 7
  world.fate = () => {
    random = (random * 48271) % 2147483647
    return (['drop', 'repeat', 'deliver'] as const)[random % 3]!
  }
  linked(world)
  for (let i = 0; i < 40; i++) {
    for (const node of world.nodes) say(world, node, `lossy ${i}`)
    run(world, 100)
  }
  run(world, 120_000)
  expect(new Set(world.nodes.map(idsOf)).size).toBe(1)
  expect(world.nodes[0]!.engine.replica.dag.length).toBe(201)
})

test('an alarm that comes too early is asked for again', () => {
  const { nodes } = createWorld(1)
  const { engine } = nodes[0]!
  step(engine, { type: 'linked' }, 0)
  const { wakeAt } = engine
  expect(wakeAt).toBeGreaterThan(1)
  expect(step(engine, { type: 'tick' }, wakeAt - 1)).toContainEqual({ type: 'wakeAt', at: wakeAt })
})
