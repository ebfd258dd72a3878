/**
 * Admitted units on their way to the disk: one write at a time. Units that are admitted meanwhile go with the next write. So a busy room
 * is written in few large records. No op is told to others before it is stored.
 */
import { equalBytes } from '../core/bytes.ts'
import { type Unit, unitBytes } from '../core/unit.ts'
import { MAX_UNIT_BYTES } from '../core/limits.ts'
import { encodeBundle } from './bundle.ts'
import { wrapBundle } from './wrap.ts'
import type { StoredUnits } from './effects.ts'
import { announceSoon, pushOwn } from './gossip.ts'
import { ask, type Engine, newJob, notify } from './state.ts'
import { nextMark } from './trust.ts'

/** How often a full disk is tried again (ms). */
const RETRY_FULL = 5_000

/** Ops of one segment: few enough bytes that reading one op back stays cheap. */
const SEGMENT_OPS = 1_024

/** Units of one write: packing them takes some 0.1 s. While a disk is full many more may wait, and they are tried again and again. */
export const MAX_WRITTEN = 8_192

export interface Unstored {
  readonly unit: Unit
  readonly bytes: number
  /** True if this node wrote it: the node must never forget it. */
  readonly own: boolean
  /** Called once it is on disk. */
  readonly whenStored?: () => void
  /** The columns of the bundle that holds only this unit, if it is worth storing as it came. */
  readonly columns: Uint8Array | null
}

/** Takes an admitted unit to be stored. */
export function keep(engine: Engine, unit: Unit, how: Partial<Omit<Unstored, 'unit' | 'bytes'>>): void {
  const bytes = unitBytes(unit)
  engine.unstored.push({ own: false, columns: null, ...how, unit, bytes })
  engine.unstoredBytes += bytes
}

/** Starts the next write when one is due. Gives the time at which it wants to be called again. */
export function persistDue(engine: Engine): number {
  const { trust } = engine
  if (engine.persisting || (engine.unstored.length === 0 && trust.isMarked)) return Infinity
  if (engine.storage === 'full' && engine.now < engine.retryPersistAt) return engine.retryPersistAt
  const batch = engine.unstored.slice(0, MAX_WRITTEN)
  const segments = pack(batch, engine.stored)
  engine.persisting = true
  // This includes own ops that come back from others: the node continues from them.
  const hasOwn = batch.some(({ unit }) => unit.some(({ op }) => equalBytes(op.author, engine.author)))
  const mark = hasOwn || !trust.isMarked ? nextMark(engine) : null
  const durability = hasOwn || mark !== null ? 'strict' : 'relaxed'
  ask(engine, { type: 'persist', job: newJob(engine), segments, durability, mark }, (answer) => {
    if (answer.type !== 'stored') return
    engine.persisting = false
    if (answer.failure === null) {
      engine.unstored.splice(0, batch.length)
      for (const { bytes } of batch) engine.unstoredBytes -= bytes
      for (const { count } of segments) engine.stored += count
      engine.storage = 'ok'
      trust.isMarked ||= mark !== null
      if (batch.some(({ own }) => !own)) announceSoon(engine)
      const written = batch.filter(({ own }) => own)
      if (written.length > 0)
        pushOwn(
          engine,
          written.map(({ unit }) => unit),
        )
      for (const { whenStored } of batch) whenStored?.()
    } else {
      engine.storage = 'full'
      engine.retryPersistAt = engine.now + RETRY_FULL
    }
    notify(engine, { type: 'changed' })
  })
  return Infinity
}

function pack(batch: readonly Unstored[], first: number): StoredUnits[] {
  const segments: StoredUnits[] = []
  let units: Unit[] = []
  let count = 0
  let bytes = 0
  const write = (ops: number, columns: Uint8Array): void => {
    segments.push({ first, count: ops, bytes: wrapBundle('raw', columns) })
    first += ops
  }
  const flush = (): void => {
    if (count === 0) return
    write(count, encodeBundle(units))
    units = []
    count = 0
    bytes = 0
  }
  for (const { unit, bytes: size, columns } of batch) {
    // The columns of a liar may be longer than they need to be.
    if (columns !== null && columns.length <= size) {
      flush()
      write(unit.length, columns)
      continue
    }
    if (count + unit.length > SEGMENT_OPS || bytes + size > MAX_UNIT_BYTES) flush()
    units.push(unit)
    count += unit.length
    bytes += size
  }
  flush()
  return segments
}
