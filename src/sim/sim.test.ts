/**
 * The simulator itself: that it can be repeated, that both kinds of signatures agree, that its adversaries bite, that it can see.
 * Thousands of worlds are run by `npm test -- sim`; here are a few of each kind, from other seeds.
 */
import { describe, expect, test } from 'vitest'
import { type Plan, planOf, SCENARIO_NAMES, type ScenarioName, TERSE_ONE_IN } from './plan.ts'
import { PLANTED } from './planted.ts'
import { type Report, run } from './run.ts'
import { shrink } from './shrink.ts'
import { STRATEGIES } from './strategies.ts'
import type { VillainCounts } from './villain.ts'

/** Worlds of each scenario, and the seed of the first. */
const WORLDS = 2
const FIRST = 10_000

const seedsFrom = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i)
const mock = (plan: Plan): Plan => ({ ...plan, real: false })

/** What went wrong, with what to type to see it again. */
const failureOf = ({ failure, plan }: Report): string | null =>
  failure === null ? null : `${failure.invariant}: ${failure.detail}; npm run -s sim -- --scenario ${plan.scenario} --seed ${plan.seed}`

const ranOf = new Map<ScenarioName, readonly Report[]>()

/** What came of the first worlds of a scenario, which are run once. */
function reportsOf(scenario: ScenarioName): readonly Report[] {
  const reports = ranOf.get(scenario) ?? seedsFrom(FIRST, WORLDS).map((seed) => run(mock(planOf(scenario, seed))))
  ranOf.set(scenario, reports)
  return reports
}

test.each(SCENARIO_NAMES)('correct nodes agree after healing in "%s" worlds, whatever there is in them', (scenario) => {
  const reports = reportsOf(scenario)
  expect(reports.map(failureOf)).toEqual(reports.map(() => null))
  expect(Math.min(...reports.map(({ ops }) => ops))).toBeGreaterThan(1)
})

test('equivocations are found in worlds that have equivocators in them, and in those alone', () => {
  const found = (strategies: Plan['strategies']): number =>
    seedsFrom(FIRST, WORLDS)
      .map((seed) => run({ ...mock(planOf('calm', seed)), strategies }).counts.equivocations)
      .reduce((a, b) => a + b)
  expect(found(['equivocator'])).toBeGreaterThan(WORLDS)
  expect(found(['replayer'])).toBe(0)
})

test('in one of so many worlds nodes say little at a time, and as the plan says so, its JSON is the same world', () => {
  const plans = seedsFrom(0, 800).map((seed) => planOf('random', seed))
  const terse = plans.filter(({ limits }) => limits !== undefined)
  expect(Math.abs(terse.length - plans.length / TERSE_ONE_IN)).toBeLessThan(30)
  const plan = mock(terse[0]!)
  const { trace } = run(plan)
  expect(run(JSON.parse(JSON.stringify(plan)) as Plan).trace).toBe(trace)
  const { limits: _, ...talkative } = plan
  expect(run(talkative).trace).not.toBe(trace)
})

test('one seed, one trace; another seed, another', () => {
  const [first, again, other] = [7, 7, 8].map((seed) => run(planOf('random', seed)).trace)
  expect(again).toBe(first)
  expect(other).not.toBe(first)
})

test('a world comes out the same with Ed25519 as with the stand-in', () => {
  const plan = planOf('random', 49)
  expect(plan.real).toBe(true)
  const real = run(plan)
  expect(failureOf(real)).toBe(null)
  expect(run(mock(plan)).verdict).toBe(real.verdict)
})

test('no adversary is without consequence, with all of them at once', () => {
  const reports = reportsOf('besieged')
  expect(reports.map(failureOf).filter((failure) => failure !== null)).toEqual([])
  const bitten = new Set(
    reports.flatMap(({ villains }) => Object.entries(villains).flatMap(([name, counts]) => (hasBitten(counts) ? [name] : []))),
  )
  expect([...bitten].sort()).toEqual(Object.keys(STRATEGIES).sort())
})

const hasBitten = ({ acted, refused, cut, admitted, asked }: VillainCounts): boolean => acted > 0 && refused + cut + admitted + asked > 0

test('a plan that fails is made smaller and fails in the same way', () => {
  // A node that nobody hears: no healing brings it together with the others.
  const plan: Plan = { ...mock(planOf('random', 5)), domains: [[0], [1, 2, 3, 4, 5, 6]] }
  const failure = run(plan).failure?.invariant
  expect(failure).toBe('correct nodes agree after healing')
  const { plan: small } = shrink(plan)
  expect(run(small).failure?.invariant).toBe(failure)
  expect(small.strategies.length + small.faults.length).toBeLessThan(plan.strategies.length + plan.faults.length)
})

describe('planted bugs', () => {
  test('there are at least 25, each with a name of its own', () => {
    expect(new Set(PLANTED.map(({ name }) => name)).size).toBe(PLANTED.length)
    expect(PLANTED.length).toBeGreaterThanOrEqual(25)
  })
})
