/** The whole of a recorded session as a file: ours, signed and hashed, beside what others write of the same edits. */
import { deflateRawSync } from 'node:zlib'
import { loadAutomerge } from './peers/automerge.ts'
import { sentenceOf } from './peers/measure.ts'
import { loadYjs } from './peers/yjs.ts'
import { absentRow, type Row } from './report.ts'
import type { SuiteSetting } from './setting.ts'
import { fileOf, signTrace } from './trace-to-bundle.ts'
import { loadTrace, type Trace } from './traces.ts'

const TRACE = 'automerge-paper'

/** Bytes; they are what they are, so once is enough. */
export async function bundleRow({ peers: folder, cache, say }: SuiteSetting): Promise<Row> {
  const about = { measure: 'bundle-bytes', unit: 'B', better: 'lower' } as const
  const loaded = await loadTrace(TRACE, cache)
  if ('absent' in loaded) return absentRow({ ...about, params: { trace: TRACE } }, loaded.absent)
  const { trace } = loaded
  say(`sync: signing ${trace.transactions.length} edits`)
  const { units } = await signTrace(trace, TRACE, 'unit', 'tabweave bench')
  let peers: Readonly<Record<string, number>> = {}
  const absent: Record<string, string> = {}
  for (const [name, measure] of Object.entries({ automerge: automergeBytes, yjs: yjsBytes })) {
    say(`sync: ${name} replays ${trace.transactions.length} edits`)
    try {
      peers = { ...peers, ...measure(folder, trace) }
    } catch (error) {
      absent[name] = sentenceOf(error)
    }
  }
  return {
    ...about,
    params: { trace: TRACE, ops: units.flat().length },
    ours: fileOf(units, deflateRawSync).length,
    peers,
    ...(Object.keys(absent).length > 0 && { absent }),
  }
}

/** What they would draw by chance, so that a run is like another. */
const ACTOR = '9f1b6c3a54d84e07a2c0d5e81b7f3c66'
const CLIENT = 2_654_435_769

/** One change an edit, with the edit's time. */
function automergeBytes(folder: string, { transactions }: Trace): Readonly<Record<string, number>> {
  const api = loadAutomerge(folder)
  let doc = api.from({ text: '' }, ACTOR)
  for (const { patches, time } of transactions) {
    doc = api.change(doc, { time }, (draft) => {
      for (const [position, deleted, inserted] of patches) api.splice(draft, ['text'], position, deleted, inserted)
    })
  }
  return { automerge: api.save(doc).length }
}

/** In both of its encodings: the one that it uses when nothing is said, and the smaller one. */
function yjsBytes(folder: string, { transactions }: Trace): Readonly<Record<string, number>> {
  const api = loadYjs(folder)
  const doc = new api.Doc()
  doc.clientID = CLIENT
  const text = doc.getText('text')
  for (const { patches } of transactions) {
    for (const [position, deleted, inserted] of patches) {
      if (deleted > 0) text.delete(position, deleted)
      if (inserted !== '') text.insert(position, inserted)
    }
  }
  return { yjs: api.encodeStateAsUpdate(doc).length, 'yjs, version 2': api.encodeStateAsUpdateV2(doc).length }
}
