/** React's side of the stores: the page, the node a component stands in, and a clock for relative times. */
import { createContext, useContext, useEffect, useState } from 'react'
import { useStore } from 'zustand/react'
import type { Page, PageState } from './page.ts'
import type { NodeState } from './node-state.ts'
import type { PageNode } from './page-node.ts'

const PageContext = createContext<Page | null>(null)
const NodeContext = createContext<PageNode | null>(null)

export const PageProvider = PageContext.Provider
export const NodeProvider = NodeContext.Provider

function within<T>(value: T | null, what: string): T {
  if (value === null) throw new Error(`outside of a ${what}`)
  return value
}

export const usePage = (): Page => within(useContext(PageContext), 'page')
export const usePageState = <T>(select: (state: PageState) => T): T => useStore(usePage().store, select)

export const useNode = (): PageNode => within(useContext(NodeContext), 'node')
export const useNodeState = <T>(select: (state: NodeState) => T): T => useStore(useNode().store, select)

/**
 * ms since 1970, a multiple of `every`, again when the next one is reached: only what is shown in words depends on it. So whatever asks for
 * the same clock says the same age, whenever it came onto the screen.
 */
export function useNow(every: number): number {
  const [now, setNow] = useState(() => lastTick(every))
  useEffect(() => {
    const timer = setInterval(() => setNow(lastTick(every)), Math.min(every, LOOK_EVERY))
    return () => clearInterval(timer)
  }, [every])
  return now
}

/** A clock is looked at so often (ms): it may be set, and timers are late. */
const LOOK_EVERY = 1_000

const lastTick = (every: number): number => Math.floor(Date.now() / every) * every

/** How often ages are told anew (ms). */
const AGES_EVERY = 30_000

/** Seconds since 1970 by the clock of all ages on the screen. */
export const useAgeClock = (): number => useNow(AGES_EVERY) / 1000
