/**
 * `npm run -s node -- LINK`: a node of a room in a terminal; `--help` lists what it takes. Standard output is the node's alone.
 *
 * Several may be started at once, so what they run is never overwritten: each state of the sources is built once, into a folder of
 * its own, which is there whole or not at all.
 */
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pid } from 'node:process'
import { pathToFileURL } from 'node:url'
import { root } from './paths.mjs'
import { stampOf } from './stamp.mjs'

const builds = join(root, 'node_modules/.cache/tabweave-node')
const folder = join(builds, stampOf(['src', 'package-lock.json']).slice(0, 16))

/** Builds that nobody can be about to start any more (ms). */
const OLD = 86_400_000

if (!existsSync(folder)) {
  const { buildForNode } = await import('./build-for-node.mjs')
  const draft = `${folder}-${pid}`
  await buildForNode({ main: 'src/cli/main.ts' }, draft)
  try {
    renameSync(draft, folder)
  } catch (error) {
    // Another one was quicker.
    if (!existsSync(folder)) throw error
    rmSync(draft, { recursive: true })
  }
  for (const other of readdirSync(builds)) {
    const path = join(builds, other)
    if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) < Date.now() - OLD) rmSync(path, { recursive: true, force: true })
  }
}
await import(pathToFileURL(join(folder, 'main.mjs')).href)
