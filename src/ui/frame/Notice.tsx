/** Something said for a moment ("Link copied"), for eyes and screen readers. */
import { useEffect, useState } from 'react'
import { usePageState } from '../state/bindings.ts'

/** Long enough to read two sentences (ms). */
const SHOWN_FOR = 5_000

export function Notice() {
  const notice = usePageState((state) => state.notice)
  const [shown, setShown] = useState(false)
  useEffect(() => {
    if (notice === null) return
    setShown(true)
    const timer = setTimeout(() => setShown(false), SHOWN_FOR)
    return () => clearTimeout(timer)
  }, [notice])
  return (
    <p className="toast" role="status" data-shown={shown}>
      {shown ? notice?.text : ''}
    </p>
  )
}
