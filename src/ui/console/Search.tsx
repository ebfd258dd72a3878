/** Search in the history: what is found stands over it, newest first, and leads back to its place. */
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import type { Hex, HistoryEntry } from '../../worker/api.ts'
import { wordsOf } from './entry-words.ts'
import { beginningOf } from '../shared/long-text.ts'
import { isComposing } from '../shared/keys.ts'
import { AuthorMark, AuthorName, ChosenName, Id, shortId } from '../shared/AuthorMark.tsx'
import { Icon } from '../shared/Icon.tsx'
import { messages, timeAgo } from '../messages.ts'
import { useNode, useNodeState, usePage } from '../state/bindings.ts'

const text = messages.console

/** A pause in typing before the worker is asked (ms). */
const PAUSE = 120

export function Search() {
  const page = usePage()
  const node = useNode()
  const names = useNodeState((state) => state.names)
  const [query, setQuery] = useState('')
  const [found, setFound] = useState<readonly HistoryEntry[] | null>(null)
  const place = useRef<HTMLDivElement>(null)

  useEffect(() => {
    if (query.trim() === '') return setFound(null)
    let current = true
    const timer = setTimeout(() => {
      void node.search(query.trim()).then((entries) => {
        if (current) setFound(entries)
      })
    }, PAUSE)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [query, node])

  /** Arrows walk from the field into what was found and back; Escape ends the search. */
  const onKeyDown = (event: KeyboardEvent): void => {
    if (isComposing(event)) return
    if (event.key === 'Escape') {
      event.stopPropagation()
      setQuery('')
      leave()
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const stops = Array.from(place.current!.querySelectorAll<HTMLElement>('input, .found-entry'))
      const next = stops[stops.findIndex((stop) => stop === document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1)]
      if (next === undefined) return
      event.preventDefault()
      next.focus()
    }
  }

  /** What had the focus is about to go: the history has it next, and its keys scroll it. */
  const leave = (): void => place.current!.closest('.console')!.querySelector<HTMLElement>('.history')!.focus()

  const go = (id: Hex): void => {
    setQuery('')
    leave()
    page.focus(node.slot)
    node.select(id)
  }

  return (
    <div className="search" ref={place}>
      <label className="search-field">
        <Icon name="search" />
        <input
          type="search"
          data-shortcut="/"
          aria-label={text.search}
          placeholder={text.searchShort}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
      {found !== null && (
        <div className="found">
          <p className="found-count" role="status">
            {text.found(found.length, found.length >= 100)}
          </p>
          <ol role="list" aria-label={text.results}>
            {found.map((entry) => (
              <li key={entry.id}>
                <button type="button" className="found-entry" onClick={() => go(entry.id)} onKeyDown={onKeyDown}>
                  <AuthorMark author={entry.author} />
                  <span className="found-head">
                    <AuthorName author={entry.author} />
                    <ChosenName name={names.get(entry.author)} />
                    <time>{timeAgo(entry.time, Date.now() / 1000)}</time>
                    <Id>{shortId(entry.id)}</Id>
                  </span>
                  <span className="found-text">
                    <bdi>{beginningOf(wordsOf(entry))}</bdi>
                  </span>
                </button>
              </li>
            ))}
          </ol>
        </div>
      )}
    </div>
  )
}
