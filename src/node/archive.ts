/** A room as a file: bundles of everything a node has stored, deflated, readable by any node that holds the room's link. */
import type { Unit } from '../core/unit.ts'
import { encodeBundle } from '../sync/bundle.ts'
import { EMPTY, filledWith } from '../sync/filling.ts'
import { encodeFile, wrapBundle } from '../sync/wrap.ts'
import { deflate } from './deflate.ts'
import type { Library } from './library.ts'

/** O(ops): reads the whole store. */
export async function exportRoom(library: Library): Promise<Uint8Array> {
  const bundles: Uint8Array[] = []
  let units: Unit[] = []
  let filling = EMPTY
  const flush = async (): Promise<void> => {
    if (units.length > 0) bundles.push(wrapBundle('deflate', await deflate(encodeBundle(units))))
    units = []
  }
  for await (const segment of library.units(0)) {
    for (const unit of segment) {
      const filled = filledWith(filling, unit)
      if (filled === null) await flush()
      units.push(unit)
      filling = filled ?? filledWith(EMPTY, unit)!
    }
  }
  await flush()
  return encodeFile(bundles)
}
