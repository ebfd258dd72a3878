/** React's side of the stores: the page, the node a component stands in, and a clock for relative times. */
import { createContext, useContext, useEffect, useState } from 'react'
import { useStore } from 'zustand/react'
import type { Page, PageState } from './page.ts'
import type { NodeState, PageNode } from './page-node.ts'

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

/** ms since 1970, again every `every` ms: only what is shown in words depends on it. */
export function useNow(every: number): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every)
    return () => clearInterval(timer)
  }, [every])
  return now
}
