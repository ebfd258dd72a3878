/** The app as another version of it would be: the same sources, with another version of messages. */
import { build, type Plugin } from 'vite'
import { root } from '../.scripts/paths.mjs'
import { MESSAGE_VERSION } from '../src/core/limits.ts'

const LIMITS = 'src/core/limits.ts'

/** Builds it into a folder. */
export async function buildOtherVersion(version: number, folder: string): Promise<void> {
  const ours = `export const MESSAGE_VERSION = ${MESSAGE_VERSION}`
  let found = 0
  const plugin: Plugin = {
    name: 'another version of messages',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith(LIMITS)) return
      found += code.split(ours).length - 1
      return code.replace(ours, `export const MESSAGE_VERSION = ${version}`)
    },
  }
  await build({
    root,
    logLevel: 'error',
    plugins: [plugin],
    worker: { plugins: () => [plugin] },
    build: { outDir: folder, emptyOutDir: true },
  })
  if (found === 0) throw new Error(`${LIMITS} does not say "${ours}"`)
}
