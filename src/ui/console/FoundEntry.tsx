/** One entry that a search found, with what of it has the words. */
import type { KeyboardEvent } from 'react'
import type { Match } from '../../worker/api.ts'
import { AuthorMark, AuthorName, ChosenName, Id, shortId } from '../shared/AuthorMark.tsx'
import { timeAgo } from '../messages.ts'
import { useNodeState } from '../state/bindings.ts'

interface FoundEntryProps {
  readonly match: Match
  /** Seconds since 1970. */
  readonly now: number
  onGo(match: Match): void
  onKeyDown(event: KeyboardEvent): void
}

export function FoundEntry({ match, now, onGo, onKeyDown }: FoundEntryProps) {
  const { id, author, time, excerpt, byId, byAuthor } = match
  const chosen = useNodeState((state) => state.names.get(author))
  return (
    <button type="button" className="found-entry" onClick={() => onGo(match)} onKeyDown={onKeyDown}>
      <AuthorMark author={author} />
      <span className="found-head">
        <span className="found-author" data-found={byAuthor}>
          <AuthorName author={author} />
          <ChosenName name={chosen} />
        </span>
        <time>{timeAgo(time, now)}</time>
        <span data-found={byId}>
          <Id>{shortId(id)}</Id>
        </span>
      </span>
      <span className="found-text their-text">
        <bdi>
          {excerpt.before}
          {excerpt.words !== '' && <mark>{excerpt.words}</mark>}
          {excerpt.after}
        </bdi>
      </span>
    </button>
  )
}
