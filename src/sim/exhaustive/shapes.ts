/**
 * Every shape that a room of so many ops can have: who wrote each op, which op is its prev, and which are its deps. Ops are numbers in a
 * topological order; the genesis is 0. The prev of an op is an earlier op by its author, or none: then its seq is 0, and an author who has
 * written before has forked. Its deps are any other earlier ops, and it has a parent. Authors are numbered by their first ops, so no two
 * shapes differ only in the names of authors.
 *
 * The numbers matter, because a unit lists its ops in their order: one graph in two topological orders is two shapes.
 */

/** Authors in one room. With three, an op of one can follow both branches of a second one's fork through ops of a third one. */
export const MOST_AUTHORS = 3

/** What is wrong with an op: the room's rules refuse it, its seq leaves out a number, or its prev is by another author. */
export type Bend = 'rules' | 'seq' | 'prev'

export interface Shape {
  /** Per op: its author, 0 … MOST_AUTHORS − 1. */
  readonly author: readonly number[]
  /** Per op: its prev, or −1. */
  readonly prev: readonly number[]
  /** Per op: a bit for each parent, prev among them. */
  readonly parents: readonly number[]
  /** The one op that no node may admit, if there is one. */
  readonly bent?: { readonly op: number; readonly how: Bend }
}

const GENESIS: Shape = { author: [0], prev: [-1], parents: [0] }

/** All shapes of `ops` valid ops: 1, 3, 33, 991, 72,317 for 1 to 5. */
export function* shapesOf(ops: number, shape: Shape = GENESIS): Generator<Shape, void> {
  const { length } = shape.author
  if (length === ops) {
    yield shape
    return
  }
  for (let author = 0; author <= newAuthor(shape); author++) {
    for (let prev = -1; prev < length; prev++) {
      if (prev >= 0 && shape.author[prev] !== author) continue
      for (let parents = 1; parents < 1 << length; parents++) {
        if (prev < 0 || (parents & (1 << prev)) !== 0) yield* shapesOf(ops, followed(shape, author, prev, parents))
      }
    }
  }
}

/** The number of the author who has not written yet, or the last one there may be. */
const newAuthor = ({ author }: Shape): number => Math.min(new Set(author).size, MOST_AUTHORS - 1)

function followed(shape: Shape, author: number, prev: number, parents: number): Shape {
  return { author: [...shape.author, author], prev: [...shape.prev, prev], parents: [...shape.parents, parents] }
}

/** The same shapes with one op, but the genesis, bent in every way that it can be. */
export function* bentShapesOf(ops: number): Generator<Shape, void> {
  for (const shape of shapesOf(ops)) {
    for (let op = 1; op < ops; op++) {
      yield { ...shape, bent: { op, how: 'rules' } }
      if (shape.prev[op]! >= 0) yield { ...shape, bent: { op, how: 'seq' } }
      if (shape.prev[op]! >= 0) continue
      for (let prev = 0; prev < op; prev++) {
        if ((shape.parents[op]! & (1 << prev)) === 0 || shape.author[prev] === shape.author[op]) continue
        yield { ...shape, prev: shape.prev.with(op, prev), bent: { op, how: 'prev' } }
      }
    }
  }
}
