/** What came of a file that was imported, in words. Pure; tried in `import-words.test.ts`. */
import { isEvidenceFile } from '../../core/evidence-file.ts'
import type { Refusal } from '../../core/result.ts'
import type { ImportOutcome } from '../../worker/api.ts'
import { bytesInWords } from '../bytes-in-words.ts'
import { refusalSentences } from '../refusal-messages.ts'
import { shareMessages as text } from './share-messages.ts'

/** Each part of another room's file is refused for this reason. */
const OF_ANOTHER_ROOM: Refusal = 'not-for-this-room'

interface ImportInWords {
  readonly said: string
  /** Not all of the file was taken. */
  readonly isBad: boolean
  /** Why ops or parts of the file were refused, a sentence each. */
  readonly reasons: readonly string[]
}

/** @param pending how many ops wait now, if more do than before; else 0 */
export function importInWords(bytes: Uint8Array, outcome: ImportOutcome, pending: number): ImportInWords {
  const nothing = whyNothing(bytes, outcome, pending)
  if (nothing !== null) return { said: nothing, isBad: true, reasons: [] }
  const { admitted, duplicate, refused, refusals, unread } = outcome
  // The end that could not be read counts as one refusal, and has a sentence of its own.
  const said = [text.imported(admitted, duplicate, refusals - (unread === null ? 0 : 1))]
  if (unread !== null) said.push(text.importedCut(bytesInWords(unread.bytes)))
  if (pending > 0) said.push(text.importedPending(pending))
  return { said: said.join(' '), isBad: refusals > 0, reasons: [...new Set(refused.map(({ reason }) => refusalSentences[reason]))] }
}

/** Why nothing at all was taken from a file, where that can be said of the whole of it; else null. */
function whyNothing(bytes: Uint8Array, { admitted, duplicate, refused, unread }: ImportOutcome, pending: number): string | null {
  if (bytes.length === 0) return text.importedEmpty
  if (unread?.reason === 'not-a-bundle') return isEvidenceFile(bytes) ? text.importedEvidence : text.importedNoRoom
  if (admitted + duplicate + pending > 0) return null
  if (refused.length === 0 && unread === null) return text.importedNothing
  if (unread === null && refused.every(({ reason }) => reason === OF_ANOTHER_ROOM)) return text.importedOther
  // Not of single ops: of the whole file, or of whole parts of it.
  return refused.every(({ id }) => id === null) ? text.importedDamaged : null
}
