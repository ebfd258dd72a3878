/** Texts of the graph's screen; those of the card and of the legend are loaded with them. */
import { quotedName } from '../../graph/author-look.ts'
import { countInWords, plural } from '../../core/counts.ts'

export const graphMessages = {
  title: 'Graph',
  label:
    'Graph of ops. Arrow up and down: parents and children. Left and right: neighbours. Plus and minus: zoom. 0: all. L: follow. Escape: clear.',
  /** On the canvas itself: a word each. */
  canvas: { you: 'you', equivocation: 'equivocation', more: 'more' },
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
} as const
