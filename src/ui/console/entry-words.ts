/** What an entry of the history says, by its kind: a message speaks for itself, the others are told. */
import type { HistoryEntry } from '../../worker/api.ts'
import { messages } from '../messages.ts'

export function wordsOf({ kind, text }: Pick<HistoryEntry, 'kind' | 'text'>): string {
  switch (kind) {
    case 'genesis':
      return messages.console.began(text)
    case 'merge':
      return messages.console.wove
    case 'message':
    case 'patch':
      return text
  }
}
