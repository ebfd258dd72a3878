/**
 * Something said for a moment ("Link copied"), for eyes and screen readers. It has a place in the bar on top; where the bar has no room for it, it lies
 * over the graph (`narrow.css`). It moves nothing. What offers a choice stays until the choice is made: whoever opened the page may not look at it yet.
 */
import { useEffect, useState } from 'react'
import { messages } from '../messages.ts'
import { Icon } from '../shared/Icon.tsx'
import { usePage, usePageState } from '../state/bindings.ts'

/** Long enough to read two sentences (ms). */
const SHOWN_FOR = 5_000

export function Notice() {
  const page = usePage()
  const notice = usePageState((state) => state.notice)
  const [shown, setShown] = useState(false)
  /** The pointer or the focus is on it. */
  const [held, setHeld] = useState(false)
  useEffect(() => setShown(notice !== null), [notice])
  useEffect(() => {
    if (notice === null || notice.others || held) return
    const timer = setTimeout(() => setShown(false), SHOWN_FOR)
    return () => clearTimeout(timer)
  }, [notice, held])
  const hold = {
    onPointerEnter: () => setHeld(true),
    onPointerLeave: () => setHeld(false),
    onFocus: () => setHeld(true),
    onBlur: () => setHeld(false),
  }
  const close = (): void => {
    setShown(false)
    setHeld(false)
  }
  return (
    <div className="toast" data-shown={shown} {...hold}>
      <p role="status">{shown ? notice?.text : ''}</p>
      {shown && notice?.others === true && (
        <>
          <button
            type="button"
            className="toast-button"
            onClick={() => {
              close()
              page.show('rooms', 'nodes')
            }}
          >
            {messages.opening.others}
          </button>
          <button type="button" className="toast-button toast-close" aria-label={messages.close} onClick={close}>
            <Icon name="close" />
          </button>
        </>
      )}
    </div>
  )
}
