/** This node: its key, what it holds, and what it refused. */
import { AuthorMark, AuthorName, ChosenName } from '../shared/AuthorMark.tsx'
import { useNodeState } from '../state/bindings.ts'
import { VERSION } from '../version.ts'
import { OwnName } from './OwnName.tsx'
import { PendingOps } from './PendingOps.tsx'
import { RefusedLog } from './RefusedLog.tsx'
import { StorageFacts } from './StorageFacts.tsx'
import './node.css'
import { nodeMessages as text } from './node-messages.ts'

/** Groups of 8, as fingerprints are read aloud. */
const grouped = (hex: string): string[] => hex.match(/.{1,8}/g) ?? []

export default function NodePlace() {
  const opened = useNodeState((state) => state.opened)
  const status = useNodeState((state) => state.status)
  const chosen = useNodeState(({ names, opened: own }) => names.get(own?.node ?? ''))
  if (opened === null) return null
  return (
    <>
      <section className="identity">
        <AuthorMark author={opened.node} />
        <div>
          <p className="identity-name their-text">
            <AuthorName author={opened.node} /> <ChosenName name={chosen} />
          </p>
          <p className="quiet">{text.fingerprint}</p>
          <code className="fingerprint">
            {grouped(opened.node).map((group, i) => (
              <span key={i}>{group}</span>
            ))}
          </code>
        </div>
      </section>
      <p className="lead">{text.lead}</p>
      <OwnName />
      <p className="quiet">{text.ownNameHint}</p>

      <h3>{text.storage}</h3>
      {status !== null && <p>{text.ops(status.ops, status.stored)}</p>}
      <StorageFacts />
      <p className="quiet">{text.share}</p>

      <RefusedLog />
      <PendingOps />

      <p className="version">{text.version(VERSION)}</p>
    </>
  )
}
