/** Tables of a bounded size that forget what was set longest ago. */

/** Sets an entry, as the latest one; of more than `most` the one that was set longest ago is forgotten. */
export function setLatest<Key, Value>(table: Map<Key, Value>, key: Key, value: Value, most: number): void {
  table.delete(key)
  table.set(key, value)
  if (table.size > most) table.delete(table.keys().next().value!)
}
