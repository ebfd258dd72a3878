/**
 * `npm start`: builds what is stale, then serves the app and the relay on one port and prints its address.
 * PORT chooses another port; `npm start -- --no-relay` serves the app alone.
 */
import { chdir } from 'node:process'
import { pathToFileURL } from 'node:url'
import { buildIfStale } from './build.mjs'
import { HOST, root } from './paths.mjs'

await buildIfStale()
chdir(root)
await import(pathToFileURL(HOST.main).href)
