/**
 * The bodies of ops. They are read from the store when a person looks at them, and the latest ones are kept in memory. Ops that are not
 * stored yet are kept until they are.
 */
import { decodeBody, type Body } from '../crdt/body.ts'
import { opLength } from '../core/op.ts'
import type { Unit, UnitOp } from '../core/unit.ts'
import { assert } from '../core/result.ts'
import type { Place } from '../store/store.ts'
import type { Segments } from './segments.ts'

/** The part of an op that is kept to show it. The body is kept as bytes, since a decoded body may take twenty times as much memory. */
interface Kept {
  readonly body: Uint8Array
  readonly time: number
  readonly signature: Uint8Array | null
  /** Bytes of its canonical encoding. */
  readonly bytes: number
}

export interface Page extends Omit<Kept, 'body'> {
  readonly body: Body
}

/** Neighbouring units in order of admission: `count` ops, from the node's `first`-th on. */
export interface UnitsAt extends Place {
  readonly units: readonly Unit[]
}

/** A unit, and the number of its first op. */
interface Admitted {
  readonly first: number
  readonly unit: Unit
}

const endOf = ({ first, unit }: Admitted): number => first + unit.length

/** Pages kept in memory: a few screens of history. */
const MAX_PAGES = 8_192
/** Canonical bytes of the ops of these pages: an op may have 64 KiB, and anybody may write such ops. */
const MAX_PAGES_BYTES = 32 * 1024 * 1024
/** Segments read at a time: neighbours in the store are often neighbours on the screen. */
const READ_SEGMENTS = 32
/**
 * Pages kept on either side of one that was read. Somebody can make a room in which neighbours on the screen are no neighbours in the
 * store.
 */
const NEIGHBOURS = 512
/** The pages of so many ops are kept when the ops are stored, also if nobody has looked at them yet: the newest are looked at next. */
const NEWEST_PAGES = 256

export interface Library {
  /** Takes in ops that were just admitted. */
  add(first: number, unit: Unit): void
  /** Ops may have been stored: forgets pages that need not be kept any more. */
  tidy(): void
  /** Pages of these ops, in their order; undefined for an op that the disk cannot give back. */
  read(ops: readonly number[]): Promise<readonly (Page | undefined)[]>
  /** The units around an admitted op, as they are stored, or the unit that is not stored yet; null if the disk cannot give them back. */
  unitsAt(op: number): Promise<UnitsAt | null>
  /** The stored segments from op `from` on, in order of admission. The units of a damaged one are null. */
  segments(from: number): AsyncGenerator<Place & { readonly units: readonly Unit[] | null }>
}

export function createLibrary(segments: Segments, stored: () => number): Library {
  const pages = new Map<number, Kept>()
  let bytes = 0
  /** Units that are not on the disk yet, as they came. */
  const fresh: Admitted[] = []

  const drop = (op: number): void => {
    bytes -= pages.get(op)?.bytes ?? 0
    pages.delete(op)
  }
  const put = (op: number, page: Kept): void => {
    drop(op)
    pages.set(op, page)
    bytes += page.bytes
  }
  const trim = (): void => {
    for (const op of pages.keys()) {
      if (pages.size <= MAX_PAGES && bytes <= MAX_PAGES_BYTES) return
      drop(op)
    }
  }
  const letGoOfStored = (): void => {
    const end = stored()
    let gone = 0
    while (gone < fresh.length && endOf(fresh[gone]!) <= end) gone++
    for (const { first, unit } of fresh.splice(0, gone)) {
      for (let op = Math.max(first, end - NEWEST_PAGES); op < first + unit.length; op++) put(op, keptOf(unit[op - first]!))
    }
  }
  const freshAt = (op: number): Admitted | undefined => {
    let [from, to] = [0, fresh.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if (endOf(fresh[middle]!) <= op) from = middle + 1
      else to = middle
    }
    const admitted = fresh[from]
    return admitted === undefined || op < admitted.first ? undefined : admitted
  }
  const freshPage = (op: number): Kept | undefined => {
    const admitted = freshAt(op)
    return admitted && keptOf(admitted.unit[op - admitted.first]!)
  }

  const read = async (ops: readonly number[]): Promise<readonly (Page | undefined)[]> => {
    const [wanted, found] = [new Set(ops), new Map<number, Kept>()]
    for (const op of [...ops].sort((a, b) => a - b)) {
      const page = found.get(op) ?? pages.get(op) ?? freshPage(op)
      if (page !== undefined) found.set(op, page)
      else await load(op, wanted, found)
    }
    const read = ops.map((op) => {
      const page = found.get(op)
      if (page !== undefined) put(op, page)
      return page && pageOf(page)
    })
    trim()
    return read
  }

  /** Adds to `found` the wanted ops of the segments from this op on. O(ops of these segments). */
  const load = async (op: number, wanted: ReadonlySet<number>, found: Map<number, Kept>): Promise<void> => {
    // One large segment is enough for now; many small ones are read together.
    let read = await segments.read(op, 1)
    if (read.length > 0 && read[0]!.count < READ_SEGMENTS) read = await segments.read(op, READ_SEGMENTS)
    for (const segment of read) {
      let at = segment.first
      for (const unitOp of (await segments.open(segment)).flat()) {
        if (wanted.has(at)) found.set(at, keptOf(unitOp))
        else if (Math.abs(at - op) <= NEIGHBOURS) put(at, keptOf(unitOp))
        at++
      }
    }
    trim()
  }

  return {
    add(first, unit) {
      fresh.push({ first, unit })
    },
    tidy() {
      letGoOfStored()
      trim()
    },
    read,
    async unitsAt(op) {
      const admitted = freshAt(op)
      if (admitted !== undefined) return { first: admitted.first, count: admitted.unit.length, units: [admitted.unit] }
      const [segment] = await segments.read(op, 1)
      if (segment === undefined) return null
      return { first: segment.first, count: segment.count, units: await segments.open(segment) }
    },
    async *segments(from) {
      for (let at = from; at < stored();) {
        const whole = await segments.read(at, READ_SEGMENTS)
        for (const segment of whole) {
          const end = segment.first + segment.count
          // Packing may have replaced segments that were given by one that begins before.
          yield { first: at, count: end - at, units: unitsFrom(at, segment.first, await segments.open(segment)) }
          at = end
        }
        if (whole.length > 0) continue
        const damaged = await segments.placeOf(at)
        if (damaged === null) return
        yield { ...damaged, units: null }
        at = damaged.first + damaged.count
      }
    },
  }
}

/** Those of these units, the first of which begins with op `first`, that hold ops from `from` on. */
const unitsFrom = (from: number, first: number, units: readonly Unit[]): readonly Unit[] =>
  units.filter((unit) => (first += unit.length) > from)

/** Copies: a page must not keep all of its segment in memory. */
const keptOf = ({ op, signature }: UnitOp): Kept => ({
  body: op.body.slice(),
  time: op.time,
  signature: signature && signature.slice(),
  bytes: opLength(op),
})

function pageOf(kept: Kept): Page {
  const body = decodeBody(kept.body)
  assert(body.ok, 'an admitted op has a body that the rules accepted')
  return { ...kept, body: body.value }
}
