/** The name by which this node is known to others while it is here: said by no op, kept in this browser. */
import { useId, useState } from 'react'
import { messages } from '../messages.ts'
import { useNode } from '../state/bindings.ts'

const text = messages.node

/** As many characters as others show (`net/direct/signal.ts`). */
const MAX_LENGTH = 40

export function OwnName() {
  const node = useNode()
  const id = useId()
  const [name, setName] = useState(node.ownName)
  return (
    <p className="own-name">
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
    </p>
  )
}
