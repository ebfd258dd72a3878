/** Catching up, while there is much of it: how far, how many bytes, from whom, and a button to pause it. The bar above tells the ops. */
import { AuthorMark, AuthorName, ChosenName, Id, shortId } from '../shared/AuthorMark.tsx'
import { bytesInWords } from '../bytes-in-words.ts'
import { messages } from '../messages.ts'
import { useNode, useNodeState } from '../state/bindings.ts'
import type { NodeStatus } from '../../worker/api.ts'

const text = messages.catchUp

/** Fewer ops to come are here before anyone has read how many. */
const WORTH_SHOWING = 512

export function CatchUp({ status }: { readonly status: NodeStatus }) {
  const node = useNode()
  const names = useNodeState((state) => state.names)
  const { fetching, paused } = status
  if (paused)
    return (
      <p className="node-bar-row catch-up" data-paused="true">
        <span className="catch-up-words">{text.paused}</span>
        <button type="button" className="catch-up-button" onClick={() => node.setPaused(false)}>
          {text.resume}
        </button>
      </p>
    )
  if (fetching === null || fetching.of === null || fetching.of < WORTH_SHOWING) return null
  const author = status.peers.find(({ peer }) => peer === fetching.from)?.author ?? null
  return (
    <div className="node-bar-row catch-up">
      <progress className="catch-up-bar" aria-label={text.label} value={fetching.got} max={fetching.of} />
      <span className="catch-up-words">
        {bytesInWords(fetching.bytes)} {text.from}{' '}
        {author === null ? (
          <Id>{shortId(fetching.from)}</Id>
        ) : (
          <>
            <AuthorMark author={author} /> <AuthorName author={author} /> <ChosenName name={names.get(author)} />
          </>
        )}
      </span>
      <button type="button" className="catch-up-button" title={text.pauseHint} onClick={() => node.setPaused(true)}>
        {text.pause}
      </button>
    </div>
  )
}
