/**
 * The meaning of an op's body. Bodies are canonical CBOR arrays, the kind first. A room's rules say which kinds it allows (`rules/`).
 * Reading is total: a body that is not one of these is a named refusal.
 */
import { decodeValue, encodeValue } from '../core/cbor.ts'
import { type MeaningRefusal, ok, refuse, type Result } from '../core/result.ts'
import type { Value } from '../core/value.ts'

/** One replacement in a text by plain position: `inserted` replaces `deleted` characters at `position` (Unicode scalar values). */
export interface Patch {
  readonly position: number
  readonly deleted: number
  readonly inserted: string
}

export type Body =
  /** The first op of a room: its name, and the rules by name and version. */
  | { readonly kind: 'genesis'; readonly name: string; readonly rules: string; readonly rulesVersion: number }
  /** A text that a person or a script wrote. */
  | { readonly kind: 'message'; readonly text: string }
  /** Has no content: joins heads. */
  | { readonly kind: 'merge' }
  /** A recorded edit by plain positions: shown, kept in its causal place, not merged into a document. */
  | { readonly kind: 'patch'; readonly patches: readonly Patch[] }

/** The numbers that stand for the kinds on the wire. */
const KIND = { genesis: 0, message: 1, merge: 2, patch: 3 } as const

/** Canonical bytes of a body. Asserts on texts with lone surrogates: check typed text with `isWellFormed` first. */
export function encodeBody(body: Body): Uint8Array {
  switch (body.kind) {
    case 'genesis':
      return encodeValue([KIND.genesis, body.name, body.rules, body.rulesVersion])
    case 'message':
      return encodeValue([KIND.message, body.text])
    case 'merge':
      return encodeValue([KIND.merge])
    case 'patch':
      return encodeValue([KIND.patch, ...body.patches.flatMap(({ position, deleted, inserted }) => [position, deleted, inserted])])
  }
}

/** Reads canonical bytes (checked before: `checkOp`) as a body. */
export function decodeBody(bytes: Uint8Array): Result<Body, MeaningRefusal> {
  const decoded = decodeValue(bytes)
  if (!decoded.ok || !Array.isArray(decoded.value)) return refuse('bad-body')
  const [kind, ...rest] = decoded.value as readonly Value[]
  switch (kind) {
    case KIND.genesis: {
      const [name, rules, rulesVersion] = rest
      if (rest.length !== 3 || typeof name !== 'string' || typeof rules !== 'string' || !isCount(rulesVersion)) return refuse('bad-body')
      return ok({ kind: 'genesis', name, rules, rulesVersion })
    }
    case KIND.message: {
      const [text] = rest
      return rest.length === 1 && typeof text === 'string' ? ok({ kind: 'message', text }) : refuse('bad-body')
    }
    case KIND.merge:
      return rest.length === 0 ? ok({ kind: 'merge' }) : refuse('bad-body')
    case KIND.patch:
      return decodePatches(rest)
    default:
      return refuse('unknown-kind')
  }
}

function decodePatches(rest: readonly Value[]): Result<Body, MeaningRefusal> {
  if (rest.length === 0 || rest.length % 3 !== 0) return refuse('bad-body')
  const patches: Patch[] = []
  for (let i = 0; i < rest.length; i += 3) {
    const [position, deleted, inserted] = [rest[i], rest[i + 1], rest[i + 2]]
    if (!isCount(position) || !isCount(deleted) || typeof inserted !== 'string') return refuse('bad-body')
    patches.push({ position, deleted, inserted })
  }
  return ok({ kind: 'patch', patches })
}

const isCount = (value: Value | undefined): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0
