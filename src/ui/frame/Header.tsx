/** The slim bar on top: what this is, which room, and the ways to more nodes. */
import { useState } from 'react'
import { useStore } from 'zustand/react'
import { copyText } from '../shared/copy-text.ts'
import { Icon, Mark } from '../shared/Icon.tsx'
import { shownRoomName } from '../shared/room-name.ts'
import { messages } from '../messages.ts'
import { useUpdate } from '../service-worker.ts'
import { usePage } from '../state/bindings.ts'
import type { PageNode } from '../state/page-node.ts'
import { onlyHere } from '../state/start-up.ts'
import { Menu, type MenuAction } from './Menu.tsx'
import { Notice } from './Notice.tsx'
import { useTitle } from './use-title.ts'

const text = messages.header

function Action({ name, icon, act, disabled }: MenuAction & { readonly disabled: boolean }) {
  return (
    <button type="button" className="button action" aria-label={name} title={name} disabled={disabled} onClick={act}>
      <Icon name={icon} />
      <span className="action-label" aria-hidden="true">
        {name}
      </span>
    </button>
  )
}

export function Header({ own }: { readonly own: PageNode }) {
  const page = usePage()
  const opened = useStore(own.store, (state) => state.opened)
  const update = useUpdate()
  const [menu, setMenu] = useState(false)
  const hasArrived = useStore(own.store, ({ status }) => status !== null && status.ops > 0)
  const name = opened === null ? '' : shownRoomName(opened)

  useTitle(own.store)

  const share = async (): Promise<void> => {
    const host = onlyHere(location.href)
    page.say((await copyText(location.href)) ? (host === null ? text.shared : text.sharedHere(host)) : text.shareFailed)
  }

  // Without "noopener" the new tab would begin with a copy of this one's sessionStorage, and so with its claim.
  const openTab = (): void => {
    window.open(location.href, '_blank', 'noopener')
  }

  const actions: readonly MenuAction[] = [
    { name: text.openTab, icon: 'tab', act: openTab },
    { name: text.addNode, icon: 'node', act: () => page.addNode() },
  ]

  return (
    <header className="top">
      <Mark />
      <strong className="brand">{messages.brand}</strong>
      <h1 className="room-name">
        <bdi>{name}</bdi>
        {opened?.roomName === '' && !hasArrived && <span className="room-awaited"> {messages.room.awaited}</span>}
      </h1>
      <Notice />
      <div className="top-actions">
        {update !== null && (
          <button type="button" className="button update" aria-label={text.update} title={text.updateHint} onClick={update}>
            <Icon name="reload" />
            <span className="update-label" aria-hidden="true">
              {text.update}
            </span>
          </button>
        )}
        {actions.map((action) => (
          <Action key={action.name} {...action} disabled={opened === null} />
        ))}
        <button
          type="button"
          className="button-icon"
          aria-label={text.share}
          title={text.share}
          disabled={opened === null}
          onClick={() => void share()}
        >
          <Icon name="link" />
        </button>
        <button
          type="button"
          className="button-icon"
          aria-label={text.menu}
          title={text.menu}
          aria-haspopup="menu"
          aria-expanded={menu}
          onClick={() => setMenu(!menu)}
        >
          <Icon name="menu" />
        </button>
      </div>
      {menu && <Menu actions={opened === null ? [] : actions} onClose={() => setMenu(false)} />}
    </header>
  )
}
