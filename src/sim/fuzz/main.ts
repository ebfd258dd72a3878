/** What the command runs: see the files named here. */
export { divide, runInputs, startTally, unreached } from './run.ts'
export { TARGETS } from './targets.ts'
