/** What is compared with a second run, and what is summed over worlds: with runs that are made up, to see both tell. */
import { describe, expect, test } from 'vitest'
import { type Plan, planOf, SCENARIO_NAMES, scenarioOf, TURN } from './plan.ts'
import type { Report } from './run.ts'
import { shrink } from './shrink.ts'
import { BITES_WITHIN, count, createTally, lazyStrategies, lostIn } from './tally.ts'
import { COMPARED_ONE_IN, type Trial, tryPlan } from './trial.ts'
import type { VillainCounts } from './villain.ts'

const plan = (seed: number): Plan => planOf('random', seed)
const seedsTo = (end: number): number[] => Array.from({ length: end }, (_, seed) => seed)

const NOTHING: VillainCounts = { acted: 0, refused: 0, cut: 0, admitted: 0, asked: 0 }

const report = (of: Plan, parts: Partial<Report> = {}): Report => ({
  plan: of,
  failure: null,
  trace: 'trace',
  verdict: 'fine',
  counts: { delivered: 0, bytes: 0, admitted: 0, equivocations: 0, faults: {} },
  villains: {},
  ops: 0,
  healedAfter: 0,
  ...parts,
})

/** A way to run worlds that gives another trace and another verdict each time, or the same. */
function runner(isSteady: boolean): { runs: Plan[]; runPlan: (plan: Plan) => Report } {
  const runs: Plan[] = []
  return {
    runs,
    runPlan(of) {
      runs.push(of)
      return report(of, isSteady ? {} : { trace: `${runs.length}`, verdict: `${runs.length}` })
    },
  }
}

describe('a trial', () => {
  test('of so many seeds compares two traces once, and both kinds of signatures once', () => {
    const { runs, runPlan } = runner(true)
    const trials = seedsTo(COMPARED_ONE_IN).map((seed) => tryPlan(plan(seed), runPlan))
    expect(trials.map(({ failure }) => failure).filter((failure) => failure !== null)).toEqual([])
    const compared = trials.map(({ compared: what }) => what).filter((what) => what !== null)
    expect(compared.sort()).toEqual(['signatures', 'traces'])
    const again = runs.filter(({ seed }, i) => runs.findIndex((other) => other.seed === seed) < i)
    expect(runs).toHaveLength(COMPARED_ONE_IN + 2)
    expect(runs.filter(({ seed }) => again[1]!.seed === seed).map(({ real }) => real)).toEqual([true, false])
    expect(runs.filter(({ seed }) => again[0]!.seed === seed).map(({ real }) => real)).toEqual([false, false])
  })

  test('fails where the second run comes out otherwise', () => {
    const { runPlan } = runner(false)
    const failures = seedsTo(COMPARED_ONE_IN).flatMap((seed) => tryPlan(plan(seed), runPlan).failure ?? [])
    expect(failures.map(({ invariant }) => invariant)).toEqual(['same seed, same trace', 'same verdict with either signatures'])
  })

  test('has the failure of its world, and is not run again', () => {
    const failure = { invariant: 'caps hold', detail: 'node 1' }
    for (const seed of seedsTo(COMPARED_ONE_IN)) {
      const runs: Plan[] = []
      const trial = tryPlan(plan(seed), (of) => report((runs.push(of), of), { failure }))
      expect([trial.failure, trial.compared, runs.length]).toEqual([failure, null, 1])
    }
  })
})

test('where all scenarios have their turns, each has seeds of either comparison', () => {
  const compared = seedsTo(TURN * COMPARED_ONE_IN).map((seed) => {
    const of = planOf(scenarioOf(seed), seed)
    return `${of.scenario} ${tryPlan(of, (it) => report(it)).compared}`
  })
  const expected = SCENARIO_NAMES.flatMap((name) => [`${name} traces`, `${name} signatures`, `${name} null`])
  expect([...new Set(compared)].sort()).toEqual(expected.sort())
})

