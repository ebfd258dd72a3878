/** Composition root of the bare worker: tasks from the page, answers to it, one database for each task that writes. */
import { openDB } from 'idb'
import { quickenHashing } from '../node/sha256.ts'
import { type BareTask, doBare, type WriteRecord } from './bare.ts'

let databases = 0
const quickened = quickenHashing()

async function openRecords(): Promise<WriteRecord> {
  const db = await openDB(`bare ${databases++}`, 1, { upgrade: (created) => void created.createObjectStore('records') })
  return async (key, bytes) => {
    const tx = db.transaction('records', 'readwrite', { durability: 'relaxed' })
    await tx.store.put(bytes, key)
    await tx.done
  }
}

addEventListener('message', ({ data }: MessageEvent<BareTask>) => {
  void quickened.then(() => doBare(data, openRecords)).then((answer) => postMessage(answer))
})
