/** TypeScript of this project as modules that Node runs. */
import { join } from 'node:path'
import { build } from 'vite'
import { root } from './paths.mjs'

/**
 * Builds each input (a path from the repository's root, by the name of its output) into `outDir`, with everything it imports from here.
 * Resolves to nothing; rejects when it cannot be built.
 * @param {Record<string, string>} inputs
 * @param {string} outDir
 * @param {import('vite').Plugin[]} [plugins]
 */
export async function buildForNode(inputs, outDir, plugins = []) {
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins,
    build: {
      ssr: true,
      target: 'node20',
      outDir,
      emptyOutDir: true,
      rolldownOptions: {
        checks: { bundlerTimings: false },
        input: Object.fromEntries(Object.entries(inputs).map(([name, path]) => [name, join(root, path)])),
        output: { entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' },
        preserveEntrySignatures: 'strict',
      },
    },
  })
}
