/**
 * A bundle: units of one room in order of admission, written by columns (`columns.ts`). What the receiver can work out is
 * not sent: it rebuilds every op's canonical bytes and hashes them, so authors, parents within the bundle, their seqs, and
 * ids cost next to nothing. Links, exported files and the store's segments all carry this one format.
 *
 * A little longer than most files here: the writer and the reader of one format are read side by side.
 */
import { compareBytes, equalBytes } from '../core/bytes.ts'
import { domainBytes, opId } from '../core/hash.ts'
import { ID_BYTES, MAX_UNIT_BYTES, SIGNATURE_BYTES } from '../core/limits.ts'
import { asOpId, type Author, checkOp, encodeOp, type Op, type OpId } from '../core/op.ts'
import { assert, ok, type Refusal, refuse, type Result } from '../core/result.ts'
import { keyOf, type Unit, type UnitOp } from '../core/unit.ts'
import {
  type Columns,
  insideParent,
  isOutside,
  isOutsidePrev,
  outsideParent,
  PREV_LAST,
  PREV_NONE,
  PREV_PARENT,
  readColumns,
  writeColumns,
} from './columns.ts'
import { createReader, createWriter, left, readBytes, readVarint, writeBytes, writeVarint, written } from './varint.ts'

/**
 * Columns of one bundle. The largest unit fits (1 MiB of canonical bytes, 64 KiB of signatures), and even undeflated it
 * fits a frame of 1.25 MiB with 4 KiB to spare for message and envelope. Bytes.
 */
export const MAX_BUNDLE_BYTES = 1_310_720 - 4_096

/**
 * Canonical bytes of a bundle's ops, summed. A dep costs a byte of columns and 34 canonical ones, and columns deflate a
 * thousandfold: this, with MAX_BUNDLE_OPS, bounds what a small message can make a node build and hash (about 0.1 s).
 */
export const MAX_BUNDLE_OP_BYTES = 4 * 1024 * 1024

/** More than the counts and the room take, and than an op's columns take beyond its canonical bytes and signature. Bytes. */
const HEADER_COST = 64
const OP_COST = 16

/**
 * At most what a unit adds to a bundle's columns: an op's canonical bytes outweigh its columns, so this is no estimate. As
 * long as the costs sum to at most `BUNDLE_BUDGET`, a bundle keeps all of its limits. Bytes.
 */
export function unitCost(unit: Unit): number {
  let cost = 0
  for (const { bytes, signature } of unit) cost += bytes.length + OP_COST + (signature === null ? 0 : SIGNATURE_BYTES)
  return cost
}

export const BUNDLE_BUDGET = MAX_BUNDLE_BYTES - HEADER_COST

// — encoding ———————————————————————————————————————————————————————————————————————————————————————————————

/** The room of a bundle without ops. */
const NO_ROOM = asOpId(new Uint8Array(ID_BYTES))

/** The columns of units of one room. Whether they fit `MAX_BUNDLE_BYTES` is for the caller to see to, with `unitCost`. */
export function encodeBundle(units: readonly Unit[]): Uint8Array<ArrayBuffer> {
  const ops = units.flat()
  const first = ops[0]
  const room = first === undefined ? NO_ROOM : (first.op.room ?? first.id)
  for (const { op } of ops) assert(equalBytes(op.room ?? room, room), 'a bundle holds one room')
  return writeColumns({
    room,
    unitSizes: units.map((unit) => unit.length),
    ...parentColumns(ops),
    times: ops.map(({ op }) => op.time),
    bodies: ops.map(({ op }) => op.body),
    signatures: ops.map(({ signature }) => signature),
  })
}

