/** Suite "sync": what catching up costs, beside what others pay for the same. */
import type { Exchange } from './peers/exchange.ts'
import { exchangeWith, type Prepared, preparePeers } from './peers/measure.ts'
import { type Row, rowOf } from './report.ts'
import type { Suite, SuiteSetting } from './setting.ts'
import { createDifference, createShared, type FirstContact, firstContact, type Shared } from './sync-first-contact.ts'

const SHARED_OPS = 100_000
const AUTHORS = 10
const DIFFERENCES = [1, 10, 100, 1_000]
const EQUIVOCATORS = [0, 1] as const
const SEED = 20_261_125

export const sync: Suite = async (setting) => {
  setting.say(`sync: writing ${SHARED_OPS} ops`)
  const shared = createShared(SHARED_OPS, AUTHORS, SEED)
  const peers = preparePeers(setting.root, shared, setting.say)
  const rows: Row[] = []
  for (const equivocators of EQUIVOCATORS) {
    for (const differ of DIFFERENCES) rows.push(...firstContactRows(setting, shared, peers, differ, equivocators))
  }
  return { rows, assumptions: ASSUMPTIONS }
}

function firstContactRows(setting: SuiteSetting, shared: Shared, peers: readonly Prepared[], differ: number, equivocators: 0 | 1): Row[] {
  setting.say(`sync: first contact, ${differ} ops on each side, ${equivocators} equivocators`)
  const ours: FirstContact[] = []
  const theirs: Map<string, Exchange | string>[] = []
  for (let run = 0; run < setting.runs; run++) {
    const differences = createDifference(shared, differ, equivocators, run)
    ours.push(firstContact(shared, differences, run))
    theirs.push(exchangeWith(peers, differences))
  }
  const params = { shared: SHARED_OPS, differ, authors: AUTHORS, equivocators }
  const bytes = { measure: 'overhead-bytes', unit: 'B', better: 'lower' } as const
  const trips = { measure: 'round-trips', unit: 'round trips', better: 'lower' } as const
  return [
    withPeers(
      { ...bytes, params },
      ours.map(({ overhead }) => overhead),
      theirs,
      ({ overhead }) => overhead,
    ),
    rowOf(
      { ...bytes, params: { ...params, until: 'both know' } },
      ours.map(({ overheadWhenKnown }) => overheadWhenKnown),
    ),
    withPeers(
      { ...trips, params },
      ours.map(({ roundTrips }) => roundTrips),
      theirs,
      ({ roundTrips }) => roundTrips,
    ),
    rowOf(
      { measure: 'waited-ms', params, unit: 'ms', better: 'lower' },
      ours.map(({ waited }) => waited),
    ),
  ]
}

/** A row in which a peer that failed once is absent. */
function withPeers(
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

const ASSUMPTIONS: readonly string[] = []
