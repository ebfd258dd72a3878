/** That a path is down or cut, and what is left: peers that agree are only those that this node still reaches. */
import type { NodeStatus } from '../../worker/api.ts'
import { messages } from '../messages.ts'
import { troubleInWords } from '../refusal-messages.ts'
import { troubleOf } from '../state/reach.ts'

interface PathTroubleProps {
  readonly status: NodeStatus
  /** Shows the paths. */
  onShow(): void
}

export function PathTrouble({ status, onShow }: PathTroubleProps) {
  const trouble = troubleOf(status)
  if (trouble === null) return null
  return (
    <p className="node-bar-row" role="status">
      <button type="button" className="path-trouble" title={messages.nodeBar.pathsHint} onClick={onShow}>
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          <path d="M1 8h4M11 8h4M6 12L10 4" />
        </svg>
        <span>{troubleInWords(trouble)}</span>
      </button>
    </p>
  )
}
