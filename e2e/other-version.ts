/** The app as another version of it would be: the same sources, with another version of messages. */
import { join } from 'node:path'
import { build, loadConfigFromFile, type Plugin, type PluginOption } from 'vite'
import { root } from '../.scripts/paths.mjs'
import { MESSAGE_VERSION } from '../src/core/limits.ts'

const LIMITS = 'src/core/limits.ts'

/** Builds it into a folder; without a service worker, which is most of the work and would keep these files for later visits. */
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
  const loaded = await loadConfigFromFile({ command: 'build', mode: 'production' }, join(root, 'vite.config.ts'))
  const { plugins = [], ...app } = loaded!.config
  await build({
    ...app,
    configFile: false,
    root,
    logLevel: 'error',
    plugins: [...(await withoutServiceWorker(plugins)), plugin],
    worker: { ...app.worker, plugins: () => [plugin] },
    build: { ...app.build, outDir: folder, emptyOutDir: true },
  })
  if (found === 0) throw new Error(`${LIMITS} does not say "${ours}"`)
}

async function withoutServiceWorker(plugins: readonly PluginOption[]): Promise<Plugin[]> {
  const kept: Plugin[] = []
  for (const each of plugins) {
    const plugin = await each
    if (Array.isArray(plugin)) kept.push(...(await withoutServiceWorker(plugin)))
    else if (plugin && !plugin.name.startsWith('vite-plugin-pwa')) kept.push(plugin)
  }
  return kept
}
