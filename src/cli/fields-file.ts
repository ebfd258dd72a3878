/**
 * Small files of a few fields: SHA-256 of the rest, then the fields in the protocol's own encoding. A file with a right checksum may
 * still hold anything.
 */
import { concatBytes, equalBytes } from '../core/bytes.ts'
import { decodeValue, encodeValue } from '../core/cbor.ts'
import { sha256 } from '../core/hash.ts'
import type { Value } from '../core/value.ts'

const CHECKSUM_BYTES = 32

export function withChecksum(fields: readonly Value[]): Uint8Array {
  const rest = encodeValue(fields)
  return concatBytes([sha256(rest), rest])
}

/** Null for bytes that are no such file. The caller checks the fields. */
export function checkedFields(bytes: Uint8Array): readonly Value[] | null {
  const rest = bytes.slice(CHECKSUM_BYTES)
  const decoded = decodeValue(rest)
  if (!equalBytes(bytes.subarray(0, CHECKSUM_BYTES), sha256(rest)) || !decoded.ok || !Array.isArray(decoded.value)) return null
  return decoded.value as readonly Value[]
}

export const isBytes = (value: unknown, length: number): value is Uint8Array => value instanceof Uint8Array && value.length === length

/** A whole number from 0 on. */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
