/**
 * Builds the app into dist/ and the relay's host, which Node cannot run as TypeScript, into node_modules/.cache/tabweave/.
 * Nothing is done while both are as new as their sources. Alone (`node .scripts/build.mjs`) it builds in any case, and fails if
 * something that it uses is deprecated.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process, { argv, stderr } from 'node:process'
import { build } from 'vite'
import { buildForNode } from './build-for-node.mjs'
import { hostFolder, root } from './paths.mjs'
import { stampOf } from './stamp.mjs'

const stampFile = join(hostFolder, 'built')

/** What both are made of. */
const SOURCES = ['src', 'relay', 'public', 'index.html', 'vite.config.ts', 'package-lock.json']

/** Builds what is older than its sources. */
export const buildIfStale = async () => {
  const stamp = stampOf(SOURCES)
  if (existsSync(join(root, 'dist/index.html')) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return
  // Not on standard output: what a script prints there may be for a machine to read.
  console.error('Building …')
  await buildAll('warn')
}

async function buildAll(/** @type {'warn' | 'info'} */ logLevel) {
  const stamp = stampOf(SOURCES)
  await build({ root, logLevel })
  await buildHost()
  writeFileSync(stampFile, stamp)
}

/** Builds the relay's host alone. */
export const buildHost = () => buildForNode({ main: 'relay/main.ts', node: 'relay/node.ts', assets: 'relay/assets.ts' }, hostFolder)

if (argv[1] === import.meta.filename) {
  // Bundler and plugins have loggers of their own: all of them end here.
  const write = stderr.write.bind(stderr)
  stderr.write = (/** @type {string | Uint8Array} */ words) => {
    if (/deprecated/i.test(String(words))) process.exitCode = 1
    return write(words)
  }
  await buildAll('info')
}
