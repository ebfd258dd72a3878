/** An op: one vertex of the DAG. Its shape, its canonical bytes, its id, and all rules that its bytes alone decide. */
import { compareBytes, equalBytes } from './bytes.ts'
import { checkValue, decodeValue, encodeValue, headLength, MAJOR, writeHead } from './cbor.ts'
import { opId } from './hash.ts'
import { isAuthorKey } from './keys.ts'
import { AUTHOR_BYTES, ID_BYTES, MAX_BODY_BYTES, MAX_DEPS, MAX_NESTING, MAX_OP_BYTES, OP_VERSION } from './limits.ts'
import { assert, ok, refuse, type FormRefusal, type Result } from './result.ts'
import { newBytes } from './slab.ts'
import type { Value } from './value.ts'

declare const brand: unique symbol

/** SHA-256 of an op's canonical bytes under its domain: 32 bytes. `opId` and `decodeOp` compute it; `asOpId` reads it from received bytes. */
export type OpId = Uint8Array & { readonly [brand]: 'OpId' }

/** An Ed25519 public key: 32 bytes. */
export type Author = Uint8Array & { readonly [brand]: 'Author' }

export interface Op {
  /** The room's genesis op; null only in the genesis itself. */
  readonly room: OpId | null
  readonly author: Author
  /** 0 for the author's first op in the room, else seq(prev) + 1. */
  readonly seq: number
  /** The author's previous op; null iff seq is 0. */
  readonly prev: OpId | null
  /** Other heads the author had seen: strictly ascending, unique, at most MAX_DEPS, prev not among them. */
  readonly deps: readonly OpId[]
  /** The author's clock, whole seconds since 1970. Shown to people; never used for validity, order or merging. */
  readonly time: number
  /** The canonical encoding of the body. `crdt/` and `rules/` say what it means. At most MAX_BODY_BYTES. */
  readonly body: Uint8Array
}

/** parents(op) = {prev} ∪ deps, prev first. */
export function parentIds({ prev, deps }: Op): readonly OpId[] {
  return prev === null ? deps : [prev, ...deps]
}

export type DecodedOp = Result<Op, FormRefusal>

/** Names the 32 bytes of an op id. */
export function asOpId(bytes: Uint8Array): OpId {
  assert(bytes.length === ID_BYTES, 'an op id is 32 bytes')
  return bytes as OpId
}

/** Names the 32 bytes of an author. */
export function asAuthor(bytes: Uint8Array): Author {
  assert(bytes.length === AUTHOR_BYTES, 'an author is 32 bytes')
  return bytes as Author
}

// — encoding ———————————————————————————————————————————————————————————————————————————————————————————————

/** Fields of an op's array: version, room, author, seq, prev, deps, time, body. */
const FIELDS = 8

/** 32 bytes as CBOR: a head of two bytes before them. */
const KEY_LENGTH = 2 + ID_BYTES

/** Length of `encodeOp(op)` without encoding it. */
export function opLength(op: Op): number {
  return (
    2 +
    (op.room === null ? 1 : KEY_LENGTH) +
    KEY_LENGTH +
    headLength(op.seq) +
    (op.prev === null ? 1 : KEY_LENGTH) +
    headLength(op.deps.length) +
    op.deps.length * KEY_LENGTH +
    headLength(op.time) +
    op.body.length
  )
}

/** Writes the canonical bytes of an op at `at`; returns where they end. There must be space for `opLength(op)` bytes. */
function writeOp(into: Uint8Array, at: number, op: Op): number {
  let end = writeHead(into, at, MAJOR.array, FIELDS)
  end = writeHead(into, end, MAJOR.uint, OP_VERSION)
  end = writeKey(into, end, op.room)
  end = writeKey(into, end, op.author)
  end = writeHead(into, end, MAJOR.uint, op.seq)
  end = writeKey(into, end, op.prev)
  end = writeHead(into, end, MAJOR.array, op.deps.length)
  for (const dep of op.deps) end = writeKey(into, end, dep)
  end = writeHead(into, end, MAJOR.uint, op.time)
  into.set(op.body, end)
  return end + op.body.length
}

const NULL = 0xf6

function writeKey(into: Uint8Array, at: number, key: Uint8Array | null): number {
  if (key === null) {
    into[at] = NULL
    return at + 1
  }
  into[at] = (MAJOR.bytes << 5) | 24
  into[at + 1] = ID_BYTES
  into.set(key, at + 2)
  return at + KEY_LENGTH
}

