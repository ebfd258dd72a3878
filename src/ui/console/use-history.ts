/** The history as the console shows it. */
import { useDeferredValue, useLayoutEffect, useRef } from 'react'
import { useNodeState } from '../state/bindings.ts'
import type { NodeState } from '../state/node-state.ts'
import { isSmallStep } from './history-window.ts'

/**
 * The latest of it where that brings a few entries, which people wait for. While a whole room streams in, every picture is a window
 * of new ones: these are rendered in slices, so that typing never waits for them, and what was shown stays until they are.
 */
export function useHistory(): NodeState['history'] {
  const latest = useNodeState((state) => state.history)
  const isRendered = useDeferredValue(latest) === latest
  const held = useRef(latest)
  const shown = isRendered || isSmallStep(held.current.entries, latest.entries) ? latest : held.current
  useLayoutEffect(() => {
    held.current = shown
  }, [shown])
  return shown
}
