/** What this address uses on the disk, and whether the browser may clear it; asking is a click, since it may prompt. */
import { useEffect, useState } from 'react'
import { bytesInWords } from '../bytes-in-words.ts'
import { nodeMessages as text } from './node-messages.ts'

interface Facts {
  readonly usage: number | undefined
  readonly quota: number | undefined
  readonly persistent: boolean
}

/** Null where the browser has no storage manager (no secure context). */
async function readFacts(): Promise<Facts | null> {
  try {
    const [{ usage, quota }, persistent] = await Promise.all([navigator.storage.estimate(), navigator.storage.persisted()])
    return { usage, quota, persistent }
  } catch {
    return null
  }
}

export function StorageFacts() {
  const [facts, setFacts] = useState<Facts | null>(null)
  const [refused, setRefused] = useState(false)

  useEffect(() => {
    void readFacts().then(setFacts)
  }, [])

  const ask = async (): Promise<void> => {
    const agreed = await navigator.storage.persist().catch(() => false)
    setRefused(!agreed)
    setFacts(await readFacts())
  }

  if (facts === null || facts.usage === undefined || facts.quota === undefined) return <p className="quiet">{text.usedUnknown}</p>
  const { usage, quota, persistent } = facts
  return (
    <>
      <div className="gauge" aria-hidden="true">
        <div style={{ width: `${(100 * usage) / quota}%` }} />
      </div>
      <p>{text.used(bytesInWords(usage), bytesInWords(quota))}</p>
      <p className="quiet">{persistent ? text.persistent : text.notPersistent}</p>
      {!persistent && (
        <button type="button" className="button" onClick={() => void ask()}>
          {text.persist}
        </button>
      )}
      {refused && (
        <p className="quiet" role="status">
          {text.persistRefused}
        </p>
      )}
    </>
  )
}
