/**
 * Evidence as bytes, for a file that anyone can check without the room: a line that people can read, then both chains, the one whose
 * first op has the lower id first. Numbers have a fixed width, so one piece of evidence has one encoding.
 *
 *   file  = "tabweave evidence 1" newline chain chain
 *   chain = number of ops (2 bytes), signature of the last op (64 bytes), for each op its length (4 bytes) and its canonical bytes
 */
import { bytesOf, type ByteWriter, writeByte, writeBytes } from './byte-writer.ts'
import { compareBytes, equalBytes } from './bytes.ts'
import { checkEvidence, type Evidence, type Verify } from './evidence.ts'
import { domainBytes, opId } from './hash.ts'
import { MAX_UNIT_BYTES, MAX_UNIT_OPS, SIGNATURE_BYTES } from './limits.ts'
import { decodeOp, encodeOp } from './op.ts'
import { assert, type EvidenceRefusal, ok, refuse, type Result } from './result.ts'
import type { Unit, UnitOp } from './unit.ts'

const MAGIC = domainBytes('tabweave evidence ')
const FIRST_LINE = domainBytes('tabweave evidence 1\n')

/** Whether a file begins as evidence does, of any version. */
export const isEvidenceFile = (bytes: Uint8Array): boolean => equalBytes(bytes.subarray(0, MAGIC.length), MAGIC)

/** Two chains of the largest unit each: 2 MiB of ops, 8 KiB of lengths, 151 bytes of everything else. Bytes. */
export const MAX_EVIDENCE_BYTES = 2 * MAX_UNIT_BYTES + 8 * MAX_UNIT_OPS + 256

/** The file of evidence that proves (`checkEvidence`). Of the signatures it holds only those of the last ops. O(bytes). */
export function encodeEvidence({ a, b }: Evidence): Uint8Array<ArrayBuffer> {
  const [first, second] = compareBytes(a[0]!.id, b[0]!.id) < 0 ? [a, b] : [b, a]
  return bytesOf((out) => {
    writeBytes(out, FIRST_LINE)
    writeChain(out, first)
    writeChain(out, second)
  })
}

function writeChain(out: ByteWriter, chain: Unit): void {
  const { signature } = chain.at(-1)!
  assert(signature !== null, 'the last op of a chain is signed')
  writeNumber(out, chain.length, 2)
  writeBytes(out, signature)
  for (const { op } of chain) {
    const bytes = encodeOp(op)
    writeNumber(out, bytes.length, 4)
    writeBytes(out, bytes)
  }
}

function writeNumber(out: ByteWriter, value: number, width: number): void {
  for (let shift = 8 * (width - 1); shift >= 0; shift -= 8) writeByte(out, (value >>> shift) & 0xff)
}

/**
 * The evidence in a file, if it is valid, or the first rule that it breaks. Total on any bytes. In this order: the first line
 * (not-evidence, unknown-version); the size (too-large); then from left to right the number of ops (empty-chain, unit-too-large), the
 * lengths (truncated) and each op's own rules (`decodeOp`); bytes after the chains (trailing-bytes); the order of the chains
 * (not-canonical); and the rules of `checkEvidence`. O(bytes), at most two signatures.
 */
export function openEvidence(bytes: Uint8Array, verify: Verify): Result<Evidence, EvidenceRefusal> {
  const evidence = decodeEvidence(bytes)
  if (!evidence.ok) return evidence
  const why = checkEvidence(evidence.value, verify)
  return why === null ? evidence : refuse(why)
}

function decodeEvidence(bytes: Uint8Array): Result<Evidence, EvidenceRefusal> {
  if (!isEvidenceFile(bytes)) return refuse('not-evidence')
  if (!equalBytes(bytes.subarray(0, FIRST_LINE.length), FIRST_LINE)) return refuse('unknown-version')
  if (bytes.length > MAX_EVIDENCE_BYTES) return refuse('too-large')
  const a = readChain(bytes, FIRST_LINE.length)
  if (!a.ok) return a
  const b = readChain(bytes, a.value.end)
  if (!b.ok) return b
  if (b.value.end < bytes.length) return refuse('trailing-bytes')
  const evidence = { a: a.value.chain, b: b.value.chain }
  return compareBytes(evidence.a[0]!.id, evidence.b[0]!.id) > 0 ? refuse('not-canonical') : ok(evidence)
}

/** The chain that begins at `at`, and where it ends. */
function readChain(bytes: Uint8Array, at: number): Result<{ readonly chain: Unit; readonly end: number }, EvidenceRefusal> {
  const signatureAt = at + 2
  let end = signatureAt + SIGNATURE_BYTES
  if (end > bytes.length) return refuse('truncated')
  const count = readNumber(bytes, at, 2)
  if (count === 0) return refuse('empty-chain')
  if (count > MAX_UNIT_OPS) return refuse('unit-too-large')
  const signature = bytes.slice(signatureAt, end)
  const chain: UnitOp[] = []
  while (chain.length < count) {
    const from = end + 4
    if (from > bytes.length) return refuse('truncated')
    end = from + readNumber(bytes, end, 4)
    if (end > bytes.length) return refuse('truncated')
    const canonical = bytes.subarray(from, end)
    const op = decodeOp(canonical)
    if (!op.ok) return op
    chain.push({ op: op.value, id: opId(canonical), signature: chain.length === count - 1 ? signature : null })
  }
  return ok({ chain, end })
}

function readNumber(bytes: Uint8Array, at: number, width: number): number {
  let value = 0
  for (let i = at; i < at + width; i++) value = value * 0x100 + bytes[i]!
  return value
}
