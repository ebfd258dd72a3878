/**
 * Defences, each with the attack that it is against: a place of the product, what is left of it when the defence is taken out,
 * and the test that must then fail. Rows are those of docs/threat-model.md. `npm run -s defences` tries them all; the product
 * itself has no switches.
 */
import { BYTES_AND_IDENTITY } from './defences/bytes-and-identity.ts'
import { BROWSER_AND_DISK } from './defences/browser-and-disk.ts'
import { GRAPH } from './defences/graph.ts'
import { HOSTILE_NAMES } from './defences/hostile-names.ts'
import { LINKS } from './defences/links.ts'
import { QUESTIONS } from './defences/questions.ts'
import { OFFERS } from './defences/offers.ts'
import { RELAY } from './defences/relay.ts'
import { WEB_ADDRESSES } from './defences/web-addresses.ts'
import type { Edit } from './source/edit.ts'

export type Defence = Edit & {
  /** A letter and a number. */
  readonly row: string
  /** From the repository's root, like the test's. */
  readonly file: string
  /** The name begins with the row. Of a test with many cases, the beginning that they share. */
  readonly test: { readonly file: string; readonly name: string }
}

export const DEFENCES: readonly Defence[] = [
  ...BYTES_AND_IDENTITY,
  ...GRAPH,
  ...LINKS,
  ...HOSTILE_NAMES,
  ...QUESTIONS,
  ...OFFERS,
  ...RELAY,
  ...BROWSER_AND_DISK,
  ...WEB_ADDRESSES,
]
