/**
 * Negentropy, protocol V1 (range-based reconciliation by fingerprints), by the package nostr-tools: finds which 32-byte ids each
 * side lacks, and knows nothing of a DAG. Whoever is sent a list of ids learns what differs there and does not answer with its own,
 * which is a little less than the protocol asks. Sides sort their ids by time, as it is used, or by the ids alone.
 */
import { toHex } from '../../core/bytes.ts'
import { ID_BYTES } from '../../core/limits.ts'
import { cpuMs } from '../machine.ts'
import type { HashedOp } from '../sync-room.ts'
import type { PeerProtocol } from './exchange.ts'
import { loadPackage } from './load.ts'

interface Storage {
  insert(time: number, id: string): void
  seal(): void
}

interface Side {
  initiate(): string
  reconcile(query: string, onHave?: (id: string) => void, onNeed?: (id: string) => void): string | null
}

interface NostrTools {
  readonly nip77: {
    readonly NegentropyStorageVector: new () => Storage
    readonly Negentropy: new (storage: Storage, frameSizeLimit: number) => Side
  }
}

/** Bytes of a message, which the package writes as hex. */
const bytesOf = (message: string): number => message.length / 2

/** What of two sets only one side holds, and what finding it took. `ms`: CPU time of both sides, from the first message on. */
export interface Found {
  readonly onlyFirst: readonly string[]
  readonly onlySecond: readonly string[]
  readonly bytes: number
  readonly flights: number
  readonly ms: number
}

export interface Timed {
  readonly id: Uint8Array
  readonly time: number
}

/** Reconciles two sets; sorting them is not counted. */
export function reconcileByRanges(folder: string, sets: readonly (readonly Timed[])[]): Found {
  const { nip77 } = loadPackage<NostrTools>(folder, 'nostr-tools')
  const [first, second] = sets.map((set) => {
    const storage = new nip77.NegentropyStorageVector()
    for (const { id, time } of set) storage.insert(time, toHex(id))
    storage.seal()
    return new nip77.Negentropy(storage, Infinity)
  })
  const onlyFirst: string[] = []
  const onlySecond: string[] = []
  const start = cpuMs()
  let [side, other, isFirst] = [second!, first!, false]
  let bytes = 0
  let flights = 0
  for (let message: string | null = first!.initiate(); message !== null; [side, other, isFirst] = [other, side, !isFirst]) {
    bytes += bytesOf(message)
    flights++
    const [own, others] = isFirst ? [onlyFirst, onlySecond] : [onlySecond, onlyFirst]
    message = side.reconcile(
      message,
      (id) => own.push(id),
      (id) => others.push(id),
    )
  }
  return { onlyFirst, onlySecond, bytes, flights, ms: cpuMs() - start }
}

export function negentropy(folder: string, isTimed: boolean): PeerProtocol {
  const timed = ({ id, op }: HashedOp): Timed => ({ id, time: isTimed ? op.time : 0 })
  return {
    name: isTimed ? 'negentropy' : 'negentropy, by ids alone',
    prepare({ ops }) {
      const common = ops.map(timed)
      return (differences) => {
        const found = reconcileByRanges(
          folder,
          differences.map((own) => [...common, ...own.map(timed)]),
        )
        const expected = differences.map((own) => own.map(({ id }) => toHex(id)).sort())
        if ([found.onlyFirst, found.onlySecond].some((ids, i) => ids.toSorted().join() !== expected[i]!.join()))
          throw new Error('it found another difference')
        // Whoever learned the difference sends what it has beyond it and asks for the rest by id: two flights more.
        return { overhead: found.bytes + ID_BYTES * found.onlySecond.length, roundTrips: (found.flights + 2) / 2 }
      }
    },
  }
}
