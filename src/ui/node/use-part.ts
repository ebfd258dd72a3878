/** A part of the place that was asked for by itself is brought into view, and has the focus. */
import { useEffect, useRef, type RefObject } from 'react'
import { usePageState } from '../state/bindings.ts'
import type { Part } from '../state/page.ts'

/** For the heading of a part. @param isReady what stands under it is there */
export function usePart(name: Part, isReady: boolean): RefObject<HTMLHeadingElement | null> {
  const part = usePageState((state) => state.part)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (part?.name !== name || !isReady) return
    heading.current!.scrollIntoView({ block: 'start' })
    heading.current!.focus({ preventScroll: true })
  }, [part, name, isReady])
  return heading
}
