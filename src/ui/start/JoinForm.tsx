/**
 * Joins a room by its link, as it was pasted or scanned. What is no link stays in the field, with what is wrong with it. A link that was
 * made at another address is not followed at once: this page has another relay, and a person would wait in an empty room.
 */
import { useCallback, useId, useState, type FormEvent } from 'react'
import { findLink, charactersOfLink } from '../../core/room-link.ts'
import { Scan } from '../qr/Scan.tsx'
import { type Elsewhere, elsewhereOf } from '../state/start-up.ts'
import { startMessages as text } from './start-messages.ts'

interface JoinFormProps {
  /** What stands in the field at first, and is no link: the address with which the page was opened. */
  readonly mistyped: string | null
  /** Joins the room of a link, with or without an invitation. */
  onJoin(link: string): void
}

export function JoinForm({ mistyped, onJoin }: JoinFormProps) {
  const [words, setWords] = useState(mistyped ?? '')
  const [bad, setBad] = useState(mistyped === null ? '' : `${text.mistyped} ${text.badLink(charactersOfLink(mistyped))}`)
  const [elsewhere, setElsewhere] = useState<(Elsewhere & { readonly fragment: string }) | null>(null)
  const fieldId = useId()
  const badId = useId()

  const follow = useCallback(
    (followed: string): void => {
      const found = findLink(followed)
      const there = found && elsewhereOf(found, location.href)
      if (found !== null && there === null) return onJoin(found.fragment)
      setWords(followed)
      setBad(found === null ? text.badLink(charactersOfLink(followed)) : '')
      setElsewhere(found && there && { ...there, fragment: found.fragment })
    },
    [onJoin],
  )
  const join = (event: FormEvent): void => {
    event.preventDefault()
    follow(words)
  }

  return (
    <form className="card" onSubmit={join}>
      <h2>{text.join}</h2>
      <label htmlFor={fieldId}>{text.link}</label>
      <input
        id={fieldId}
        className="input"
        value={words}
        placeholder={text.linkPlaceholder}
        aria-invalid={bad !== ''}
        aria-describedby={badId}
        autoFocus={mistyped !== null}
        onChange={(event) => {
          setWords(event.target.value)
          setBad('')
          setElsewhere(null)
        }}
      />
      <p id={badId} className="bad" role="status">
        {bad}
      </p>
      <div role="status" className="said">
        {elsewhere !== null && <MadeElsewhere elsewhere={elsewhere} />}
      </div>
      <div className="row">
        {elsewhere === null ? (
          <button type="submit" className="button">
            {text.joinNow}
          </button>
        ) : (
          <button type="button" className="button" onClick={() => onJoin(elsewhere.fragment)}>
            {text.joinHere}
          </button>
        )}
        <Scan onText={follow} />
      </div>
    </form>
  )
}

function MadeElsewhere({ elsewhere: { place, href, isLoopback } }: { readonly elsewhere: Elsewhere }) {
  return (
    <div className="notice-warn elsewhere">
      <p>{`${text.elsewhere(place)}${isLoopback ? ` ${text.elsewhereIsHere(place)}` : ''}`}</p>
      <p>
        <a href={href} rel="noreferrer">
          {text.openThere(place)}
        </a>
      </p>
    </div>
  )
}
