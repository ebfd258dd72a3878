/** Where a tab without a room begins: name one, join one by its link, or go on in one that is kept here. */
import { useCallback, useEffect, useId, useRef, useState, type FormEvent } from 'react'
import { MAX_ROOM_NAME } from '../../core/limits.ts'
import { firstCharacters } from '../shared/first-characters.ts'
import { Mark } from '../shared/Icon.tsx'
import { messages } from '../messages.ts'
import { usePage } from '../state/bindings.ts'
import { keepClaim } from '../state/kept.ts'
import { decideStartUp } from '../state/start-up.ts'
import { JoinForm } from './JoinForm.tsx'
import { RoomList } from './RoomList.tsx'
import { useKeptRooms } from './use-kept-rooms.ts'
import { Weave } from './Weave.tsx'
import './start.css'
import { startMessages as text } from './start-messages.ts'

/** Kept rooms that stand before the other ways: with more of them, a new room could not be begun without scrolling. */
const ROOMS_SHOWN = 3

/** The ways wait for the kept rooms, so that nothing moves when these come; but no longer than this for a worker that does not answer (ms). */
const ROOMS_WITHIN = 1_000

export default function StartPlace() {
  const page = usePage()
  const kept = useKeptRooms()
  const isWaiting = useIsWithin(ROOMS_WITHIN) && kept.rooms === null
  const returns = (kept.rooms ?? []).length > 0
  const [name, setName] = useState('')
  /** The page's own address, if it should be a link and is none. */
  const [mistyped] = useState(() => (decideStartUp(location.hash).type === 'mistyped' ? location.href : null))
  const nameId = useId()
  const namelessId = useId()
  const longId = useId()
  const nameField = useRef<HTMLInputElement>(null)

  const shown = firstCharacters(name, MAX_ROOM_NAME)
  const isTooLong = shown !== name.trim()
  const create = (event: FormEvent): void => {
    event.preventDefault()
    page.open(null, shown === '' ? messages.opening.defaultName : shown)
  }

  // The camera starts again with another one.
  const join = useCallback((link: string): void => page.open(link, ''), [page])
  const joinForm = <JoinForm mistyped={mistyped} onJoin={join} />

  return (
    <main className="start" data-returns={returns}>
      <div className="start-lead">
        <p className="start-brand">
          <Mark />
          {messages.brand}
        </p>
        <h1>{text.claim}</h1>
        <p className="start-pitch">{text.pitch}</p>
        <Weave />
        <section className="tries">
          <h2>{text.tryTitle}</h2>
          <ul>
            {text.tries.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </section>
      </div>
      {!isWaiting && (
        <div className="start-ways">
          {mistyped !== null && joinForm}
          <RoomList
            kept={kept}
            most={ROOMS_SHOWN}
            onResume={(link, node) => {
              if (node !== null) keepClaim(link, node)
              page.open(link, '', text.busy)
            }}
            // The key that was pressed is written into the field.
            onTyping={() => nameField.current?.focus()}
          />
          <form className="card" onSubmit={create}>
            <h2>{text.begin}</h2>
            <label htmlFor={nameId}>{text.name}</label>
            <input
              id={nameId}
              ref={nameField}
              className="input"
              value={name}
              placeholder={text.namePlaceholder}
              aria-invalid={isTooLong}
              aria-describedby={`${namelessId} ${longId}`}
              onChange={(event) => setName(event.target.value)}
              // Who comes back has the focus on the rooms above, and who has a link to correct on that.
              autoFocus={kept.rooms !== null && !returns && mistyped === null}
            />
            <p id={namelessId} className="start-note">
              {text.nameless}
            </p>
            <p id={longId} className="bad" role="status">
              {isTooLong ? text.longName(MAX_ROOM_NAME) : ''}
            </p>
            <button type="submit" className="button-accent">
              {text.create}
            </button>
          </form>
          {mistyped === null && joinForm}
          <p className="start-note">{text.open}</p>
          <p className="start-note">
            <a href="#check">{text.check}</a>
          </p>
        </div>
      )}
    </main>
  )
}

/** True for the first `time` ms. */
function useIsWithin(time: number): boolean {
  const [isWithin, setWithin] = useState(true)
  useEffect(() => {
    const timer = setTimeout(() => setWithin(false), time)
    return () => clearTimeout(timer)
  }, [time])
  return isWithin
}
