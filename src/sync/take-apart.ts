/** Ops taken apart into the columns of a bundle. What the receiver can work out is not written. `bundle.ts` puts the ops together again. */
import { equalBytes } from '../core/bytes.ts'
import type { Author, OpId } from '../core/op.ts'
import { assert } from '../core/result.ts'
import type { Unit, UnitOp } from '../core/unit.ts'
import { pushAll } from '../core/lists.ts'
import { addBody, type BodyWriter, createBodyWriter } from './bodies.ts'
import { type Columns, insideParent, outsideParent, PREV_LAST, PREV_NONE, PREV_PARENT } from './columns.ts'
import { placeOf, type Places, placesIn } from './places.ts'

/** The columns of the ops so far, and the state that the next op needs. */
export interface TakenApart extends Omit<Columns, 'patterns' | 'contents'> {
  readonly authors: Author[]
  readonly external: OpId[]
  readonly unitSizes: number[]
  readonly writers: number[]
  readonly prevs: number[]
  readonly seqs: number[]
  readonly depCounts: number[]
  readonly deps: number[]
  readonly times: number[]
  readonly signatures: (Uint8Array | null)[]
  readonly refs: number[]
  readonly bodies: BodyWriter
  readonly ops: UnitOp[]
  readonly ids: OpId[]
  /** Each author's latest op. */
  readonly latest: UnitOp[]
  readonly authorPlaces: Places
  readonly externalPlaces: Places
  readonly idPlaces: Places
}

/** The columns of units of one room. */
export function takeApart(room: OpId, units: readonly Unit[]): TakenApart {
  const taken = takingApart(room)
  for (const unit of units) {
    taken.unitSizes.push(unit.length)
    for (const each of unit) addOp(taken, each)
  }
  return taken
}

function takingApart(room: OpId): TakenApart {
  const [authors, external, ids]: [Author[], OpId[], OpId[]] = [[], [], []]
  return {
    room,
    authors,
    external,
    unitSizes: [],
    writers: [],
    prevs: [],
    seqs: [],
    depCounts: [],
    deps: [],
    times: [],
    signatures: [],
    refs: [],
    bodies: createBodyWriter(),
    ops: [],
    ids,
    latest: [],
    authorPlaces: placesIn(authors),
    externalPlaces: placesIn(external),
    idPlaces: placesIn(ids),
  }
}

function addOp(taken: TakenApart, each: UnitOp): void {
  const { op, id } = each
  const { authors, latest } = taken
  assert(op.room === null || equalBytes(op.room, taken.room), 'a bundle holds one room')
  const known = placeOf(taken.authorPlaces, op.author)
  const writer = known < 0 ? authors.push(op.author) - 1 : known
  const before = latest[writer]
  taken.writers.push(writer)
  if (op.prev === null) taken.prevs.push(PREV_NONE)
  else if (before !== undefined && before.op.seq + 1 === op.seq && equalBytes(before.id, op.prev)) taken.prevs.push(PREV_LAST)
  else taken.prevs.push(PREV_PARENT + prevNumber(taken, op.prev, op.seq))
  taken.depCounts.push(op.deps.length)
  if (op.deps.length === 1) taken.deps.push(parentNumber(taken, op.deps[0]!))
  else if (op.deps.length > 1)
    pushAll(
      taken.deps,
      op.deps.map((dep) => parentNumber(taken, dep)).sort((a, b) => a - b),
    )
  taken.times.push(op.time)
  taken.signatures.push(each.signature)
  taken.refs.push(addBody(taken.bodies, op.body, before?.op.body ?? null))
  latest[writer] = each
  taken.ops.push(each)
  taken.ids.push(id)
}

/** The number of a prev that is not the author's op just before. Its seq is written beside it when the receiver cannot work it out. */
function prevNumber(taken: TakenApart, prev: OpId, seq: number): number {
  const place = placeOf(taken.idPlaces, prev)
  if (place >= 0 && taken.ops[place]!.op.seq + 1 === seq) return insideParent(taken.ops.length - place)
  // The prev is not in the bundle. Or it is, and the seq does not follow from it: such an op is invalid, and still an op.
  taken.seqs.push(seq)
  return externalNumber(taken, prev)
}

function parentNumber(taken: TakenApart, id: OpId): number {
  const place = placeOf(taken.idPlaces, id)
  return place < 0 ? externalNumber(taken, id) : insideParent(taken.ops.length - place)
}

function externalNumber({ external, externalPlaces }: TakenApart, id: OpId): number {
  const known = placeOf(externalPlaces, id)
  return outsideParent(known < 0 ? external.push(id) - 1 : known)
}
