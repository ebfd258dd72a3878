/** Which node is selected, when several run in this page: one press and graph and places are another node's, and its console is in sight. */
import { useStore } from 'zustand/react'
import { AuthorMark, AuthorName, lookOf } from '../shared/AuthorMark.tsx'
import { messages } from '../messages.ts'
import { usePage } from '../state/bindings.ts'
import type { PageNode } from '../state/page-node.ts'

const text = messages.nodeSwitch

function NodeChoice({ node, looked }: { readonly node: PageNode; readonly looked: boolean }) {
  const page = usePage()
  const author = useStore(node.store, (state) => state.opened?.node ?? null)
  if (author === null) return null
  return (
    <button type="button" aria-pressed={looked} aria-label={text.select(lookOf(author).name)} onClick={() => page.focus(node.slot)}>
      <AuthorMark author={author} />
      <AuthorName author={author} />
    </button>
  )
}

export function NodeSwitch({ nodes, looked }: { readonly nodes: readonly PageNode[]; readonly looked: PageNode }) {
  return (
    <div className="node-switch" role="group" aria-label={text.name}>
      {nodes.map((node) => (
        <NodeChoice key={node.slot} node={node} looked={node === looked} />
      ))}
    </div>
  )
}
