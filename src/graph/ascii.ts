/**
 * A layout as a picture of text, for tests and for terminals: one line a row. `*` is a head, `o` another op, `|` a lane that
 * passes by; at the right, the row's ops from left to right, each with its parents.
 *
 *     o            a0
 *     |     o      b0 < a0
 *     *     |      a1 < a0
 *           *      b1 < b0 a1
 */
import { isHead, laneX, type Layout, NONE, opX } from './layout.ts'

const COLUMN_WIDTH = 6

/** The picture. `nameOf` names an op. O(rows × lanes): for graphs that a person can read. */
export function drawAscii(layout: Layout, nameOf: (op: number) => string): string {
  const at = (x: number): number => Math.round(x * COLUMN_WIDTH) + 2
  const width = layout.columns * COLUMN_WIDTH
  const lines: string[] = []
  for (let row = 0; row < layout.rows; row++) {
    const cells = Array.from({ length: width }, () => ' ')
    for (let lane = 0; lane < layout.lanes; lane++) {
      const passes = layout.row[layout.laneFirst[lane]!]! < row && row < layout.row[layout.laneLast[lane]!]!
      if (passes) cells[at(laneX(layout, lane))] = '|'
    }
    const ops: number[] = []
    for (let op = layout.rowFirst[row]!; op !== NONE; op = layout.rowNext[op]!) ops.push(op)
    ops.sort((a, b) => opX(layout, a) - opX(layout, b) || a - b)
    for (const op of ops) cells[at(opX(layout, op))] = isHead(layout, op) ? '*' : 'o'
    const said = ops.map((op) => {
      const parents = layout.edgeParent.subarray(layout.parentStart[op]!, layout.parentStart[op + 1]!)
      return parents.length === 0 ? nameOf(op) : `${nameOf(op)} < ${Array.from(parents, nameOf).join(' ')}`
    })
    lines.push(`${cells.join('')}${said.join(', ')}`)
  }
  return lines.join('\n')
}
