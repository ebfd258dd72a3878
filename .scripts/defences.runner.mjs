/**
 * A process of `defences.mjs` that runs tests without one of the defences. It starts Vitest once, which transforms each module
 * once, and the changed one again. It gets a task and answers with the cases that ran.
 */
import { join } from 'node:path'
import process, { env } from 'node:process'
import { createVitest } from 'vitest/node'
import { root } from './paths.mjs'

/**
 * @typedef {{ file: string, splice: import('./edits.mjs').Splice }} Removed what is changed in which file
 * @typedef {{ file: string, names: readonly string[], removed: Removed | null }} Task tests of one file, by their names' beginnings
 * @typedef {{ name: string, failed: boolean }} Case
 */

const vitest = await createVitest('test', { config: join(root, '.scripts/defences.vitest.mjs'), watch: false })
await vitest.standalone()
const project = /** @type {import('vitest/node').TestProject} */ (vitest.projects[0])

/** The file in which a defence is missing now. */
let changed = ''

/** @param {Removed | null} removed */
function takeOut(removed) {
  vitest.invalidateFile(changed)
  changed = removed === null ? '' : join(root, removed.file)
  vitest.invalidateFile(changed)
  env['DEFENCE'] = JSON.stringify(removed)
}

const escaped = (/** @type {string} */ text) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/**
 * @param {Task} task
 * @returns {Promise<Case[]>}
 */
async function run({ file, names, removed }) {
  takeOut(removed)
  const testNamePattern = new RegExp(`(${names.map(escaped).join('|')})`)
  const { testModules } = await vitest.runTestSpecifications([project.createSpecification(join(root, file), { testNamePattern })])
  return testModules.flatMap(({ children }) =>
    [...children.allTests()].flatMap((test) => {
      const { state } = test.result()
      return state === 'passed' || state === 'failed' ? [{ name: test.name, failed: state === 'failed' }] : []
    }),
  )
}

process.once('disconnect', () => void vitest.exit())
process.on('message', (/** @type {Task} */ task) => {
  run(task).then(
    (cases) => process.send?.(cases),
    (/** @type {Error} */ error) => {
      console.error(error.message)
      process.exit(1)
    },
  )
})
