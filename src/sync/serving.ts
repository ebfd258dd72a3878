/** An answer on its way: how far it is, and which stored ops are still to be sent. */
import { fromHex } from '../core/bytes.ts'
import { type Dag, numberOf } from '../core/dag.ts'
import type { Unit } from '../core/unit.ts'
import type { StoredPlace, StoredUnits } from './effects.ts'
import { lackingOf, type Ranges } from './holdings.ts'
import type { AnyWant, Near, Want } from './messages.ts'
import { nearestOf } from './near.ts'
import type { Shared } from './pace.ts'
import type { Peer } from './peer.ts'
import { type Engine, headsOf } from './state.ts'
import { opsAfter } from './strangers.ts'

/** To clear 128 marks costs as much as to look at one op. */
const MARKS_AS_OP = 128

/** An answer that ended: the ref of its question, and the op before which it ended. */
export interface Given {
  readonly ref: number
  readonly to: number
}

export interface Serving {
  readonly ref: number
  /** It answers a short question: ops that it leaves out may be lacking all the same. */
  readonly isNear: boolean
  /** The op with which it begins. */
  readonly from: number
  /** The ops that are to be sent. */
  readonly lacking: Ranges
  readonly until: number
  /**
   * Ops that were stored when the question came. An op that was stored since may lie in one unit with ops that are to be sent, and vouch
   * for them.
   */
  readonly stored: number
  /** Next op to look at, and how many of `lacking` lie before it. */
  at: number
  range: number
  /** The next bundle so far: units, their ops and cost (`unitCost`). */
  units: Unit[]
  ops: number
  cost: number
  /** Bytes and bundles sent. */
  sent: number
  bundles: number
  /** Ops and bytes of the bundles that the asker has judged, and of each that it has not. */
  takenOps: number
  takenBytes: number
  readonly unjudged: { readonly ops: number; readonly bytes: number }[]
  /** The question was asked before, and its answer waited. This answer begins where that one would have continued. */
  readonly isAgain: boolean
  left: number
  /** Ops that the disk cannot give, and those of `lacking` that follow them: the asker could only let these wait. Null if it gave all. */
  withheld: Set<number> | null
  /** Segments to be read next, at most. */
  readAhead: number
  /** True if the next ops do not fit into a stranger's first share. */
  isHeld: boolean
  /** Continues when the asker may get more; null while it does not wait for that. And since when it waits (ms). */
  resume: (() => void) | null
  waitsSince: number
}

/** How many ops the next bundle may hold: an asker that was brought little takes no more at a time (`strangers.ts`). */
export const mayBring = ({ takenOps }: Serving): number => opsAfter(takenOps)

/** The asker says how many bundles it has judged. */
export function judged(serving: Serving, bundles: number): void {
  const { unjudged } = serving
  while (unjudged.length > 0 && serving.bundles - unjudged.length < bundles) {
    const { ops, bytes } = unjudged.shift()!
    serving.takenOps += ops
    serving.takenBytes += bytes
  }
}

/** How many ops of the ranges are in `from` … `to` − 1. */
export function countBetween(ranges: Ranges, from: number, to: number): number {
  let count = 0
  for (let i = 0; i < ranges.length; i += 2) count += Math.max(0, Math.min(ranges[i + 1]!, to) - Math.max(ranges[i]!, from))
  return count
}

/** True for an op that is to be sent. Asked in ascending order. */
export function isLacking(serving: Serving, op: number): boolean {
  const { lacking, stored } = serving
  if (op >= stored) return true
  while (serving.range < lacking.length && lacking[serving.range + 1]! <= op) serving.range += 2
  return serving.range < lacking.length && lacking[serving.range]! <= op
}

/** The first op from `at` on that is to be sent; `until` or more when there is none. */
export function nextLacking(serving: Serving): number {
  return isLacking(serving, serving.at) ? serving.at : (serving.lacking[serving.range] ?? serving.until)
}

