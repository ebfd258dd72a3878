/** Published vectors of Ed25519, which tests read from the folder that DATA_DIR names. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'

/**
 * The text of the files, or null when they are not there.
 * @returns {import('../src/core/signature-vectors.naive.ts').VectorFiles | null}
 */
export const readVectors = () => {
  const folder = env['DATA_DIR']
  if (!folder) return null
  const [wycheproof, speccheck] = ['wycheproof-ed25519.json', 'ed25519-speccheck.json'].map((name) => join(folder, 'vectors', name))
  if (!wycheproof || !speccheck || !existsSync(wycheproof) || !existsSync(speccheck)) return null
  return { wycheproof: readFileSync(wycheproof, 'utf8'), speccheck: readFileSync(speccheck, 'utf8') }
}
