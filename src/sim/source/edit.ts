/**
 * Makes one place of a source wrong, addressed by a pattern (`pattern.ts`). The tables of defences and of planted bugs consist
 * of such edits.
 */
import { find, PatternError, type Place } from './pattern.ts'
import { bare, childOf, listOf, walk, type Parse, type Spot, type Tree } from './tree.ts'

/** In `with` and `add`, `$it` is the code that the pattern found. */
export type Edit = Place &
  (
    | {
        /**
         * Takes it out. An `if` leaves its `else`. A call within an expression leaves what it was called on, or else its first
         * argument.
         */
        readonly drop: string
      }
    | { readonly replace: string; readonly with: string }
    | { /** Adds statements after this one. */ readonly after: string; readonly add: string }
  )

/** Replaces the characters from `start` to before `end` by `text`. */
export interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

export const applied = (source: string, { start, end, text }: Splice): string => source.slice(0, start) + text + source.slice(end)

/** An edit in words, for a list. */
export function said(edit: Edit): string {
  const act = 'drop' in edit ? `drop ${edit.drop}` : 'after' in edit ? `add after ${edit.after}` : `replace ${edit.replace}`
  const mentions = edit.mentions === undefined ? '' : ` with ${edit.mentions.join(', ')}`
  const lacks = edit.lacks === undefined ? '' : ` without ${edit.lacks.join(', ')}`
  return `${edit.in === undefined ? '' : `${edit.in}: `}${act}${mentions}${lacks}`
}

/**
 * What an edit does to a source.
 * @throws PatternError when its pattern does not match exactly once, when nothing changes, or when the outcome would be another
 * than is meant: no valid source, an operand that needs parentheses, a name that is not known there.
 */
export function spliceOf(source: string, parse: Parse, edit: Edit): Splice {
  const program = parse(source)
  const splice = 'drop' in edit ? dropped(source, find(program, edit, edit.drop)) : filled(source, program, edit)
  const outcome = applied(source, splice)
  if (outcome === source) throw new PatternError('it changes nothing')
  const after = parse(outcome)
  if (!('drop' in edit)) check(program, after, splice)
  return splice
}

type Filling = Exclude<Edit, { readonly drop: string }>

function filled(source: string, program: Tree, edit: Filling): Splice {
  const spot = find(program, edit, 'after' in edit ? edit.after : edit.replace)
  const { start, end } = 'after' in edit ? statementOf(spot).node : spot.node
  const it = source.slice(start, end)
  const text = ('after' in edit ? `${edit.add}` : edit.with).replaceAll('$it', () => it)
  return 'after' in edit ? { start: end, end, text: `\n${text}\n` } : { start, end, text }
}

const STATEMENT = /Statement$|Declaration$/

const isStatement = ({ node }: Spot): boolean => STATEMENT.test(node.type)

function statementOf(spot: Spot): Spot {
  let at = spot
  while (!isStatement(at) && at.up !== null) at = at.up
  return at
}

function dropped(source: string, spot: Spot): Splice {
  const { node, up } = spot
  const above = up?.node
  const by = (whole: Tree, rest: Tree): Splice => ({ ...spanOf(whole), text: source.slice(rest.start, rest.end) })
  if (node.type === 'IfStatement' && childOf(node, 'alternate')) return by(node, childOf(node, 'alternate')!)
  if (isStatement(spot) || node.type === 'SwitchCase') return withoutStatement(spot)
  if (above?.type === 'ExpressionStatement') return withoutStatement(up!)
  if (above?.type === 'VariableDeclaration') return withoutStatement(up!)
  if (above?.type === 'LogicalExpression' || above?.type === 'BinaryExpression')
    return by(above, childOf(above, 'left') === node ? childOf(above, 'right')! : childOf(above, 'left')!)
  for (const field of ['arguments', 'elements', 'properties']) {
    const list = listOf(above, field)
    if (node.type === 'CallExpression' || !list.includes(node)) continue
    return withoutMember(list, list.indexOf(node))
  }
  if (node.type === 'CallExpression') {
    const callee = bare(childOf(node, 'callee')!)
    const rest = callee.type === 'MemberExpression' ? childOf(callee, 'object') : listOf(node, 'arguments')[0]
    if (rest) return by(node, rest)
  }
  if (node.type === 'UnaryExpression') return by(node, childOf(node, 'argument')!)
  throw new PatternError(`a ${node.type} of a ${above?.type} cannot be dropped`)
}

const spanOf = ({ start, end }: Tree): { start: number; end: number } => ({ start, end })

function withoutStatement({ node, up }: Spot): Splice {
  const above = up!.node
  if (above.type === 'IfStatement' && childOf(above, 'alternate') === node)
    return { start: childOf(above, 'consequent')!.end, end: node.end, text: '' }
  const isListed = ['body', 'consequent', 'cases'].some((field) => listOf(above, field).includes(node))
  return { ...spanOf(node), text: isListed ? '' : '{}' }
}

/** A member of a list, with the comma beside it. */
function withoutMember(list: readonly Tree[], i: number): Splice {
  const [before, node, next] = [list[i - 1], list[i]!, list[i + 1]]
  if (next !== undefined) return { start: node.start, end: next.start, text: '' }
  return { start: before?.end ?? node.start, end: node.end, text: '' }
}

/** That what was put in stands by itself, and names nothing unknown: a test that fails for such a reason would show nothing. */
function check(program: Tree, after: Tree, { start, text }: Splice): void {
  const from = start + text.length - text.trimStart().length
  const to = start + text.trimEnd().length
  if (from >= to) return
  const inside = walk({ node: after, up: null }).filter(({ node }) => from <= node.start && node.end <= to)
  const isWhole = inside.some(({ node }) => node.start === from) && inside.some(({ node }) => node.end === to)
  const roots = inside.filter(({ up }) => up !== null && (up.node.start < from || up.node.end > to))
  const isOne = roots.length === 1 || roots.every((root) => isStatement(root) && root.up!.node === roots[0]!.up!.node)
  if (!isWhole || !isOne) throw new PatternError(`"${text.trim()}" needs parentheses or braces`)
  const known = new Set([
    ...LANGUAGE,
    ...namesIn(program),
    ...inside.flatMap((spot) => (isReference(spot) ? [] : [String(spot.node['name'])])),
  ])
  const unknown = inside.filter((spot) => isReference(spot) && !known.has(String(spot.node['name'])))
  if (unknown.length > 0) throw new PatternError(`nothing there is called ${String(unknown[0]!.node['name'])}`)
}

const LANGUAGE = [
  'undefined',
  'Infinity',
  'NaN',
  'Math',
  'Number',
  'String',
  'Object',
  'Array',
  'Set',
  'Map',
  'Uint8Array',
  'JSON',
  'RegExp',
  'Date',
]

const namesIn = (program: Tree): string[] =>
  walk({ node: program, up: null })
    .filter(isReference)
    .map(({ node }) => String(node['name']))

/** A name that stands for a variable: no field, no key, no parameter, nothing that is declared there. */
function isReference({ node, up }: Spot): boolean {
  if (node.type !== 'Identifier' || up === null) return false
  const { type } = up.node
  if (type === 'MemberExpression') return up.node['computed'] === true || childOf(up.node, 'object') === node
  if (type === 'Property') return childOf(up.node, 'value') === node && up.up?.node.type !== 'ObjectPattern'
  return (
    !(/Function/.test(type) && listOf(up.node, 'params').includes(node)) &&
    !(type === 'VariableDeclarator' && childOf(up.node, 'id') === node)
  )
}
