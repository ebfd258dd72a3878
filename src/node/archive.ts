/** A room as a file: bundles of everything a node has stored, deflated, readable by any node that holds the room's link. */
import { BUNDLE_BUDGET, encodeBundle, unitCost } from '../sync/bundle.ts'
import { encodeFile, wrapBundle } from '../sync/wrap.ts'
import type { Unit } from '../core/unit.ts'
import { deflate } from './deflate.ts'
import type { Library } from './library.ts'

/** O(ops): reads the whole store. */
export async function exportRoom(library: Library): Promise<Uint8Array> {
  const bundles: Uint8Array[] = []
  let units: Unit[] = []
  let cost = 0
  const flush = async (): Promise<void> => {
    if (units.length > 0) bundles.push(wrapBundle('deflate', await deflate(encodeBundle(units))))
    units = []
    cost = 0
  }
  for await (const segment of library.units(0)) {
    for (const unit of segment) {
      if (cost + unitCost(unit) > BUNDLE_BUDGET) await flush()
      units.push(unit)
      cost += unitCost(unit)
    }
  }
  await flush()
  return encodeFile(bundles)
}
