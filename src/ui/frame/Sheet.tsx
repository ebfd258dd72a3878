/** A place beside the console: over the graph when wide, over everything when narrow. Escape closes it and gives the focus back. */
import { useLayoutEffect, useRef, type ReactNode } from 'react'
import { Icon } from '../shared/Icon.tsx'
import { messages } from '../messages.ts'
import { AuthorMark, AuthorName } from '../shared/AuthorMark.tsx'
import { useNodeState, usePage, usePageState } from '../state/bindings.ts'
import type { Place } from '../state/page.ts'

/** Of several nodes in the page, these show one; the others are about the page or the room. */
const OF_A_NODE: readonly Place[] = ['peers', 'node']

export function Sheet({ place, children }: { readonly place: Place; readonly children: ReactNode }) {
  const page = usePage()
  const sheet = useRef<HTMLElement>(null)
  const title = messages.menu[place]
  const several = usePageState(({ nodes }) => nodes.length > 1)
  const author = useNodeState((state) => state.opened?.node ?? null)

  // Before the effects of what is in it, of which one may want the focus.
  useLayoutEffect(() => {
    const before = document.activeElement
    sheet.current!.focus()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [place])

  return (
    <section className="sheet" role="dialog" aria-label={title} tabIndex={-1} ref={sheet}>
      <div className="sheet-head">
        <h2>{title}</h2>
        {several && author !== null && OF_A_NODE.includes(place) && (
          <p className="sheet-node">
            <AuthorMark author={author} />
            <AuthorName author={author} />
          </p>
        )}
        <button type="button" className="button-icon" aria-label={messages.close} onClick={() => page.show(null)}>
          <Icon name="close" />
        </button>
      </div>
      <div className="sheet-body">{children}</div>
    </section>
  )
}
