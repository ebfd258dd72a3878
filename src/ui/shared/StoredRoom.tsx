/** What nodes that do not run have stored, as a file: read from the disk, without them. */
import { useState } from 'react'
import type { Hex } from '../../worker/api.ts'
import { bytesInWords } from '../bytes-in-words.ts'
import { lostOps, messages } from '../messages.ts'
import { fileNameOf } from '../share/file-name.ts'
import { usePage } from '../state/bindings.ts'
import { download } from './download.ts'

const text = messages.failed

interface StoredRoomProps {
  /** Of one room. */
  readonly nodes: readonly Hex[]
  readonly roomName: string
}

export function StoredRoom({ nodes, roomName }: StoredRoomProps) {
  const page = usePage()
  const [said, setSaid] = useState('')

  const write = async (): Promise<void> => {
    setSaid(text.reading)
    const stored = await page.exportStored(nodes)
    if (stored === null || stored.ops === 0) return setSaid(text.unreadable)
    const file = fileNameOf(roomName)
    download(stored.file, file)
    const size = bytesInWords(stored.file.length)
    const written = nodes.length === 1 ? text.exported(file, size, stored.ops) : text.exportedOf(file, size, nodes.length)
    setSaid(written + (stored.lost > 0 ? ` ${lostOps(stored.lost)}` : ''))
  }
  return (
    <>
      <button type="button" className="button" onClick={() => void write()}>
        {text.export}
      </button>
      <p role="status" className="said">
        {said}
      </p>
    </>
  )
}
