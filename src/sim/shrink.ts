/** Makes a failing plan smaller, as long as the same invariant breaks: fewer adversaries, faults, ops, acts; better weather; the product's limits. */
import type { Plan } from './plan.ts'
import { tryPlan } from './trial.ts'
import type { Failure } from './world.ts'

/** Runs that a search may take. */
const MOST_RUNS = 200

/** The smallest plan found, and the runs that took. The plan given must fail; `failureOf` is how one sees that. */
export function shrink(
  plan: Plan,
  failureOf: (plan: Plan) => Failure | null = (candidate) => tryPlan(candidate).failure,
): { readonly plan: Plan; readonly runs: number } {
  const invariant = failureOf(plan)?.invariant
  let smallest = plan
  let runs = 1
  const fails = (candidate: Plan): boolean => {
    runs++
    return failureOf(candidate)?.invariant === invariant
  }
  for (let found = true; found && runs < MOST_RUNS;) {
    found = false
    for (const candidate of smaller(smallest)) {
      if (runs >= MOST_RUNS) break
      if (!fails(candidate)) continue
      smallest = candidate
      found = true
      break
    }
  }
  return { plan: smallest, runs }
}

/** Plans with one thing less in them, the boldest first. */
function* smaller(plan: Plan): Generator<Plan> {
  const { limits, ...unlimited } = plan
  const { strategies, faults, ops, acts, nodes } = plan
  if (strategies.length > 1) for (const name of strategies) yield { ...plan, strategies: [name] }
  if (strategies.length > 0) yield { ...plan, strategies: [] }
  for (const name of strategies) yield { ...plan, strategies: strategies.filter((other) => other !== name) }
  if (faults.length > 0) yield { ...plan, faults: [] }
  for (const fault of faults) yield { ...plan, faults: faults.filter((other) => other !== fault) }
  for (const fewer of [Math.floor(ops / 8), Math.floor(ops / 2), ops - 1]) if (fewer < ops && fewer >= 0) yield { ...plan, ops: fewer }
  for (const fewer of [Math.floor(acts / 4), Math.floor(acts / 2), acts - 1]) if (fewer < acts && fewer > 0) yield { ...plan, acts: fewer }
  if (limits !== undefined) yield unlimited
  if (plan.lost + plan.repeated + plan.tampered > 0) yield { ...plan, lost: 0, repeated: 0, tampered: 0 }
  if (plan.skew > 0) yield { ...plan, skew: 0 }
  if (nodes > 2 && faults.every((fault) => !('node' in fault) || fault.node < nodes - 1)) {
    // Whom the last node linked stay linked.
    const joined = new Set(plan.domains.filter((domain) => domain.includes(nodes - 1)).flat())
    joined.delete(nodes - 1)
    const others = plan.domains.filter((domain) => !domain.includes(nodes - 1))
    const left = [...others, [...joined]].filter((domain) => domain.length > 0)
    const within = (side: readonly number[]): number[] => side.filter((node) => node < nodes - 1)
    const kept = faults.map((fault) => (fault.type === 'cut' ? { ...fault, from: within(fault.from), to: within(fault.to) } : fault))
    yield { ...plan, nodes: nodes - 1, domains: left, faults: kept }
  }
}
