/** A failed case for people: a lane for each author, a line for each op, the units as they came. */
import type { Case, Failure } from './check.ts'
import { has } from './ops.ts'
import type { Shape } from './shapes.ts'

/** Several lines, and how to run the case again. */
export function picture(failure: Failure): string {
  const { shape, signed, order, units, what } = failure
  const ops = shape.author.map((_, op) => `${lanes(shape, op)}  ${op}: ${parentsSaid(shape, op)}; ${has(signed, op) ? '' : 'not '}signed`)
  const came = [...order, (1 << ops.length) - 1]
    .slice(0, units)
    .map((unit, i) => `unit ${i + 1}: ${ops.flatMap((_, op) => (has(unit, op) ? [op] : [])).join(' ')}`)
  const replay: Case = { shape, signed, order }
  return [...ops, ...came, what, `npm run -s sim -- --case '${JSON.stringify(replay)}'`].join('\n')
}

/** The lane of an author holds its op in this line, or a bar between two of its ops. */
function lanes({ author }: Shape, op: number): string {
  const names = [...new Set(author)]
  return names.map((name) => (author[op] === name ? '●' : author.indexOf(name) < op && author.lastIndexOf(name) > op ? '│' : ' ')).join(' ')
}

function parentsSaid({ prev, parents, bent }: Shape, op: number): string {
  const deps = parents.flatMap((_, parent) => (has(parents[op]!, parent) && parent !== prev[op] ? [parent] : []))
  const said = [op === 0 ? 'genesis' : '', prev[op]! < 0 ? '' : `prev ${prev[op]}`, deps.length === 0 ? '' : `deps ${deps.join(' ')}`]
  if (bent?.op === op) said.push(WRONG[bent.how])
  return said.filter((text) => text !== '').join(', ')
}

const WRONG = { rules: 'refused by the rules', seq: 'its seq leaves out a number', prev: "its prev is another author's" }
