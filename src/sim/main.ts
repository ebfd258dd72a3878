/** What the command and the tests run: see the files named here. */
export { hashWith } from '../core/hash.ts'
export { PLANTED, CAUGHT_WITHIN } from './planted.ts'
export { costOf, FLOOD_NAMES } from './flood.ts'
export { planOf, SCENARIO_NAMES, scenarioOf } from './plan.ts'
export { shrink } from './shrink.ts'
export { STRATEGIES } from './strategies.ts'
export { count, createTally, lazyStrategies, lostIn } from './tally.ts'
export { tryPlan } from './trial.ts'
