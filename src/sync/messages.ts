/**
 * The protocol messages that nodes send each other: version byte ‖ canonical CBOR array [kind, …], all fields of it flat. Ids are packed,
 * 32 bytes each, in one byte string. So a list costs only its ids, and its length is known before it is read.
 */
import { bytesOf, writeByte, writeBytes } from '../core/byte-writer.ts'
import { concatBytes } from '../core/bytes.ts'
import { decodeValue, writeValue } from '../core/cbor.ts'
import { isAuthorKey } from '../core/keys.ts'
import {
  ID_BYTES,
  MAX_ECHOES,
  MAX_HEADS_LISTED,
  MAX_NEAR_IDS,
  MAX_TIPS_PAGE,
  MESSAGE_VERSION,
  SIGNATURE_BYTES,
  TOKEN_BYTES,
} from '../core/limits.ts'
import { asAuthor, asOpId, type Author, type OpId } from '../core/op.ts'
import { assert, ok, refuse, type Result } from '../core/result.ts'
import type { Value } from '../core/value.ts'
import { MAX_BUNDLE_BYTES } from './bundle.ts'
import { MAX_PARTS, PART_BYTES } from './parts.ts'
import { createReader, left, readCopy, readVarint, writeVarint } from './varint.ts'

/** The latest op of one branch of an author, as its holder knows it. */
export interface Tip {
  /** The author's first bytes, as many for all tips of a message: LEAST_HINT_BYTES … MOST_HINT_BYTES. */
  readonly hint: Uint8Array
  readonly seq: number
  readonly id: OpId
  /** No op that its holder holds follows it: it is a head. Each head is the tip of its author. */
  readonly isHead: boolean
}

export type Message =
  /**
   * Proves to this receiver that the sender is `author`: `proof` signs `peerProofBytes` of this session. `token`: the sender's
   * present token (TOKEN_BYTES). `own`: how many ops of its own it has stored.
   */
  | { readonly type: 'hello'; readonly author: Author; readonly proof: Uint8Array; readonly token: Uint8Array; readonly own: number }
  /**
   * Announces what the sender holds: the digest of its heads, which decides whether both hold the same; the heads (all `headCount` of
   * them if they are at most MAX_HEADS_LISTED, otherwise some); and its number of ops, a hint. `token`: the sender's present token when
   * the message is to everybody, otherwise empty. `echoes`: tokens that the sender heard, of the receiver or of everybody, one after the
   * other. A node that reads its own token knows that the message was made after it gave the token out.
   */
  | {
      readonly type: 'heads'
      readonly digest: Uint8Array
      readonly heads: readonly OpId[]
      readonly headCount: number
      readonly ops: number
      readonly token: Uint8Array
      readonly echoes: Uint8Array
    }
  /**
   * Asks for everything that the receiver holds and the sender lacks, up to and including `ids` (none: all). The tips of its authors, its
   * heads among them, say what the sender holds. If there are too many heads, `parts` describe all of them (`parts.ts`); otherwise
   * `parts` is empty. `headCount` and `ops` are as in "heads". `ofAll`: said to everybody, and answered by the node whose sender value is
   * nearest to the asker's; `after` is 0 then. `after`: the ref of the receiver's last answer that the sender has taken in, or 0. If tips
   * cannot say all that the sender holds, the next answer continues where that one ended.
   */
  | {
      readonly type: 'want'
      readonly ref: number
      readonly ids: readonly OpId[]
      readonly tips: readonly Tip[]
      readonly parts: Uint8Array
      readonly headCount: number
      readonly ops: number
      readonly ofAll: boolean
      readonly after: number
    }
  /**
   * Asks for `ids` and for ops closely below them: at most `most` ops in all, the nearest first, and the ops that are needed to verify
   * them. It does not say what the sender holds. So it is short, and parts of the answer may be held already.
   */
  | { readonly type: 'near'; readonly ref: number; readonly ids: readonly OpId[]; readonly most: number }
  /** Answers the want or near `ref`, or brings new ops unasked when `ref` is 0. `left` is how many ops are still to come: a hint. */
  | { readonly type: 'units'; readonly ref: number; readonly bundle: Uint8Array; readonly last: boolean; readonly left: number }
  /** The sender leaves. */
  | { readonly type: 'bye' }
  /** The sender has judged the first `taken` bundles of the answer to its question `ref`: more of them may come. */
  | { readonly type: 'more'; readonly ref: number; readonly taken: number }

export type Want = Extract<Message, { type: 'want' }>
export type Near = Extract<Message, { type: 'near' }>
/** Either kind of question. */
export type AnyWant = Want | Near
export type Units = Extract<Message, { type: 'units' }>

