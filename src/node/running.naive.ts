/** For tests: whole nodes, without peers if no hub is given, each closed when its test ends. */
import { afterEach } from 'vitest'
import { createMemoryHub, type MemoryHub } from '../net/memory.ts'
import { createNode, type Node } from './node.ts'
import type { OpenedNode, OpenStore } from './open-node.ts'
import { generateKey } from './signer.ts'

const running: Node[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((node) => node.close()))
})

export const newHub = (): MemoryHub => createMemoryHub((task) => void setTimeout(task))

/** Starts a node that meets those of its hub; an error in it fails the test. */
export async function start(opened: OpenedNode, openStore: OpenStore, hub = newHub(), mint = generateKey): Promise<Node> {
  const node = await createNode({
    opened,
    openStore,
    mint,
    ways: () => [{ path: 'memory', open: hub.open }],
    onChange: () => {},
    onBroken: (error) => {
      throw error
    },
  })
  running.push(node)
  return node
}
