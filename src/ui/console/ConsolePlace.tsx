/** One node's console: who it is, its history, and where one types as it. */
import type { PageNode } from '../state/page-node.ts'
import { useStore } from 'zustand/react'
import { messages } from '../messages.ts'
import { Failed } from '../shared/Failed.tsx'
import { NodeProvider } from '../state/bindings.ts'
import { Composer } from './Composer.tsx'
import { History } from './History.tsx'
import { NodeBar } from './NodeBar.tsx'
import { OtherVersion } from './OtherVersion.tsx'
import { Search } from './Search.tsx'

export function ConsolePlace({ node }: { readonly node: PageNode }) {
  const author = useStore(node.store, (state) => state.opened?.node ?? null)
  const failure = useStore(node.store, (state) => state.failure)
  return (
    <NodeProvider value={node}>
      {failure !== null && <Failed failure={failure} />}
      {author === null && failure === null && <p className="console-wait">{messages.console.starting}</p>}
      {author !== null && (
        <>
          {node.slot === 0 && <OtherVersion />}
          <NodeBar author={author} />
          <Search />
          {node.slot === 0 && !isSecureContext && <Insecure />}
          <History author={author} />
          <Composer author={author} />
        </>
      )}
    </NodeProvider>
  )
}

/** One line where room is dear: the rest is a press away. */
function Insecure() {
  return (
    <details className="notice-warn insecure">
      <summary>{messages.console.insecure}</summary>
      {messages.console.insecureMore}
    </details>
  )
}
