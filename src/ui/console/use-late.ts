/** Finds which late entries are in sight. An entry is in sight only if it is drawn: a tab in the background shows none. */
import { useEffect, type RefObject } from 'react'
import { useNode, useNodeState } from '../state/bindings.ts'
import type { NodeState } from '../state/node-state.ts'
import { isUnseen } from './late.ts'

/** So much of an entry is in sight at least (CSS pixels): its first line. */
const IN_SIGHT = '-24px 0px'

export function useLate(box: RefObject<HTMLElement | null>, { entries }: NodeState['history']): void {
  const node = useNode()
  const late = useNodeState((state) => state.late)
  useEffect(() => {
    if (![...late.values()].some(isUnseen)) return undefined
    const look = (rows: readonly HTMLElement[]): void => {
      const inSight = new Set(rows.map((row) => row.dataset['id']!))
      for (const row of rows) row.dataset['arrived'] = 'true'
      node.lookAtLate((id) => inSight.has(id))
    }
    const rows = [...box.current!.querySelectorAll<HTMLElement>('.entry')].filter((row) => isUnseen(late.get(row.dataset['id']!)))
    if (rows.length === 0) return look([])
    // Its first answer is about all of them.
    const observer = new IntersectionObserver(
      (changes) => look(changes.filter(({ isIntersecting }) => isIntersecting).map(({ target }) => target as HTMLElement)),
      { root: box.current, rootMargin: IN_SIGHT },
    )
    for (const row of rows) observer.observe(row)
    return () => observer.disconnect()
  }, [box, entries, late, node])
}
