/** For tests: whole nodes without peers, each closed when its test ends. */
import { afterEach } from 'vitest'
import { createMemoryHub } from '../net/memory.ts'
import { createNode, type Node } from './node.ts'
import type { OpenedNode, OpenStore } from './open-node.ts'

const running: Node[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((node) => node.close()))
})

/** Starts a node; an error in it fails the test. */
export async function start(opened: OpenedNode, openStore: OpenStore): Promise<Node> {
  const node = await createNode({
    opened,
    openStore,
    ways: () => [{ path: 'memory', open: createMemoryHub((task) => void setTimeout(task)).open }],
    onChange: () => {},
    onBroken: (error) => {
      throw error
    },
  })
  running.push(node)
  return node
}
