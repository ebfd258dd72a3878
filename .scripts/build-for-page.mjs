/** A module, with all that it imports, as one file for a page or a worker of the browsers that are measured. */
import { resolve } from 'node:path'
import { build } from 'vite'
import { root } from './paths.mjs'

/**
 * Writes `main.mjs` into `outDir`. Resolves to nothing; rejects when it cannot be built.
 * @param {string} input a path, or one from the repository's root
 * @param {string} outDir
 */
export async function buildForPage(input, outDir) {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      target: 'chrome128',
      outDir,
      emptyOutDir: true,
      rolldownOptions: { input: resolve(root, input), output: { entryFileNames: 'main.mjs' }, preserveEntrySignatures: 'strict' },
    },
  })
}
