/** The tab's title: the room, and how many entries came while nobody looked at the tab. */
import { useEffect } from 'react'
import type { StoreApi } from 'zustand/vanilla'
import { messages } from '../messages.ts'
import { shownRoomName } from '../shared/room-name.ts'
import type { NodeState } from '../state/node-state.ts'

export function useTitle(store: StoreApi<NodeState>): void {
  useEffect(() => {
    /** How many entries there were when somebody last looked. Before that, nothing is new. */
    let read = Infinity
    const say = (): void => {
      const { opened, history } = store.getState()
      if (!document.hidden) read = history.total
      const title = messages.title(opened && shownRoomName(opened), Math.max(0, history.total - read))
      if (title !== document.title) document.title = title
    }
    say()
    document.addEventListener('visibilitychange', say)
    const unsubscribe = store.subscribe(say)
    return () => {
      document.removeEventListener('visibilitychange', say)
      unsubscribe()
    }
  }, [store])
}
