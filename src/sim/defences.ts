/**
 * Defences, each with the attack that it is against: one line of the product, what is left of it when it is taken out, and the
 * test that must then fail. Rows are those of docs/threat-model.md. `npm run -s defences` tries them all; the product itself
 * has no switches.
 */
import { BYTES_AND_IDENTITY } from './defences/bytes-and-identity.ts'
import { BROWSER_AND_DISK } from './defences/browser-and-disk.ts'
import { GRAPH } from './defences/graph.ts'
import { LINKS } from './defences/links.ts'

export interface Defence {
  /** A letter and a number. */
  readonly row: string
  /** Seen from the repository's root, like the test's. `right` stands in it exactly once. */
  readonly file: string
  readonly right: string
  readonly wrong: string
  /** The name begins with the row. Of a test with many cases, the beginning that they share. */
  readonly test: { readonly file: string; readonly name: string }
}

export const DEFENCES: readonly Defence[] = [...BYTES_AND_IDENTITY, ...GRAPH, ...LINKS, ...BROWSER_AND_DISK]
