/** What the command and the tests run: see the files named here. */
export { PLANTED, CAUGHT_WITHIN } from './planted.ts'
export { planOf, SCENARIO_NAMES } from './plan.ts'
export { run } from './run.ts'
export { shrink } from './shrink.ts'
export { STRATEGIES } from './strategies.ts'