function parentColumns(ops: readonly UnitOp[]): Pick<Columns, 'authors' | 'external' | 'prevs' | 'seqs' | 'depCounts' | 'deps'> {
  const authorOf = new Map<string, Author>()
  /** The same by object: neighbours share theirs, and a key is dear. */
  const sameAuthor = new Map<Author, Author>()
  const authors: Author[] = []
  const external: OpId[] = []
  const externalPlaces = new Map<string, number>()
  const prevs: number[] = []
  const seqs: number[] = []
  const depCounts: number[] = []
  const deps: number[] = []
  /** Places in the bundle of the ops so far. */
  const places = new Map<string, number>()
  const lastOfAuthor = new Map<Author, number>()

  const outside = (id: OpId): number => {
    const key = keyOf(id)
    const place = externalPlaces.get(key) ?? external.length
    if (place === external.length) {
      externalPlaces.set(key, place)
      external.push(id)
    }
    return outsideParent(place)
  }
  const authorAs = (own: Author): Author => {
    const known = sameAuthor.get(own)
    if (known !== undefined) return known
    const author = authorOf.get(keyOf(own)) ?? own
    authorOf.set(keyOf(own), author)
    sameAuthor.set(own, author)
    return author
  }
  const prevCode = ({ prev, seq }: Op, author: Author, here: number): number => {
    if (prev === null) return PREV_NONE
    const last = ops[lastOfAuthor.get(author) ?? -1]
    if (last !== undefined && last.op.seq + 1 === seq && equalBytes(last.id, prev)) return PREV_LAST
    const place = places.get(keyOf(prev))
    if (place !== undefined && ops[place]!.op.seq + 1 === seq) {
      return PREV_PARENT + insideParent(here - place)
    }
    // Not in the bundle; or it is and the seq does not follow from it: such an op is invalid, and still an op.
    seqs.push(seq)
    return PREV_PARENT + outside(prev)
  }
  const parent = (id: OpId, here: number): number => {
    const place = places.get(keyOf(id))
    return place === undefined ? outside(id) : insideParent(here - place)
  }

  for (const [here, { op, id }] of ops.entries()) {
    const author = authorAs(op.author)
    authors.push(author)
    prevs.push(prevCode(op, author, here))
    depCounts.push(op.deps.length)
    deps.push(...op.deps.map((dep) => parent(dep, here)).sort((a, b) => a - b))
    places.set(keyOf(id), here)
    lastOfAuthor.set(author, here)
  }
  return { authors, external, prevs, seqs, depCounts, deps }
}

// — decoding ———————————————————————————————————————————————————————————————————————————————————————————————

/**
 * The units of a bundle, rebuilt and hashed, or why it is refused whole. Total on any bytes. Checked here: the format, every
 * op's own rules (`checkOp`), the limits of units, parents before children, and that every op is signed or the prev of a
 * unit-mate by the same author. Not checked: the signatures, and what needs parents from outside. Bodies, deps and authors
 * may be views of `bytes`. Linear: at most MAX_BUNDLE_OPS hashes over MAX_BUNDLE_OP_BYTES.
 */
export function decodeBundle(bytes: Uint8Array): Result<readonly Unit[]> {
  if (bytes.length > MAX_BUNDLE_BYTES) return refuse('too-large')
  const columns = readColumns(bytes)
  return columns.ok ? buildUnits(columns.value) : columns
}

function buildUnits(columns: Columns): Result<readonly Unit[]> {
  const builder = createBuilder(columns)
  const units: Unit[] = []
  let total = 0
  for (const size of columns.unitSizes) {
    const start = builder.built.length
    let bytes = 0
    while (builder.built.length < start + size) {
      const wrong = builder.buildNext()
      if (wrong !== null) return refuse(wrong)
      bytes += builder.built.at(-1)!.bytes.length
      if (bytes > MAX_UNIT_BYTES) return refuse('unit-too-large')
      if (total + bytes > MAX_BUNDLE_OP_BYTES) return refuse('too-large')
    }
    total += bytes
    const unit = builder.built.slice(start)
    // What an op of the next units vouches for does not count: a unit stands alone.
    if (unit.some(({ signature }, i) => signature === null && !builder.vouchedFor.has(start + i))) return refuse('unauthentic')
    units.push(unit)
  }
  return ok(units)
}

interface Builder {
  readonly built: readonly UnitOp[]
  /** Places of ops that are the prev of a later op by the same author. */
  readonly vouchedFor: ReadonlySet<number>
  /** Builds the next op of the columns, or says what is wrong with it. */
  buildNext(): Refusal | null
}

