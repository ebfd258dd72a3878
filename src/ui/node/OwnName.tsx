/**
 * The name that others see while this node is here: said by no op, kept in this browser for this node, and for nodes in other rooms. In a
 * room in which its owner has not acted yet it is not told, nor by a second node of a room; the field says so.
 */
import { useId, useState } from 'react'
import { messages } from '../messages.ts'
import { useNode, useNodeState } from '../state/bindings.ts'

const text = messages.node

/** As many characters as others show (`net/direct/signal.ts`). */
const MAX_LENGTH = 40

export function OwnName() {
  const node = useNode()
  const isTold = useNodeState((state) => state.allowed.name)
  const isTaken = useNodeState((state) => state.isNameTaken)
  const id = useId()
  const [name, setName] = useState(node.ownName)
  return (
    <div className="own-name">
      <label htmlFor={id}>{text.ownName}</label>
      <input
        id={id}
        className="input"
        value={name}
        maxLength={MAX_LENGTH}
        placeholder={text.ownNamePlaceholder}
        onChange={(event) => {
          setName(event.target.value)
          node.sayName(event.target.value)
        }}
      />
      {!isTold && name !== '' && (
        <p className="own-name-held" role="status">
          {isTaken ? text.ownNameTaken : text.ownNameHeld}
          <button type="button" className="button" onClick={() => node.sayName(name)}>
            {text.ownNameTell}
          </button>
        </p>
      )}
    </div>
  )
}
