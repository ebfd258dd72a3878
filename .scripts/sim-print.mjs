/** What sim.mjs says to people. */

/** @typedef {import('./sim-worker.mjs').Sim} Sim */
/** @typedef {import('../src/sim/tally.ts').Tally} Tally */
/** @typedef {import('./sim-worker.mjs').Catch & { name: string }} Caught */

const COLUMNS = /** @type {const} */ (['worlds', 'acted', 'refused', 'cut', 'admitted', 'asked'])

/** @param {Tally} tally */
export function printTally({ strategies, faults, delivered, messages, equivocations, twice, real, slowestHealing }) {
  const names = Object.keys(strategies).toSorted()
  const width = names.reduce((most, name) => Math.max(most, name.length), 8)
  if (names.length > 0) console.log(`${'strategy'.padEnd(width)}${COLUMNS.map((column) => column.padStart(10)).join('')}`)
  for (const name of names) {
    console.log(`${name.padEnd(width)}${COLUMNS.map((column) => String(strategies[name]?.[column]).padStart(10)).join('')}`)
  }
  const kinds = Object.entries(faults).toSorted(([a], [b]) => (a < b ? -1 : 1))
  console.log(`faults injected: ${kinds.map(([kind, times]) => `${kind} ${times}`).join(', ') || 'none'}`)
  console.log(`${delivered} ops delivered in ${messages} messages; ${equivocations} equivocations`)
  console.log(`${twice} seeds run twice to the same trace, ${real} with both kinds of signatures to the same verdict`)
  console.log(`slowest healing: ${(slowestHealing / 1000).toFixed(1)} s`)
}

/**
 * One line of the table of planted bugs; without one, its head.
 * @param {Caught} [caught]
 */
export function printCaught(caught) {
  if (!caught) return console.log('caught after seeds  planted bug (invariant that broke)')
  const { name, caughtAfterSeeds, by } = caught
  console.log(`${String(caughtAfterSeeds ?? 'NOT CAUGHT').padStart(18)}  ${name}${by === null ? '' : ` (${by})`}`)
}

/**
 * What one flood costs.
 * @param {ReturnType<Sim['costOf']>} cost
 */
export function printFlood({ name, throughput, spread, arrived, typed }) {
  const [least, most] = spread
  console.log(
    `${throughput.toFixed(3)} of the throughput (${least.toFixed(3)} … ${most.toFixed(3)}), ${arrived} of ${typed} honest ops: ${name}`,
  )
}