/** Bytes of `Tip.hint`. They depend on how many authors have to be told apart. A wrong guess only costs a repetition. */
const LEAST_HINT_BYTES = 2
const MOST_HINT_BYTES = 6

/** So many bytes tell this many authors apart, except for one pair in some five hundred rooms. */
export function hintBytes(authors: number): number {
  let bytes = LEAST_HINT_BYTES
  for (let apart = 16; apart < authors && bytes < MOST_HINT_BYTES; apart *= 16) bytes++
  return bytes
}

/** The longest tip, packed: hint, twice the seq and 1 for a head as a varint, id. */
const LONGEST_TIP = MOST_HINT_BYTES + 8 + ID_BYTES

/** All of a message except its bundle: a list of ids, a page of tips, parts, tokens, and a few numbers. Bytes. */
const MAX_FIELDS_BYTES = MAX_HEADS_LISTED * ID_BYTES + MAX_TIPS_PAGE * LONGEST_TIP + MAX_PARTS * PART_BYTES + MAX_ECHOES * TOKEN_BYTES + 128

/** A wrapped bundle: its columns and two bytes. */
const MAX_WRAPPED_BYTES = MAX_BUNDLE_BYTES + 2

const KINDS = ['hello', 'heads', 'want', 'units', 'bye', 'more', 'near'] as const satisfies readonly Message['type'][]

// — encoding ———————————————————————————————————————————————————————————————————————————————————————————————

/** A bundle that nobody asked for, as a message. */
export const encodeUnasked = (bundle: Uint8Array): Uint8Array => encodeMessage({ type: 'units', ref: 0, bundle, last: true, left: 0 })

/** The bytes of a message. Lists beyond their limits, and keys of the wrong length, are the caller's error. */
export function encodeMessage(message: Message): Uint8Array<ArrayBuffer> {
  return bytesOf((out) => {
    writeByte(out, MESSAGE_VERSION)
    writeValue(out, [KINDS.indexOf(message.type), ...fieldsOf(message)], 0)
  })
}

function fieldsOf(message: Message): readonly Value[] {
  switch (message.type) {
    case 'hello':
      return [message.author, message.proof, message.token, message.own]
    case 'heads':
      return [message.digest, packIds(message.heads), message.headCount, message.ops, message.token, message.echoes]
    case 'want':
      return [
        message.ref,
        packIds(message.ids),
        packTips(message.tips),
        message.parts,
        message.headCount,
        message.ops,
        message.ofAll || message.after,
      ]
    case 'near':
      assert(message.ids.length <= MAX_NEAR_IDS, 'a short question has at most MAX_NEAR_IDS ids')
      return [message.ref, packIds(message.ids), message.most]
    case 'units':
      return [message.ref, message.bundle, message.last, message.left]
    case 'bye':
      return []
    case 'more':
      return [message.ref, message.taken]
  }
}

function packIds(ids: readonly OpId[]): Uint8Array {
  assert(ids.length <= MAX_HEADS_LISTED, 'a list of ids holds at most MAX_HEADS_LISTED')
  return concatBytes(ids)
}

/** Length of the hints, then each tip: hint, varint of 2 · seq and 1 for a head, id. Nothing for no tips. */
function packTips(tips: readonly Tip[]): Uint8Array {
  assert(tips.length <= MAX_TIPS_PAGE, 'a page holds at most MAX_TIPS_PAGE tips')
  const [first] = tips
  if (first === undefined) return new Uint8Array()
  return bytesOf((out) => {
    writeByte(out, first.hint.length)
    for (const { hint, seq, id, isHead } of tips) {
      assert(hint.length === first.hint.length, 'tips of a message have hints of one length')
      writeBytes(out, hint)
      writeVarint(out, 2 * seq + (isHead ? 1 : 0))
      writeBytes(out, id)
    }
  })
}

// — decoding ———————————————————————————————————————————————————————————————————————————————————————————————

/**
 * The message in bytes from a peer, or the reason why there is none: another version ('unknown-version'), a kind that this version does
 * not have ('unknown-message'), anything else ('bad-message'). Total. Byte strings in it are copies.
 */
export function decodeMessage(bytes: Uint8Array): Result<Message> {
  if (bytes.length === 0) return refuse('bad-message')
  if (bytes[0] !== MESSAGE_VERSION) return refuse('unknown-version')
  if (bytes.length > MAX_WRAPPED_BYTES + MAX_FIELDS_BYTES) return refuse('too-large')
  // One array of a few flat fields: its head is one byte, and nothing in it nests.
  const head = bytes[1] ?? 0
  if (head <= 0x80 || head > 0x97) return refuse('bad-message')
  const decoded = decodeValue(bytes.subarray(1), 1)
  if (!decoded.ok || !Array.isArray(decoded.value)) return refuse('bad-message')
  const [number, ...fields] = decoded.value as readonly Value[]
  if (typeof number !== 'number' || number < 0) return refuse('bad-message')
  const kind = KINDS[number]
  if (kind === undefined) return refuse('unknown-message')
  const message = messageOf(kind, fields)
  return message === null ? refuse('bad-message') : ok(message)
}

