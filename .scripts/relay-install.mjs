/** Installs what the relay's host on Cloudflare is made and tested with. `npm start` does without. */
import { join } from 'node:path'
import { exit } from 'node:process'
import { installPackages } from './packages.mjs'
import { root } from './paths.mjs'

if (!installPackages(join(root, 'relay'), 'the packages of the relay on Cloudflare')) {
  console.error("They could not be installed: see npm's message above. Is the network reachable? Then run the same command again.")
  exit(1)
}
