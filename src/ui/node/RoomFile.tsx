/** The room as a file: written by a download, read by a file picker, with what came of it in words. */
import { useEffect, useRef, useState } from 'react'
import type { ImportOutcome } from '../../worker/api.ts'
import { bytesInWords } from '../bytes-in-words.ts'
import { messages } from '../messages.ts'
import { refusalSentences } from '../refusal-messages.ts'
import { download } from '../shared/download.ts'
import { useNode } from '../state/bindings.ts'
import { fileNameOf } from './file-name.ts'

const text = messages.node

export function RoomFile({ roomName }: { readonly roomName: string }) {
  const node = useNode()
  const picker = useRef<HTMLInputElement>(null)
  const [said, setSaid] = useState('')
  const [outcome, setOutcome] = useState<ImportOutcome | null>(null)
  const answer = useRef<HTMLParagraphElement>(null)
  // It may be below what is seen.
  useEffect(() => {
    if (said !== '') answer.current?.scrollIntoView({ block: 'nearest' })
  }, [said])

  const pendingNow = (): number => node.store.getState().status?.pending ?? 0

  const write = async (): Promise<void> => {
    const bytes = await node.exportRoom()
    const file = fileNameOf(roomName)
    download(bytes, file)
    setOutcome(null)
    setSaid(text.exported(file, bytesInWords(bytes.length)))
  }

  const read = async (files: FileList | null): Promise<void> => {
    const file = files?.[0]
    if (file === undefined) return
    setSaid(text.importing)
    const before = pendingNow()
    const bytes = await file.arrayBuffer().catch(() => null)
    picker.current!.value = ''
    if (bytes === null) {
      setOutcome(null)
      return setSaid(text.unreadable)
    }
    const result = await node.importRoom(new Uint8Array(bytes))
    setOutcome(result)
    const pending = pendingNow()
    const told = [text.imported(result.admitted, result.duplicate, result.refusals)]
    if (result.unread !== null && result.unread.reason !== 'not-a-bundle') told.push(text.importedCut(bytesInWords(result.unread.bytes)))
    if (pending > before) told.push(text.importedPending(pending))
    setSaid(told.join(' '))
  }

  const reasons = [...new Set(outcome?.refused.map(({ reason }) => reason))]
  return (
    <>
      <p className="quiet">{text.fileLead}</p>
      <div className="row">
        <button type="button" className="button" onClick={() => void write()}>
          {text.export}
        </button>
        <button type="button" className="button" onClick={() => picker.current!.click()}>
          {text.import}
        </button>
        <input ref={picker} type="file" accept=".tabweave" hidden onChange={(event) => void read(event.target.files)} />
      </div>
      <p role="status" className="said" ref={answer}>
        {said}
      </p>
      {reasons.length > 0 && (
        <ul className="reasons">
          {reasons.map((reason) => (
            <li key={reason}>{refusalSentences[reason]}</li>
          ))}
        </ul>
      )}
    </>
  )
}
