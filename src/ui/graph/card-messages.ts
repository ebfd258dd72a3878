/** Texts of the card of the selected op. */
import { quotedName } from '../../graph/author-look.ts'
import { countInWords } from '../../core/counts.ts'
import { bytesInWords } from '../bytes-in-words.ts'

export const cardMessages = {
  name: 'The selected op',
  close: 'Clear the selection',
  op: (seq: number) => `op ${countInWords(seq)}`,
  forked: 'An equivocation: its author signed another op with this number. Both stay. The other:',
  exportEvidence: 'Export the evidence',
  evidenceWritten: (file: string) => `Downloaded as ${quotedName(file)}. Anyone can check it, without this room. `,
  evidenceCheck: 'Check it',
  evidenceGone: 'The disk cannot give these ops back.',
  depth: 'Depth',
  depthOf: (depth: number) => countInWords(depth),
  time: 'Author’s time',
  parents: 'Parents',
  children: 'Children',
  none: 'none',
  genesis: 'none: it is the room’s first op',
  headNow: 'none yet: it is a head',
  seenBy: 'Seen by',
  seenByCount: (k: number, n: number) => `${countInWords(k)} of ${countInWords(n)}`,
  heldBy: 'Held by',
  heldByNone: 'no connected peer, as far as known',
  signed: 'Signature',
  signedSelf: 'valid',
  signedLater: 'valid, on a later op of its author',
  size: 'Size',
  bytes: bytesInWords,
  reach: (past: number, future: number, concurrent: number) =>
    `${countInWords(past)} earlier · ${countInWords(future)} later · ${countInWords(concurrent)} concurrent`,
  inHistory: 'Show in the history',
  copy: 'Copy the id',
  more: (n: number) => `and ${countInWords(n)} more`,
  moreUntold: (n: number) => `and ${countInWords(n)} more, which are not listed`,
  pending: 'Pending: not in the graph of this node yet.',
  rejected: 'Rejected: this node will not take it in.',
  unknown: 'This node does not know this op.',
} as const
