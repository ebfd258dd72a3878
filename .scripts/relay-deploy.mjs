/**
 * `npm run relay:deploy`: builds what is stale and puts the app and its relay on Cloudflare, as relay/wrangler.json says. What
 * follows `--` goes to `wrangler deploy`: `npm run relay:deploy -- --dry-run` stops before anything leaves this machine.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { argv, env, execPath, exit } from 'node:process'
import { pathToFileURL } from 'node:url'
import { buildIfStale } from './build.mjs'
import { CLOUDFLARE_APP, HOST, root } from './paths.mjs'

await buildIfStale()
const { writeAssets } = /** @type {typeof import('../relay/assets.ts')} */ (await import(pathToFileURL(HOST.assets).href))
await writeAssets(join(root, 'dist'), CLOUDFLARE_APP)

const relay = join(root, 'relay')
const wrangler = join(relay, 'node_modules/wrangler/bin/wrangler.js')
const { status } = spawnSync(execPath, [wrangler, 'deploy', '--config', join(relay, 'wrangler.json'), ...argv.slice(2)], {
  cwd: relay,
  stdio: 'inherit',
  env: { ...env, WRANGLER_SEND_METRICS: 'false' },
})
exit(status ?? 1)
