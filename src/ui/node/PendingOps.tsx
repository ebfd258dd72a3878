/** Ops that wait, and the ids of the missing parents: a node that has these can end the waiting. */
import { useEffect, useState } from 'react'
import type { Hex, PendingEntry, PendingList } from '../../worker/api.ts'
import { AuthorMark, AuthorName, Id, shortId } from '../shared/AuthorMark.tsx'
import { useNode } from '../state/bindings.ts'
import { sourceOf } from './source-of.ts'
import { usePart } from './use-part.ts'
import { nodeMessages as text } from './node-messages.ts'

/** The list is asked for anew so long after it came (ms): ops come and go many times a second. */
const REFRESH_AFTER = 2_000

function usePending(): PendingList | null {
  const node = useNode()
  const [list, setList] = useState<PendingList | null>(null)
  useEffect(() => {
    let current = true
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = async (): Promise<void> => {
      const next = await node.pending()
      if (!current) return
      setList(next)
      timer = setTimeout(() => void ask(), REFRESH_AFTER)
    }
    void ask()
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [node])
  return list
}

/** In short, and whole in its title. */
const ShortId = ({ id }: { readonly id: Hex }) => <Id whole={id}>{shortId(id)}</Id>

function PendingRow({ entry }: { readonly entry: PendingEntry }) {
  const { author, id, seq, from, missing, missingCount, waitingParents } = entry
  return (
    <li className="refused">
      <p className="pending-op">
        <AuthorMark author={author} />
        <AuthorName author={author} />
        <ShortId id={id} />
      </p>
      <p className="pending-missing">
        {missingCount > 0 && <span>{text.pendingMissing(missingCount)}</span>}
        {missing.map((parent) => (
          <ShortId key={parent} id={parent} />
        ))}
        {missingCount > missing.length && <span>{text.pendingMore(missingCount - missing.length)}</span>}
        {waitingParents > 0 && <span>{text.pendingParents(waitingParents)}</span>}
        {missingCount + waitingParents === 0 && <span>{text.pendingVoucher}</span>}
      </p>
      <p className="quiet">
        <span>{text.pendingNumber(seq)}</span>
        <span>{sourceOf(from)}</span>
      </p>
    </li>
  )
}

export function PendingOps() {
  const list = usePending()
  const heading = usePart('pending', list !== null)
  return (
    <>
      <h3 ref={heading} tabIndex={-1}>
        {text.pending}
      </h3>
      {list !== null && <p className="quiet">{list.count === 0 ? text.pendingNone : text.pendingLead(list.ops.length, list.count)}</p>}
      {list !== null && list.ops.length > 0 && (
        <ul role="list" className="refused-log">
          {list.ops.map((entry) => (
            <PendingRow key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
    </>
  )
}
