/** Sums over many worlds. Counted in the same order, the same trials give the same tally, whoever ran them. */
import type { Plan } from './plan.ts'
import type { Trial } from './trial.ts'
import type { VillainCounts } from './villain.ts'
import type { Failure } from './world.ts'

/** What one strategy did in all the worlds that it was in. */
export interface StrategyTally extends VillainCounts {
  worlds: number
}

export interface Tally {
  /** Worlds, one a seed; what was run a second time is not counted again, here or below. */
  seeds: number
  /** Ops admitted by correct nodes, each as often as nodes admitted it. */
  delivered: number
  /** Messages that reached a correct node. */
  messages: number
  equivocations: number
  /** Faults injected, by kind. */
  readonly faults: Record<string, number>
  readonly strategies: Record<string, StrategyTally>
  /** Seeds run twice to the same trace, and with both kinds of signatures to the same verdict. */
  twice: number
  real: number
  /** The longest time from a storm's end until all was well (ms). */
  slowestHealing: number
  /** Worlds in which an invariant broke. */
  readonly failures: (Failure & { readonly plan: Plan })[]
}

/** A strategy that was of no consequence in so many seeds, of which it is in every sixth or so, does not do what it is for. */
export const BITES_WITHIN = 100

export function createTally(): Tally {
  const zero = { seeds: 0, delivered: 0, messages: 0, equivocations: 0, twice: 0, real: 0, slowestHealing: 0 }
  return { ...zero, faults: {}, strategies: {}, failures: [] }
}

/** Adds a trial. */
export function count(tally: Tally, { report, failure, compared }: Trial): void {
  const { counts, villains, healedAfter, plan } = report
  tally.seeds++
  tally.delivered += counts.admitted
  tally.messages += counts.delivered
  tally.equivocations += counts.equivocations
  tally.slowestHealing = Math.max(tally.slowestHealing, healedAfter)
  if (compared === 'traces') tally.twice++
  if (compared === 'signatures') tally.real++
  for (const [kind, times] of Object.entries(counts.faults)) tally.faults[kind] = (tally.faults[kind] ?? 0) + times
  for (const [name, { acted, refused, cut, admitted, asked }] of Object.entries(villains)) {
    const sum = (tally.strategies[name] ??= { worlds: 0, acted: 0, refused: 0, cut: 0, admitted: 0, asked: 0 })
    sum.worlds++
    sum.acted += acted
    sum.refused += refused
    sum.cut += cut
    sum.admitted += admitted
    sum.asked += asked
  }
  if (failure !== null) tally.failures.push({ ...failure, plan })
}

/** Worlds in which an op that a correct node had accepted from a person was lost. */
export const lostIn = ({ failures }: Tally): number => failures.filter(({ invariant }) => invariant === 'no accepted op is lost').length

/** Strategies that never bit, once there were seeds enough for it. */
export function lazyStrategies({ seeds, strategies }: Tally): string[] {
  if (seeds < BITES_WITHIN) return []
  const isLazy = ({ refused, cut, admitted, asked }: StrategyTally): boolean => refused + cut + admitted + asked === 0
  return Object.keys(strategies).filter((name) => isLazy(strategies[name]!))
}
