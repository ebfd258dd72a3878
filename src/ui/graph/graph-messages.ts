/** Texts of the graph's screen; `ui/messages.ts` takes them in. */
import { quotedName } from '../../graph/author-look.ts'
import { countInWords, plural } from '../../core/counts.ts'
import { bytesInWords } from '../bytes-in-words.ts'

export const graphMessages = {
  title: 'Graph',
  label:
    'Graph of ops. Arrow up and down: parents and children. Left and right: neighbours. Plus and minus: zoom. 0: all. L: follow. Escape: clear.',
  /** On the canvas itself: a word each. */
  canvas: { you: 'you', forked: 'forked' },
  toolbar: {
    name: 'View',
    follow: 'Follow the newest (L)',
    fit: 'Show all (0)',
    enlarge: 'Enlarge the graph',
    reduce: 'Make the graph smaller',
    zoomIn: 'Zoom in (+)',
    zoomOut: 'Zoom out (−)',
    legend: 'What the marks mean, and how to move',
  },
  legend: {
    title: 'What the marks mean',
    op: 'an op; shape and colour are its author’s',
    head: 'a head: nothing follows it yet',
    own: 'a straight line: up to the previous op of the same author',
    seen: 'a curve: up to an op of another author, which its author had seen',
    lane: 'the lane of this node',
    thread:
      'a peer’s ribbon: the peer has the ops above it. If it is straight and below the newest row, the peer has all ops that you have. “−3” at its end: the peer lacks 3 ops. At most 8 peers have one',
    pending: 'pending: waits for a missing parent or for a signature',
    rejected: 'rejected: it broke a rule',
    forked: 'equivocation: two ops by one author with the same number. A dashed line joins them',
    far: 'instead of ops where there are too many of them, for example after “Show all”: a band for each author, wider where it wrote more',
    rows: 'Later in the graph is further down. The row of an op is its depth: one more than its deepest parent. Rows are not sorted by clock time. An op never changes its row. Lanes stand in the order of their author’s first op, by depth and then by id: nodes with the same digest show the same graph. If there is not enough space for all lanes, authors who are not connected and have written nothing for longest share the last one, with “+” and their number. If a lane is too narrow for the nickname, point at the top of the lane to see it.',
  },
  /** The keys are those while the graph has the focus. */
  moves: {
    title: 'How to move in the graph',
    rows: [
      ['Wheel', 'zoom; with Shift, move sideways'],
      ['Drag', 'move; on a touchpad, scroll with two fingers'],
      ['Pinch', 'zoom, on a touchscreen or a touchpad'],
      ['+ − 0', 'zoom in, zoom out, show all'],
      ['L', 'follow the newest'],
      ['↑ ↓', 'select a parent, a child'],
      ['← →', 'select a neighbour'],
      ['Esc', 'clear the selection'],
    ] as readonly (readonly [string, string])[],
  },
  status: (ops: number, lanes: number) => `${plural(ops, 'op')} in ${plural(lanes, 'lane')}`,
  empty: 'The graph grows here, op by op.',
  close: 'Close',
  you: 'you',
  mirror: {
    item: (name: string, seq: number, row: number, id: string) => `${name}, op ${countInWords(seq)}, depth ${countInWords(row)}, ${id}`,
    state: { admitted: '', forked: ', equivocation', pending: ', pending', rejected: ', rejected' },
    lane: (nickname: string, name: string) => (name === '' ? nickname : `${nickname} ${quotedName(name)}`),
    lanes: (names: string, folded: string, more: number) =>
      `Lanes from left to right: ${names}${folded === '' ? '' : `; in one lane at the right: ${folded}`}${more === 0 ? '' : `, and ${plural(more, 'other author')}`}`,
    foldedLanes: (names: string, more: number) =>
      `Not enough space for the lanes of ${names}${more === 0 ? '' : `; and of ${countInWords(more)} more`}`,
    hidden: (n: number) => `${plural(n, 'more op')} in sight`,
    grown: (n: number) => plural(n, 'new op'),
  },
  card: {
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
  },
} as const
