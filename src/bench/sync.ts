/** Suite "sync": what catching up costs, beside what others pay for the same. */
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
  return { rows: firstContactRows(setting, shared), assumptions: ASSUMPTIONS }
}

function firstContactRows({ say, runs }: SuiteSetting, shared: Shared): Row[] {
  const rows: Row[] = []
  for (const equivocators of EQUIVOCATORS) {
    for (const differ of DIFFERENCES) {
      const params = { shared: SHARED_OPS, differ, authors: AUTHORS, equivocators }
      say(`sync: first contact, ${differ} ops on each side, ${equivocators} equivocators`)
      const met: FirstContact[] = []
      for (let run = 0; run < runs; run++) met.push(firstContact(shared, createDifference(shared, differ, equivocators, run), run))
      const bytes = { measure: 'overhead-bytes', unit: 'B', better: 'lower' } as const
      rows.push(
        rowOf(
          { ...bytes, params },
          met.map(({ overhead }) => overhead),
        ),
        rowOf(
          { ...bytes, params: { ...params, until: 'both know' } },
          met.map(({ overheadWhenKnown }) => overheadWhenKnown),
        ),
        rowOf(
          { measure: 'round-trips', params, unit: 'round trips', better: 'lower' },
          met.map(({ roundTrips }) => roundTrips),
        ),
        rowOf(
          { measure: 'waited-ms', params, unit: 'ms', better: 'lower' },
          met.map(({ waited }) => waited),
        ),
      )
    }
  }
  return rows
}

const ASSUMPTIONS: readonly string[] = []
