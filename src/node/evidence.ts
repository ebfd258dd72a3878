/**
 * Evidence of equivocations, built from this node's disk: the two units that hold the ops are read, and the chains are chosen in them
 * (`core/evidence.ts`). Every file is checked before it is handed out, as its receiver will check it.
 */
import { toHex } from '../core/bytes.ts'
import { authorOf, type Dag, idOf } from '../core/dag.ts'
import { encodeEvidence, openEvidence } from '../core/evidence-file.ts'
import { chainIn, verifyOp } from '../core/evidence.ts'
import type { Unit } from '../core/unit.ts'
import type { Library, UnitsAt } from './library.ts'
import type { EquivocationEntry, EvidenceEntry } from './views.ts'

/**
 * Files built for one question: an author may sign any number of ops with one seq, and for each file two segments of the disk may be
 * read.
 */
export const MAX_EVIDENCE_FILES = 64
/** Their bytes, beyond which no more are built: one file may have 2 MiB. */
const MAX_EVIDENCE_FILES_BYTES = 16 * 1024 * 1024
/** Places of the disk that stay open for one question: the ops of neighbouring pairs are often neighbours on the disk. */
const OPEN_PLACES = 4

/** Two ops of one author and seq, as numbers of the DAG. */
type Pair = readonly [number, number]

/** The entry of each pair, without reading the disk. O(pairs). */
export const entriesOf = (dag: Dag, pairs: readonly Pair[]): EquivocationEntry[] =>
  pairs.map(([a, b]) => ({
    author: toHex(authorOf(dag, a)),
    seq: dag.seq[a]!,
    ops: [toHex(idOf(dag, a)), toHex(idOf(dag, b))],
  }))

/**
 * The entries with evidence: the files of the first pairs, within the bounds above. Null for the others, and for ops that the disk cannot
 * give back; then the node's log says so.
 */
export async function evidenceOf(dag: Dag, library: Library, pairs: readonly Pair[]): Promise<EvidenceEntry[]> {
  const unitWith = openPlaces(library)
  const files: (Uint8Array | null)[] = []
  let bytes = 0
  for (const pair of pairs.slice(0, MAX_EVIDENCE_FILES)) {
    if (bytes >= MAX_EVIDENCE_FILES_BYTES) break
    const file = await fileOf(dag, unitWith, pair)
    files.push(file)
    bytes += file?.length ?? 0
  }
  return entriesOf(dag, pairs).map((entry, i) => ({ ...entry, file: files[i] ?? null }))
}

type UnitWith = (op: number) => Promise<Unit | null>

/** Reads units by an op in them, and keeps the last few places of the disk open. */
function openPlaces(library: Library): UnitWith {
  const open: UnitsAt[] = []
  return async (op) => {
    let place = open.find(({ first, count }) => op >= first && op < first + count)
    if (place === undefined) {
      place = (await library.unitsAt(op)) ?? undefined
      if (place === undefined) return null
      open.push(place)
      if (open.length > OPEN_PLACES) open.shift()
    }
    let { first } = place
    for (const unit of place.units) {
      if (op < first + unit.length) return unit
      first += unit.length
    }
    return null
  }
}

async function fileOf(dag: Dag, unitWith: UnitWith, [one, other]: Pair): Promise<Uint8Array | null> {
  const a = chainIn((await unitWith(one)) ?? [], idOf(dag, one))
  const b = chainIn((await unitWith(other)) ?? [], idOf(dag, other))
  if (a === null || b === null) return null
  const file = encodeEvidence({ a, b })
  return openEvidence(file, verifyOp).ok ? file : null
}
