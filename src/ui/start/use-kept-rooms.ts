/** The rooms that this browser keeps, as a worker tells them. */
import { useCallback, useEffect, useState } from 'react'
import { usePage } from '../state/bindings.ts'
import { type KeptRoom, roomsOf } from './kept-rooms.ts'

export interface KeptRooms {
  /** Null until they are known. */
  readonly rooms: readonly KeptRoom[] | null
  /** Link of the room that is open in this tab; undefined if there is none. */
  readonly here: string | undefined
  /** Asks again: something was forgotten. */
  look(): void
}

export function useKeptRooms(): KeptRooms {
  const page = usePage()
  const [found, setFound] = useState<Omit<KeptRooms, 'look'>>({ rooms: null, here: undefined })
  const look = useCallback((): void => {
    void page.rooms().then((nodes) => {
      const here = page.store.getState().nodes[0]?.store.getState().opened?.link
      // Of the room that is open here, what runs cannot be gone to.
      setFound({ rooms: roomsOf(nodes.filter(({ link, runs }) => link !== here || !runs)), here })
    })
  }, [page])
  useEffect(look, [look])
  return { ...found, look }
}
