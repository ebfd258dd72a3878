/** What sim.mjs is asked to do. */
import { availableParallelism } from 'node:os'
import { argv, exit } from 'node:process'
import { parseArgs } from 'node:util'

/** @typedef {import('./sim-worker.mjs').Plan} Plan */

/**
 * Ends the command.
 * @param {string} sentence what is wrong with the options
 * @returns {never}
 */
export function refuse(sentence) {
  console.error(sentence)
  exit(1)
}

/** The options of the command line, as `sim.mjs` lists them, with all numbers whole ones. */
export function readOptions() {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      scenario: { type: 'string', default: 'random' },
      plan: { type: 'string' },
      planted: { type: 'boolean', default: false },
      floods: { type: 'boolean', default: false },
      workers: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const plan = values.plan === undefined ? null : parsePlan(values.plan)
  const isOne = plan !== null || (values.seed !== undefined && values.seeds === undefined)
  return {
    ...values,
    plan,
    seed: whole('seed', values.seed ?? '0', 0),
    seeds: isOne ? 1 : whole('seeds', values.seeds ?? '500', 1),
    workers: whole('workers', values.workers ?? String(availableParallelism()), 1),
  }
}

/**
 * @param {string} name
 * @param {string} value
 * @param {number} least
 */
function whole(name, value, least) {
  const number = Number(value)
  return Number.isSafeInteger(number) && number >= least ? number : refuse(`--${name} takes a whole number from ${least} on.`)
}

/** @param {string} json */
function parsePlan(json) {
  try {
    return /** @type {Plan} */ (JSON.parse(json))
  } catch {
    return refuse('--plan takes a plan as a failure prints it, in quotes.')
  }
}
