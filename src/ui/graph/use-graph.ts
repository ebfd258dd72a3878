/** The live graph as React sees it: what the render worker last said, and a way to tell it things. */
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import type { Followed, GhostNote, GraphInput, GraphOutput } from '../../graph/feed.ts'
import { listenToGestures } from './gestures.ts'
import { connectGraph, type GraphConnection } from './graph-connection.ts'
import type { GraphHost } from './graph-host.ts'

export interface GraphState {
  readonly following: Followed
  readonly drawn: Extract<GraphOutput, { type: 'drawn' }> | null
  readonly hovered: Extract<GraphOutput, { type: 'hovered' }> | null
  /** Why the selection is a ghost; null when it is none. */
  readonly ghost: GhostNote | null
}

export interface LiveGraph {
  readonly state: GraphState
  send(input: GraphInput): void
  /** What lies over the picture: CSS pixels from the right and from the bottom. */
  cover(right: number, bottom: number): void
}

const START: GraphState = { following: 'newest', drawn: null, hovered: null, ghost: null }

/** Connects `place` to the node's graph while mounted. `onSelect` hears what a person selected in the graph. */
export function useGraph(
  place: RefObject<HTMLElement | null>,
  node: GraphHost,
  selected: string | null,
  onSelect: (id: string | null) => void,
): LiveGraph {
  const [state, setState] = useState(START)
  const connection = useRef<GraphConnection | null>(null)
  /** What the worker has selected, as far as the page knows: what is told apart from it must be sent. */
  const known = useRef<string | null>(null)
  /** Selections that were sent and are not told back yet. Told back, they are nobody's choice. */
  const sent = useRef<readonly (string | null)[]>([])
  const tellSelected = useRef(onSelect)
  useEffect(() => {
    tellSelected.current = onSelect
  })

  useEffect(() => {
    if (place.current === null) return
    const hear = (output: GraphOutput): void => {
      if (output.type === 'selected') {
        setState((before) => ({ ...before, ghost: output.ghost }))
        const at = sent.current.indexOf(output.id)
        // One that the worker waits for is told back late, or never: what a person selects takes its place.
        sent.current = at < 0 ? [] : sent.current.slice(at + 1)
        if (at >= 0) return
        known.current = output.id
        tellSelected.current(output.id)
      } else if (output.type === 'following') setState((before) => ({ ...before, following: output.what }))
      else if (output.type === 'hovered') setState((before) => ({ ...before, hovered: output }))
      else setState((before) => ({ ...before, drawn: output }))
    }
    const live = connectGraph(place.current, node, hear)
    connection.current = live
    known.current = null
    sent.current = []
    setState(START)
    const ending = new AbortController()
    listenToGestures(live.canvas, live.send, ending.signal)
    return () => {
      connection.current = null
      ending.abort()
      live.close()
    }
  }, [place, node])

  useEffect(() => {
    if (selected === known.current) return
    known.current = selected
    sent.current = [...sent.current, selected]
    connection.current?.send({ type: 'select', id: selected, reveal: true })
  }, [selected, node])

  const send = useCallback((input: GraphInput) => connection.current?.send(input), [])
  const cover = useCallback((right: number, bottom: number) => connection.current?.cover(right, bottom), [])
  return { state, send, cover }
}
