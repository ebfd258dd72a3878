/**
 * Reads stored segments. At opening the node believes the index and does not look at these ops. They are hashed again when their segment
 * is first read, or by a scrub that goes slowly through all of them, and compared with the ids of the index. A damaged segment is
 * reported once and not given; the ops that are in the DAG stay there.
 */
import { equalBytes } from '../core/bytes.ts'
import type { OpId } from '../core/op.ts'
import type { Unit } from '../core/unit.ts'
import type { Place, Segment, Store } from '../store/store.ts'
import { readSegment, reopenSegment } from './open-node.ts'

/** Units of a segment, in order of admission. */
type Stored = readonly Unit[]

export interface Segments {
  /** Segments from the one that holds op `from`, at most `limit` of them; none from the first damaged one on. */
  read(from: number, limit: number): Promise<readonly Segment[]>
  /** The place of the segment that holds this op, damaged or not; null if none does. */
  placeOf(op: number): Promise<Place | null>
  /** The units of a segment that `read` gave. */
  open(segment: Segment): Promise<Stored>
  /** Looks at the next segment that was not read yet; false when there is none left. */
  scrub(): Promise<boolean>
}

export interface SegmentsOptions {
  readonly store: Store
  /** The id of an admitted op. */
  readonly idOf: (op: number) => OpId
  /** The first so many ops came from the index. */
  readonly indexed: number
  /** Where the scrub begins: a share (0 … 1) of these. */
  readonly scrubFrom: number
  readonly onDamaged: (place: Place) => void
}

export function createSegments({ store, idOf, indexed, scrubFrom, onDamaged }: SegmentsOptions): Segments {
  /** By first op, segments that the index listed: packing leaves those where they are. */
  const whole = new Set<number>()
  const damaged = new Set<number>()
  let next = Math.floor(scrubFrom * indexed)
  let left = indexed

  const isWhole = async (segment: Segment): Promise<boolean> => {
    const { first } = segment
    if (first >= indexed || whole.has(first)) return true
    const ops = (await readSegment(segment))?.flat()
    if (ops?.length !== segment.count || !ops.every(({ id }, i) => equalBytes(id, idOf(first + i)))) return false
    whole.add(first)
    return true
  }

  const report = ({ first, count }: Place): void => {
    if (damaged.has(first)) return
    damaged.add(first)
    onDamaged({ first, count })
  }

  const placeOf = async (op: number): Promise<Place | null> => (await store.layout(op, 1))[0] ?? null

  const read = async (from: number, limit: number): Promise<readonly Segment[]> => {
    const out: Segment[] = []
    for (const segment of await store.read(from, limit)) {
      if (!('bytes' in segment) || !(await isWhole(segment))) {
        report(segment)
        break
      }
      out.push(segment)
    }
    return out
  }

  return {
    read,
    placeOf,
    open: async (segment) => (await reopenSegment(segment, (n) => idOf(segment.first + n))) ?? [],
    async scrub() {
      if (left <= 0) return false
      const place = await placeOf(next)
      if (place === null) return false
      if (!whole.has(place.first)) await read(next, 1)
      left -= place.first + place.count - next
      next = place.first + place.count
      if (next >= indexed) next = 0
      return left > 0
    },
  }
}
