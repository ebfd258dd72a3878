/** What a search finds, once it is found. */
import { useEffect, useState } from 'react'
import type { Match } from '../../worker/api.ts'
import { useNode } from '../state/bindings.ts'

/** A pause in typing before the worker is asked (ms). */
const PAUSE = 120

export interface FoundList {
  /** The words that were searched for, and how many matches were asked for. */
  readonly by: string
  readonly limit: number
  /** Newest first. */
  readonly matches: readonly Match[]
  /** There are older ones. */
  readonly more: boolean
}

/** The newest entries that have these words, at most `limit`; what was found before until then, and null where nothing is searched for. */
export function useFound(words: string, limit: number): FoundList | null {
  const node = useNode()
  const [found, setFound] = useState<FoundList | null>(null)
  useEffect(() => {
    if (words === '') return setFound(null)
    let current = true
    const timer = setTimeout(() => {
      void node.search(words, limit).then((answer) => {
        if (current) setFound({ by: words, limit, ...answer })
      })
    }, PAUSE)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [words, limit, node])
  return found
}
