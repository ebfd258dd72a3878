/**
 * Where 32-byte keys are in a list that grows. The last few keys are compared one by one. If that does not find the key, a Map of all
 * keys is made.
 */
import { equalBytes } from '../core/bytes.ts'
import { keyOf } from '../core/unit.ts'

export interface Places {
  readonly keys: readonly Uint8Array[]
  map: Map<string, number> | null
  mapped: number
}

export const placesIn = (keys: readonly Uint8Array[]): Places => ({ keys, map: null, mapped: 0 })

/** To compare so many keys costs less than to write one as a key of a Map. */
const LOOKED_THROUGH = 8

/** The last place of a key in the list, or −1. */
export function placeOf(places: Places, key: Uint8Array): number {
  const { keys } = places
  const first = Math.max(0, keys.length - LOOKED_THROUGH)
  for (let place = keys.length - 1; place >= first; place--) if (equalBytes(keys[place]!, key)) return place
  if (first === 0) return -1
  const map = (places.map ??= new Map<string, number>())
  for (; places.mapped < keys.length; places.mapped++) map.set(keyOf(keys[places.mapped]!), places.mapped)
  return map.get(keyOf(key)) ?? -1
}