describe('a tally', () => {
  const tallyOf = (trials: readonly Trial[]): ReturnType<typeof createTally> => {
    const tally = createTally()
    for (const trial of trials) count(tally, trial)
    return tally
  }
  const trial = (parts: Partial<Report>, rest: Partial<Trial> = {}): Trial => ({
    report: report(plan(0), parts),
    failure: null,
    compared: null,
    ...rest,
  })

  test('sums what happened in worlds', () => {
    const counts = { delivered: 5, bytes: 9, admitted: 3, equivocations: 1, faults: { lost: 2 } }
    const forger = { acted: 1, refused: 2, cut: 3, admitted: 4, asked: 5 }
    const tally = tallyOf([
      trial({ counts, villains: { forger }, healedAfter: 7 }, { compared: 'traces' }),
      trial({ counts: { ...counts, faults: { lost: 1, cut: 1 } }, villains: { forger }, healedAfter: 4 }, { compared: 'signatures' }),
    ])
    expect(tally).toEqual({
      seeds: 2,
      delivered: 6,
      messages: 10,
      equivocations: 2,
      faults: { lost: 3, cut: 1 },
      strategies: { forger: { worlds: 2, acted: 2, refused: 4, cut: 6, admitted: 8, asked: 10 } },
      twice: 1,
      real: 1,
      slowestHealing: 7,
      failures: [],
    })
  })

  test('keeps what failed with its plan, and says in how many worlds an op was lost', () => {
    const lost = { invariant: 'no accepted op is lost', detail: 'node 1' }
    const other = { invariant: 'caps hold', detail: 'node 2' }
    const tally = tallyOf([trial({}, { failure: lost }), trial({}), trial({}, { failure: other })])
    expect(tally.failures).toEqual([
      { ...lost, plan: plan(0) },
      { ...other, plan: plan(0) },
    ])
    expect(lostIn(tally)).toBe(1)
  })

  test('names a strategy that was of no consequence, once there were seeds enough', () => {
    const idle = { ...NOTHING, acted: 10 }
    const worlds = (length: number, bites: Partial<VillainCounts>): Trial[] =>
      Array.from({ length }, (_, i) => trial({ villains: i % 7 === 0 ? { forger: i === 0 ? { ...idle, ...bites } : idle } : {} }))
    expect(lazyStrategies(tallyOf(worlds(BITES_WITHIN, {})))).toEqual(['forger'])
    expect(lazyStrategies(tallyOf(worlds(BITES_WITHIN - 1, {})))).toEqual([])
    for (const bite of ['refused', 'cut', 'admitted', 'asked'] as const) {
      expect(lazyStrategies(tallyOf(worlds(BITES_WITHIN, { [bite]: 1 })))).toEqual([])
    }
  })
})

describe('a plan that is made smaller', () => {
  const line: Plan = { ...planOf('calm', 1), nodes: 5, domains: [0, 2, 1, 4].map((node, i) => [node, [2, 1, 4, 3][i]!]) }

  test('does not part who was linked: that would break what has nothing to do with what is sought', () => {
    const tried: Plan[] = []
    shrink(line, (of) => (tried.push(of), { invariant: 'any', detail: '' }))
    expect(Math.min(...tried.map(({ nodes }) => nodes))).toBe(2)
    for (const { nodes, domains } of tried) expect(reachableFrom(0, domains)).toEqual(new Set(seedsTo(nodes)))
  })

  test('says as much at a time as the product, if it fails all the same', () => {
    const limits = {
      heads: 2,
      newestHeads: 1,
      tips: 1,
      newestTips: 1,
      sparseTips: 1,
      parts: 1,
      serveBytes: 1_000,
      bundleOps: 1,
      wholeFrom: 1,
    }
    const found = (needed: boolean): Plan =>
      shrink({ ...line, limits }, (of) => (needed && of.limits === undefined ? null : { invariant: 'any', detail: '' })).plan
    expect([found(false).limits, found(true).limits]).toEqual([undefined, limits])
  })

  test('still fails by the same invariant', () => {
    const { plan: small } = shrink(line, ({ ops, nodes }) =>
      nodes < 3 ? { invariant: 'other', detail: '' } : ops > 9 ? { invariant: 'sought', detail: '' } : null,
    )
    expect([small.nodes, small.ops]).toEqual([3, 10])
  })
})

function reachableFrom(node: number, domains: Plan['domains'], reached = new Set([node])): Set<number> {
  for (const next of domains.filter((domain) => domain.includes(node)).flat()) {
    if (reached.has(next)) continue
    reached.add(next)
    reachableFrom(next, domains, reached)
  }
  return reached
}
