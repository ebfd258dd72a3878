/** What came of a press, beside the button that was pressed. If it is out of sight, it is scrolled to; if it is bad, a screen reader says it at once. */
import { useEffect, useRef } from 'react'

export interface Said {
  /** Empty: there is nothing to say. */
  readonly words: string
  readonly isBad: boolean
}

export const NOTHING_SAID: Said = { words: '', isBad: false }

/** @param id of the element, for the field that it is about */
export function Outcome({ said, id }: { readonly said: Said; readonly id?: string }) {
  const { words, isBad } = said
  const place = useRef<HTMLParagraphElement>(null)
  useEffect(() => {
    if (said.words !== '') place.current!.scrollIntoView({ block: 'nearest' })
  }, [said])
  return (
    // An alert is said when it comes into the page.
    <p key={String(isBad)} ref={place} id={id} role={isBad ? 'alert' : 'status'} className={isBad ? 'bad' : 'said'}>
      {words}
    </p>
  )
}
