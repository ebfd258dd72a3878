/** Search in the history: what is found stands over it, newest first, and leads back to its place. Enter goes from one to the next. */
import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import type { Hex, HistoryEntry } from '../../worker/api.ts'
import { isComposing } from '../shared/keys.ts'
import { Icon } from '../shared/Icon.tsx'
import { messages } from '../messages.ts'
import { useAgeClock, useNode, usePage } from '../state/bindings.ts'
import { SEARCH_LIMIT } from '../state/page-node.ts'
import { FoundEntry } from './FoundEntry.tsx'

const text = messages.console

/** A pause in typing before the worker is asked (ms). */
const PAUSE = 120

/** What was found, and by which words. */
interface Found {
  readonly by: string
  readonly entries: readonly HistoryEntry[]
}

/** To the next match (older), or to the one before. */
type Step = 1 | -1

/** What is found by these words, once it is; null before that. */
function useFound(words: string): Found | null {
  const node = useNode()
  const [found, setFound] = useState<Found | null>(null)
  useEffect(() => {
    if (words === '') return setFound(null)
    let current = true
    const timer = setTimeout(() => {
      void node.search(words).then((entries) => {
        if (current) setFound({ by: words, entries })
      })
    }, PAUSE)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [words, node])
  return found
}

export function Search() {
  const page = usePage()
  const node = useNode()
  const [query, setQuery] = useState('')
  /** Which match the history shows; null: the list of all is shown. */
  const [at, setAt] = useState<number | null>(null)
  /** A step that waits for what is being searched for. */
  const step = useRef<Step | null>(null)
  const place = useRef<HTMLDivElement>(null)
  const words = query.trim()
  const found = useFound(words)
  const now = useAgeClock()

  const ask = (next: string): void => {
    setQuery(next)
    setAt(null)
    step.current = null
  }

  /** What had the focus is about to go: the history has it next, and its keys scroll it. */
  const leave = (): void => place.current!.closest('.console')!.querySelector<HTMLElement>('.history')!.focus()

  const show = (id: Hex): void => {
    page.focus(node.slot)
    node.select(id)
  }

  const go = (id: Hex): void => {
    ask('')
    leave()
    show(id)
  }

  const walk = (by: Step): void => {
    if (words === '') return
    if (found?.by !== words) return void (step.current = by)
    step.current = null
    const { length } = found.entries
    if (length === 0) return
    const next = at === null ? (by === 1 ? 0 : length - 1) : (at + by + length) % length
    setAt(next)
    show(found.entries[next]!.id)
  }
  useEffect(() => {
    if (step.current !== null) walk(step.current)
  })

  const onKeyDown = (event: KeyboardEvent): void => {
    if (isComposing(event)) return
    if (event.key === 'Escape') {
      event.stopPropagation()
      ask('')
      leave()
    } else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
      event.preventDefault()
      walk(event.shiftKey ? -1 : 1)
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      if (at === null) toNeighbour(event, place)
      else setAt(null)
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
          onKeyDown={onKeyDown}
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
      {found !== null && (
        <div className="found">
          <div className="found-head-row">
            <p className="found-count" role="status">
              {at === null
                ? text.found(found.entries.length, found.entries.length >= SEARCH_LIMIT)
                : text.foundAt(at + 1, found.entries.length, found.entries.length >= SEARCH_LIMIT)}
            </p>
            {found.entries.length > 0 && (
              <>
                <StepButton by={1} walk={walk} onKeyDown={onKeyDown} />
                <StepButton by={-1} walk={walk} onKeyDown={onKeyDown} />
              </>
            )}
          </div>
          {at === null && (
            <ol role="list" aria-label={text.results}>
              {found.entries.map((entry) => (
                <li key={entry.id}>
                  <FoundEntry entry={entry} now={now} onGo={go} onKeyDown={onKeyDown} />
                </li>
              ))}
            </ol>
          )}
        </div>
      )}
    </div>
  )
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
  const stops = Array.from(place.current!.querySelectorAll<HTMLElement>('input, .found-entry'))
  const next = stops[stops.findIndex((stop) => stop === document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1)]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
}
