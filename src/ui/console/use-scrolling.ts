/**
 * Where the history is scrolled to. Its end is followed until a person scrolls up, and again once they write. In between what they look at
 * stays where it is, whatever arrives above it and however high entries are; and where they scroll to, entries are asked for. What is selected and
 * in sight stays in sight when the window gets another size.
 */
import { useCallback, useEffect, useEffectEvent, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import type { Hex } from '../../worker/api.ts'
import { useNode, useNodeState } from '../state/bindings.ts'
import type { NodeState } from '../state/node-state.ts'
import { END_ENTRIES, nextFrom, placeAt, spaceAround, WINDOW_ENTRIES } from './history-window.ts'

/** This close to the end counts as being there (CSS pixels). */
const END_ZONE = 48
/** Height of an entry until some have been measured (CSS pixels). */
const FIRST_GUESS = 64
/** The average height is taken anew when it is so much wrong: each time all is rendered once more. */
const NEARLY = 0.1

export interface Scrolling {
  readonly box: RefObject<HTMLDivElement | null>
  readonly list: RefObject<HTMLOListElement | null>
  /** Blank space above and below the entries (CSS pixels). */
  readonly space: { readonly above: number; readonly below: number }
  readonly following: boolean
  /** How many entries have come at the end since it was left. */
  readonly below: number
  /** Goes to the end, and follows it. */
  follow(): void
  /** Goes to an entry, and stays there. */
  goTo(id: Hex): void
  onScroll(): void
}

/** @param rests there is nothing to follow: what an empty room says is read from its top */
export function useScrolling({ total, from, entries }: NodeState['history'], rests: boolean): Scrolling {
  const node = useNode()
  const selected = useNodeState((state) => state.selected)
  const found = useNodeState((state) => state.found)
  const box = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLOListElement>(null)
  const [height, setHeight] = useState(FIRST_GUESS)
  const [following, setFollowing] = useState(true)
  const lateCount = useNodeState((state) => state.lateCount)
  /** Entries that arrived late are not counted: they are not at the end. */
  const ended = total - lateCount
  const [readUpTo, setReadUpTo] = useState(0)
  /** The topmost visible entry, and how far it was below the beginning of all that is scrolled: it stays in place when that changes. */
  const anchor = useRef<{ id: Hex; at: number } | null>(null)
  /** An entry to bring into view as soon as it is in the window. */
  const wanted = useRef<Hex | null>(null)
  /** Where the box was scrolled to, as far as it was looked at: who scrolls up goes below it. */
  const top = useRef(0)
  /** Whether what is selected was in sight when it was last looked. */
  const isSelectedSeen = useRef(false)
  /** The box as it was when it was last looked. */
  const size = useRef('')
  const count = entries.length

  const remember = useCallback((): void => {
    const scroller = box.current!
    top.current = scroller.scrollTop
    isSelectedSeen.current = seesSelected(scroller)
    const edge = scroller.getBoundingClientRect().top
    const row = rowsOf(list.current!).find((each) => each.getBoundingClientRect().bottom > edge)
    anchor.current = row === undefined ? null : { id: row.dataset['id']!, at: depthOf(row, scroller) }
  }, [])

  const toEnd = useCallback((): void => {
    const scroller = box.current!
    scroller.scrollTop = rests ? 0 : scroller.scrollHeight
    // At the end nothing has to stay where it is.
    top.current = scroller.scrollTop
    anchor.current = null
    isSelectedSeen.current = seesSelected(scroller)
  }, [rests])

  /** What was the topmost visible entry is that again, whatever came above it and however high entries are now. */
  const stay = useCallback((): void => {
    const scroller = box.current!
    const row = anchor.current === null ? undefined : rowOf(list.current!, anchor.current.id)
    // Where all has become too low for that, the browser has moved the box to the end.
    const before = Math.min(top.current, scroller.scrollHeight - scroller.clientHeight)
    // Who has scrolled far since, and whose scrolling is not told yet, wants to see something else.
    const isNear = Math.abs(scroller.scrollTop - before) < scroller.clientHeight
    if (row !== undefined && isNear) scroller.scrollTop += top.current - before + depthOf(row, scroller) - anchor.current!.at
    remember()
  }, [remember])

  /** Asks for the entries around those that are visible, if they are not here. */
  const ask = useCallback((): boolean => {
    const scroller = box.current!
    const { top: edge, bottom } = scroller.getBoundingClientRect()
    const visible = rowsOf(list.current!).flatMap((row, i) => {
      const place = row.getBoundingClientRect()
      return place.bottom > edge && place.top < bottom ? [from + i] : []
    })
    const window = { total, from, count }
    const guess = placeAt(window, height, list.current!.getBoundingClientRect().height, scroller.scrollTop)
    const next = nextFrom(window, visible[0] ?? guess, visible.at(-1) ?? guess)
    if (next !== null) node.showFrom(next)
    return next !== null
  }, [total, from, count, height, node])

  /** Stays with what is looked at. Until now the window went on with the end. @param isAsked another window is asked for already */
  const leaveEnd = (isAsked = false): void => {
    if (!following) return
    setFollowing(false)
    setReadUpTo(ended)
    if (!isAsked) node.showFrom(from)
  }

  const goTo = (id: Hex): void => {
    const row = rowOf(list.current!, id)
    if (row !== undefined) {
      wanted.current = null
      // A folded text in which a search found something is opened: what follows it moves down.
      if (found !== null && found.words !== '' && row.querySelector('[data-clipped="true"]') !== null) leaveEnd()
      const target = targetOf(row)
      // The card of the selected op may just have made the box smaller. So this goes to the end first, and then looks whether the entry is in sight.
      if (following) toEnd()
      if (!isWithin(target, box.current!)) target.scrollIntoView({ block: 'center' })
      // A late entry is gone to as well, and need not be the selected one.
      if (id === selected) isSelectedSeen.current = true
      return
    }
    wanted.current = id
    void node.inspect(id).then((details) => {
      if (details === null || wanted.current !== id) return
      leaveEnd()
      node.showFrom(Math.max(0, details.position - WINDOW_ENTRIES / 2))
    })
  }

  const goToSelected = useEffectEvent(() => {
    if (selected !== null) goTo(selected)
  })
  useEffect(() => goToSelected(), [selected, found])

  /** Takes the average height anew. Gives the height of all entries. */
  const measure = useCallback((): number => {
    const listed = list.current!.getBoundingClientRect().height
    if (count > 0) setHeight((known) => (Math.abs(listed / count - known) > NEARLY * known ? listed / count : known))
    return listed
  }, [count])

  useLayoutEffect(() => {
    const waited = wanted.current === null ? undefined : rowOf(list.current!, wanted.current)
    if (waited === undefined && following) {
      // Asked here, the browser would lay out the page for each entry that comes; before the next picture is drawn, it does so once.
      const frame = requestAnimationFrame(() => {
        const listed = measure()
        toEnd()
        if (from > 0 && listed < box.current!.clientHeight) node.showFrom(null)
      })
      return () => cancelAnimationFrame(frame)
    }
    measure()
    if (waited !== undefined) {
      wanted.current = null
      targetOf(waited).scrollIntoView({ block: 'center' })
      remember()
      return undefined
    }
    stay()
    // A person may have scrolled on since these entries were asked for.
    ask()
    return undefined
  }, [entries, from, total, height, following, measure, toEnd, remember, stay, ask, node])

  /**
   * The box may change, and so may an entry: a text is opened, a line wraps. Whether the end is followed is asked when that is heard: with what was
   * so before, a window that somebody has left would take the place of the end that they went to.
   */
  const onResize = useEffectEvent((): void => {
    const scroller = box.current!
    const wasSeen = isSelectedSeen.current
    const before = size.current
    size.current = `${scroller.clientWidth} ${scroller.clientHeight}`
    if (following) toEnd()
    else stay()
    if (before === '' || before === size.current) return
    const selectedRow = selectedIn(scroller)
    if (wasSeen && selectedRow !== null && !seesSelected(scroller)) targetOf(selectedRow).scrollIntoView({ block: 'center' })
    else if (!following) ask()
  })
  useEffect(() => {
    const observer = new ResizeObserver(() => onResize())
    observer.observe(box.current!)
    observer.observe(list.current!)
    return () => observer.disconnect()
  }, [])

  const follow = useCallback((): void => {
    wanted.current = null
    setFollowing(true)
    node.showFrom(null, END_ENTRIES)
  }, [node])

  const toFollow = useNodeState(({ live, sent }) => live + sent)
  useEffect(() => {
    if (toFollow > 0) follow()
  }, [toFollow, follow])

  /** What a person opens is read from where it is, and not from its end. */
  const onPress = useEffectEvent(({ target }: Event): void => {
    if ((target as Element).closest('.entry-more[aria-expanded="false"]') !== null) leaveEnd()
  })
  useEffect(() => {
    const scroller = box.current!
    const press = (event: Event): void => onPress(event)
    scroller.addEventListener('click', press)
    return () => scroller.removeEventListener('click', press)
  }, [])

  const onScroll = (): void => {
    if (rests) return
    const scroller = box.current!
    const isUp = scroller.scrollTop < top.current
    if (scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < END_ZONE) {
      remember()
      if (!following) follow()
      return
    }
    // What is written below moves the end away, and nobody has scrolled.
    if (following && !isUp) return toEnd()
    remember()
    leaveEnd(ask())
  }

  return {
    box,
    list,
    space: spaceAround({ total, from, count }, height),
    following,
    below: Math.max(0, ended - readUpTo),
    follow,
    goTo,
    onScroll,
  }
}

/** How far a row is below the beginning of all that its box scrolls (CSS pixels). */
const depthOf = (row: HTMLElement, box: HTMLElement): number =>
  row.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop

const rowsOf = (list: HTMLElement): HTMLElement[] => Array.from(list.children) as HTMLElement[]

const rowOf = (list: HTMLElement, id: Hex): HTMLElement | undefined => rowsOf(list).find((row) => row.dataset['id'] === id)

const selectedIn = (box: HTMLElement): HTMLElement | null => box.querySelector<HTMLElement>('.entry[data-selected="true"]')

/** Whether what is selected is in sight. */
function seesSelected(box: HTMLElement): boolean {
  const row = selectedIn(box)
  return row !== null && isWithin(targetOf(row), box)
}

/** What of an entry is looked for: the words that a search found, or all of it. */
const targetOf = (row: HTMLElement): HTMLElement => row.querySelector<HTMLElement>('mark') ?? row

function isWithin(row: HTMLElement, box: HTMLElement): boolean {
  const [outer, inner] = [box.getBoundingClientRect(), row.getBoundingClientRect()]
  return inner.top >= outer.top && inner.bottom <= outer.bottom
}
