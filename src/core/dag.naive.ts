/** The DAG as a list of plain objects, every question answered by looking at all of them. */
import { compareBytes } from './bytes.ts'
import type { Vertex } from './dag.ts'
import { type Author, asOpId } from './op.ts'
import { idNumber } from './room.naive.ts'

/** Vertices of a random forest with one root: `picks` say, op by op, who writes after what. */
export function verticesOf(
  picks: readonly (readonly [author: number, back: number, deps: readonly number[]])[],
  authors: readonly Author[],
): Vertex[] {
  const out: Vertex[] = [{ id: idNumber(0), author: authors[0]!, seq: 0, prev: -1, parents: [] }]
  for (const [pick, back, deps] of picks) {
    const author = authors[pick % authors.length]!
    const own = [...out.keys()].filter((op) => out[op]!.author === author)
    const prev = own.at(-1 - (back % Math.max(1, own.length))) ?? -1
    const others = new Set(deps.map((dep) => out.length - 1 - (dep % out.length)).filter((op) => op !== prev))
    if (prev < 0 && others.size === 0) others.add(0)
    const parents = prev < 0 ? [...others] : [prev, ...others]
    out.push({ id: idNumber(out.length), author, seq: prev < 0 ? 0 : out[prev]!.seq + 1, prev, parents })
  }
  return out
}

/** Everything that `dag.ts` can be asked, of the first `length` vertices. */
export function naiveDag(vertices: readonly Vertex[]) {
  const ops = [...vertices.keys()]
  const depths: number[] = []
  for (const { parents } of vertices) depths.push(parents.length === 0 ? 0 : 1 + Math.max(...parents.map((parent) => depths[parent]!)))
  const children = (op: number): number[] => ops.filter((child) => vertices[child]!.parents.includes(op))
  const past = (frontier: Iterable<number>): Set<number> => {
    const out = new Set(frontier)
    for (const op of [...ops].reverse()) if (out.has(op)) for (const parent of vertices[op]!.parents) out.add(parent)
    return out
  }
  const sameSeq = (a: number, b: number): boolean => vertices[a]!.author === vertices[b]!.author && vertices[a]!.seq === vertices[b]!.seq
  const compare = (a: number, b: number): number => depths[a]! - depths[b]! || compareBytes(vertices[a]!.id, vertices[b]!.id)
  return {
    depths,
    children,
    past,
    compare,
    heads: ops.filter((op) => children(op).length === 0),
    tips: (author: Author) => ops.filter((op) => vertices[op]!.author === author && !ops.some((child) => vertices[child]!.prev === op)),
    firstAt: (author: Author, seq: number) => ops.find((op) => vertices[op]!.author === author && vertices[op]!.seq === seq) ?? -1,
    equivocations: ops.flatMap((op) => {
      const twin = ops.find((earlier) => sameSeq(earlier, op))!
      return twin === op ? [] : [[twin, op]]
    }),
    history: [...ops].sort(compare),
    seenBy: (op: number) =>
      [...new Set(ops.filter((other) => past([other]).has(op)).map((other) => vertices[other]!.author))].filter(
        (author) => author !== vertices[op]!.author,
      ),
    ids: ops.map((op) => asOpId(vertices[op]!.id)),
  }
}
