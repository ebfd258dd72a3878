/** Who of the others is typing now, in a line that is always there, so that nothing moves when somebody begins. */
import { useMemo } from 'react'
import { messages } from '../messages.ts'
import { AuthorMark, AuthorName, ChosenName } from '../shared/AuthorMark.tsx'
import { useNodeState } from '../state/bindings.ts'

const text = messages.console

/** Authors in the line; of more, how many. */
const NAMED = 3

export function Typing() {
  const present = useNodeState((state) => state.status?.present)
  const typists = useMemo(() => (present ?? []).filter(({ typing }) => typing), [present])
  const shown = typists.slice(0, NAMED)
  return (
    <p className="typing" aria-live="off">
      {shown.map(({ author, name }) => (
        <span key={author} className="typist">
          <AuthorMark author={author} />
          <AuthorName author={author} />
          <ChosenName name={name} />
        </span>
      ))}
      {typists.length > 0 && <span className="typing-words"> {text.typing(typists.length, typists.length - shown.length)}</span>}
    </p>
  )
}
