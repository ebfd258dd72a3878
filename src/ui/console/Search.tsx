/**
 * Search in the history: what is found stands over it, newest first, and leads back to its place. Enter goes from one to the next, whichever a
 * person has begun with.
 */
import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import type { Match } from '../../worker/api.ts'
import { isExact } from '../shared/focus.ts'
import { isComposing } from '../shared/keys.ts'
import { Icon } from '../shared/Icon.tsx'
import { messages } from '../messages.ts'
import { useAgeClock, useNode, usePage } from '../state/bindings.ts'
import { FoundEntry } from './FoundEntry.tsx'
import { type FoundList, useFound } from './use-found.ts'

const text = messages.console

/** Matches that are listed at first, and so many more each time that a person asks for older ones. */
const PAGE = 100

/** To the next match (older), or to the one before. */
type Step = 1 | -1

export function Search() {
  const page = usePage()
  const node = useNode()
  const [query, setQuery] = useState('')
  const [limit, setLimit] = useState(PAGE)
  /** The match that the history shows; null: the list of all is shown. */
  const [shown, setShown] = useState<Match | null>(null)
  /** A step that waits for what is being searched for. */
  const step = useRef<Step | null>(null)
  /** How many were listed when older ones were asked for: the first of these has the focus next. */
  const listed = useRef<number | null>(null)
  const place = useRef<HTMLDivElement>(null)
  const words = query.trim()
  const found = useFound(words, limit)
  const at = placeIn(found, shown)
  const now = useAgeClock()

  const ask = (next: string): void => {
    setQuery(next)
    setLimit(PAGE)
    setShown(null)
    step.current = null
    listed.current = null
  }

  /** What had the focus is about to go: the history has it next, and its keys scroll it. */
  const leave = (): void => place.current!.closest('.console')!.querySelector<HTMLElement>('.history')!.focus()

  const close = (): void => {
    ask('')
    leave()
  }

  const show = (match: Match): void => {
    setShown(match)
    page.focus(node.slot)
    node.showFound(match.id, { words: match.excerpt.words === '' ? '' : found!.by })
  }

  /** The list has made way. With fingers the field would open the keyboard. */
  const go = (match: Match): void => {
    show(match)
    if (isExact()) place.current!.querySelector('input')!.focus()
    else leave()
  }

  const older = (): void => {
    if (found?.by !== words) return
    listed.current = found.matches.length
    setLimit(found.limit + PAGE)
  }
  useEffect(() => {
    if (listed.current === null || found?.limit !== limit) return
    const entries = place.current!.querySelectorAll<HTMLElement>('.found-entry')
    entries[Math.min(listed.current, entries.length - 1)]?.focus()
    listed.current = null
  }, [found, limit])

  const walk = (by: Step): void => {
    if (words === '') return
    if (found?.by !== words) return void (step.current = by)
    step.current = null
    const { matches, more } = found
    if (matches.length === 0) return
    const next = at === null ? (by === 1 ? 0 : -1) : at + by
    if (next === matches.length && more) {
      step.current = by
      return setLimit(found.limit + PAGE)
    }
    show(matches.at(next % matches.length)!)
  }
  useEffect(() => {
    if (step.current !== null) walk(step.current)
  })

  const onKeyDown = (event: KeyboardEvent): void => {
    if (isComposing(event)) return
    if (event.key === 'Escape') {
      event.stopPropagation()
      close()
    } else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
      event.preventDefault()
      walk(event.shiftKey ? -1 : 1)
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (at === null) toNeighbour(event, place)
      else setShown(null)
    }
  }

  return (
    <div className="search" ref={place}>
      <label className="search-field">
        <Icon name="search" />
        <input
          type="search"
          enterKeyHint="search"
          data-shortcut="/"
          aria-label={text.search}
          placeholder={text.searchShort}
          value={query}
          onChange={(event) => ask(event.target.value)}
          onClick={() => setShown(null)}
          onKeyDown={onKeyDown}
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
      {found !== null && (
        <div className="found">
          <div className="found-head-row">
            <p className="found-count" role="status">
              {at === null ? text.found(found.matches.length, found.more) : text.foundAt(at + 1, found.matches.length, found.more)}
            </p>
            {found.matches.length > 0 && (
              <>
                <StepButton by={1} walk={walk} onKeyDown={onKeyDown} />
                <StepButton by={-1} walk={walk} onKeyDown={onKeyDown} />
              </>
            )}
            <button type="button" className="found-step" aria-label={text.closeSearch} title={text.closeSearch} onClick={close}>
              <Icon name="close" />
            </button>
          </div>
          {at === null && (
            <ol key={found.by} role="list" aria-label={text.results}>
              {found.matches.map((match) => (
                <li key={match.id}>
                  <FoundEntry match={match} now={now} onGo={go} onKeyDown={onKeyDown} />
                </li>
              ))}
              {found.more && (
                <li>
                  <button type="button" className="button found-older" onClick={older} onKeyDown={onKeyDown}>
                    {text.olderFound}
                  </button>
                </li>
              )}
            </ol>
          )}
        </div>
      )}
    </div>
  )
}

/** Which of the matches is shown, as long as it is one of them. */
function placeIn(found: FoundList | null, shown: Match | null): number | null {
  const at = shown === null || found === null ? -1 : found.matches.findIndex(({ id }) => id === shown.id)
  return at < 0 ? null : at
}

/** The next match is older, and stands further up. */
function StepButton({ by, walk, onKeyDown }: { readonly by: Step; walk(by: Step): void; onKeyDown(event: KeyboardEvent): void }) {
  const label = by === 1 ? text.nextFound : text.previousFound
  return (
    <button type="button" className="found-step" aria-label={label} title={label} onClick={() => walk(by)} onKeyDown={onKeyDown}>
      <Icon name={by === 1 ? 'up' : 'down'} />
    </button>
  )
}

/** Arrows walk from the field into what was found and back. */
function toNeighbour(event: KeyboardEvent, place: RefObject<HTMLDivElement | null>): void {
  const stops = Array.from(place.current!.querySelectorAll<HTMLElement>('input, .found-entry, .found-older'))
  const next = stops[stops.findIndex((stop) => stop === document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1)]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}
