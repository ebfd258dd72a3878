/** The rows of the suite "sync": what is measured as often as it is worth, with the peers beside it. */
import { createRandom } from '../sim/random.ts'
import type { Exchange } from './peers/exchange.ts'
import { exchangeWith, type Prepared, sentenceOf } from './peers/measure.ts'
import { reconcileByRanges, type Timed } from './peers/negentropy.ts'
import { encodeSymbols, peel } from './peers/riblt.ts'
import { collectGarbage, cpuMs } from './machine.ts'
import { type Row, rowOf } from './report.ts'
import type { SuiteSetting } from './setting.ts'
import { cutsWithin, type Join, join } from './sync-cuts.ts'
import { createLargePair, msToFind, timedIdsOf } from './sync-difference.ts'
import { createDifference, firstContact, type FirstContact, type Shared } from './sync-first-contact.ts'

/** What is counted and not timed comes out much the same in every run: more of them are not worth the wait. */
const MAX_COUNTED_RUNS = 3

const countedRuns = ({ runs }: SuiteSetting): number[] => Array.from({ length: Math.min(runs, MAX_COUNTED_RUNS) }, (_, run) => run)

export interface Differing {
  readonly differ: number
  readonly equivocators: 0 | 1
}

/** First contact of two nodes that share a history. */
export function firstContactRows(
  setting: SuiteSetting,
  shared: Shared,
  peers: readonly Prepared[],
  { differ, equivocators }: Differing,
): Row[] {
  setting.say(`sync: first contact, ${differ} ops on each side, ${equivocators} equivocators`)
  const ours: FirstContact[] = []
  const theirs: Map<string, Exchange | string>[] = []
  for (const run of countedRuns(setting)) {
    const differences = createDifference(shared, differ, equivocators, run)
    ours.push(firstContact(shared, differences, run))
    theirs.push(exchangeWith(peers, differences))
  }
  const params = { shared: shared.ops.length, differ, authors: shared.authors, equivocators }
  const known = { ...params, until: 'both know' }
  const bytes = { measure: 'overhead-bytes', unit: 'B', better: 'lower' } as const
  const trips = { measure: 'round-trips', unit: 'round trips', better: 'lower' } as const
  const waits = { measure: 'waited-ms', unit: 'ms', better: 'lower' } as const
  const of = (valueOf: (met: FirstContact) => number): number[] => ours.map(valueOf)
  return [
    rowBeside(
      { ...bytes, params },
      of(({ overhead }) => overhead),
      theirs,
      ({ overhead }) => overhead,
    ),
    rowOf(
      { ...bytes, params: known },
      of(({ overheadWhenKnown }) => overheadWhenKnown),
    ),
    rowBeside(
      { ...trips, params },
      of(({ roundTrips }) => roundTrips),
      theirs,
      ({ roundTrips }) => roundTrips,
    ),
    rowOf(
      { ...waits, params },
      of(({ waited }) => waited),
    ),
  ]
}

/** A row in which a peer that failed once is absent. */
function rowBeside(
  about: Parameters<typeof rowOf>[0],
  ours: readonly number[],
  theirs: readonly ReadonlyMap<string, Exchange | string>[],
  valueOf: (exchange: Exchange) => number,
): Row {
  const peers: Record<string, number[]> = {}
  const absent: Record<string, string> = {}
  for (const run of theirs) {
    for (const [name, exchange] of run) {
      if (typeof exchange === 'string') absent[name] = exchange
      else (peers[name] ??= []).push(valueOf(exchange))
    }
  }
  for (const name of Object.keys(absent)) delete peers[name]
  return { ...rowOf(about, ours, peers), ...(Object.keys(absent).length > 0 && { absent }) }
}

/** Coded symbols for a difference of 200 ids: three times what it takes. */
const SYMBOLS = 600

/** Time to find what to send, with the ids of the same two sets given to those who reconcile sets. */
export async function differenceRow(
  { peers: folder, runs, say }: SuiteSetting,
  params: { shared: number; differ: number; authors: number },
  seed: number,
): Promise<Row> {
  say(`sync: writing ${params.shared} ops`)
  const pair = createLargePair(params, seed)
  const sets = pair.replicas.map(timedIdsOf)
  const absent: Record<string, string> = {
    automerge: 'not tried with so many changes',
    yjs: 'not tried with so many insertions',
  }
  const runsOf: Record<string, number[]> = {}
  const symbols = sets.map((set) =>
    encodeSymbols(
      set.map(({ id }) => id),
      SYMBOLS,
    ),
  )
  const measures: Readonly<Record<string, (run: number) => number | null>> = {
    ours: (run) => msToFind(pair, run),
    negentropy: () => rangesMs(folder, sets, absent),
    'riblt (our implementation)': () => peelMs(symbols),
  }
  for (let run = -1; run < runs; run++) {
    say(run < 0 ? 'sync: finding the difference, warming up' : `sync: finding the difference, run ${run + 1} of ${runs}`)
    const times: Record<string, number | null> = {}
    for (const [name, measure] of Object.entries(measures)) {
      await collectGarbage()
      times[name] = measure(run)
    }
    if (run < 0) continue
    for (const [name, ms] of Object.entries(times)) if (ms !== null) (runsOf[name] ??= []).push(ms)
  }
  const { ours, ...peers } = runsOf
  return { ...rowOf({ measure: 'difference-cpu-ms', params, unit: 'ms', better: 'lower' }, ours!, peers), absent }
}

function rangesMs(folder: string, sets: readonly (readonly Timed[])[], absent: Record<string, string>): number | null {
  try {
    return reconcileByRanges(folder, sets).ms
  } catch (error) {
    absent['negentropy'] = sentenceOf(error)
    return null
  }
}

function peelMs([theirs, ours]: readonly ReturnType<typeof encodeSymbols>[]): number {
  const start = cpuMs()
  if (peel(theirs!, ours!) === null) throw new Error(`${SYMBOLS} coded symbols are too few.`)
  return cpuMs() - start
}

/** A join that is cut again and again. */
export function cutRows(setting: SuiteSetting, shared: Shared, cuts: number): Row[] {
  setting.say('sync: a join without cuts')
  const { carried } = join(shared, [], 0)
  const joins: Join[] = []
  for (const run of countedRuns(setting)) {
    setting.say(`sync: a join with ${cuts} cuts, run ${run + 1}`)
    joins.push(join(shared, cutsWithin(createRandom(run, 'cuts'), carried, cuts), run))
  }
  const about = { params: { ops: shared.ops.length, cuts }, unit: 'of 1', better: 'lower' } as const
  return [
    rowOf(
      { ...about, measure: 'refetched-share' },
      joins.map(({ received, distinct }) => received / distinct - 1),
    ),
    rowOf(
      { ...about, measure: 'repeated-bytes-share' },
      joins.map((each) => each.carried / carried - 1),
    ),
  ]
}
