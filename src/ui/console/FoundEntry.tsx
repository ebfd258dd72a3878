/** One entry that a search found. */
import type { KeyboardEvent } from 'react'
import type { Hex, HistoryEntry } from '../../worker/api.ts'
import { AuthorMark, AuthorName, ChosenName, Id, shortId } from '../shared/AuthorMark.tsx'
import { beginningOf } from '../shared/long-text.ts'
import { timeAgo } from '../messages.ts'
import { useNodeState } from '../state/bindings.ts'
import { wordsOf } from './entry-words.ts'

interface FoundEntryProps {
  readonly entry: HistoryEntry
  /** Seconds since 1970. */
  readonly now: number
  onGo(id: Hex): void
  onKeyDown(event: KeyboardEvent): void
}

export function FoundEntry({ entry, now, onGo, onKeyDown }: FoundEntryProps) {
  const chosen = useNodeState((state) => state.names.get(entry.author))
  return (
    <button type="button" className="found-entry" onClick={() => onGo(entry.id)} onKeyDown={onKeyDown}>
      <AuthorMark author={entry.author} />
      <span className="found-head">
        <AuthorName author={entry.author} />
        <ChosenName name={chosen} />
        <time>{timeAgo(entry.time, now)}</time>
        <Id>{shortId(entry.id)}</Id>
      </span>
      <span className="found-text">
        <bdi>{beginningOf(wordsOf(entry))}</bdi>
      </span>
    </button>
  )
}
