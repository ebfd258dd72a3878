/**
 * Finds one node of a source by what a reader would say of it: in which function, of which kind, and which names it mentions.
 * Whitespace, line breaks, other names and the order of statements do not matter.
 */
import { bare, childOf, listOf, nameOf, walk, type Spot, type Tree } from './tree.ts'

export interface Place {
  /**
   * The function, method, class or top-level constant around it. `a.b` is b within a, where b alone is not the only one of its
   * name. Without it: the whole file.
   */
  readonly in?: string
  /** Names and literals that the node contains, each as it is written without quotes. Of an `if`, the `else` is left out. */
  readonly mentions?: readonly string[]
  /** Names and literals that it does not contain. */
  readonly lacks?: readonly string[]
  /** Which one of those that match, from 1. A last resort: it depends on their order. */
  readonly n?: number
}

/** The source and the pattern do not fit together: the table has to follow the source. */
export class PatternError extends Error {}

/** Tells the kinds apart. `name` is the word after the kind, if the pattern has one. */
const KINDS: Readonly<Record<string, (spot: Spot, name: string | undefined) => boolean>> = {
  if: ({ node }) => node.type === 'IfStatement',
  for: ({ node }) => /^For\w*Statement$/.test(node.type),
  while: ({ node }) => /^(Do)?WhileStatement$/.test(node.type),
  throw: ({ node }) => node.type === 'ThrowStatement',
  try: ({ node }) => node.type === 'TryStatement',
  // The body of `(x) => body` is what it returns.
  return: ({ node }) => node.type === 'ReturnStatement' || (node.type === 'ArrowFunctionExpression' && node['expression'] === true),
  yield: ({ node }) => node.type === 'YieldExpression',
  call: ({ node }, name) => /^(Call|New)Expression$/.test(node.type) && (name === undefined || nameOf(childOf(node, 'callee')) === name),
  set: ({ node }, name) => node.type === 'AssignmentExpression' && nameOf(childOf(node, 'left')) === name,
  const: ({ node }, name) => node.type === 'VariableDeclarator' && nameOf(childOf(node, 'id')) === name,
  property: ({ node, up }, name) =>
    node.type === 'Property' && up?.node.type === 'ObjectExpression' && nameOf(childOf(node, 'key')) === name,
  case: ({ node }, name) => node.type === 'SwitchCase' && (nameOf(childOf(node, 'test')) ?? 'default') === name,
  choice: ({ node }) => node.type === 'ConditionalExpression',
  regex: ({ node }) => node.type === 'Literal' && 'regex' in node,
  not: ({ node }) => node.type === 'UnaryExpression' && node['operator'] === '!',
  comparison: ({ node }) => node.type === 'BinaryExpression' && /^([<>]=?|[!=]==?|in)$/.test(String(node['operator'])),
  // One side of && || ?? and of + - : in a chain of the same operator each member by itself.
  operand: (spot) => isMember(spot, 'LogicalExpression', /^/),
  term: (spot) => isMember(spot, 'BinaryExpression', /^[-+]$/),
  argument: ({ node, up }) => listOf(up?.node, 'arguments').includes(node),
  element: ({ node, up }) => listOf(up?.node, 'elements').includes(node),
}

function isMember({ node, up }: Spot, type: string, operator: RegExp): boolean {
  if (up?.node.type !== type || !operator.test(String(up.node['operator']))) return false
  return node.type !== type || node['operator'] !== up.node['operator']
}

/** Parts of a node: the word before "of", and the fields of the syntax tree that it stands for. */
const PARTS = new Map([
  ['condition', ['test']],
  ['then', ['consequent']],
  ['else', ['alternate']],
  ['body', ['body']],
  ['left', ['left']],
  ['right', ['right']],
  ['list', ['right']],
  ['update', ['update']],
  // Of a return, a constant, a property, an assignment, and of `(x) => value`.
  ['value', ['argument', 'init', 'value', 'right', 'body']],
])

function partOf(node: Tree, part: string): Tree | undefined {
  if (part.startsWith('argument ')) return listOf(node, 'arguments')[Number(part.slice('argument '.length)) - 1]
  const field = PARTS.get(part)?.find((each) => childOf(node, each) !== undefined)
  return field === undefined ? undefined : childOf(node, field)
}