function createBuilder(columns: Columns): Builder {
  const { room, external, authors, prevs, seqs, depCounts, deps, times, bodies, signatures } = columns
  const built: UnitOp[] = []
  const vouchedFor = new Set<number>()
  const lastOfAuthor = new Map<Author, number>()
  /** External parents named so far: an op that turns out to be one of them comes after its child. */
  const named = new Set<string>()
  let nextSeq = 0
  let nextDep = 0

  const outside = (parent: number): OpId | null => {
    const id = external[(parent - 1) / 2]
    if (id === undefined) return null
    named.add(keyOf(id))
    return id
  }
  const inside = (parent: number): number => built.length - 1 - parent / 2

  /** The deps of the next op in ascending order, or null. */
  const takeDeps = (): OpId[] | null => {
    const end = nextDep + depCounts[built.length]!
    const ids: OpId[] = []
    let before = -1
    for (; nextDep < end; nextDep++) {
      const parent = deps[nextDep]!
      const id = isOutside(parent) ? outside(parent) : (built[inside(parent)]?.id ?? null)
      if (id === null || parent <= before) return null
      before = parent
      ids.push(id)
    }
    return ids.length < 2 ? ids : ids.sort(compareBytes)
  }
  /** The prev of the next op, with the seq it leads to; or null. */
  const takePrev = (author: Author): { readonly prev: OpId | null; readonly seq: number } | null => {
    const code = prevs[built.length]!
    if (code === PREV_NONE) return { prev: null, seq: 0 }
    if (isOutsidePrev(code)) {
      const prev = outside(code - PREV_PARENT)
      return prev === null ? null : { prev, seq: seqs[nextSeq++]! }
    }
    const place = code === PREV_LAST ? lastOfAuthor.get(author) : inside(code - PREV_PARENT)
    const mate = place === undefined ? undefined : built[place]
    if (mate === undefined) return null
    if (mate.op.author === author) vouchedFor.add(place!)
    return { prev: mate.id, seq: mate.op.seq + 1 }
  }

  const buildNext = (): Refusal | null => {
    const here = built.length
    const author = authors[here]!
    const chain = takePrev(author)
    const depIds = takeDeps()
    if (chain === null || depIds === null) return 'bad-bundle'
    // Only the genesis has no parents.
    const isGenesis = chain.prev === null && depIds.length === 0
    const op: Op = {
      room: isGenesis ? null : room,
      author,
      seq: chain.seq,
      prev: chain.prev,
      deps: depIds,
      time: times[here]!,
      body: bodies[here]!,
    }
    const wrong = checkOp(op)
    if (wrong !== null) return wrong
    const bytes = encodeOp(op)
    const id = opId(bytes)
    if (isGenesis && !equalBytes(id, room)) return 'bad-bundle'
    if (named.size > 0 && named.has(keyOf(id))) return 'bad-bundle'
    built.push({ op, id, bytes, signature: signatures[here]! })
    lastOfAuthor.set(author, here)
    return null
  }
  return { built, vouchedFor, buildNext }
}

// — wrapping ———————————————————————————————————————————————————————————————————————————————————————————————

export type Codec = 'raw' | 'deflate'

/** The first byte of a wrapped bundle: no text and no CBOR item of ours begins with it. */
const WRAP_MAGIC = 0xb5

const CODECS: readonly Codec[] = ['raw', 'deflate']

/** A bundle's columns, raw or deflated (RFC 1951, by an adapter), with two bytes before them that say which. */
export function wrapBundle(codec: Codec, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(2 + payload.length)
  out[0] = WRAP_MAGIC
  out[1] = CODECS.indexOf(codec)
  out.set(payload, 2)
  return out
}

/** What was wrapped; the payload is a view. Deflated bytes are inflated under a cap of MAX_BUNDLE_BYTES by whoever inflates them. */
export function unwrapBundle(bytes: Uint8Array): Result<{ readonly codec: Codec; readonly payload: Uint8Array }> {
  const codec = CODECS[bytes[1] ?? -1]
  if (bytes[0] !== WRAP_MAGIC || codec === undefined) return refuse('not-a-bundle')
  const payload = bytes.subarray(2)
  return payload.length > MAX_BUNDLE_BYTES ? refuse('too-large') : ok({ codec, payload })
}

/** The first line of a file, so that a person and `file` can tell what it is. */
const FILE_MAGIC = domainBytes('tabweave bundle 1\n')

/** A file: the magic line, then each wrapped bundle after its length. */
export function encodeFile(bundles: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = createWriter()
  writeBytes(out, FILE_MAGIC)
  for (const bundle of bundles) {
    writeVarint(out, bundle.length)
    writeBytes(out, bundle)
  }
  return written(out)
}

/** The wrapped bundles of a file, as views, not looked into; or why it is none of ours, or cut. */
export function decodeFile(bytes: Uint8Array): Result<readonly Uint8Array[]> {
  if (!equalBytes(bytes.subarray(0, FILE_MAGIC.length), FILE_MAGIC)) return refuse('not-a-bundle')
  const reader = createReader(bytes, FILE_MAGIC.length)
  const bundles: Uint8Array[] = []
  while (left(reader) > 0) {
    const length = readVarint(reader)
    if (length > 2 + MAX_BUNDLE_BYTES) return refuse('too-large')
    bundles.push(readBytes(reader, length))
  }
  return reader.failed ? refuse('truncated') : ok(bundles)
}
