/**
 * Tokens: how a node tells living peers from recordings. It gives out a new token every few seconds, inside sealed messages. A peer that
 * says the token back says it after the token was given out. An old recording cannot do this, and neither can a message that was held
 * back for long.
 *
 *     token = first 8 bytes of SHA-256("tabweave/token/1" ‖ sender value ‖ number, 8 bytes)
 *
 * The sender value is new in each run, so no token of an earlier run comes again. A participant can compute tokens ahead of time, and
 * gains nothing: a participant that lies can lie about what it holds in any case.
 */
import { concatBytes, equalBytes } from '../core/bytes.ts'
import { DOMAIN } from '../core/domains.ts'
import { domainBytes, sha256 } from '../core/hash.ts'
import { TOKEN_BYTES } from '../core/limits.ts'

/** Tokens remembered, newest first: more than are given out while one of them counts. */
const REMEMBERED = 8

interface Token {
  readonly bytes: Uint8Array
  /** When it was given out first (ms). */
  readonly at: number
}

export interface Tokens {
  readonly sender: Uint8Array
  given: number
  /** Newest first; never empty. */
  recent: readonly Token[]
}

/** The tokens of a run. @param sender its sender value @param now ms */
export function createTokens(sender: Uint8Array, now: number): Tokens {
  const tokens: Tokens = { sender, given: 0, recent: [] }
  renew(tokens, now)
  return tokens
}

/** Replaces the present token. */
export function renew(tokens: Tokens, now: number): void {
  const number = new Uint8Array(8)
  new DataView(number.buffer).setUint32(4, tokens.given++)
  const bytes = sha256(concatBytes([domainBytes(DOMAIN.token), tokens.sender, number])).slice(0, TOKEN_BYTES)
  tokens.recent = [{ bytes, at: now }, ...tokens.recent].slice(0, REMEMBERED)
}

/** The present token. */
export const present = ({ recent }: Tokens): Uint8Array => recent[0]!.bytes

/** When the newest token among these (TOKEN_BYTES each, one after the other) was given out; −Infinity if none is a recent token of ours. */
export function newestEcho({ recent }: Tokens, echoes: Uint8Array): number {
  for (const { bytes, at } of recent) {
    for (let from = 0; from < echoes.length; from += TOKEN_BYTES) {
      if (equalBytes(bytes, echoes.subarray(from, from + TOKEN_BYTES))) return at
    }
  }
  return -Infinity
}
