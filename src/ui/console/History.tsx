/**
 * The one history, as a list of which only a window exists: blank space of estimated height stands for the rest. The end is
 * followed until a person scrolls up; then what they look at stays where it is, whatever arrives above it.
 */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Hex } from '../../worker/api.ts'
import { Icon } from '../shared/Icon.tsx'
import { lookOf } from '../shared/AuthorMark.tsx'
import { messages } from '../messages.ts'
import { useNode, useNodeState, useNow, usePage } from '../state/bindings.ts'
import { Entry } from './Entry.tsx'
import { END_ENTRIES, nextFrom, WINDOW_ENTRIES } from './history-window.ts'
import { useHistory } from './use-history.ts'

const text = messages.console

/** This close to the end counts as being there (CSS pixels). */
const END_ZONE = 48

/** Height of an entry until some have been measured (CSS pixels). */
const FIRST_GUESS = 64

const REFRESH_TIMES_EVERY = 30_000

export function History({ author }: { readonly author: Hex }) {
  const page = usePage()
  const node = useNode()
  const { total, from, entries } = useHistory()
  const awaited = useNodeState((state) => state.status?.ops === 0)
  /** What an empty room says is read from its top, and there is nothing newer to follow. */
  const welcome = total <= 1
  const landed = useNodeState((state) => state.landed)
  const selected = useNodeState((state) => state.selected)
  const now = Math.floor(useNow(REFRESH_TIMES_EVERY) / 1000)

  const box = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLOListElement>(null)
  const height = useRef(FIRST_GUESS)
  /** The topmost visible entry and where it stood, so that it stands there again after what is around it changed. */
  const anchor = useRef<{ id: Hex; top: number } | null>(null)
  /** An entry to bring into view as soon as it is in the window. */
  const wanted = useRef<Hex | null>(null)
  const [following, setFollowing] = useState(true)
  const [readUpTo, setReadUpTo] = useState(0)

  const items = (): HTMLElement[] => Array.from(list.current?.children ?? []) as HTMLElement[]

  const reveal = useCallback(
    (id: Hex) => {
      const item = Array.from(list.current?.children ?? []).find((one) => (one as HTMLElement).dataset['id'] === id)
      if (item !== undefined) {
        wanted.current = null
        const outer = box.current!.getBoundingClientRect()
        const inner = item.getBoundingClientRect()
        if (inner.top < outer.top || inner.bottom > outer.bottom) item.scrollIntoView({ block: 'center' })
        return
      }
      wanted.current = id
      void node.inspect(id).then((details) => {
        if (details === null || wanted.current !== id) return
        setFollowing(false)
        node.showFrom(Math.max(0, details.position - WINDOW_ENTRIES / 2))
      })
    },
    [node],
  )

  useEffect(() => {
    if (selected !== null) reveal(selected)
  }, [selected, reveal])

  const remember = useCallback((): void => {
    const outer = box.current!.getBoundingClientRect().top
    const top = items().find((item) => item.getBoundingClientRect().bottom > outer)
    anchor.current = top === undefined ? null : { id: top.dataset['id']!, top: top.getBoundingClientRect().top - outer }
  }, [])

  useLayoutEffect(() => {
    const scroller = box.current!
    const rows = items()
    const listed = list.current!.getBoundingClientRect().height
    if (rows.length > 0) height.current = listed / rows.length
    const waited = wanted.current === null ? undefined : rows.find((row) => row.dataset['id'] === wanted.current)
    if (waited !== undefined) {
      wanted.current = null
      waited.scrollIntoView({ block: 'center' })
    } else if (following) {
      scroller.scrollTop = welcome ? 0 : scroller.scrollHeight
      if (from > 0 && listed < scroller.clientHeight) node.showFrom(null)
    } else if (anchor.current !== null) {
      const { id, top } = anchor.current
      const row = rows.find((one) => one.dataset['id'] === id)
      if (row !== undefined) scroller.scrollTop += row.getBoundingClientRect().top - scroller.getBoundingClientRect().top - top
    }
    remember()
  }, [entries, from, total, following, welcome, remember, node])

  useEffect(() => {
    const scroller = box.current!
    const keepEnd = new ResizeObserver(() => {
      if (following && !welcome) scroller.scrollTop = scroller.scrollHeight
    })
    keepEnd.observe(scroller)
    return () => keepEnd.disconnect()
  }, [following, welcome])

  const follow = useCallback((): void => {
    setFollowing(true)
    node.showFrom(null, END_ENTRIES)
  }, [node])

  const onScroll = (): void => {
    if (welcome) return
    const scroller = box.current!
    remember()
    const atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < END_ZONE
    if (atEnd) {
      if (!following) follow()
      return
    }
    if (following) {
      setFollowing(false)
      setReadUpTo(total)
    }
    const outer = scroller.getBoundingClientRect()
    const visible = items().flatMap((item, i) => {
      const place = item.getBoundingClientRect()
      return place.bottom > outer.top && place.top < outer.bottom ? [from + i] : []
    })
    const guess = Math.min(total - 1, Math.floor(scroller.scrollTop / height.current))
    const next = nextFrom({ total, from, count: entries.length }, visible[0] ?? guess, visible.at(-1) ?? guess)
    if (next !== null) node.showFrom(next)
    else if (following) node.showFrom(from)
  }

  const select = useCallback(
    (id: Hex) => {
      page.focus(node.slot)
      page.show(null)
      node.select(node.store.getState().selected === id ? null : id)
    },
    [node, page],
  )

  const live = useNodeState((state) => state.live)
  useEffect(() => {
    if (live > 0) follow()
  }, [live, follow])

  const below = Math.max(0, total - readUpTo)
  return (
    <div className="history-frame">
      <div className="history" ref={box} onScroll={onScroll} tabIndex={-1}>
        <div style={{ height: from * height.current }} />
        <ol ref={list} role="list" aria-label={node.slot === 0 ? text.history : text.historyOf(lookOf(author).name)}>
          {entries.map((entry, i) => (
            <Entry
              key={entry.id}
              entry={entry}
              place={from + i}
              now={now}
              selected={entry.id === selected}
              landed={landed.includes(entry.id)}
              onSelect={select}
            />
          ))}
        </ol>
        {welcome && <Welcome awaited={awaited} />}
        <div style={{ height: Math.max(0, total - from - entries.length) * height.current }} />
      </div>
      {!following && (
        <button type="button" className="button jump" onClick={follow}>
          <Icon name="down" />
          {below > 0 ? text.newBelow(below) : text.newest}
        </button>
      )}
      {landed.length > 0 && (
        <p className="visually-hidden" role="status">
          {text.landed(landed.length)}
        </p>
      )}
    </div>
  )
}

/** What an empty room says to whoever is new, and a room of which nothing has arrived yet. */
function Welcome({ awaited }: { readonly awaited: boolean }) {
  if (awaited)
    return (
      <div className="welcome">
        <h2>{text.awaitedTitle}</h2>
        <p>{text.awaitedBody}</p>
      </div>
    )
  return (
    <div className="welcome">
      <h2>{text.emptyTitle}</h2>
      <p>{text.emptyBody}</p>
      <ol>
        {text.emptySteps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </div>
  )
}
