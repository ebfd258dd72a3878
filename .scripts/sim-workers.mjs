/** The workers of sim.mjs, and work that is shared out among them. */
import { fork } from 'node:child_process'
import { join } from 'node:path'

/** @typedef {import('./sim-worker.mjs').TryJob} TryJob */
/** @typedef {import('./sim-worker.mjs').ShrinkJob} ShrinkJob */
/** @typedef {import('./sim-worker.mjs').HuntJob} HuntJob */
/** @typedef {import('./sim-worker.mjs').ExhaustJob} ExhaustJob */
/** @typedef {import('./sim-worker.mjs').Exhausted} Exhausted */
/** @typedef {import('./sim-worker.mjs').Job} Job */
/** @typedef {import('./sim-worker.mjs').Tried} Tried */
/** @typedef {import('./sim-worker.mjs').Catch} Catch */
/** @typedef {import('./sim-worker.mjs').Plan} Plan */

/** There is a worker for every core, so that threads that help one take from another; and worlds make much that is soon gone. */
const LEAN = ['--single-threaded-gc', '--max-semi-space-size=32']

/**
 * A worker does one job at a time. It answers null once the workers were stopped, and rejects if it ended by itself.
 * @typedef {{
 *   (job: TryJob): Promise<Tried | null>
 *   (job: ShrinkJob): Promise<{ plan: Plan, runs: number } | null>
 *   (job: HuntJob): Promise<Catch | null>
 *   (job: ExhaustJob): Promise<Exhausted | null>
 * }} Ask
 */

/**
 * Starts so many workers.
 * @param {number} count
 * @returns {{ asks: Ask[], stop: () => void }}
 */
export function startWorkers(count) {
  let isStopped = false
  const workers = Array.from({ length: count }, () => {
    // What a worker prints is no part of the command's output.
    const child = fork(join(import.meta.dirname, 'sim-worker.mjs'), { execArgv: LEAN, stdio: ['ignore', 2, 2, 'ipc'] })
    const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`)))
    const ask = async (/** @type {Job} */ job) => {
      if (isStopped) return null
      const answered = new Promise((resolve) => child.once('message', (answer) => resolve({ answer })))
      child.send(job, () => {})
      const first = /** @type {{ answer: never } | string} */ (await Promise.race([answered, ended]))
      if (typeof first !== 'string') return first.answer
      // Ctrl-C reaches the workers too, perhaps before it reaches us.
      if (isStopped || first === 'SIGINT') return null
      throw new Error(`A worker ended with ${first} while it was to ${job.type}.`)
    }
    return { child, ask: /** @type {Ask} */ (ask) }
  })
  return {
    asks: workers.map(({ ask }) => ask),
    stop() {
      isStopped = true
      for (const { child } of workers) child.kill()
    },
  }
}

/**
 * Gives each of `jobs` to the next worker that is free, and its answer to `accept` in the order of the jobs, until there are no
 * more, or `accept` says true: enough, or an answer is null. In that case what had been answered out of order is accepted too.
 * @template Job, Answer
 * @param {Ask[]} asks
 * @param {Iterable<Job>} jobs
 * @param {(ask: Ask, job: Job) => Promise<Answer | null>} work
 * @param {(answer: Answer, job: Job) => boolean} accept
 */
export async function shareOut(asks, jobs, work, accept) {
  const queue = jobs[Symbol.iterator]()
  /** @type {Map<number, { answer: Answer, job: Job }>} */
  const waiting = new Map()
  let asked = 0
  let next = 0
  let isEnough = false
  let isCut = false
  await Promise.all(
    asks.map(async (ask) => {
      while (!isEnough && !isCut) {
        const taken = queue.next()
        if (taken.done) return
        const job = taken.value
        const number = asked++
        const answer = await work(ask, job)
        if (answer === null) isCut = true
        else waiting.set(number, { answer, job })
        for (let first = waiting.get(next); first !== undefined && !isEnough; first = waiting.get(++next)) {
          waiting.delete(next)
          isEnough = accept(first.answer, first.job)
        }
      }
    }),
  )
  if (!isCut) return
  for (const number of [...waiting.keys()].toSorted((a, b) => a - b)) {
    const late = waiting.get(number)
    if (late !== undefined && !isEnough) isEnough = accept(late.answer, late.job)
  }
}
