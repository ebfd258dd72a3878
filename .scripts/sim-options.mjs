/** What sim.mjs is asked to do. */
import { availableParallelism } from 'node:os'
import { optionsOf, refuse } from './options.mjs'

/** @typedef {import('./sim-worker.mjs').Plan} Plan */
/** @typedef {Parameters<import('./sim-worker.mjs').Sim['checkCase']>[0]} Case */

/** The options of the command line, as `sim.mjs` lists them, with all numbers whole ones. */
export function readOptions() {
  const { values } = optionsOf({
    options: {
      seeds: { type: 'string' },
      seed: { type: 'string' },
      scenario: { type: 'string', default: 'random' },
      plan: { type: 'string' },
      planted: { type: 'boolean', default: false },
      floods: { type: 'boolean', default: false },
      workers: { type: 'string' },
      json: { type: 'boolean', default: false },
      exhaustive: { type: 'string' },
      all: { type: 'boolean', default: false },
      from: { type: 'string' },
      shapes: { type: 'string' },
      case: { type: 'string' },
    },
  })
  const plan = values.plan === undefined ? null : /** @type {Plan} */ (parse('plan', values.plan))
  const isOne = plan !== null || (values.seed !== undefined && values.seeds === undefined)
  return {
    ...values,
    plan,
    exhaustive: values.exhaustive === undefined ? null : whole('exhaustive', values.exhaustive, 1, 5),
    from: whole('from', values.from ?? '0', 0),
    shapes: whole('shapes', values.shapes ?? String(Number.MAX_SAFE_INTEGER), 1),
    case: values.case === undefined ? null : /** @type {Case} */ (parse('case', values.case)),
    seed: whole('seed', values.seed ?? '0', 0),
    seeds: isOne ? 1 : whole('seeds', values.seeds ?? '500', 1),
    workers: whole('workers', values.workers ?? String(availableParallelism()), 1),
  }
}

/**
 * @param {string} name
 * @param {string} value
 * @param {number} least
 * @param {number} [most]
 */
function whole(name, value, least, most = Number.MAX_SAFE_INTEGER) {
  const number = Number(value)
  if (Number.isSafeInteger(number) && number >= least && number <= most) return number
  return refuse(`--${name} takes a whole number ${most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `from ${least} on`}.`)
}

/**
 * @param {string} name
 * @param {string} json
 * @returns {unknown}
 */
function parse(name, json) {
  try {
    return JSON.parse(json)
  } catch {
    return refuse(`--${name} takes a ${name} as a failure prints it, in quotes.`)
  }
}
