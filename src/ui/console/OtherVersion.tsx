/** Says that somebody in the room speaks another version of the protocol, and which of the two is to be reloaded. */
import { useEffect, useState } from 'react'
import type { PeerStatus } from '../../worker/api.ts'
import { messages } from '../messages.ts'
import { lookForUpdate, useUpdate } from '../service-worker.ts'
import { useNodeState } from '../state/bindings.ts'

const text = messages.otherVersion

/**
 * How long it is still said once no peer has another version any more (ms). A participant may change its version at any rate, and what is
 * on the screen must not move each time.
 */
const STAYS = 60_000

export function OtherVersion() {
  const later = useSaid('later')
  const earlier = useSaid('earlier')
  const update = useUpdate()
  useEffect(() => {
    if (later.isSaid) void lookForUpdate()
  }, [later.isSaid])
  if (!later.isSaid && !earlier.isSaid) return null
  const close = (): void => {
    later.close()
    earlier.close()
  }
  // This tab first: reloaded, it may find that there is no older one.
  return (
    <div className="notice-warn other-version" role="status">
      <p>{later.isSaid ? text.later : text.earlier}</p>
      <div className="other-version-buttons">
        {later.isSaid && (
          <button type="button" className="button" onClick={update ?? (() => location.reload())}>
            {text.reload}
          </button>
        )}
        <button type="button" className="button" onClick={close}>
          {messages.close}
        </button>
      </div>
    </div>
  )
}

/** Whether a peer has this version, or had it within `STAYS`. What a person closed is not said again before a reload. */
function useSaid(which: PeerStatus['version']): { readonly isSaid: boolean; close(): void } {
  const is = useNodeState((state) => state.status?.peers.some(({ version }) => version === which) ?? false)
  const [stays, setStays] = useState(false)
  const [isClosed, setIsClosed] = useState(false)
  useEffect(() => {
    if (is) {
      setStays(true)
      return
    }
    const timer = setTimeout(() => setStays(false), STAYS)
    return () => clearTimeout(timer)
  }, [is])
  return {
    isSaid: (is || stays) && !isClosed,
    close() {
      if (is || stays) setIsClosed(true)
    },
  }
}
