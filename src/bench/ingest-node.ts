/** The same node in Node, with a store in memory: what the engine does without a browser around it. */
import { createNode } from '../node/node.ts'
import { generateKey } from '../node/signer.ts'
import { createMemoryStore } from '../store/memory.ts'

/** Imports the file into a new node without paths; ms until the last op is stored. */
export async function importInNode(genesis: Uint8Array, secret: Uint8Array, file: Uint8Array, ops: number): Promise<number> {
  const store = createMemoryStore()
  const identity = { ...(await generateKey()), genesis, secret, createdAt: Date.now() }
  await store.putIdentity(identity)
  let changed = (): void => {}
  const node = await createNode({
    opened: { identity, store, resumed: false, salvaged: false },
    openStore: () => Promise.resolve(createMemoryStore()),
    ways: () => [],
    onChange: () => changed(),
    onBroken: (error) => {
      throw error
    },
  })
  const start = performance.now()
  const stored = new Promise<number>((resolve) => {
    changed = () => {
      if (node.engine.stored === ops) resolve(performance.now())
    }
  })
  await node.import(file)
  const end = await stored
  await node.close()
  return end - start
}
