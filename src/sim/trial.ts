/** A plan put to the test: its world is run, and of some seeds again, to see that nothing comes out otherwise. */
import type { Plan } from './plan.ts'
import { type Report, run } from './run.ts'
import type { Failure } from './world.ts'

export interface Trial {
  readonly report: Report
  /** What broke in the world, or between it and its repetition. */
  readonly failure: Failure | null
  /** What was compared with a second run. */
  readonly compared: 'traces' | 'signatures' | null
}

/**
 * Of so many seeds one is run twice with the stand-in, to the same trace, and one with Ed25519 and with the stand-in, to the same
 * verdict: the one whose plan says so (`plan.ts`), which is another.
 */
export const COMPARED_ONE_IN = 50
const TWICE = 24

/** Runs a plan once, or twice if it is its seed's turn. `runPlan` is what runs a world. */
export function tryPlan(plan: Plan, runPlan: (plan: Plan) => Report = run): Trial {
  const report = runPlan(plan)
  const { failure, trace, verdict } = report
  if (failure !== null) return { report, failure, compared: null }
  if (plan.real) {
    const other = runPlan({ ...plan, real: false }).verdict
    const detail = `Ed25519: ${verdict}; stand-in: ${other}`
    return {
      report,
      failure: other === verdict ? null : { invariant: 'same verdict with either signatures', detail },
      compared: 'signatures',
    }
  }
  if (plan.seed % COMPARED_ONE_IN !== TWICE) return { report, failure: null, compared: null }
  const again = runPlan(plan).trace
  const detail = `${trace}, then ${again}`
  return { report, failure: again === trace ? null : { invariant: 'same seed, same trace', detail }, compared: 'traces' }
}
