/** Under an equivocation: its evidence as a file that anyone can check, without the room. */
import { useEffect, useState } from 'react'
import type { Hex, OpDetails } from '../../worker/api.ts'
import { lookOf } from '../shared/AuthorMark.tsx'
import { download } from '../shared/download.ts'
import { cardMessages as text } from './card-messages.ts'
import type { GraphHost } from './graph-host.ts'

/** "amber-otter-7.evidence" */
const nameOf = (author: Hex, seq: number): string => `${lookOf(author).name.replaceAll(' ', '-')}-${seq}.evidence`

export function ExportEvidence({ node, details }: { readonly node: GraphHost; readonly details: OpDetails }) {
  const { id, author, seq } = details
  const [said, setSaid] = useState('')
  const file = nameOf(author, seq)
  const written = text.evidenceWritten(file)
  useEffect(() => setSaid(''), [id])

  const write = async (): Promise<void> => {
    const [entry] = await node.evidence(id)
    const bytes = entry?.file ?? null
    if (bytes === null) return setSaid(text.evidenceGone)
    download(bytes, file)
    setSaid(written)
  }

  return (
    <p className="op-card-evidence">
      <button type="button" onClick={() => void write()}>
        {text.exportEvidence}
      </button>
      <span role="status">
        {said}
        {said === written && (
          <a href="#check" target="_blank" rel="noopener">
            {text.evidenceCheck}
          </a>
        )}
      </span>
    </p>
  )
}
