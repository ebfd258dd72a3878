/** Walks over syntax trees in the ESTree form. The parser is the caller's, so that this layer needs no package. */

/** A node of a syntax tree. `start` and `end` are UTF-16 offsets into its source. */
export interface Tree {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

/** Parses a source with its parentheses kept as nodes. Throws when the source is not valid TypeScript. */
export type Parse = (source: string) => Tree

/** A node with the nodes above it. */
export interface Spot {
  readonly node: Tree
  readonly up: Spot | null
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && 'type' in value && 'start' in value

/** The nodes right below a node, in the order of its fields. */
function childrenOf(node: Tree): Tree[] {
  const children: Tree[] = []
  for (const value of Object.values(node)) {
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) if (isTree(each)) children.push(each)
  }
  return children
}

/** The node in that field, or undefined. */
export const childOf = (node: Tree, field: string): Tree | undefined => {
  const child = node[field]
  return isTree(child) ? child : undefined
}

/** The nodes in that field, when it holds a list. */
export const listOf = (node: Tree | undefined, field: string): Tree[] => {
  const list = node?.[field]
  return Array.isArray(list) ? list.filter(isTree) : []
}

/** `spot` and all nodes below it, from the outside in. */
export function walk(spot: Spot, into: Spot[] = []): Spot[] {
  into.push(spot)
  for (const node of childrenOf(spot.node)) walk({ node, up: spot }, into)
  return into
}

/** The node without parentheses and type assertions around it. */
export function bare(node: Tree): Tree {
  const isWrapper = ['ParenthesizedExpression', 'TSNonNullExpression', 'TSAsExpression', 'ChainExpression'].includes(node.type)
  return isWrapper ? bare(childOf(node, 'expression')!) : node
}

/** What a reader calls a node: a variable's name, the last name of `a.b.c`, the list of `list[i]`, a literal's value. */
export function nameOf(node: Tree | undefined): string | undefined {
  if (node === undefined) return undefined
  const inner = bare(node)
  if (inner.type === 'MemberExpression') return nameOf(childOf(inner, inner['computed'] === true ? 'object' : 'property'))
  if (inner.type === 'Literal') return String(inner['value'])
  return typeof inner['name'] === 'string' ? inner['name'] : undefined
}
