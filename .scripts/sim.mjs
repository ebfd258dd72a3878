/**
 * `npm run -s sim`: correct nodes among adversaries in simulated worlds, from seeds.
 *
 *   npm run -s sim                                 500 random worlds
 *   npm run -s sim -- --seeds 5000 [--seed 7]      so many, from seed 7 on
 *   npm run -s sim -- --scenario NAME              random, faulty, besieged or calm
 *   npm run -s sim -- --planted                    besides, plants bugs in the product, one at a time, and says when each is caught
 *   npm run -s sim -- --plan '{…}'                 one plan, as a failure prints it
 *   npm run -s sim -- --json                       one object on standard output
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { argv, cpuUsage, exit, stdout } from 'node:process'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { buildForNode } from './build-for-node.mjs'
import { root } from './paths.mjs'

/** @typedef {typeof import('../src/sim/main.ts')} Sim */
/** @typedef {import('../src/sim/planted.ts').Planted} Planted */
/** @typedef {ReturnType<Sim['run']>} Report */

const folder = join(root, 'node_modules/.cache/tabweave-sim')

const { values: options } = parseArgs({
  args: argv.slice(2),
  options: {
    seeds: { type: 'string', default: '500' },
    seed: { type: 'string' },
    scenario: { type: 'string', default: 'random' },
    plan: { type: 'string' },
    planted: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})

/** A seed alone is one world; with --seeds it is the first of many. */
const first = Number(options.seed ?? 0)
const seeds = options.plan || (options.seed !== undefined && !argv.includes('--seeds')) ? 1 : Number(options.seeds)

/** Every one-in-so-many runs is run twice, and one with real signatures besides: traces and verdicts must be equal. */
const TWICE_EVERY = 50
/** A strategy must have been of consequence within so many worlds. */
const BITES_WITHIN = 100

const say = (/** @type {string} */ line) => (options.json ? console.error(line) : console.log(line))

/**
 * Builds the simulator with the product in it, with one planted bug if one is given.
 * @param {string} name
 * @param {Planted} [planted]
 * @returns {Promise<Sim>}
 */
async function load(name, planted) {
  const outDir = join(folder, name)
  await buildForNode({ main: 'src/sim/main.ts' }, outDir, planted ? [plant(planted)] : [])
  return /** @type {Promise<Sim>} */ (import(pathToFileURL(join(outDir, 'main.mjs')).href))
}

/** @param {Planted} planted */
function plant({ name, file, right, wrong }) {
  const path = join(root, 'src', file)
  if (readFileSync(path, 'utf8').split(right).length !== 2) throw new Error(`"${name}": src/${file} does not hold its line exactly once`)
  return {
    name: 'plant',
    enforce: /** @type {const} */ ('pre'),
    transform: (/** @type {string} */ code, /** @type {string} */ id) => (id === path ? code.replace(right, () => wrong) : undefined),
  }
}

/** @param {Sim} sim */
function runAll(sim) {
  /** @type {Report[]} */
  const failed = []
  const totals = { runs: 0, delivered: 0, ops: 0, equivocations: 0, twice: 0, slowestToHeal: 0 }
  /** @type {Record<string, number>} */
  const faults = {}
  /** @type {Record<string, { worlds: number, acted: number, refused: number, cut: number, admitted: number, asked: number }>} */
  const villains = {}
  const started = cpuUsage()
  for (let seed = first; seed < first + seeds; seed++) {
    const plan = options.plan
      ? /** @type {Report['plan']} */ (JSON.parse(options.plan))
      : sim.planOf(/** @type {'random'} */ (options.scenario), seed)
    const report = sim.run(plan)
    totals.runs++
    totals.delivered += report.counts.delivered
    totals.ops += report.ops
    totals.equivocations += report.counts.equivocations
    totals.slowestToHeal = Math.max(totals.slowestToHeal, report.healedAfter)
    for (const [kind, count] of Object.entries(report.counts.faults)) faults[kind] = (faults[kind] ?? 0) + count
    for (const [name, counts] of Object.entries(report.villains)) {
      const sum = (villains[name] ??= { worlds: 0, acted: 0, refused: 0, cut: 0, admitted: 0, asked: 0 })
      sum.worlds++
      for (const key of /** @type {const} */ (['acted', 'refused', 'cut', 'admitted', 'asked'])) sum[key] += counts[key]
    }
    if (report.failure) {
      failed.push(report)
      say(`seed ${seed}: ${report.failure.invariant}: ${report.failure.detail}`)
      say(`  again: npm run -s sim -- --scenario ${plan.scenario} --seed ${seed}`)
      if (failed.length === 1) {
        const { plan: small, runs } = sim.shrink(plan)
        say(`  smaller (after ${runs} runs): npm run -s sim -- --plan '${JSON.stringify(small)}'`)
      }
      if (failed.length === 10) break
    } else if (seed % TWICE_EVERY === TWICE_EVERY - 1) {
      totals.twice++
      const again = sim.run(plan)
      const other = sim.run({ ...plan, real: !plan.real })
      if (again.trace !== report.trace) failed.push({ ...report, failure: { invariant: 'same seed, same trace', detail: `seed ${seed}` } })
      if (other.verdict !== report.verdict)
        failed.push({ ...report, failure: { invariant: 'same verdicts with either signatures', detail: `seed ${seed}` } })
    }
  }
  const { user, system } = cpuUsage(started)
  const lazy = Object.entries(villains).filter(
    ([, sum]) => sum.worlds >= BITES_WITHIN && sum.refused + sum.cut + sum.admitted + sum.asked === 0,
  )
  return { failed, totals, faults, villains, seconds: (user + system) / 1e6, lazy: lazy.map(([name]) => name) }
}

/** @param {Sim} sim */
async function plantAll(sim) {
  const out = []
  for (const [i, planted] of sim.PLANTED.entries()) {
    const wrong = await load(`planted-${i}`, planted)
    let caughtAfterSeeds = null
    let by = ''
    for (let seed = 0; seed < sim.CAUGHT_WITHIN && caughtAfterSeeds === null; seed++) {
      const plan = { ...wrong.planOf('random', seed), real: false }
      const { failure } = wrong.run(plan)
      if (!failure) continue
      caughtAfterSeeds = seed + 1
      by = failure.invariant
    }
    say(`${String(caughtAfterSeeds ?? 'NOT CAUGHT').padStart(10)}  ${planted.name}${by && `  (${by})`}`)
    out.push({ name: planted.name, caughtAfterSeeds, by })
  }
  return out
}

const sim = await load('right')
if (!options.plan && !sim.SCENARIO_NAMES.includes(/** @type {'random'} */ (options.scenario))) {
  console.error(`There is no scenario "${options.scenario}": ${sim.SCENARIO_NAMES.join(', ')}.`)
  exit(1)
}
const result = runAll(sim)
const { failed, totals, faults, villains, seconds, lazy } = result
const runsPerSecond = totals.runs / seconds
if (!options.json) {
  console.table(villains)
  console.log(
    `faults: ${
      Object.entries(faults)
        .map(([kind, count]) => `${kind} ${count}`)
        .join(', ') || 'none'
    }`,
  )
  console.log(
    `${totals.runs} seeds, ${runsPerSecond.toFixed(1)} runs a second of CPU; ${totals.ops} ops, ${totals.delivered} messages delivered, ${totals.equivocations} equivocations`,
  )
  console.log(
    `${totals.twice} seeds run again and with the other signatures; slowest healing ${(totals.slowestToHeal / 1000).toFixed(1)} s`,
  )
  for (const name of lazy) console.log(`"${name}" was of no consequence in ${villains[name]?.worlds} worlds`)
  for (const { failure } of failed) console.log(`FAILED: ${failure?.invariant}: ${failure?.detail}`)
  console.log(`${failed.length} divergences`)
}
const planted = options.planted ? await plantAll(sim) : []
if (options.json) {
  const lost = failed.filter(({ failure }) => failure?.invariant === 'no accepted op is lost').length
  const figures = { seeds: totals.runs, runsPerSecond, delivered: totals.delivered, ops: totals.ops, equivocations: totals.equivocations }
  stdout.write(`${JSON.stringify({ ...figures, faults, divergences: failed.length, lost, villains, planted })}\n`)
}
exit(failed.length > 0 || lazy.length > 0 || planted.some(({ caughtAfterSeeds }) => caughtAfterSeeds === null) ? 1 : 0)
