/** What every registry guarantees, as tests that each adapter runs. */
import { describe, expect, test } from 'vitest'
import type { KnownNode, Registry } from './store.ts'

const node = (id: string, lastUsed: number): KnownNode => ({ id, room: 'ab'.repeat(32), roomName: `Room of ${id}`, link: 'x', lastUsed })

/** @param open a new registry, empty at first */
export function runRegistryContract(name: string, open: () => Promise<Registry>): void {
  describe(`${name} keeps the registry's contract`, () => {
    test('nodes are listed latest used first; a later put replaces; a forgotten node is gone', async () => {
      const registry = await open()
      expect(await registry.list()).toEqual([])
      for (const known of [node('a', 1), node('c', 3), node('b', 3)]) await registry.put(known)
      expect(await registry.list()).toEqual([node('b', 3), node('c', 3), node('a', 1)])
      await registry.put(node('a', 4))
      await registry.forget('b')
      await registry.forget('never there')
      expect(await registry.list()).toEqual([node('a', 4), node('c', 3)])
    })
  })
}
