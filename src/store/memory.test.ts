/** Store and registry in memory keep their contracts. */
import { createMemoryDisk, createMemoryRegistry, createMemoryStore } from './memory.ts'
import { runRegistryContract } from './registry.contract.ts'
import { runStoreContract } from './store.contract.ts'

runStoreContract('a store in memory', () => {
  const disk = createMemoryDisk()
  return {
    open: async () => createMemoryStore(disk),
    async flipBit(first) {
      disk.records.get(first)!.bytes[3]! ^= 4
    },
    async flipIndexBit(first) {
      disk.index.get(first)!.bytes[3]! ^= 4
    },
    fillAfter(writes) {
      const maps: readonly Map<unknown, unknown>[] = [disk.records, disk.index, disk.marks]
      for (const map of maps) {
        map.set = (first, record) => {
          if (writes-- === 0) throw new DOMException('no room', 'QuotaExceededError')
          return Map.prototype.set.call(map, first, record)
        }
      }
      return () => maps.forEach((map) => Reflect.deleteProperty(map, 'set'))
    },
    loseMark: async () => disk.marks.clear(),
    dispose: async () => undefined,
  }
})

runRegistryContract('a registry in memory', async () => createMemoryRegistry())
