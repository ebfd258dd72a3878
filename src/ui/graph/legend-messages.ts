/** Texts of the graph's legend, and how one moves in the graph. */

export const legendMessages = {
  title: 'What the marks mean',
  op: 'an op; shape and colour are its author’s',
  head: 'a head: nothing follows it yet',
  own: 'a straight line: up to the previous op of the same author',
  seen: 'a curve: up to an op of another author, which its author had seen',
  lane: 'the lane of this node',
  thread:
    'a peer’s ribbon: the peer has the ops above it. If it is straight and below the newest row, the peer has all ops that you have. “−3” at its end: the peer lacks 3 ops. If the ribbon is dashed, this node does not know all heads of the peer, and the peer may have ops below it, too. At most 8 peers have one',
  pending: 'pending: waits for a missing parent or for a signature',
  rejected: 'rejected: it broke a rule',
  forked: 'equivocation: two ops by one author with the same number. A dashed line joins them',
  far: 'instead of ops where there are too many of them, for example after “Show all”: a band for each author, wider where it wrote more',
  rows: 'Later in the graph is further down. The row of an op is its depth: one more than its deepest parent. Rows are not sorted by clock time. An op never changes its row. Lanes stand in the order of their author’s first op, by depth and then by id: nodes with the same digest show the same graph. If there is not enough space for all lanes, some authors share the last one, with “+” and their number: first those who are not connected, and of these first the ones whose last op is oldest. If more authors are connected than there is space for, drag the picture sideways: “12 more →” says that 12 lanes are out of sight there. If a lane is too narrow for the nickname, point at the top of the lane to see it.',
} as const

/** The keys are those while the graph has the focus. */
export const movesMessages = {
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
} as const
