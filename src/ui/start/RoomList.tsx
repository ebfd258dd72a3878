/**
 * The rooms that this browser keeps, the one that was used last first. Each shows its last message and its nodes. One click resumes a node, or
 * forgets it.
 */
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { greatestOf } from '../../core/lists.ts'
import type { Hex, KeptNode, StoredFacts } from '../../worker/api.ts'
import { AuthorMark } from '../shared/AuthorMark.tsx'
import { Icon } from '../shared/Icon.tsx'
import { messages, timeAgo } from '../messages.ts'
import { keptMessages as text } from './kept-messages.ts'
import { shownRoomName } from '../shared/room-name.ts'
import { KeptAuthor } from './KeptAuthor.tsx'
import { KeptNodes } from './KeptNodes.tsx'
import { useAgeClock } from '../state/bindings.ts'
import type { KeptRoom } from './kept-rooms.ts'
import type { KeptRooms } from './use-kept-rooms.ts'
import { useStoredFacts } from './use-stored-facts.ts'
import './kept.css'

/** Nodes whose marks are shown beside their room's name. */
const MARKS = 4

/** `onResume` is given the room's link and the node to be, or null where all run. */
export type Resume = (link: string, node: string | null) => void

interface RoomListProps {
  readonly kept: KeptRooms
  /** Rooms that are shown before a person asks for all. */
  readonly most?: number
  /** The nodes of the room that is open here are shown. */
  readonly unfolded?: boolean
  readonly onResume: Resume
  /** Somebody types while the focus is on a room: a person who does not look for that room. */
  onTyping?(): void
}

export function RoomList({ kept: { rooms, here, look }, most = Infinity, unfolded = false, onResume, onTyping }: RoomListProps) {
  const [all, setAll] = useState(false)
  const list = useRef<HTMLUListElement>(null)
  const isThere = rooms !== null && rooms.length > 0
  // Who comes back goes on with Enter. What a person has gone to meanwhile keeps the focus.
  useEffect(() => {
    const { activeElement } = document
    if (isThere && (activeElement === document.body || activeElement?.matches('[role="dialog"]') === true))
      list.current?.querySelector<HTMLElement>(unfolded ? '.kept-acts button' : '.kept-room:enabled')?.focus()
  }, [isThere, unfolded])
  const shown = (rooms ?? []).slice(0, all ? undefined : most)
  const facts = useStoredFacts(shown.map(({ nodes }) => nodes[0].id))
  if (rooms === null || rooms.length === 0) return null
  return (
    <section className="kept">
      <h2>{text.title}</h2>
      <ul role="list" ref={list}>
        {shown.map((room) => (
          <Room
            key={room.link}
            room={room}
            facts={facts.get(room.nodes[0].id)}
            here={room.link === here?.link ? here.nodes : null}
            unfolded={unfolded && room.link === here?.link}
            onResume={onResume}
            onTyping={onTyping}
            onForgotten={look}
          />
        ))}
      </ul>
      {!all && rooms.length > most && (
        <button type="button" className="button-plain" onClick={() => setAll(true)}>
          {text.all(rooms.length)}
        </button>
      )}
    </section>
  )
}

interface RoomProps {
  readonly room: KeptRoom
  /** What is on the disk of its first node; undefined while nobody knows, null if it cannot be read. */
  readonly facts: StoredFacts | null | undefined
  /** The nodes of this tab, if they are the room's. To become another one, a person picks that node. */
  readonly here: readonly Hex[] | null
  /** Its nodes are shown from the beginning. */
  readonly unfolded: boolean
  readonly onResume: Resume
  readonly onTyping: (() => void) | undefined
  onForgotten(): void
}

function Room({ room: { link, name, nodes }, facts, here, unfolded, onResume, onTyping, onForgotten }: RoomProps) {
  const [open, setOpen] = useState(unfolded)
  const now = useAgeClock()
  const isHere = here !== null
  const shown = shownRoomName({ roomName: name, room: nodes[0].room })
  const free = nodes.find(({ runs }) => !runs)
  return (
    <li className="kept-item" data-open={open}>
      <button
        type="button"
        className="kept-room"
        aria-label={isHere ? text.isHere(shown) : text.resume(shown)}
        disabled={isHere}
        onClick={() => onResume(link, free?.id ?? null)}
        onKeyDown={(event) => {
          if (isLetter(event)) onTyping?.()
        }}
      >
        <span className="kept-name">
          <bdi>{shown}</bdi>
        </span>
        <span className="kept-last their-text">{facts !== undefined && <Last facts={facts} isNameless={name === ''} now={now} />}</span>
        <span className="kept-who" hidden={open && nodes.length === 1}>
          {(here ?? nodes.map(({ id }) => id)).slice(0, MARKS).map((id) => (
            <AuthorMark key={id} author={id} />
          ))}
          {isHere ? (
            <Here here={here} linkId={nodes[0].linkId} others={nodes.filter(({ id }) => !here.includes(id)).length} />
          ) : (
            <Who nodes={nodes} />
          )}
        </span>
        <span className="kept-when">{isHere ? text.here : whenOf(nodes, now)}</span>
      </button>
      <button
        type="button"
        className="button-icon kept-more"
        aria-label={text.more(shown)}
        title={text.more(shown)}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="menu" />
      </button>
      {open && (
        <KeptNodes nodes={nodes} here={here ?? []} roomName={name} onResume={(id) => onResume(link, id)} onForgotten={onForgotten} />
      )}
    </li>
  )
}

/** When somebody was in the room last, and what they did: wrote, or opened it. */
function whenOf(nodes: readonly KeptNode[], now: number): string {
  const lastUsed = greatestOf(nodes.map((node) => node.lastUsed))
  const isWritten = nodes.some(({ lastWritten }) => lastWritten === lastUsed)
  return (isWritten ? text.written : text.opened)(timeAgo(lastUsed / 1000, now))
}

/** What tells the room apart from others of its name. */
function Last({ facts, isNameless, now }: { readonly facts: StoredFacts | null; readonly isNameless: boolean; readonly now: number }) {
  // In elements: a bare text that comes and goes breaks the page under a translator.
  if (facts === null) return <span>{text.unreadable}</span>
  if (facts.createdAt === null) return <span>{isNameless ? messages.room.awaited : text.unreadable}</span>
  if (facts.lastText === null) return <span>{text.empty(timeAgo(facts.createdAt, now))}</span>
  return (
    <span>
      “<bdi>{facts.lastText}</bdi>”
    </span>
  )
}

/** A key that writes something, and does nothing to a button. */
const isLetter = ({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean =>
  key.length === 1 && key !== ' ' && !ctrlKey && !metaKey && !altKey

/** This tab's nodes in the room, and how many others of it are kept. */
function Here({ here, linkId, others }: { readonly here: readonly Hex[]; readonly linkId: Hex; readonly others: number }) {
  const [first] = here
  return (
    <>
      {here.length > 1 || first === undefined ? (
        text.nodes(here.length)
      ) : (
        <>
          <KeptAuthor id={first} linkId={linkId} />
        </>
      )}
      {others > 0 && <span>{text.others(others)}</span>}
    </>
  )
}

function Who({ nodes }: { readonly nodes: readonly KeptNode[] }) {
  const running = nodes.filter(({ runs }) => runs).length
  const [first] = nodes
  if (nodes.length > 1 || first === undefined) return `${text.nodes(nodes.length)}${running > 0 ? `, ${text.nodesRun(running)}` : ''}`
  return (
    <>
      <KeptAuthor id={first.id} linkId={first.linkId} />
      {first.runs && <span>{text.runs}</span>}
    </>
  )
}
