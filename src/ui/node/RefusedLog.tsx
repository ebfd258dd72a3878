/** What this node refused, latest first, each with its reason in a sentence. */
import type { RefusedEntry } from '../../worker/api.ts'
import { Id, shortId } from '../shared/AuthorMark.tsx'
import { fullTime, messages, timeAgo } from '../messages.ts'
import { refusalSentences } from '../refusal-messages.ts'
import { useNodeState, useNow } from '../state/bindings.ts'

const text = messages.node

/** More than anyone reads; the count says how many there were. */
const SHOWN = 50

const sourceOf = (from: string): string => text.refusedFromElsewhere[from] ?? text.refusedFrom(shortId(from))

function RefusedRow({ entry, now }: { readonly entry: RefusedEntry; readonly now: number }) {
  return (
    <li className="refused">
      <p>{refusalSentences[entry.reason]}</p>
      <p className="quiet">
        <Id>{entry.reason}</Id>
        {entry.id !== null && <Id>{shortId(entry.id)}</Id>}
        <span>{sourceOf(entry.from)}</span>
        <time title={fullTime(entry.at / 1000)}>{timeAgo(entry.at / 1000, now)}</time>
      </p>
    </li>
  )
}

export function RefusedLog() {
  const { entries, count } = useNodeState((state) => state.refused)
  const now = useNow(10_000) / 1000
  if (count === 0) return <p className="quiet">{text.refusedNone}</p>
  const shown = entries.slice(-SHOWN).reverse()
  return (
    <>
      <p className="quiet">{text.refusedLead(shown.length, count)}</p>
      <ul role="list" className="refused-log">
        {shown.map((entry, i) => (
          <RefusedRow key={`${entry.at}/${i}`} entry={entry} now={now} />
        ))}
      </ul>
    </>
  )
}
