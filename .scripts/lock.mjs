/**
 * What `npm ci` on somebody else's machine needs of each lock file: an entry for every platform's package of every tool, and no
 * address of the registry that it was written with.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exit } from 'node:process'
import { root } from './paths.mjs'

/** @typedef {{ resolved?: string, integrity?: string, optionalDependencies?: Record<string, string> }} Entry */

const LOCKS = ['package-lock.json', 'src/bench/package-lock.json', 'relay/package-lock.json']

const faults = LOCKS.flatMap((file) => faultsOf(file).map((fault) => `${file}: ${fault}`))
for (const fault of faults) console.error(fault)
exit(faults.length === 0 ? 0 : 1)

/**
 * @param {string} file relative to the repository
 * @returns {string[]} a sentence each
 */
function faultsOf(file) {
  const lock = /** @type {{ packages: Record<string, Entry> }} */ (JSON.parse(readFileSync(join(root, file), 'utf8')))
  return Object.entries(lock.packages).flatMap(([path, { resolved, integrity, optionalDependencies = {} }]) => [
    ...(resolved ? [`${path} names a registry: ${resolved}`] : []),
    ...(path !== '' && !integrity ? [`${path} has no integrity hash`] : []),
    ...Object.keys(optionalDependencies)
      .filter((name) => !lock.packages[`node_modules/${name}`] && !lock.packages[`${path}/node_modules/${name}`])
      .map((name) => `${path} wants ${name} on some platform, which is not in the lock`),
  ])
}
