/** The peers' packages, which are in a folder of their own: nothing but these benchmarks installs or imports them. */
import { createRequire } from 'node:module'
import { join } from 'node:path'

/** A package of `src/bench/package.json`, which are installed in this folder. @throws with a sentence when it is not there */
export function loadPackage<T>(folder: string, name: string): T {
  try {
    return createRequire(join(folder, 'package.json'))(name) as T
  } catch (cause) {
    throw new Error(`${name} could not be loaded`, { cause })
  }
}
