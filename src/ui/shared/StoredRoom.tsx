/** What a node that does not run has stored, as a file: read from the disk, without the node. */
import { useState } from 'react'
import { bytesInWords, messages } from '../messages.ts'
import { fileNameOf } from '../node/file-name.ts'
import { useNodeState, usePage } from '../state/bindings.ts'
import { download } from './download.ts'

const text = messages.failed

/** Nothing where no disk is known. */
export function StoredRoom() {
  const page = usePage()
  const node = useNodeState((state) => state.opened?.node ?? state.claim)
  const roomName = useNodeState((state) => state.opened?.roomName ?? '')
  const [said, setSaid] = useState('')
  if (node === null) return null

  const write = async (): Promise<void> => {
    setSaid(text.reading)
    const stored = await page.exportStored(node)
    if (stored === null || stored.ops === 0) return setSaid(text.unreadable)
    download(stored.file, fileNameOf(roomName))
    setSaid(text.exported(bytesInWords(stored.file.length), stored.ops) + (stored.lost > 0 ? ` ${text.lost(stored.lost)}` : ''))
  }
  return (
    <>
      <p className="quiet">{text.exportLead}</p>
      <button type="button" className="button" onClick={() => void write()}>
        {text.export}
      </button>
      <p role="status" className="said">
        {said}
      </p>
    </>
  )
}
