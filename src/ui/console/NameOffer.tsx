/** The name that is kept from another room, before anybody here sees it: it is told with what is written first, unless its owner decides otherwise. */
import { lookOf } from '../shared/AuthorMark.tsx'
import { messages } from '../messages.ts'
import { useNode, useNodeState, usePage, usePageState } from '../state/bindings.ts'

const text = messages.nameOffer

export function NameOffer() {
  const page = usePage()
  const node = useNode()
  const name = useNodeState((state) => state.offeredName)
  const author = useNodeState((state) => state.opened!.node)
  // That place asks the same, with the name in its field.
  const isAsked = usePageState(({ place, focus }) => place === 'node' && focus === node.slot)
  if (name === '' || isAsked) return null

  const change = (): void => {
    page.focus(node.slot)
    page.show('node')
  }
  return (
    <div className="name-offer">
      <p className="their-text" role="status">
        {node.slot === 0 ? text.offer(name) : text.offerOf(lookOf(author).name, name)}
      </p>
      <div className="row">
        <button type="button" className="button-plain" onClick={change}>
          {text.change}
        </button>
        <button type="button" className="button-plain" onClick={() => node.declineName()}>
          {text.decline}
        </button>
      </div>
    </div>
  )
}
