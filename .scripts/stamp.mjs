/** Whether something is as new as what it was made of. */
import { createHash } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.mjs'

/**
 * Changes whenever one of these files, or one in these folders, is changed, added or taken away.
 * @param {readonly string[]} sources relative to the repository
 */
export function stampOf(sources) {
  const hash = createHash('sha256')
  for (const source of sources) {
    const path = join(root, source)
    // relay/ has packages of its own, which are no source.
    const names = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true }).filter((name) => !String(name).startsWith('node_modules'))
      : ['']
    const files = names.map((name) => join(path, String(name)))
    for (const file of files.toSorted()) {
      const { size, mtimeMs } = statSync(file)
      hash.update(`${file} ${size} ${mtimeMs}\n`)
    }
  }
  return hash.digest('hex')
}