const PHRASE = /^(?:(?<part>\w+|argument \d+) of )?(?<kind>\w+)(?: (?!in )(?<name>\S+))?(?: in (?<outer>\w+ \S+))?$/

/**
 * The one node that a phrase names: `[part of] kind [name] [in kind name]`, for example `if`, `call keep`, `condition of if`,
 * `argument 2 of call refuse`, `return in case array`. Of matches within each other the innermost counts.
 * Throws PatternError when there is none, or more than one.
 */
export function find(program: Tree, place: Place, phrase: string): Spot {
  const { part, kind = '', name, outer } = PHRASE.exec(phrase)?.groups ?? {}
  const scope = scopeOf(program, place.in)
  const spot = only(
    outer === undefined ? scope : find(program, { ...(place.in === undefined ? {} : { in: place.in }) }, outer),
    place,
    kind,
    name,
  )
  if (part === undefined) return spot
  const node = partOf(spot.node, part)
  if (node === undefined) throw new PatternError(`the ${kind} has no part called ${part}`)
  return { node, up: spot }
}

/** The one node of that kind and name in a scope that mentions what it must. */
function only(scope: Spot, place: Place, kind: string, name: string | undefined): Spot {
  const fits = KINDS[kind]
  if (fits === undefined) throw new PatternError(`there is no kind called "${kind}"`)
  const [words, strange] = [place.mentions ?? [], place.lacks ?? []]
  const isRight = ({ node }: Spot): boolean => words.every((word) => mentions(node, word)) && !strange.some((word) => mentions(node, word))
  const all = walk(scope).filter((spot) => fits(spot, name) && isRight(spot))
  const some = all.filter(({ node }) => !all.some((other) => other.node !== node && holds(node, other)))
  const spot = some[(place.n ?? 1) - 1]
  if (spot !== undefined && (place.n !== undefined || some.length === 1)) return spot
  const said = [kind, ...(name === undefined ? [] : [name]), ...words, ...strange.map((word) => `without ${word}`)].join(' ')
  throw new PatternError(`${place.in ?? 'the file'} has ${some.length} times "${said}", not ${place.n === undefined ? 'once' : place.n}`)
}

/** What belongs to a node when it is asked for what it mentions: of an `if` not its `else`, of `x => y` that returns y only y. */
const extentOf = (node: Tree): Tree[] =>
  node.type === 'IfStatement'
    ? [childOf(node, 'test')!, childOf(node, 'consequent')!]
    : node.type === 'ArrowFunctionExpression'
      ? [childOf(node, 'body')!]
      : [node]

const holds = (node: Tree, { node: inner }: Spot): boolean =>
  extentOf(node).some(({ start, end }) => start <= inner.start && inner.end <= end)

const mentions = (node: Tree, word: string): boolean =>
  extentOf(node).some((part) => walk({ node: part, up: null }).some(({ node: each }) => isCalled(each, word)))

const isCalled = (node: Tree, word: string): boolean =>
  node['name'] === word || (node.type === 'Literal' && (String(node['value']) === word || node['raw'] === word))

/** The declaration of that name. */
function scopeOf(program: Tree, path: string | undefined): Spot {
  let scope: Spot = { node: program, up: null }
  for (const name of path?.split('.') ?? []) {
    const found = walk(scope).filter((spot) => spot.node !== scope.node && isDeclared(spot, name))
    if (found.length !== 1) throw new PatternError(`${found.length} declarations are called ${name} instead of 1`)
    scope = found[0]!
  }
  return scope
}

/** Functions, classes, methods; constants that hold a function, or stand at the top. */
function isDeclared({ node, up }: Spot, name: string): boolean {
  if (node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') return nameOf(childOf(node, 'id')) === name
  const isFunction = /Function/.test(bare(childOf(node, 'value') ?? childOf(node, 'init') ?? node).type)
  if (node.type === 'VariableDeclarator') return nameOf(childOf(node, 'id')) === name && (isFunction || isAtTop(up))
  const isMethod = node.type === 'MethodDefinition' || node.type === 'PropertyDefinition' || node.type === 'Property'
  return isMethod && isFunction && nameOf(childOf(node, 'key')) === name
}

const isAtTop = (declaration: Spot | null): boolean => ['Program', 'ExportNamedDeclaration'].includes(declaration?.up?.node.type ?? '')
