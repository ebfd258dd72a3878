/** One entry of the history: who, when, what, and who has seen it. Its text is anybody's, so it is isolated and never markup. */
import { memo } from 'react'
import { wordsOf } from '../../crdt/entry-words.ts'
import type { Hex, ShownEntry } from '../../worker/api.ts'
import { AuthorMark, AuthorName, ChosenName, shortId } from '../shared/AuthorMark.tsx'
import { LongText } from '../shared/LongText.tsx'
import { fullTime, messages, timeAgo } from '../messages.ts'
import { useNode } from '../state/bindings.ts'
import type { Found } from '../state/node-state.ts'

const text = messages.console

interface EntryProps {
  readonly entry: ShownEntry
  /** What its author calls itself. */
  readonly name: string | undefined
  /** Place in the whole history: what a screen reader says of a list that is not all there. */
  readonly place: number
  /** Seconds since 1970. */
  readonly now: number
  readonly selected: boolean
  /** How a search led to it. */
  readonly found: Found | null
  /** It arrived late, out of sight. */
  readonly late: boolean
  onSelect(id: Hex): void
}

/** What is known of who has it: of an own entry where it is and who says that they have it, and of any entry who has signed so. */
function Receipts({ entry: { own, saved, held, seenBy, others } }: { readonly entry: ShownEntry }) {
  if (!saved) return <span className="receipts">{text.saving}</span>
  const isHeld = held !== null && held.by > 0
  if (!isHeld && seenBy === 0) {
    // Beside another one's entry this would read as something about its delivery.
    if (!own) return null
    return (
      <span className="receipts" title={text.savedHint}>
        {text.saved}
      </span>
    )
  }
  return (
    <span className="receipts">
      {isHeld && (
        <span data-all={held.by === held.here} title={text.heldHint}>
          {text.held(held.by, held.here)}
        </span>
      )}
      {/* A bare text that comes and goes breaks the page under a translator. */}
      {isHeld && seenBy > 0 && <span>, </span>}
      {seenBy > 0 && <span title={text.seenByHint(seenBy, others)}>{text.seenBy(seenBy)}</span>}
    </span>
  )
}

function EntryItem({ entry, name, place, now, selected, found, late, onSelect }: EntryProps) {
  const node = useNode()
  const id = shortId(entry.id)
  const wholeWords = async (): Promise<string | null> => {
    const whole = await node.wholeText(entry.id)
    return whole === null ? null : wordsOf({ kind: entry.kind, text: whole })
  }
  return (
    <li
      className="entry"
      data-id={entry.id}
      data-kind={entry.kind}
      data-own={entry.own}
      data-selected={selected}
      data-late={late}
      aria-posinset={place + 1}
      aria-setsize={-1}
    >
      <AuthorMark author={entry.author} />
      <div className="entry-head">
        <AuthorName author={entry.author} />
        <ChosenName name={name} />
        {entry.own && <span className="chip-you">{messages.you}</span>}
        <time title={fullTime(entry.time)}>{timeAgo(entry.time, now)}</time>
        {late && (
          <span className="chip-late" title={entry.own ? text.lateOwnHint : text.lateHint}>
            {text.late}
          </span>
        )}
      </div>
      <div className="entry-meta">
        <Receipts entry={entry} />
        <button type="button" className="id id-button" aria-pressed={selected} title={text.select(id)} onClick={() => onSelect(entry.id)}>
          {id}
        </button>
      </div>
      <LongText
        text={wordsOf(entry)}
        whole={entry.isWhole ? undefined : wholeWords}
        found={found}
        className="entry-text"
        moreClass="entry-more"
      />
      {entry.equivocates && <p className="entry-lie">{text.equivocates}</p>}
    </li>
  )
}

/** Entries come as new objects with every message from the worker; most of them say what they said before. */
export const Entry = memo(
  EntryItem,
  (before, after) =>
    before.entry.id === after.entry.id &&
    before.entry.seenBy === after.entry.seenBy &&
    before.entry.others === after.entry.others &&
    before.entry.held?.by === after.entry.held?.by &&
    before.entry.held?.here === after.entry.held?.here &&
    before.entry.saved === after.entry.saved &&
    before.entry.equivocates === after.entry.equivocates &&
    before.name === after.name &&
    before.place === after.place &&
    before.now === after.now &&
    before.selected === after.selected &&
    before.found === after.found &&
    before.late === after.late &&
    before.onSelect === after.onSelect,
)
