/**
 * The result of reading hostile bytes: a value, or a named refusal. No code in the pure layers throws on bad input. An exception means
 * that our own code is wrong.
 */
export type Result<T, R extends string = Refusal> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: R }

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value })
export const refuse = <R extends string>(reason: R): { readonly ok: false; readonly reason: R } => ({ ok: false, reason })

/** The value, or null where there is none, whatever the reason. */
export const valueOf = <T>(result: Result<T, string>): T | null => (result.ok ? result.value : null)

/** For a programmer's error, never for a peer's: stops here, so that the program does not go on with a wrong state. */
export function assert(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${sentence}`)
}

/** Reasons that can be told from an op's bytes alone (protocol: well-formed). */
export type FormRefusal =
  | 'too-large' // more bytes than the limit for this thing
  | 'truncated' // bytes end inside a value
  | 'trailing-bytes' // bytes after the value
  | 'not-canonical' // another, shorter or sorted, encoding of the same value exists
  | 'unsupported-type' // tags, undefined, simple values, indefinite lengths
  | 'bad-number' // −0, NaN, infinities, integers beyond ±(2^53−1), floats that are integers
  | 'bad-text' // ill-formed UTF-8, lone surrogates
  | 'bad-key' // a map key that is not a text, unsorted, or repeated
  | 'too-deep' // nested beyond MAX_NESTING
  | 'bad-shape' // the fields are not those of an op
  | 'unknown-version' // not OP_VERSION, or not MESSAGE_VERSION
  | 'bad-author' // not a canonical Ed25519 key of large order
  | 'bad-seq' // prev is null iff seq is 0 does not hold
  | 'deps-unsorted' // not strictly ascending
  | 'too-many-deps' // more than MAX_DEPS
  | 'prev-in-deps'
  | 'no-parents' // not a genesis, and names no parent
  | 'bad-genesis' // a genesis with parents or a seq

/** Reasons that need the parents (protocol: structurally valid). */
export type StructureRefusal =
  | 'wrong-room' // names another room's genesis
  | 'second-genesis'
  | 'prev-not-own' // prev is another author's op
  | 'seq-gap' // seq is not seq(prev) + 1
  | 'self-parent' // names itself (needs a broken hash; checked all the same)
  | 'parent-rejected'

/** Reasons that need the room's rules (protocol: semantically valid). */
export type MeaningRefusal = 'unknown-rules' | 'unknown-kind' | 'bad-body'

/** Why an op is rejected for good. */
export type Verdict = StructureRefusal | MeaningRefusal

/** Reasons about the unit, bundle or protocol message that carried ops. They count against the peer that sent it, never against an op id. */
export type CarrierRefusal =
  | 'bad-signature'
  | 'unauthentic' // nothing in its unit vouches for it
  | 'unit-too-large'
  | 'not-a-bundle'
  | 'bad-bundle'
  | 'bad-deflate'
  | 'too-many-ops' // a bundle of more ops than are taken from a link that has brought few before
  | 'bad-message'
  | 'unknown-message'
  | 'bad-envelope'
  | 'wrong-sender'
  | 'bad-candidate' // names a network address that no honest tab has, for packets to be sent there
  | 'bad-channel' // a direct channel whose other end did not prove that it is who was called
  | 'not-for-this-room'
  | 'bad-checksum'
  | 'pending-full'

/** Reasons why two chains do not prove an equivocation (protocol: evidence). */
export type ProofRefusal =
  | 'empty-chain'
  | 'one-op' // both chains begin with the same op
  | 'two-rooms'
  | 'two-authors'
  | 'two-seqs'
  | 'broken-chain' // an op does not follow the one before it, or is by another author
  | Extract<CarrierRefusal, 'unit-too-large' | 'bad-signature'>

/** Reasons why a file is no evidence: its form, the form of an op in it, or the proof. */
export type EvidenceRefusal = 'not-evidence' | FormRefusal | ProofRefusal

export type Refusal = FormRefusal | StructureRefusal | MeaningRefusal | CarrierRefusal
