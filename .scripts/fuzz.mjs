/**
 * `npm run -s fuzz`: everything that reads hostile bytes, given bytes that know how they are read, from a seed.
 *
 *   npm run -s fuzz                                        500,000 inputs over all targets
 *   npm run -s fuzz -- --inputs 20000000 [--seed 7]        so many, from another seed
 *   npm run -s fuzz -- --target bundle                     one target
 *   npm run -s fuzz -- --target bundle --seed 7 --index 5  one input, as a failure prints it
 *   npm run -s fuzz -- --json                              one object on standard output
 *
 * Fails on a finding, and when a target that had inputs enough never refused one for a reason that it must be able to give.
 */
import { join } from 'node:path'
import { cpuUsage, exit, stdout } from 'node:process'
import { pathToFileURL } from 'node:url'
import { buildForNode } from './build-for-node.mjs'
import { optionsOf } from './options.mjs'
import { root } from './paths.mjs'

/** @typedef {typeof import('../src/sim/fuzz/main.ts')} Fuzz */
/** @typedef {ReturnType<Fuzz['startTally']>} Tally */

const { values: options } = optionsOf({
  options: {
    inputs: { type: 'string', default: '500000' },
    seed: { type: 'string', default: '0' },
    target: { type: 'string' },
    index: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

/** Inputs of one target in a row, so that all of them get on. */
const TURN = 2_000

const outDir = join(root, 'node_modules/.cache/tabweave-fuzz')
await buildForNode({ main: 'src/sim/fuzz/main.ts' }, outDir)
const fuzz = /** @type {Fuzz} */ (await import(pathToFileURL(join(outDir, 'main.mjs')).href))

const names = Object.keys(fuzz.TARGETS)
const chosen = names.filter((name) => options.target === undefined || name === options.target)
if (chosen.length === 0 || (options.index !== undefined && chosen.length > 1)) {
  console.error(`Name one target: ${names.join(', ')}.`)
  exit(1)
}
const seed = Number(options.seed)
const first = Number(options.index ?? 0)
const shares =
  options.target === undefined ? fuzz.divide(Number(options.inputs)) : new Map(chosen.map((name) => [name, Number(options.inputs)]))

const runs = chosen.map((name) => ({
  tally: fuzz.startTally(name),
  next: first,
  end: options.index === undefined ? (shares.get(name) ?? 0) : first + 1,
  seconds: 0,
}))
for (let running = runs; running.length > 0; running = running.filter(({ next, end }) => next < end)) {
  for (const run of running) {
    const started = cpuUsage()
    const until = Math.min(run.end, run.next + TURN)
    fuzz.runInputs(run.tally, seed, run.next, until)
    run.next = until
    const { user, system } = cpuUsage(started)
    run.seconds += (user + system) / 1e6
  }
}

const targets = runs.map(({ tally: { name, inputs, accepted, refused }, seconds }) => {
  return { name, inputs, accepted, refused, perSecond: Math.round(inputs / seconds) }
})
const failures = runs.flatMap(({ tally }) => tally.failures)
const unreached = runs.flatMap(({ tally }) => fuzz.unreached(tally).map((reason) => ({ name: tally.name, reason })))
if (options.json) stdout.write(`${JSON.stringify({ seed, targets, failures })}\n`)
const say = options.json ? console.error : console.log
for (const { name, inputs, accepted, refused, perSecond } of options.json ? [] : targets) {
  const reasons = Object.entries(refused).toSorted(([, a], [, b]) => b - a)
  console.log(
    `${name}: ${inputs} inputs, ${perSecond} a second of CPU; ${accepted} accepted, ${reasons.map(([reason, n]) => `${reason} ${n}`).join(', ')}`,
  )
}
for (const { target, seed: of, index, hex, detail } of failures) {
  say(`FAILED: ${target}: ${detail}`)
  say(`  again: npm run -s fuzz -- --target ${target} --seed ${of} --index ${index}`)
  say(`  smaller: ${hex}`)
}
for (const { name, reason } of unreached) say(`"${name}" never refused anything as "${reason}"`)
say(`${runs.reduce((sum, { tally }) => sum + tally.inputs, 0)} inputs, ${failures.length} findings`)
exit(failures.length > 0 || unreached.length > 0 ? 1 : 0)
