/** The nodes this browser has kept, latest used first: one click and the tab is that node again. */
import { useEffect, useState } from 'react'
import type { KeptNode } from '../../worker/api.ts'
import { AuthorMark, AuthorName, Id, shortId } from '../shared/AuthorMark.tsx'
import { messages, timeAgo } from '../messages.ts'
import { usePage } from '../state/bindings.ts'

const text = messages.start

export function RoomList({ onResume }: { onResume(node: KeptNode): void }) {
  const page = usePage()
  const [nodes, setNodes] = useState<readonly KeptNode[]>([])
  useEffect(() => {
    let shown = true
    void page.rooms().then((found) => {
      const running = page.store.getState().nodes.map((node) => node.store.getState().opened?.node)
      if (shown) setNodes(found.filter(({ id }) => !running.includes(id)))
    })
    return () => {
      shown = false
    }
  }, [page])
  if (nodes.length === 0) return null
  return (
    <section className="kept">
      <h2>{text.earlier}</h2>
      <ul role="list">
        {nodes.map((node) => (
          <li key={node.id}>
            <button type="button" className="kept-node" aria-label={text.resume(node.roomName)} onClick={() => onResume(node)}>
              <AuthorMark author={node.id} />
              <span className="kept-room">
                <bdi>{node.roomName}</bdi>
              </span>
              <span className="kept-who">
                <AuthorName author={node.id} /> <Id>{shortId(node.id)}</Id>
              </span>
              <span className="kept-when">{text.used(timeAgo(node.lastUsed / 1000, Date.now() / 1000))}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
