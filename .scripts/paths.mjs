/** Where things are. */
import { join } from 'node:path'

/** The repository. */
export const root = join(import.meta.dirname, '..')

export const hostFolder = join(root, 'node_modules/.cache/tabweave')

/** The built host as modules that Node runs: `main` starts it, `node` exports it for tests, `assets` prepares the app for Cloudflare. */
export const HOST = { main: join(hostFolder, 'main.mjs'), node: join(hostFolder, 'node.mjs'), assets: join(hostFolder, 'assets.mjs') }

/** The app as it is put on Cloudflare; relay/wrangler.json names it too. */
export const CLOUDFLARE_APP = join(root, 'node_modules/.cache/tabweave-relay/app')