/** The kind with which the bytes begin, whatever follows. It helps a caller to decide whether to read on. */
export const kindOf = (bytes: Uint8Array): Message['type'] | undefined => KINDS[bytes[2] ?? -1]

/** The message of a kind, or null when the fields do not belong to that kind. */
function messageOf(kind: Message['type'], fields: readonly Value[]): Message | null {
  const [a, b, c, d, e, f, g] = fields
  switch (kind) {
    case 'hello':
      if (fields.length !== 4 || !isBytes(a, 32) || !isAuthorKey(a) || !isBytes(b, SIGNATURE_BYTES)) return null
      if (!isBytes(c, TOKEN_BYTES) || !isCount(d)) return null
      return { type: kind, author: asAuthor(a), proof: b, token: c, own: d }
    case 'heads': {
      const heads = unpackIds(b, MAX_HEADS_LISTED)
      if (fields.length !== 6 || !isBytes(a, ID_BYTES) || heads === null || !isCount(c) || !isCount(d) || c < heads.length) return null
      if (!isPacked(e, TOKEN_BYTES, 1) || !isPacked(f, TOKEN_BYTES, MAX_ECHOES)) return null
      return { type: kind, digest: a, heads, headCount: c, ops: d, token: e, echoes: f }
    }
    case 'want': {
      const ids = unpackIds(b, MAX_HEADS_LISTED)
      const tips = unpackTips(c)
      if (fields.length !== 7 || !isCount(a) || ids === null || tips === null || (g !== true && !isCount(g))) return null
      if (!isPacked(d, PART_BYTES, MAX_PARTS) || !isCount(e) || !isCount(f) || e < tips.filter(({ isHead }) => isHead).length) return null
      return { type: kind, ref: a, ids, tips, parts: d, headCount: e, ops: f, ofAll: g === true, after: g === true ? 0 : g }
    }
    case 'near': {
      const ids = unpackIds(b, MAX_NEAR_IDS)
      return fields.length === 3 && isCount(a) && ids !== null && isCount(c) ? { type: kind, ref: a, ids, most: c } : null
    }
    case 'units':
      if (fields.length !== 4 || !isCount(a) || !(b instanceof Uint8Array) || typeof c !== 'boolean' || !isCount(d)) return null
      return b.length > MAX_WRAPPED_BYTES ? null : { type: kind, ref: a, bundle: b, last: c, left: d }
    case 'bye':
      return fields.length === 0 ? { type: kind } : null
    case 'more':
      return fields.length === 2 && isCount(a) && isCount(b) ? { type: kind, ref: a, taken: b } : null
  }
}

const isCount = (value: Value | undefined): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

const isBytes = (value: Value | undefined, length: number): value is Uint8Array => value instanceof Uint8Array && value.length === length

/** Whether it is a packed list of at most `most` items of `size` bytes. */
const isPacked = (value: Value | undefined, size: number, most: number): value is Uint8Array =>
  value instanceof Uint8Array && value.length % size === 0 && value.length <= most * size

function unpackIds(packed: Value | undefined, most: number): OpId[] | null {
  if (!isPacked(packed, ID_BYTES, most)) return null
  const ids: OpId[] = []
  for (let at = 0; at < packed.length; at += ID_BYTES) ids.push(asOpId(packed.slice(at, at + ID_BYTES)))
  return ids
}

function unpackTips(packed: Value | undefined): Tip[] | null {
  if (!(packed instanceof Uint8Array) || packed.length > 1 + MAX_TIPS_PAGE * LONGEST_TIP) return null
  const tips: Tip[] = []
  if (packed.length === 0) return tips
  const reader = createReader(packed)
  const hintLength = packed[reader.at++]!
  if (hintLength < LEAST_HINT_BYTES || hintLength > MOST_HINT_BYTES) return null
  do {
    const hint = readCopy(reader, hintLength)
    const seqAndHead = readVarint(reader)
    const id = readCopy(reader, ID_BYTES)
    if (reader.failed || tips.length === MAX_TIPS_PAGE) return null
    tips.push({ hint, seq: Math.floor(seqAndHead / 2), id: asOpId(id), isHead: seqAndHead % 2 === 1 })
  } while (left(reader) > 0)
  return tips
}
