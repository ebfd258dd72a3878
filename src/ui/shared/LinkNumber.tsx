/** What tells two links apart at a glance, of which a person cannot compare all characters: the beginning of a hash of the whole link. */
import { messages } from '../messages.ts'
import { useNodeState } from '../state/bindings.ts'
import { Id, shortId } from './AuthorMark.tsx'

export function LinkNumber() {
  const linkId = useNodeState((state) => state.opened?.linkId ?? '')
  return (
    <p>
      {messages.console.linkNumber} <Id>{shortId(linkId)}</Id>
    </p>
  )
}
