/** The graph's place: the live picture, its buttons, the card of the selected op, and the same in words. */
import { type KeyboardEvent, type ReactNode, type RefObject, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import type { GraphInput } from '../../graph/feed.ts'
import type { Hex, OpDetails } from '../../worker/api.ts'
import { Boundary, lazyPart } from '../shared/Boundary.tsx'
import { GraphGrowth, GraphMirror, optionId, sayHead, sayOp } from './GraphMirror.tsx'
import { GraphToolbar, ZOOM_STEP } from './GraphToolbar.tsx'
import type { GraphHost } from './graph-host.ts'
import { graphMessages } from './graph-messages.ts'
import { useGraph } from './use-graph.ts'
import './graph.css'

const GraphLegend = lazyPart(() => import('./GraphLegend.tsx'))
const OpCard = lazyPart(() => import('./OpCard.tsx'))

interface GraphPlaceProps {
  readonly node: GraphHost
  readonly selected: Hex | null
  /** How often a person asked to follow the newest: each time the picture does, too. */
  readonly live: number
  /** What authors call themselves. */
  readonly names: ReadonlyMap<Hex, string>
  /** Nothing is admitted yet. */
  readonly empty: boolean
  /** Where the graph is a strip above the history, a person has enlarged it. */
  readonly large: boolean
  onLarge(large: boolean): void
  onSelect(id: Hex | null): void
  /** Offers "Show in the history" on the card when given. */
  onShowInHistory?: ((details: OpDetails) => void) | undefined
}

/** Keys that need nothing but the graph. */
const KEYS: Readonly<Record<string, GraphInput>> = {
  ArrowUp: { type: 'step', to: 'parent' },
  ArrowDown: { type: 'step', to: 'child' },
  ArrowLeft: { type: 'step', to: 'previous' },
  ArrowRight: { type: 'step', to: 'next' },
  '0': { type: 'follow', what: 'all' },
}

export function GraphPlace({ node, selected, live, names, empty, large, onLarge, onSelect, onShowInHistory }: GraphPlaceProps) {
  const place = useRef<HTMLDivElement>(null)
  const { state: graph, send, cover } = useGraph(place, node, selected, onSelect)
  const [legend, setLegend] = useState(false)

  useEffect(() => {
    if (live > 0) send({ type: 'follow', what: 'newest' })
  }, [live, send])

  const zoom = (factor: number): void => {
    const { clientWidth = 0, clientHeight = 0 } = place.current ?? {}
    send({ type: 'zoom', factor, x: clientWidth / 2, y: graph.following === 'newest' ? clientHeight : clientHeight / 2 })
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const input = KEYS[event.key]
    if (input !== undefined) send(input)
    else if (event.key === '+' || event.key === '=') zoom(ZOOM_STEP)
    else if (event.key === '-' || event.key === '−') zoom(1 / ZOOM_STEP)
    else if (event.key === 'Escape' && selected !== null) onSelect(null)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  const closeLegend = useCallback(() => setLegend(false), [])
  // One panel at a time: they lie at the same edge.
  useEffect(() => setLegend(false), [selected])

  const { drawn, hovered } = graph
  const said = hovered?.op ? sayOp(hovered.op) : hovered?.head ? sayHead(hovered.head, names) : null
  return (
    <section className="graph-place" data-named={names.size > 0} aria-label={graphMessages.title}>
      <div
        ref={place}
        className="graph-stage"
        role="listbox"
        aria-busy={drawn === null || drawn.seen.length === 0}
        tabIndex={0}
        aria-label={graphMessages.label}
        aria-activedescendant={selected === null ? undefined : optionId(selected)}
        onKeyDown={onKeyDown}
      >
        {drawn !== null && <GraphMirror drawn={drawn} selected={selected} onSelect={onSelect} />}
        {empty && <p className="graph-empty">{graphMessages.empty}</p>}
        {hovered !== null && said !== null && (
          <Hovered x={hovered.x} y={hovered.y} height={place.current?.clientHeight ?? 0}>
            {said}
          </Hovered>
        )}
      </div>
      <GraphToolbar {...{ legend, large, onLarge }} following={graph.following} onInput={send} onZoom={zoom} onLegend={setLegend} />
      {legend && (
        <LoadedPart>
          <GraphLegend onClose={closeLegend} />
        </LoadedPart>
      )}
      {selected !== null && !legend && (
        <Cover place={place} cover={cover}>
          <LoadedPart>
            <OpCard id={selected} ghost={graph.ghost} {...{ node, drawn, names, onSelect, onShowInHistory }} />
          </LoadedPart>
        </Cover>
      )}
      {drawn !== null && <GraphGrowth {...drawn} names={names} />}
    </section>
  )
}

/** A panel whose code is loaded when it is shown first: the graph goes on beside it, and so it does if the code does not arrive. */
function LoadedPart({ children }: { readonly children: ReactNode }) {
  return (
    <Boundary>
      <Suspense>{children}</Suspense>
    </Boundary>
  )
}

interface HoveredProps {
  readonly x: number
  readonly y: number
  /** Of the place. */
  readonly height: number
  readonly children: ReactNode
}

/** What the pointer is over, in words: beside the pointer, and where the place has room for it. */
function Hovered({ x, y, height, children }: HoveredProps) {
  const isAbove = y > height / 2
  const vertical = isAbove ? { bottom: height - y } : { top: y }
  return (
    <div className="graph-hover" data-above={isAbove} style={{ left: `min(${x}px, 100% - 324px)`, ...vertical }} aria-hidden="true">
      {children}
    </div>
  )
}

interface CoverProps {
  readonly place: RefObject<HTMLElement | null>
  cover(right: number, bottom: number): void
  readonly children: ReactNode
}

/** Lies over the picture and says which part of it is covered: a strip at the right, or, when it is as wide as the place, one at the bottom. */
function Cover({ place, cover, children }: CoverProps) {
  const self = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const card = self.current
    const stage = place.current
    if (card === null || stage === null) return
    const measure = (): void => {
      const over = card.getBoundingClientRect()
      const all = stage.getBoundingClientRect()
      // It is not shown.
      if (over.width === 0) cover(0, 0)
      else if (over.width > all.width * 0.6) cover(0, Math.round(all.bottom - over.top))
      else cover(Math.round(all.right - over.left), 0)
    }
    const resized = new ResizeObserver(measure)
    resized.observe(card)
    resized.observe(stage)
    return () => {
      resized.disconnect()
      cover(0, 0)
    }
  }, [place, cover])
  return (
    <div ref={self} className="graph-cover">
      {children}
    </div>
  )
}
