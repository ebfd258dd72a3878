/** The background scrub: one segment at a time, with long pauses, while nothing else is to be done, or when something always is. */
import type { Segments } from './segments.ts'

/** ms between two segments. If there are 1,000 (a million ops), each is looked at within a quarter of an hour, for a percent of a core. */
const PAUSE = 1_000
/** If the node was never idle for so long (ms), the scrub goes on beside its work: others can answer questions with new ops without end. */
const LONGEST_BUSY = 30_000

/** Begins; returns the function that ends it. `isIdle` is asked before each segment. `failed` hears of a store that is gone. */
export function startScrub(segments: Segments, isIdle: () => boolean, failed: (error: unknown) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  let busy = 0
  const wait = (): void => {
    timer = setTimeout(() => void look(), PAUSE)
  }
  const look = async (): Promise<void> => {
    busy = isIdle() ? 0 : busy + PAUSE
    try {
      if (((busy > 0 && busy < LONGEST_BUSY) || (await segments.scrub())) && !stopped) wait()
    } catch (error) {
      if (!stopped) failed(error)
    }
  }
  wait()
  return () => {
    stopped = true
    clearTimeout(timer)
  }
}
