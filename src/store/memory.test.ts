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
      for (const map of [disk.records, disk.index]) {
        map.set = (first, record) => {
          if (writes-- === 0) throw new DOMException('no room', 'QuotaExceededError')
          return Map.prototype.set.call(map, first, record) as typeof map
        }
      }
      return () => [disk.records, disk.index].forEach((map) => Reflect.deleteProperty(map, 'set'))
    },
    dispose: async () => undefined,
  }
})

runRegistryContract('a registry in memory', async () => createMemoryRegistry())
