/** What the disks of kept nodes hold, as far as they have told. */
import { useEffect, useState } from 'react'
import type { Hex, StoredFacts } from '../../worker/api.ts'
import { usePage } from '../state/bindings.ts'

/** By node; null for one whose disk cannot be read. Those that were told stay while more are asked for. */
export function useStoredFacts(ids: readonly Hex[]): ReadonlyMap<Hex, StoredFacts | null> {
  const page = usePage()
  const [facts, setFacts] = useState<ReadonlyMap<Hex, StoredFacts | null>>(new Map())
  const asked = ids.join(' ')
  useEffect(() => {
    let current = true
    const those = asked === '' ? [] : asked.split(' ')
    void page.describeStored(those).then((found) => {
      if (current) setFacts(new Map(those.map((id, i) => [id, found[i] ?? null])))
    })
    return () => {
      current = false
    }
  }, [page, asked])
  return facts
}