/** The disk cannot give this segment: the answer goes on behind it. */
export function passDamaged(serving: Serving, { first, count }: StoredPlace): void {
  serving.withheld ??= new Set()
  for (let op = Math.max(serving.at, first); op < first + count; op++) if (isLacking(serving, op)) serving.withheld.add(op)
  serving.at = Math.max(serving.at, first + count)
}

/** Whether an op follows one that is withheld. Asked in ascending order. O(parents). */
export function isWithheld({ withheld }: Serving, { parent, parentStart }: Dag, op: number): boolean {
  if (withheld === null) return false
  for (let edge = parentStart[op]!; edge < parentStart[op + 1]!; edge++) if (withheld.has(parent[edge]!)) return true
  return withheld.has(op)
}

/** How many ops from `at` on are to be sent without a gap: at least 1, if `at` is one of them. */
export const stretchAt = ({ at, until, lacking, range }: Serving): number => Math.max(1, Math.min(lacking[range + 1] ?? until, until) - at)

/** True for a segment of which everything is to be sent. */
export function isWhole(serving: Serving, { first, count }: StoredUnits): boolean {
  return serving.at === first && isLacking(serving, first) && (serving.lacking[serving.range + 1] ?? 0) >= first + count
}

/** The answer to this question, before any of it is sent. @param shared the group whose budget pays for finding what is lacking */
export function beginServing(engine: Engine, peer: Peer, want: AnyWant, { walks }: Shared): Serving {
  peer.wants++
  const found = want.type === 'near' ? findNear(engine, want) : findLacking(engine, peer, want)
  walks.left -= found.visited + leastWalk(engine)
  const { ops, from, until } = found
  return {
    ref: want.ref,
    isNear: want.type === 'near',
    from,
    lacking: ops,
    until,
    stored: engine.stored,
    at: from,
    range: 0,
    units: [],
    ops: 0,
    cost: 0,
    sent: 0,
    bundles: 0,
    takenOps: 0,
    takenBytes: 0,
    unjudged: [],
    isAgain: peer.serving !== null && peer.serving.resume !== null,
    left: countBetween(ops, from, until),
    withheld: null,
    readAhead: 1,
    isHeld: false,
    resume: null,
    waitsSince: 0,
  }
}

/** The ops that are to be sent, where they begin and end, and how many ops and parents were looked at to find them. */
interface Found {
  readonly ops: Ranges
  readonly from: number
  readonly until: number
  readonly visited: number
}

function findNear({ replica: { dag }, stored }: Engine, near: Near): Found {
  const { ops, visited } = nearestOf(dag, stored, near)
  return { ops, from: ops[0] ?? 0, until: ops.at(-1) ?? 0, visited }
}

function findLacking(engine: Engine, peer: Peer, want: Want): Found {
  const { dag } = engine.replica
  if (peer.given !== null && want.after === peer.given.ref) peer.taken = peer.given
  const before = peer.taken !== null && want.after === peer.taken.ref ? peer.taken : null
  // The peer seemed to have all ops, and still holds others.
  if (want.ids.length === 0 && !want.ofAll && peer.given !== null && before === null) peer.mayGuess = false
  const { ops, visited, isExact } = lackingOf(headsOf(engine), want, want.ids, fromHex(peer.id)!, peer.mayGuess)
  let until = want.ids.length === 0 ? engine.stored : 0
  let from = isExact ? 0 : (before?.to ?? 0)
  for (const id of want.ids) {
    const op = numberOf(dag, id)
    until = Math.max(until, Math.min(engine.stored, op + 1))
    // The peer should have this op: an answer was lost, or a guess was wrong.
    if (op >= 0 && op < from) from = 0
  }
  return { ops, from, until, visited }
}

/** The least cost of any want, in ops looked at, even if little is lacking. */
const leastWalk = ({ replica: { dag }, stored }: Engine): number => dag.length - stored + Math.ceil(dag.length / MARKS_AS_OP)
