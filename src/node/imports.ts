/** Imports of files that are not over yet. Each import is told the outcome of its own file, however many run at once. */
import type { Notice } from '../sync/effects.ts'
import { fileLink, type Link } from '../sync/effects.ts'
import type { UnreadEnd } from '../sync/wrap.ts'
import { MAX_ENTRIES } from './refused-log.ts'
import type { ImportOutcome, RefusedEntry } from './views.ts'

interface Import {
  readonly unread: UnreadEnd | null
  /** The first refusals, at most MAX_ENTRIES; `refusals` counts all of them. */
  readonly refused: RefusedEntry[]
  refusals: number
  readonly resolve: (outcome: ImportOutcome) => void
}

/** By the name of their origins. This name assigns a refusal to its import, never the refusal's position in a log. */
export type Imports = Map<Link, Import>

export const createImports = (): Imports => new Map()

/** Begins the import `ref`; `resolve` is called with its outcome. */
export function beginImport(imports: Imports, ref: number, unread: UnreadEnd | null, resolve: Import['resolve']): void {
  imports.set(fileLink(ref), { unread, refused: [], refusals: 0, resolve })
}

/** Notes a refusal, if it is one of an import. */
export function noteRefusal(imports: Imports, link: Link, entry: RefusedEntry): void {
  const found = imports.get(link)
  if (found === undefined) return
  found.refusals++
  if (found.refused.length < MAX_ENTRIES) found.refused.push(entry)
}

/** Ends an import and tells its outcome. Ops of it that wait for a parent may be refused later: then the log says so. */
export function endImport(imports: Imports, { ref, admitted, duplicate }: Extract<Notice, { type: 'imported' }>): void {
  const link = fileLink(ref)
  const found = imports.get(link)
  imports.delete(link)
  if (found === undefined) return
  const { unread, refused, refusals, resolve } = found
  resolve({ admitted, duplicate, refused, refusals, unread })
}
