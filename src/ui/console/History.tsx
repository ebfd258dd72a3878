/** The one history, as a list of which only a window exists: blank space stands for the rest (`use-scrolling.ts`). */
import { useCallback } from 'react'
import type { Hex } from '../../worker/api.ts'
import { Icon } from '../shared/Icon.tsx'
import { lookOf } from '../shared/AuthorMark.tsx'
import { LinkNumber } from '../shared/LinkNumber.tsx'
import { messages } from '../messages.ts'
import { useAgeClock, useNode, useNodeState, usePage } from '../state/bindings.ts'
import { Entry } from './Entry.tsx'
import { Typing } from './Typing.tsx'
import { isMarked, MAX_LATE_KEPT, waitingOf } from './late.ts'
import { useHistory } from './use-history.ts'
import { useLate } from './use-late.ts'
import { useScrolling } from './use-scrolling.ts'

const text = messages.console

export function History({ author }: { readonly author: Hex }) {
  const page = usePage()
  const node = useNode()
  const history = useHistory()
  const { total, from, entries } = history
  const awaited = useNodeState((state) => state.status?.ops === 0)
  /** What an empty room says is read from its top, and there is nothing newer to follow. */
  const welcome = total <= 1
  const late = useNodeState((state) => state.late)
  const selected = useNodeState((state) => state.selected)
  const found = useNodeState((state) => state.found)
  const names = useNodeState((state) => state.names)
  const now = useAgeClock()

  const { box, list, space, following, below, follow, goTo, onScroll } = useScrolling(history, welcome)
  useLate(box, history)
  const waiting = waitingOf(late)
  const lateWords = waiting.length > 0 && text.lateWaiting(waiting.length, late.size === MAX_LATE_KEPT)

  const select = useCallback(
    (id: Hex) => {
      page.focus(node.slot)
      page.show(null)
      node.select(node.store.getState().selected === id ? null : id)
    },
    [node, page],
  )

  return (
    <>
      <div className="history" ref={box} onScroll={onScroll} tabIndex={-1}>
        <div style={{ height: space.above }} />
        <ol ref={list} role="list" aria-label={node.slot === 0 ? text.history : text.historyOf(lookOf(author).name)}>
          {entries.map((entry, i) => (
            <Entry
              key={entry.id}
              entry={entry}
              name={names.get(entry.author)}
              place={from + i}
              now={now}
              selected={entry.id === selected}
              found={entry.id === selected ? found : null}
              late={isMarked(late.get(entry.id))}
              onSelect={select}
            />
          ))}
        </ol>
        {welcome && <Welcome awaited={awaited} isAdded={node.slot > 0} />}
        <div style={{ height: space.below }} />
      </div>
      <div className="history-foot">
        <Typing />
        {lateWords !== false && (
          <button type="button" className="button to-late" title={text.lateWaitingHint} onClick={() => goTo(waiting[0]!)}>
            <Icon name="right" />
            {lateWords}
          </button>
        )}
        {!following && (
          <button type="button" className="button jump" onClick={follow}>
            <Icon name="down" />
            {below > 0 ? text.newBelow(below) : text.newest}
          </button>
        )}
      </div>
      <p className="visually-hidden" role="status">
        {lateWords}
      </p>
    </>
  )
}

/** What an empty room says to a newcomer, and what a room says of which nothing has arrived yet. */
function Welcome({ awaited, isAdded }: { readonly awaited: boolean; readonly isAdded: boolean }) {
  const isFirstHere = useNodeState((state) => state.opened?.isFirstHere ?? false)
  const isAlone = useNodeState((state) => (state.status?.peers.length ?? 0) === 0)
  if (awaited)
    return (
      <div className="welcome">
        <h2>{text.awaitedTitle}</h2>
        {isFirstHere && <p>{messages.opening.isFirstHere}</p>}
        <p>{text.awaitedBody}</p>
        <LinkNumber />
      </div>
    )
  return (
    <div className="welcome">
      <h2>{isAdded ? text.addedTitle : text.emptyTitle}</h2>
      <p>{isAdded ? text.addedBody : text.emptyBody}</p>
      <ol>
        {(isAdded ? text.addedSteps : text.emptySteps(isAlone)).map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </div>
  )
}
