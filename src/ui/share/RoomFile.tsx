/** The room as a file: written by a download, read by a file picker, with what came of it in words. */
import { useRef, useState } from 'react'
import { bytesInWords } from '../bytes-in-words.ts'
import { download } from '../shared/download.ts'
import { lookOf } from '../shared/AuthorMark.tsx'
import { lostOps } from '../messages.ts'
import { NOTHING_SAID, Outcome } from '../shared/Outcome.tsx'
import { useNode, useNodeState, usePageState } from '../state/bindings.ts'
import { fileNameOf } from './file-name.ts'
import { importInWords } from './import-words.ts'
import { shareMessages as text } from './share-messages.ts'

export function RoomFile({ roomName }: { readonly roomName: string }) {
  const node = useNode()
  const author = useNodeState((state) => state.opened!.node)
  const several = usePageState(({ nodes }) => nodes.length > 1)
  const picker = useRef<HTMLInputElement>(null)
  const [said, setSaid] = useState(NOTHING_SAID)
  const [reasons, setReasons] = useState<readonly string[]>([])
  const say = (words: string, isBad = false): void => setSaid({ words, isBad })

  const pendingNow = (): number => node.store.getState().status?.pending ?? 0

  const write = async (): Promise<void> => {
    const { file, lost } = await node.exportRoom()
    const name = fileNameOf(roomName)
    download(file, name)
    setReasons([])
    const written = text.exported(name, bytesInWords(file.length))
    say(lost > 0 ? `${written} ${lostOps(lost)}` : written, lost > 0)
  }

  const read = async (files: FileList | null): Promise<void> => {
    const file = files?.[0]
    if (file === undefined) return
    setReasons([])
    say(text.importing)
    const before = pendingNow()
    const read = await file.arrayBuffer().catch(() => null)
    picker.current!.value = ''
    if (read === null) return say(text.unreadable, true)
    const bytes = new Uint8Array(read)
    const outcome = await node.importRoom(bytes)
    const pending = pendingNow()
    const words = importInWords(bytes, outcome, pending > before ? pending : 0)
    setReasons(words.reasons)
    say(words.said, words.isBad)
  }

  return (
    <>
      <p className="quiet">{several ? `${text.fileLead} ${text.fileOf(lookOf(author).name)}` : text.fileLead}</p>
      <div className="row">
        <button type="button" className="button" onClick={() => void write()}>
          {text.export}
        </button>
        <button type="button" className="button" onClick={() => picker.current!.click()}>
          {text.import}
        </button>
        <input ref={picker} type="file" accept=".tabweave" hidden onChange={(event) => void read(event.target.files)} />
      </div>
      <Outcome said={said} />
      {reasons.length > 0 && (
        <ul className="reasons">
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
    </>
  )
}
