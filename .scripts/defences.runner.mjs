/**
 * A process of `defences.mjs` that runs tests with lines of the product taken out: Vitest, started once, which transforms each
 * module once, and the changed one anew. It is told a task and answers with the cases that ran.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process, { env } from 'node:process'
import { createVitest } from 'vitest/node'
import { root } from './paths.mjs'

/**
 * @typedef {import('../src/sim/defences.ts').Defence} Defence
 * @typedef {Pick<Defence, 'file' | 'right' | 'wrong'>} Removed
 * @typedef {{ file: string, names: readonly string[], removed: Removed | null }} Task tests of one file, by their names' beginnings
 * @typedef {{ name: string, failed: boolean }} Case
 */

const vitest = await createVitest('test', { config: join(root, '.scripts/defences.vitest.mjs'), watch: false })
await vitest.standalone()
const project = /** @type {import('vitest/node').TestProject} */ (vitest.projects[0])

/** The file whose line is taken out now. */
let changed = ''

/** @param {Removed | null} removed */
function takeOut(removed) {
  vitest.invalidateFile(changed)
  changed = removed === null ? '' : join(root, removed.file)
  if (removed !== null && readFileSync(changed, 'utf8').split(removed.right).length !== 2)
    throw new Error(`${removed.file} does not hold its line exactly once: ${removed.right}`)
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
