/** What the graph's place needs of a node. */
import type { EvidenceEntry, Hex, OpDetails } from '../../worker/api.ts'

export interface GraphHost {
  /** Hands the node's worker the port on which it is to deliver `GraphFeed`. */
  connectGraph(port: MessagePort): void
  /** Everything about one op; null when this node has not admitted it. */
  inspect(id: Hex): Promise<OpDetails | null>
  /** Evidence of the equivocations that an op is in. */
  evidence(id: Hex): Promise<readonly EvidenceEntry[]>
}
