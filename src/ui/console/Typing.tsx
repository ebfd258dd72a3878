/** Who of the others is typing now, in a line that is always there, so that nothing moves when somebody begins. */
import { useMemo } from 'react'
import { messages } from '../messages.ts'
import { lookOf } from '../shared/AuthorMark.tsx'
import { useNodeState } from '../state/bindings.ts'

const text = messages.console

/** Names in the line; of more, how many. */
const NAMED = 3

export function Typing() {
  const present = useNodeState((state) => state.status?.present)
  const names = useMemo(
    () => (present ?? []).filter(({ typing }) => typing).map(({ author, name }) => (name === '' ? lookOf(author).name : name)),
    [present],
  )
  const shown = names.slice(0, NAMED)
  return (
    <p className="typing" aria-live="off">
      {shown.map((name, i) => (
        <span key={i}>
          {i > 0 && ', '}
          <bdi>{name}</bdi>
        </span>
      ))}
      {names.length > 0 && <span> {text.typing(names.length, names.length - shown.length)}</span>}
    </p>
  )
}
