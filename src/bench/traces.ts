/**
 * Recorded editing sessions by people, which benchmarks replay: from the folder that DATA_DIR names, else downloaded once.
 * Each is checked by its SHA-256. Traces by Joseph Gentle and others (josephg/editing-traces), CC BY 4.0.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { gunzipSync } from 'node:zlib'

/** The commit whose files were hashed below. */
const SOURCE = 'https://raw.githubusercontent.com/josephg/editing-traces/762fa6c51605c88a05ebe5c4b9d4540caca30b97'

const TRACES = {
  /** 26,078 transactions by two people at the same time, 2,258 merges. */
  friendsforever: {
    path: 'concurrent_traces/friendsforever.json.gz',
    sha256: 'c80f9ee71bb2f063d58d1db8513d60145f0f7e209f6c72c8600b22eee73a2769',
  },
  /** 23,136 transactions by three people at the same time, 3,628 merges. */
  clownschool: {
    path: 'concurrent_traces/clownschool.json.gz',
    sha256: 'b53866c8ab53233755a7b6ad60698a66cad041607e95c07056b036f464240b94',
  },
  /** 259,778 single edits by one person. */
  'automerge-paper': {
    path: 'sequential_traces/automerge-paper.json.gz',
    sha256: '42c0ff1720c0cad77077e190e36135c9cab9f7bbc266351c0a7fe4981c6a1546',
  },
  /** 18,335 transactions by one person, with large replacements. */
  sveltecomponent: {
    path: 'sequential_traces/sveltecomponent.json.gz',
    sha256: '0393353a1ff0281f4a2adad080b0843bffa7988f9a4869ed04faf0984f78a234',
  },
} as const

export type TraceName = keyof typeof TRACES

/** [position, deleted, inserted]; positions and counts in Unicode code points. */
export type TracePatch = readonly [position: number, deleted: number, inserted: string]

export interface Transaction {
  /** Who typed it, 0 … `agents` − 1. */
  readonly agent: number
  /** What it was typed on top of: places of earlier transactions. */
  readonly parents: readonly number[]
  /** Seconds since 1970. */
  readonly time: number
  readonly patches: readonly TracePatch[]
}

export interface Trace {
  readonly agents: number
  /** Parents before children. */
  readonly transactions: readonly Transaction[]
}

/** The file's own form; sequential traces have neither agents nor parents. */
interface TraceFile {
  readonly numAgents?: number
  readonly txns: readonly {
    readonly agent?: number
    readonly parents?: readonly number[]
    readonly time?: string
    readonly patches: readonly TracePatch[]
  }[]
}

/** A trace, or a sentence that says why it is not there: what needs it is not measured then, and all else is. */
export type Loaded = { readonly trace: Trace } | { readonly absent: string }

/** Reads a trace. It is absent when it can be neither found nor downloaded, or is another file than the one we know. */
export async function loadTrace(name: TraceName, cache: string): Promise<Loaded> {
  const { path, sha256 } = TRACES[name]
  const file = `${name}.json.gz`
  const folder = env['DATA_DIR']
  const read = await (folder ? given(join(folder, 'traces', file)) : cached(join(cache, 'traces'), file, `${SOURCE}/${path}`))
  if ('absent' in read) return read
  const found = createHash('sha256').update(read.packed).digest('hex')
  if (found !== sha256) return { absent: `${file} has the SHA-256 ${found}, and not ${sha256}: it is another file.` }
  return { trace: readTrace(JSON.parse(gunzipSync(read.packed).toString('utf8')) as TraceFile) }
}

/** One trace of the form that josephg/editing-traces describes, sequential ones as a chain by one agent. */
export function readTrace({ numAgents = 1, txns }: TraceFile): Trace {
  const transactions = txns.map(({ agent = 0, parents, time, patches }, i): Transaction => {
    const seconds = Math.floor(Date.parse(time ?? '') / 1000)
    return { agent, parents: parents ?? (i === 0 ? [] : [i - 1]), time: Number.isFinite(seconds) ? Math.max(0, seconds) : 0, patches }
  })
  return { agents: numAgents, transactions }
}

type Read = { readonly packed: Uint8Array } | { readonly absent: string }

function given(place: string): Read {
  try {
    return { packed: readFileSync(place) }
  } catch {
    return { absent: `${place} cannot be read. Without DATA_DIR it is downloaded.` }
  }
}

async function cached(folder: string, file: string, url: string): Promise<Read> {
  const place = join(folder, file)
  try {
    return { packed: readFileSync(place) }
  } catch {
    console.error(`Downloading ${url} …`)
  }
  const response = await fetch(url).catch(() => null)
  if (response === null) return { absent: `${url} cannot be reached. Set DATA_DIR to a folder that has traces/${file}.` }
  if (!response.ok) return { absent: `${url} answered ${response.status}.` }
  const packed = new Uint8Array(await response.arrayBuffer())
  mkdirSync(folder, { recursive: true })
  writeFileSync(place, packed)
  return { packed }
}
