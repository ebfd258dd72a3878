/** Where things are. */
import { join } from 'node:path'

/** The repository. */
export const root = join(import.meta.dirname, '..')

export const hostFolder = join(root, 'node_modules/.cache/tabweave')

/** The built host as modules that Node runs: `main` starts it, `node` exports it for tests. */
export const HOST = { main: join(hostFolder, 'main.mjs'), node: join(hostFolder, 'node.mjs') }
