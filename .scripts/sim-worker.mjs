/**
 * A worker of sim.mjs, in a process of its own: one job after the other, each with the simulator that it names. A process, and
 * not a thread, because Node 20 counts CPU by process; it ends when the command that started it is gone.
 */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import process, { cpuUsage } from 'node:process'
import { pathToFileURL } from 'node:url'
import { createSHA256 } from 'hash-wasm'

/** @typedef {typeof import('../src/sim/main.ts')} Sim */
/** @typedef {ReturnType<Sim['planOf']>} Plan */
/** @typedef {ReturnType<Sim['tryPlan']>} Trial */
/** @typedef {{ caughtAfterSeeds: number | null, by: string | null }} Catch */

/**
 * What may be asked of it: `bundle` is the built simulator's path; `seconds` of CPU are those of the runs alone.
 * @typedef {{ type: 'try', bundle: string, plans: Plan[] }} TryJob
 * @typedef {{ type: 'shrink', bundle: string, plan: Plan }} ShrinkJob
 * @typedef {{ type: 'hunt', bundle: string }} HuntJob
 * @typedef {{ type: 'exhaust', bundle: string, ops: number, first: number, count: number, all: boolean }} ExhaustJob
 * @typedef {TryJob | ShrinkJob | HuntJob | ExhaustJob} Job
 * @typedef {{ trials: Trial[], seconds: number }} Tried
 * @typedef {{ run: number, saved: number, failure: string | null, seconds: number }} Exhausted
 */

/**
 * @param {Sim} sim
 * @param {Plan[]} plans
 * @returns {Tried}
 */
function tryAll(sim, plans) {
  const started = cpuUsage()
  const trials = plans.map((plan) => sim.tryPlan(plan))
  const { user, system } = cpuUsage(started)
  return { trials, seconds: (user + system) / 1e6 }
}

/**
 * Random worlds until one shows that something is wrong.
 * @param {Sim} sim
 * @returns {Catch}
 */
function hunt({ CAUGHT_WITHIN, planOf, tryPlan }) {
  for (let seed = 0; seed < CAUGHT_WITHIN; seed++) {
    const { failure } = tryPlan({ ...planOf('random', seed), real: false })
    if (failure !== null) return { caughtAfterSeeds: seed + 1, by: failure.invariant }
  }
  return { caughtAfterSeeds: null, by: null }
}

const hasher = await createSHA256()

/** @param {Uint8Array} bytes */
function sha256(bytes) {
  hasher.init()
  hasher.update(bytes)
  return hasher.digest('binary')
}

/** What RFC 8410 puts before the 32 bytes of a seed, and of a public key. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI = Buffer.from('302a300506032b6570032100', 'hex')

/** Ed25519 of the platform's, as browsers have it. */
const ed25519 = {
  sign: (/** @type {Uint8Array} */ seed, /** @type {Uint8Array} */ message) =>
    new Uint8Array(sign(null, message, createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' }))),
  verify: (/** @type {Uint8Array} */ signature, /** @type {Uint8Array} */ message, /** @type {Uint8Array} */ author) =>
    verify(null, message, createPublicKey({ key: Buffer.concat([SPKI, author]), format: 'der', type: 'spki' }), signature),
}

/**
 * Small rooms in all their cases.
 * @param {Sim} sim
 * @param {ExhaustJob} job
 */
function exhaust({ checkShapes, picture }, { ops, first, count, all }) {
  const started = cpuUsage()
  const { run, saved, failure } = checkShapes(ops, first, count, all)
  const { user, system } = cpuUsage(started)
  return { run, saved, failure: failure === null ? null : picture(failure), seconds: (user + system) / 1e6 }
}

/** @param {Job} job */
async function answer(job) {
  const sim = /** @type {Sim} */ (await import(pathToFileURL(job.bundle).href))
  if (!sim.hashWith(sha256)) throw new Error('hash-wasm is not SHA-256')
  sim.signWith(ed25519)
  switch (job.type) {
    case 'try':
      return tryAll(sim, job.plans)
    case 'shrink':
      return sim.shrink(job.plan)
    case 'hunt':
      return hunt(sim)
    case 'exhaust':
      return exhaust(sim, job)
  }
}

process.on('message', (/** @type {Job} */ job) => {
  void answer(job).then((answered) => process.send?.(answered))
})
