/**
 * All ops that any correct node of a world has admitted, each checked once: the bytes are canonical and give the id. Nodes'
 * sets are kept as marks over the ledger's numbers, so that a set is compared without hashing.
 */
import { equalBytes } from '../core/bytes.ts'
import { opId } from '../core/hash.ts'
import { checkOp, decodeOp, encodeOp } from '../core/op.ts'
import { keyOf, type UnitOp } from '../core/unit.ts'

export interface Entry {
  readonly number: number
  readonly unitOp: UnitOp
  /** Numbers of its parents. */
  readonly parents: readonly number[]
}

export interface Ledger {
  readonly entries: Entry[]
  readonly byId: Map<string, Entry>
  /** Ops that were shown to others: what adversaries may know of honest nodes' ops. */
  readonly published: UnitOp[]
}

export function createLedger(genesis: UnitOp): Ledger {
  const entry = { number: 0, unitOp: genesis, parents: [] }
  return { entries: [entry], byId: new Map([[keyOf(genesis.id), entry]]), published: [genesis] }
}

/** Every so many ops the bytes are decoded again, which is dear. */
const DECODE_EVERY = 8

/** The entry of an admitted op, or what is wrong with it. */
export function enter({ entries, byId }: Ledger, unitOp: UnitOp): Entry | string {
  const key = keyOf(unitOp.id)
  const known = byId.get(key)
  if (known !== undefined) return known
  const { op, id } = unitOp
  const bytes = encodeOp(op)
  if (!equalBytes(opId(bytes), id)) return 'its id is not the hash of its bytes'
  const wrong = checkOp(op)
  if (wrong !== null) return `it is ill-formed: ${wrong}`
  if (entries.length % DECODE_EVERY === 0 && !decodeOp(bytes).ok) return 'its bytes cannot be decoded'
  const parents: number[] = []
  for (const parent of op.prev === null ? op.deps : [op.prev, ...op.deps]) {
    const found = byId.get(keyOf(parent))
    if (found === undefined) return 'a parent of it was never admitted anywhere'
    parents.push(found.number)
  }
  const entry = { number: entries.length, unitOp, parents }
  entries.push(entry)
  byId.set(key, entry)
  return entry
}
