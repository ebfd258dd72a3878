/** The edits of the tables of defences and of planted bugs, made on the files of this repository. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'
import { runnerImport } from 'vite'
import { root } from './paths.mjs'

/** @typedef {import('../src/sim/source/edit.ts').Edit} Edit */
/** @typedef {import('../src/sim/source/edit.ts').Splice} Splice */

/** @type {{ module: typeof import('../src/sim/source/edit.ts') }} */
const { module } = await runnerImport(join(root, 'src/sim/source/edit.ts'), { root, configFile: false, logLevel: 'error' })

export const { applied, said } = module

/** @param {string} source */
function parse(source) {
  const { program, errors } = parseSync('source.tsx', source)
  if (errors.length > 0) throw new Error(errors[0]?.message)
  return /** @type {import('../src/sim/source/tree.ts').Tree} */ (/** @type {unknown} */ (program))
}

/**
 * What an edit changes in a file. Throws, naming the row, when its pattern does not match exactly once.
 * @param {string} row
 * @param {string} file from the repository's root
 * @param {Edit} edit
 */
export function spliceIn(row, file, edit) {
  try {
    return module.spliceOf(readFileSync(join(root, file), 'utf8'), parse, edit)
  } catch (error) {
    throw new Error(`${row}, "${said(edit)}" in ${file}: ${/** @type {Error} */ (error).message}`, { cause: error })
  }
}

/**
 * A plugin that changes one file as it is read.
 * @param {string} file from the repository's root
 * @param {Splice} splice
 */
export const splicing = (file, splice) => ({
  name: 'splice',
  enforce: /** @type {const} */ ('pre'),
  transform: (/** @type {string} */ code, /** @type {string} */ id) =>
    id.split('?', 1)[0] === join(root, file) ? applied(code, splice) : undefined,
})
