/**
 * What ops say: bodies are read from the store when somebody looks, and the ones last looked at are kept. Ops that are not
 * stored yet are kept until they are.
 */
import { decodeBody, type Body } from '../crdt/body.ts'
import { opLength } from '../core/op.ts'
import type { Unit } from '../core/unit.ts'
import { assert } from '../core/result.ts'
import type { BundleOp } from '../sync/bundle.ts'
import type { Segments } from './segments.ts'

/** What is kept of an op for showing it; bodies as bytes, since read they may take twenty times as much. */
interface Kept {
  readonly body: Uint8Array
  readonly time: number
  readonly signature: Uint8Array | null
  /** Bytes of its canonical encoding. */
  readonly bytes: number
}

export interface Page extends Omit<Kept, 'body'> {
  readonly body: Body
}

/** Pages kept in memory: a few screens of history, and what is typed meanwhile. */
const MAX_PAGES = 8_192
/** Canonical bytes of their ops: pages may be 64 KiB each, and anybody may write such. */
const MAX_PAGES_BYTES = 32 * 1024 * 1024
/** Segments read at a time: neighbours in the store are often neighbours on the screen. */
const READ_SEGMENTS = 32

export interface Library {
  /** Takes in ops that were just admitted. */
  add(first: number, unit: Unit): void
  /** Pages of these ops, in their order; undefined for what the disk cannot give back. */
  read(ops: readonly number[]): Promise<readonly (Page | undefined)[]>
  /** The units with the ops from `from` on, in order of admission, segment by segment. */
  units(from: number): AsyncGenerator<readonly (readonly BundleOp[])[]>
}

export function createLibrary(segments: Segments, stored: () => number): Library {
  const pages = new Map<number, Kept>()
  let bytes = 0

  const drop = (op: number): void => {
    bytes -= pages.get(op)?.bytes ?? 0
    pages.delete(op)
  }
  const put = (op: number, page: Kept): void => {
    drop(op)
    pages.set(op, page)
    bytes += page.bytes
  }
  const trim = (): void => {
    for (const op of pages.keys()) {
      if (pages.size <= MAX_PAGES && bytes <= MAX_PAGES_BYTES) return
      if (op < stored()) drop(op)
    }
  }

  const read = async (ops: readonly number[]): Promise<readonly (Page | undefined)[]> => {
    const found = new Map<number, Kept>()
    for (const op of [...ops].sort((a, b) => a - b)) {
      const page = found.get(op) ?? pages.get(op)
      if (page !== undefined) found.set(op, page)
      else await load(op, found)
    }
    const read = ops.map((op) => {
      const page = found.get(op)
      if (page !== undefined) put(op, page)
      return page && pageOf(page)
    })
    trim()
    return read
  }

  const load = async (op: number, found: Map<number, Kept>): Promise<void> => {
    // One large segment is enough for now; many small ones are read together.
    let read = await segments.read(op, 1)
    if (read.length > 0 && read[0]!.count < READ_SEGMENTS) read = await segments.read(op, READ_SEGMENTS)
    for (const segment of read) {
      const units = await segments.open(segment)
      units.flat().forEach((unitOp, i) => found.set(segment.first + i, keptOf(unitOp, opLength(unitOp.op))))
    }
    for (const [at, page] of found) put(at, page)
    trim()
  }

  return {
    add(first, unit) {
      unit.forEach((unitOp, i) => put(first + i, keptOf(unitOp, unitOp.bytes.length)))
      trim()
    },
    read,
    async *units(from) {
      for (let at = from; at < stored();) {
        const read = await segments.read(at, READ_SEGMENTS)
        if (read.length === 0) return
        for (const segment of read) {
          yield await segments.open(segment)
          at = segment.first + segment.count
        }
      }
    },
  }
}

/** Copies: a page must not keep all of its segment in memory. */
const keptOf = ({ op, signature }: BundleOp, bytes: number): Kept => ({
  body: op.body.slice(),
  time: op.time,
  signature: signature && signature.slice(),
  bytes,
})

function pageOf(kept: Kept): Page {
  const body = decodeBody(kept.body)
  assert(body.ok, 'an admitted op has a body that the rules accepted')
  return { ...kept, body: body.value }
}
