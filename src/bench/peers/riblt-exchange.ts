/** A rateless table (`riblt.ts`) between two sets of ids that share a history: nobody stores a DAG, and nobody is authenticated. */
import { toHex } from '../../core/bytes.ts'
import type { PeerProtocol } from './exchange.ts'
import { encodeSymbols, peel, sizeOfSymbols } from './riblt.ts'

/** Coded symbols that are at hand: for a difference of n items some 1.4 n are needed, more for few. */
const AT_HAND = 8_192
/** What an id is asked for by, once both know which it can be: its checksum. Bytes. */
const SHORT_ID = 8

export const riblt: PeerProtocol = {
  name: 'riblt (our implementation)',
  prepare({ ops }) {
    const base = encodeSymbols(
      ops.map(({ id }) => id),
      AT_HAND,
    )
    return (differences) => {
      const [own, other] = differences.map((ops) => ops.map(({ id }) => id))
      const [theirs, ours] = [own!, other!].map((ids) => encodeSymbols(ids, AT_HAND, base))
      const peeled = peel(theirs!, ours!)
      const hexOf = (ids: readonly Uint8Array[]): string => ids.map(toHex).sort().join()
      if (peeled === null || hexOf(peeled.onlyTheirs) !== hexOf(own!) || hexOf(peeled.onlyOurs) !== hexOf(other!)) {
        throw new Error('it found another difference')
      }
      // The symbols; then what the first lacks, and the question for what the second lacks; then that.
      const bytes = sizeOfSymbols(theirs!, ops.length + own!.length, peeled.symbols)
      return { overhead: bytes + SHORT_ID * peeled.onlyTheirs.length, roundTrips: 1.5 }
    }
  },
}
