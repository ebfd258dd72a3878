/** The first screen: consoles and graph side by side (stacked when narrow), one place more on top of it when asked for. */
import { Suspense, useCallback, useEffect, useState } from 'react'
import { useStore } from 'zustand/react'
import { GraphPlace } from '../graph/GraphPlace.tsx'
import { Boundary, lazyPart } from '../shared/Boundary.tsx'
import { Failed } from '../shared/Failed.tsx'
import { useKeptFocus } from '../shared/focus.ts'
import { NodeProvider, usePageState } from '../state/bindings.ts'
import { keepLargeGraph, keptLargeGraph } from '../state/kept.ts'
import { type Place, selectedOf } from '../state/page.ts'
import type { PageNode } from '../state/page-node.ts'
import type { NodeFailure } from '../../worker/api.ts'
import { Consoles } from './Consoles.tsx'
import { Header } from './Header.tsx'
import { NodeSwitch } from './NodeSwitch.tsx'
import { Sheet } from './Sheet.tsx'
import { useShortcuts } from './shortcuts.ts'

const StartPlace = lazyPart(() => import('../start/StartPlace.tsx'))
const PLACES = {
  share: lazyPart(() => import('../share/SharePlace.tsx')),
  peers: lazyPart(() => import('../peers/PeersPlace.tsx')),
  node: lazyPart(() => import('../node/NodePlace.tsx')),
  rooms: lazyPart(() => import('../rooms/RoomsPlace.tsx')),
  help: lazyPart(() => import('../help/HelpPlace.tsx')),
} satisfies Record<Place, unknown>

/** As many consoles stand side by side in the widest window (`frame.css`). */
const MAX_ABREAST = 6

export function App() {
  const nodes = usePageState((state) => state.nodes)
  const looked = usePageState(selectedOf)
  const place = usePageState((state) => state.place)
  useShortcuts()
  useKeptFocus()
  const [isLarge, setLarge] = useLargeGraph()

  const stillborn = useStillborn(nodes[0])
  if (looked === undefined)
    return (
      <Suspense>
        <StartPlace />
      </Suspense>
    )
  if (stillborn !== null)
    return (
      <main className="failed-page">
        <NodeProvider value={looked}>
          <Failed failure={stillborn} />
        </NodeProvider>
      </main>
    )
  const Open = place === null ? null : PLACES[place]
  return (
    <div className="app">
      <Header own={nodes[0]!} />
      <main className="desk" data-nodes={Math.min(nodes.length, MAX_ABREAST)} data-graph={isLarge ? 'large' : 'strip'}>
        <Consoles nodes={nodes} selected={looked} />
        <div className="graph-frame">
          <Boundary key={looked.slot}>
            <LookedGraph node={looked} large={isLarge} onLarge={setLarge} />
          </Boundary>
          {nodes.length > 1 && <NodeSwitch nodes={nodes} looked={looked} />}
        </div>
      </main>
      {place !== null && Open !== null && (
        <NodeProvider value={looked}>
          <Sheet place={place}>
            {/* What was begun in a place was begun as a node: another node begins anew. */}
            <Boundary key={`${place}/${looked.slot}`}>
              <Suspense>
                <Open />
              </Suspense>
            </Boundary>
          </Sheet>
        </NodeProvider>
      )}
    </div>
  )
}

/** Where graph and console are stacked: whether a person has enlarged the graph. This browser remembers it. */
function useLargeGraph(): readonly [boolean, (large: boolean) => void] {
  const [isLarge, setLarge] = useState(keptLargeGraph)
  const choose = useCallback((large: boolean): void => {
    setLarge(large)
    keepLargeGraph(large)
  }, [])
  return [isLarge, choose]
}

/** Why the tab's own node could not even start; null while it can. */
function useStillborn(own: PageNode | undefined): NodeFailure | null {
  const [failure, setFailure] = useState<NodeFailure | null>(null)
  useEffect(() => own?.store.subscribe((state) => setFailure(state.opened === null ? state.failure : null)), [own])
  return failure
}

/** The graph of the node that is looked at; a selection in it is a selection in its console. */
function LookedGraph({ node, large, onLarge }: { readonly node: PageNode; readonly large: boolean; onLarge(large: boolean): void }) {
  const selected = useStore(node.store, (state) => state.selected)
  const live = useStore(node.store, (state) => state.live)
  const names = useStore(node.store, (state) => state.names)
  const empty = useStore(node.store, (state) => state.status?.ops === 0)
  const onSelect = useCallback((id: string | null) => node.select(id), [node])
  return <GraphPlace {...{ node, selected, live, names, empty, large, onLarge, onSelect }} />
}
