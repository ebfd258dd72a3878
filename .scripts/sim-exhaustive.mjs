/** The part of `sim.mjs` that tries all small rooms (`src/sim/exhaustive/`) instead of random worlds. */
import process, { exit, stdout } from 'node:process'
import { pathToFileURL } from 'node:url'
import { buildSim } from './sim-build.mjs'
import { shareOut, startWorkers } from './sim-workers.mjs'

/** @typedef {import('./sim-worker.mjs').Sim} Sim */
/** @typedef {Parameters<Sim['checkCase']>[0]} Case */
/** @typedef {{ ops: number, all: boolean, from: number, shapes: number, workers: number, json: boolean }} Options */

/** Shapes that a worker takes at a time: a few seconds' at 5 ops. */
const CHUNK = 8
/** ms between two lines of progress. */
const SAY_EVERY = 10_000

/**
 * Tries all cases of the shapes from number `from` on, in order. Ends the command.
 * @param {Options} options
 * @returns {Promise<never>}
 */
export async function tryAll({ ops, all: alsoAlike, from, shapes, workers: count, json }) {
  const say = json ? () => {} : console.log
  const bundle = await buildSim('right')
  const sim = /** @type {Sim} */ (await import(pathToFileURL(bundle).href))
  const all = sim.countCases(ops)
  const until = Math.min(all.shapes, from + shapes)
  const workers = startWorkers(count)
  process.on('exit', workers.stop)
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, workers.stop)

  function* chunks() {
    for (let first = from; first < until; first += CHUNK) yield { first, count: Math.min(CHUNK, until - first) }
  }

  let next = from
  let run = 0
  let saved = 0
  let cpuSeconds = 0
  let saidAt = Date.now()
  let failure = /** @type {string | null} */ (null)
  const progress = () =>
    `shapes ${from} to ${next} of ${all.shapes}: ${run.toLocaleString('en')} cases run, ${saved.toLocaleString('en')} the same but for the numbers of their ops`
  await shareOut(
    workers.asks,
    chunks(),
    (ask, chunk) => ask({ type: 'exhaust', bundle, ops, all: alsoAlike, ...chunk }),
    (checked, chunk) => {
      run += checked.run
      saved += checked.saved
      cpuSeconds += checked.seconds
      failure = checked.failure
      if (failure !== null) return true
      next = chunk.first + chunk.count
      if (Date.now() >= saidAt + SAY_EVERY) {
        saidAt = Date.now()
        say(progress())
      }
      return false
    },
  )
  const isDone = next === until
  if (failure === null && from === 0 && next === all.shapes && run + saved !== all.cases) failure = 'Not every case was counted.'
  say(progress())
  if (failure !== null) say(failure)
  say(`${all.cases.toLocaleString('en')} cases of ${ops} ops in all; ${(run / cpuSeconds).toFixed(0)} cases run a second a core`)
  if (failure === null && next < all.shapes) say(`go on: npm run -s sim -- --exhaustive ${ops} --from ${next}`)
  if (json) stdout.write(`${JSON.stringify({ ops, from, next, ...all, run, saved, runPerSecond: run / cpuSeconds, failure })}\n`)
  exit(failure !== null ? 1 : isDone ? 0 : 130)
}

/**
 * Tries one case, as a failure prints it. Ends the command.
 * @param {Case} one
 * @returns {Promise<never>}
 */
export async function tryCase(one) {
  const sim = /** @type {Sim} */ (await import(pathToFileURL(await buildSim('right')).href))
  const failure = sim.checkCase(one)
  console.log(failure === null ? 'This case is as it should be.' : sim.picture(failure))
  exit(failure === null ? 0 : 1)
}
