/** Who this node is and how far it agrees: its name, its key in short, the state of its peers, its digest, its Offline switch. */
import { AgreementMark } from '../shared/AgreementMark.tsx'
import { AuthorMark, AuthorName, ChosenName, Id, lookOf, shortId } from '../shared/AuthorMark.tsx'
import { Icon } from '../shared/Icon.tsx'
import { messages } from '../messages.ts'
import { CatchUp } from './CatchUp.tsx'
import { PathTrouble } from './PathTrouble.tsx'
import { agreementOf } from '../state/agreement.ts'
import { useNode, useNodeState, usePage } from '../state/bindings.ts'
import type { Part } from '../state/page.ts'
import type { Hex } from '../../worker/api.ts'

const text = messages.nodeBar

export function NodeBar({ author }: { readonly author: Hex }) {
  const page = usePage()
  const node = useNode()
  const status = useNodeState((state) => state.status)
  const chosen = useNodeState((state) => state.names.get(author))
  const agreement = agreementOf(status)
  const agrees = agreement.type === 'peers' && agreement.equal === agreement.peers
  const own = node.slot === 0
  const offline = status?.offline ?? false
  const quiet = agreement.type === 'peers' && agreement.unheard === agreement.peers
  const { name } = lookOf(author)

  const show = (place: 'peers' | 'node', part?: Part): void => {
    page.focus(node.slot)
    page.show(place, part)
  }

  const showLie = async (): Promise<void> => {
    const [first] = await node.equivocations(0, 1)
    if (first === undefined) return
    page.focus(node.slot)
    node.select(first.ops[0])
  }

  return (
    <header className="node-bar">
      <div className="node-bar-row node-bar-who">
        <button type="button" className="chip" onClick={() => show('node')} title={author}>
          <AuthorMark author={author} />
          <span className="chip-lines">
            <span className="chip-line">
              <AuthorName author={author} />
              {own && <span className="chip-you">{messages.you}</span>}
            </span>
            <span className="chip-line">
              <ChosenName name={chosen} />
              <Id>{shortId(author)}</Id>
            </span>
          </span>
        </button>
        <button
          type="button"
          role="switch"
          className="switch"
          aria-checked={offline}
          aria-label={own ? text.offline : text.offlineOf(name)}
          title={offline ? text.onlineHint : text.offlineHint}
          onClick={() => node.setOffline(!offline)}
        >
          <span data-now={!offline}>{text.online}</span>
          <span data-now={offline}>{text.offline}</span>
        </button>
        {!own && (
          <button
            type="button"
            className="button-icon"
            aria-label={text.remove(name)}
            title={text.remove(name)}
            onClick={() => page.removeNode(node.slot)}
          >
            <Icon name="close" />
          </button>
        )}
      </div>
      {status !== null && <PathTrouble status={status} onShow={() => show('peers')} />}
      <div className="node-bar-row node-bar-facts">
        <button
          type="button"
          className="agreement"
          data-type={agrees ? 'agrees' : quiet ? 'unheard' : agreement.type}
          title={text.peersHint}
          onClick={() => show('peers')}
        >
          <AgreementMark agreement={agreement} />
          <span>{messages.agreement(agreement)}</span>
        </button>
        {status !== null && (
          <span className="facts">
            {status.fetching === null && <span className="fact-ops">{messages.ops(status.ops)}</span>}
            <code translate="no" className="id digest" title={`${text.digestHint}\n${status.digest}`}>
              <span className="visually-hidden">{text.digest} </span>
              {shortId(status.digest)}
            </code>
          </span>
        )}
      </div>
      {status !== null && <CatchUp status={status} />}
      {status !== null && status.pending + status.rejected + status.equivocations > 0 && (
        <p className="node-bar-row node-bar-odd">
          {status.equivocations > 0 && (
            <button type="button" className="fact-danger" title={text.equivocationsHint} onClick={() => void showLie()}>
              {text.equivocations(status.equivocations)}
            </button>
          )}
          {status.rejected > 0 && (
            <button type="button" className="fact-danger" title={text.rejectedHint} onClick={() => show('node', 'refused')}>
              {text.rejected(status.rejected)}
            </button>
          )}
          {status.pending > 0 && (
            <button type="button" className="fact-warn" title={text.pendingHint} onClick={() => show('node', 'pending')}>
              {text.pending(status.pending)}
            </button>
          )}
        </p>
      )}
    </header>
  )
}
