/** A node that cannot start or go on: what happened, in a sentence, and what one can do. */
import type { NodeFailure } from '../../worker/api.ts'
import { Mark } from './Icon.tsx'
import { messages } from '../messages.ts'
import { failureSentences } from '../refusal-messages.ts'
import { useNodeState } from '../state/bindings.ts'
import { StoredRoom } from './StoredRoom.tsx'

export function Failed({ failure }: { readonly failure: NodeFailure }) {
  const { title, body } = failureSentences[failure]
  /** Null where no disk is known. */
  const node = useNodeState((state) => state.opened?.node ?? state.claim)
  const roomName = useNodeState((state) => state.opened?.roomName ?? '')
  const toStart = (): void => {
    history.replaceState(null, '', location.pathname)
    location.reload()
  }
  return (
    <div className="failed" role="alert">
      <Mark />
      <h2>{title}</h2>
      <p>{body}</p>
      {node !== null && failure !== 'bad-link' && failure !== 'storage-gone' && (
        <>
          <p className="quiet">{messages.failed.exportLead}</p>
          <StoredRoom nodes={[node]} roomName={roomName} />
        </>
      )}
      <div className="row">
        {failure !== 'bad-link' && (
          <button type="button" className="button-accent" onClick={() => location.reload()}>
            {messages.failed.again}
          </button>
        )}
        <button type="button" className="button" onClick={toStart}>
          {messages.failed.toStart}
        </button>
      </div>
    </div>
  )
}
