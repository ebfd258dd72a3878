/** Why this node does not write yet: its disk may be older than what it has sent. A person may decide not to wait. */
import { messages } from '../messages.ts'
import { useNode, useNodeState } from '../state/bindings.ts'

const text = messages.olderDisk

export function OlderDisk() {
  const node = useNode()
  const waits = useNodeState((state) => state.status?.waits ?? null)
  if (waits === null) return null
  return (
    <div className="unsent unsent-waiting" role="status">
      <p>
        {text[waits.why]} {waits.answered ? text.listening : text.unanswered}
      </p>
      <p>{text.risk}</p>
      <div className="row">
        <button type="button" className="button" onClick={() => node.writeNow()}>
          {text.writeNow}
        </button>
      </div>
    </div>
  )
}
