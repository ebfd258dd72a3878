/**
 * `npm run -s sim`: correct nodes among adversaries in simulated worlds, from seeds, on all cores. What it prints (times apart)
 * is the same for any number of workers.
 *
 *   npm run -s sim                                 500 random worlds
 *   npm run -s sim -- --seeds 5000 [--seed 7]      so many, from seed 7 on; --seed alone is one world
 *   npm run -s sim -- --scenario NAME              random, faulty, besieged or calm; all: each has its turns
 *   npm run -s sim -- --planted                    besides, plants bugs in the product, one at a time, and says when each is caught
 *   npm run -s sim -- --floods                     besides, says what floods take of a node's throughput
 *   npm run -s sim -- --plan '{…}'                 one plan, as a failure prints it
 *   npm run -s sim -- --exhaustive 5               all rooms of 5 ops in all their cases, instead of random worlds: hours; Ctrl-C says how to go on
 *   npm run -s sim -- --exhaustive 5 --from 1000 --shapes 100   100 of their shapes, from number 1000 on
 *   npm run -s sim -- --exhaustive 4 --all         also the cases that differ only in the numbers of their ops
 *   npm run -s sim -- --case '{…}'                 one case of them, as a failure prints it
 *   npm run -s sim -- --workers 1                  on so many cores
 *   npm run -s sim -- --json                       one object on standard output, and nothing else
 *
 * Fails when an invariant breaks, when a flood takes more than a tenth of a node's throughput, when a strategy was of no consequence in a hundred seeds or more, and when a planted bug is not caught
 * in time. Runs a second are seeds, what is run twice counted once, by the CPU that workers spent on runs, and by the clock.
 */
import { performance } from 'node:perf_hooks'
import process, { exit, stdout } from 'node:process'
import { pathToFileURL } from 'node:url'
import { buildSim } from './sim-build.mjs'
import { tryAll, tryCase } from './sim-exhaustive.mjs'
import { refuse } from './options.mjs'
import { readOptions } from './sim-options.mjs'
import { printCaught, printFlood, printTally } from './sim-print.mjs'
import { shareOut, startWorkers } from './sim-workers.mjs'

/** @typedef {import('./sim-worker.mjs').Sim} Sim */
/** @typedef {import('./sim-print.mjs').Caught} Caught */

const options = readOptions()
if (options.case !== null) await tryCase(options.case)
if (options.exhaustive !== null) await tryAll({ ...options, ops: options.exhaustive })
const { plan, seed: first, seeds, workers: count } = options

/** Worlds that a worker takes at a time: about half a second's. */
const CHUNK = 4
/** Failures after which it stops: more of them say no more. */
const MOST_FAILURES = 10

const say = options.json ? () => {} : console.log

const bundle = await buildSim('right')
const sim = /** @type {Sim} */ (await import(pathToFileURL(bundle).href))
const scenarios = [...sim.SCENARIO_NAMES, 'all']
if (!scenarios.includes(options.scenario)) refuse(`There is no scenario "${options.scenario}": ${scenarios.join(', ')}.`)

/** @param {number} seed */
function planOf(seed) {
  if (plan !== null) return plan
  return sim.planOf(options.scenario === 'all' ? sim.scenarioOf(seed) : /** @type {'random'} */ (options.scenario), seed)
}

function* chunks() {
  for (let seed = first; seed < first + seeds; seed += CHUNK) {
    yield Array.from({ length: Math.min(CHUNK, first + seeds - seed) }, (_, i) => planOf(seed + i))
  }
}

const workers = startWorkers(count)
process.on('exit', workers.stop)
let isInterrupted = false
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    isInterrupted = true
    workers.stop()
  })
}

// — the worlds —————————————————————————————————————————————————————————————————————————————————————————————

const tally = sim.createTally()
const started = Date.now()
let cpuSeconds = 0
await shareOut(
  workers.asks,
  chunks(),
  (ask, plans) => ask({ type: 'try', bundle, plans }),
  ({ trials, seconds }) => {
    cpuSeconds += seconds
    for (const trial of trials) {
      sim.count(tally, trial)
      if (trial.failure === null) continue
      const { scenario, seed } = trial.report.plan
      say(`seed ${seed} (${scenario}): ${trial.failure.invariant}: ${trial.failure.detail}`)
      if (plan === null) say(`  again: npm run -s sim -- --scenario ${scenario} --seed ${seed}`)
      if (tally.failures.length === MOST_FAILURES) return true
    }
    return false
  },
)
const wallSeconds = (Date.now() - started) / 1000

const [firstFailure] = tally.failures
const shrunk = firstFailure && (await workers.asks[0]?.({ type: 'shrink', bundle, plan: firstFailure.plan }))
const lazy = sim.lazyStrategies(tally)
const lost = sim.lostIn(tally)
const figures = {
  seeds: tally.seeds,
  workers: count,
  runsPerSecond: tally.seeds / cpuSeconds,
  runsPerSecondOfWall: tally.seeds / wallSeconds,
}
if (shrunk) say(`seed ${shrunk.plan.seed}, smaller (after ${shrunk.runs} runs): npm run -s sim -- --plan '${JSON.stringify(shrunk.plan)}'`)
if (!options.json) printTally(tally)
for (const name of lazy)
  say(`FAILED: "${name}" was of no consequence in ${tally.seeds} seeds, of which it was in ${tally.strategies[name]?.worlds}`)
say(
  `${figures.seeds} seeds, ${figures.runsPerSecond.toFixed(1)} runs a second a core; ` +
    `${figures.runsPerSecondOfWall.toFixed(1)} a second with ${count} workers`,
)
say(`${tally.failures.length} divergences, honest ops lost in ${lost} worlds`)

// — planted bugs ———————————————————————————————————————————————————————————————————————————————————————————

/** @type {Caught[]} */
const planted = []
if (options.planted && !isInterrupted) {
  if (!options.json) printCaught()
  await shareOut(
    workers.asks,
    sim.PLANTED.entries(),
    async (ask, [i, bug]) => ask({ type: 'hunt', bundle: await buildSim(`planted-${i}`, bug) }),
    (caught, [, { name }]) => {
      planted.push({ name, ...caught })
      if (!options.json) printCaught(planted.at(-1))
      return false
    },
  )
  const caught = planted.filter(({ caughtAfterSeeds }) => caughtAfterSeeds !== null).length
  say(`${caught} of ${sim.PLANTED.length} planted bugs caught within ${sim.CAUGHT_WITHIN} seeds`)
}

// — floods —————————————————————————————————————————————————————————————————————————————————————————————————

/** @type {ReturnType<Sim['costOf']>[]} */
const floods = []
if (options.floods && !isInterrupted) {
  for (const name of sim.FLOOD_NAMES) {
    const cost = sim.costOf(name, () => performance.now())
    floods.push(cost)
    if (!options.json) printFlood(cost)
  }
}

if (isInterrupted) console.error('Interrupted: this is what was found so far.')
if (options.json) {
  const { failures, delivered, messages, equivocations, faults, strategies, twice, real } = tally
  const found = { delivered, messages, equivocations, faults, divergences: failures.length, lost, strategies, lazy, twice, real }
  stdout.write(`${JSON.stringify({ ...figures, ...found, failures, smaller: shrunk?.plan ?? null, planted, floods })}\n`)
}
const areCaught = planted.every(({ caughtAfterSeeds }) => caughtAfterSeeds !== null)
const isFine = tally.failures.length === 0 && lazy.length === 0 && areCaught && floods.every(({ throughput }) => throughput >= 0.9)
exit(isInterrupted ? 130 : isFine ? 0 : 1)
