/** What this node refused, latest first, each with its reason in a sentence. */
import type { RefusedEntry } from '../../worker/api.ts'
import { Id, shortId } from '../shared/AuthorMark.tsx'
import { fullTime, timeAgo } from '../messages.ts'
import { refusalSentences } from '../refusal-messages.ts'
import { useNodeState, useNow } from '../state/bindings.ts'
import { sourceOf } from './source-of.ts'
import { usePart } from './use-part.ts'
import { nodeMessages as text } from './node-messages.ts'

/** More than anyone reads; the count says how many there were. */
const SHOWN = 50

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
  const heading = usePart('refused', true)
  const shown = entries.slice(-SHOWN).reverse()
  return (
    <>
      <h3 ref={heading} tabIndex={-1}>
        {text.refused}
      </h3>
      <p className="quiet">{count === 0 ? text.refusedNone : text.refusedLead(shown.length, count)}</p>
      <ul role="list" className="refused-log">
        {shown.map((entry, i) => (
          <RefusedRow key={`${entry.at}/${i}`} entry={entry} now={now} />
        ))}
      </ul>
    </>
  )
}
