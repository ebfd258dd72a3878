/**
 * The name that others see while this node is here: said by no op, kept in this browser for this node, and for nodes in other rooms. In a
 * room in which its owner has not acted yet it is not told; the field says so. It also says what others see of what was typed.
 */
import { useEffect, useId, useState, type FormEvent } from 'react'
import { lookOf } from '../shared/AuthorMark.tsx'
import { firstCharacters } from '../shared/first-characters.ts'
import { useNode, useNodeState, usePageState } from '../state/bindings.ts'
import { nodeMessages as text } from './node-messages.ts'

/** As many characters as others show (`net/direct/signal.ts`). */
const MAX_LENGTH = 40
/** What others see is said when nothing was typed for so long (ms): not for each key. */
const TYPING_PAUSE = 700

export function OwnName() {
  const node = useNode()
  const isTold = useNodeState((state) => state.allowed.name)
  /** What the node itself says to others by now. */
  const seen = useNodeState((state) => state.names.get(state.opened?.node ?? '') ?? '')
  /** With several nodes in the page, "your name" could be that of any of them. */
  const several = usePageState(({ nodes }) => nodes.length > 1)
  const author = useNodeState((state) => state.opened!.node)
  const id = useId()
  const signId = useId()
  const [name, setName] = useState(node.ownName)
  const [isChanged, setChanged] = useState(false)
  /** The name of which it is said what others see of it. */
  const [judged, setJudged] = useState(name)
  useEffect(() => {
    const timer = setTimeout(() => setJudged(name), TYPING_PAUSE)
    return () => clearTimeout(timer)
  }, [name])
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    setChanged(true)
    setJudged(name)
  }

  const isTooLong = firstCharacters(name, MAX_LENGTH) !== name.trim()
  const isJudged = isTold && judged === name
  const isNone = isChanged && name.trim() === ''
  const sign = isNone ? text.ownNameNone : seen === '' ? '' : isTooLong ? text.ownNameLong(MAX_LENGTH, seen) : text.ownNameSeen(seen)
  return (
    <form className="own-name" onSubmit={onSubmit}>
      <label htmlFor={id}>{several ? text.ownNameOf(lookOf(author).name) : text.ownName}</label>
      <input
        id={id}
        className="input"
        value={name}
        placeholder={text.ownNamePlaceholder}
        aria-invalid={isJudged && isTooLong}
        aria-describedby={signId}
        onChange={(event) => {
          setName(event.target.value)
          setChanged(true)
          node.sayName(firstCharacters(event.target.value, MAX_LENGTH))
        }}
      />
      <p id={signId} className="own-name-sign their-text" data-bad={isTooLong} role="status">
        {isJudged ? sign : ''}
      </p>
      {!isTold && name !== '' && (
        <p className="own-name-held" role="status">
          {text.ownNameHeld}
          <button type="button" className="button" onClick={() => node.sayName(name)}>
            {text.ownNameTell}
          </button>
        </p>
      )}
    </form>
  )
}
