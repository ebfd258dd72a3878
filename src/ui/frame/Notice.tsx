/** Something said for a moment ("Link copied"), for eyes and screen readers. It has a place in the bar on top, and covers nothing. */
import { useEffect, useState } from 'react'
import { messages } from '../messages.ts'
import { usePage, usePageState } from '../state/bindings.ts'

/** Long enough to read two sentences, and to press what is offered with them (ms). */
const SHOWN_FOR = 5_000
const OFFERED_FOR = 15_000

export function Notice() {
  const page = usePage()
  const notice = usePageState((state) => state.notice)
  const [shown, setShown] = useState(false)
  /** The pointer or the focus is on it. */
  const [held, setHeld] = useState(false)
  useEffect(() => setShown(notice !== null), [notice])
  useEffect(() => {
    if (notice === null || held) return
    const timer = setTimeout(() => setShown(false), notice.others ? OFFERED_FOR : SHOWN_FOR)
    return () => clearTimeout(timer)
  }, [notice, held])
  const hold = {
    onPointerEnter: () => setHeld(true),
    onPointerLeave: () => setHeld(false),
    onFocus: () => setHeld(true),
    onBlur: () => setHeld(false),
  }
  return (
    <div className="toast" data-shown={shown} {...hold}>
      <p role="status">{shown ? notice?.text : ''}</p>
      {shown && notice?.others === true && (
        <button
          type="button"
          className="toast-button"
          onClick={() => {
            setShown(false)
            setHeld(false)
            page.show('rooms', 'nodes')
          }}
        >
          {messages.start.others}
        </button>
      )}
    </div>
  )
}
