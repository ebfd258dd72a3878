/** The rooms that this browser keeps, as a worker tells them. */
import { useCallback, useEffect, useState } from 'react'
import type { Hex } from '../../worker/api.ts'
import { usePage } from '../state/bindings.ts'
import { type KeptRoom, roomsOf } from './kept-rooms.ts'

export interface KeptRooms {
  /** Null until they are known. */
  readonly rooms: readonly KeptRoom[] | null
  /** The room that is open in this tab, by its link, and the nodes of this tab. */
  readonly here: { readonly link: string; readonly nodes: readonly Hex[] } | null
  /** Asks again: something was forgotten. */
  look(): void
}

export function useKeptRooms(): KeptRooms {
  const page = usePage()
  const [found, setFound] = useState<Omit<KeptRooms, 'look'>>({ rooms: null, here: null })
  const look = useCallback((): void => {
    void page.rooms().then((nodes) => {
      const own = page.store.getState().nodes.flatMap(({ store }) => store.getState().opened ?? [])
      const here = own[0] === undefined ? null : { link: own[0].link, nodes: own.map(({ node }) => node) }
      setFound({ rooms: roomsOf(nodes), here })
    })
  }, [page])
  useEffect(look, [look])
  return { ...found, look }
}