/** Canonical bytes: the CBOR array [version, room, author, seq, prev, deps, time, body], the body's own encoding spliced in. */
export function encodeOp(op: Op): Uint8Array<ArrayBuffer> {
  const out = newBytes(opLength(op))
  writeOp(out, 0, op)
  return out
}

/** A buffer for ops that nobody keeps. */
const scratch = new Uint8Array(MAX_OP_BYTES)

/** The id of a well-formed op (`checkOp`). */
export function hashOp(op: Op): OpId {
  assert(opLength(op) <= MAX_OP_BYTES, 'an op is at most MAX_OP_BYTES')
  return opId(scratch.subarray(0, writeOp(scratch, 0, op)))
}

// — judging ————————————————————————————————————————————————————————————————————————————————————————————————

/**
 * The rule that an op breaks by itself, without its parents, or null. In this order:
 *  - its numbers are whole and in 0 … 2^53 − 1, its keys 32 bytes (bad-shape);
 *  - author is a canonical key of large order (bad-author);
 *  - a genesis has no prev, no deps and seq 0 (bad-genesis);
 *  - prev is null iff seq is 0 (bad-seq);
 *  - any op but the genesis has a parent (no-parents);
 *  - deps are at most MAX_DEPS (too-many-deps), strictly ascending (deps-unsorted), without prev (prev-in-deps);
 *  - body is at most MAX_BODY_BYTES (too-large) and the canonical encoding of a value (as `checkValue` says).
 */
export function checkOp(op: Op): FormRefusal | null {
  if (!isCount(op.seq) || !isCount(op.time)) return 'bad-shape'
  if (!isKey(op.room) || !isKey(op.prev)) return 'bad-shape'
  if (!isAuthorKey(op.author)) return 'bad-author'
  const wrong = checkParents(op)
  if (wrong !== null) return wrong
  if (op.body.length > MAX_BODY_BYTES) return 'too-large'
  return checkValue(op.body, 0, op.body.length)
}

function checkParents({ room, seq, prev, deps }: Op): FormRefusal | null {
  if (room === null && (seq !== 0 || prev !== null || deps.length > 0)) return 'bad-genesis'
  if ((prev === null) !== (seq === 0)) return 'bad-seq'
  if (room !== null && prev === null && deps.length === 0) return 'no-parents'
  if (deps.length > MAX_DEPS) return 'too-many-deps'
  for (let i = 0; i < deps.length; i++) {
    const dep = deps[i]!
    if (!isKey(dep)) return 'bad-shape'
    if (i > 0 && compareBytes(deps[i - 1]!, dep) >= 0) return 'deps-unsorted'
    if (prev !== null && equalBytes(prev, dep)) return 'prev-in-deps'
  }
  return null
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0
const isKey = (key: Uint8Array | null): boolean => key === null || key.length === ID_BYTES

// — decoding ———————————————————————————————————————————————————————————————————————————————————————————————

/**
 * The op of canonical bytes, or the first rule they break: size, CBOR's rules, the fields' types, the version, then those
 * of `checkOp`. Total on any bytes. The last step encodes again and compares, whatever the checks before it have missed.
 */
export function decodeOp(bytes: Uint8Array): DecodedOp {
  if (bytes.length > MAX_OP_BYTES) return refuse('too-large')
  // One more than a body's nesting, for the op's own array.
  const decoded = decodeValue(bytes, MAX_NESTING + 1)
  if (!decoded.ok) return decoded
  const fields = decoded.value
  if (!Array.isArray(fields) || typeof fields[0] !== 'number') return refuse('bad-shape')
  if (fields[0] !== OP_VERSION) return refuse('unknown-version')
  if (fields.length !== FIELDS) return refuse('bad-shape')
  const [, room, author, seq, prev, deps, time, body] = fields as readonly Value[]
  if (!isKeyValue(room) || !isKeyValue(prev) || !(author instanceof Uint8Array) || !isKeyList(deps)) return refuse('bad-shape')
  if (typeof seq !== 'number' || typeof time !== 'number') return refuse('bad-shape')
  const op: Op = { room, author: author as Author, seq, prev, deps, time, body: encodeValue(body!) }
  const wrong = checkOp(op)
  if (wrong !== null) return refuse(wrong)
  return equalBytes(encodeOp(op), bytes) ? ok(op) : refuse('not-canonical')
}

const isKeyValue = (value: Value | undefined): value is OpId | null =>
  value === null || (value instanceof Uint8Array && value.length === ID_BYTES)

const isKeyList = (value: Value | undefined): value is readonly OpId[] =>
  Array.isArray(value) && value.every((each) => isKeyValue(each as Value) && each !== null)
