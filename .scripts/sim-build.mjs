/** The simulator with the product in it, built for Node: as it is, or with a planted bug. */
import { join } from 'node:path'
import { buildForNode } from './build-for-node.mjs'
import { spliceIn, splicing } from './edits.mjs'
import { root } from './paths.mjs'

/** @typedef {import('../src/sim/planted.ts').Planted} Planted */

const folder = join(root, 'node_modules/.cache/tabweave-sim')

/**
 * Builds it into a folder of this name and resolves to the bundle's path. A build takes a tenth of a second, so each bug has its own:
 * in a finished bundle the lines would not be those of the sources any more.
 * @param {string} name
 * @param {Planted} [planted]
 */
export async function buildSim(name, planted) {
  const outDir = join(folder, name)
  await buildForNode(
    { main: 'src/sim/main.ts' },
    outDir,
    planted ? [splicing(planted.file, spliceIn(planted.name, planted.file, planted))] : [],
  )
  return join(outDir, 'main.mjs')
}
