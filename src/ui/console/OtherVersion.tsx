/** Says that somebody in the room speaks another version of the protocol, and which of the two is to be reloaded. */
import { useEffect } from 'react'
import { messages } from '../messages.ts'
import { lookForUpdate, useUpdate } from '../service-worker.ts'
import { useNodeState } from '../state/bindings.ts'

const text = messages.otherVersion

export function OtherVersion() {
  const later = useNodeState((state) => state.status?.peers.some(({ version }) => version === 'later') ?? false)
  const earlier = useNodeState((state) => state.status?.peers.some(({ version }) => version === 'earlier') ?? false)
  const update = useUpdate()
  useEffect(() => {
    if (later) void lookForUpdate()
  }, [later])
  if (!later && !earlier) return null
  // This tab first: reloaded, it may find that there is no older one.
  return (
    <div className="notice-warn other-version" role="status">
      <p>{later ? text.later : text.earlier}</p>
      {later && (
        <button type="button" className="button" onClick={update ?? (() => location.reload())}>
          {text.reload}
        </button>
      )}
    </div>
  )
}
