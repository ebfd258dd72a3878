/**
 * How an author is shown: a shape in its colour, and its nickname. Both come from the key; neither proves anything. What it calls itself
 * stands beside them and never in their place, since anyone may take any name.
 */
import { fromHex } from '../../core/bytes.ts'
import { quotable } from '../../core/quotable.ts'
import { authorLook, type AuthorLook, type AuthorShape, markColor, nameColor, type Theme } from '../../graph/author-look.ts'
import type { Hex } from '../../worker/api.ts'
import { messages } from '../messages.ts'

const looks = new Map<Hex, AuthorLook>()

/** The look of an author, remembered: lists ask for the same few again and again. */
export function lookOf(author: Hex): AuthorLook {
  let look = looks.get(author)
  if (look === undefined) looks.set(author, (look = authorLook(fromHex(author) ?? new Uint8Array(32))))
  return look
}

/** A colour for both themes in one value. */
function colorOf(author: Hex, color: (look: AuthorLook, theme: Theme) => string): string {
  const look = lookOf(author)
  return `light-dark(${color(look, 'light')}, ${color(look, 'dark')})`
}

/** The first 8 hex digits: enough to tell ids apart by eye, never to prove anything. */
export const shortId = (id: Hex): string => id.slice(0, 8)

/** The graph's shapes, in a box of 16. */
const OUTLINES: Readonly<Record<AuthorShape, string>> = {
  0: 'M8 2.4a5.6 5.6 0 1 1 0 11.2a5.6 5.6 0 1 1 0-11.2z',
  1: 'M3.1 3.1h9.8v9.8h-9.8z',
  2: 'M8 1l7 7-7 7-7-7z',
  3: 'M8 1.2l6.9 12.1H1.1z',
  4: 'M8 1.6l5.6 3.2v6.4L8 14.4l-5.6-3.2V4.8z',
  5: 'M8 14.8L1.1 2.7h13.8z',
}

export function AuthorMark({ author }: { readonly author: Hex }) {
  return (
    <svg className="author-mark" viewBox="0 0 16 16" aria-hidden="true" style={{ color: colorOf(author, markColor) }}>
      <path d={OUTLINES[lookOf(author).shape]} fill="currentColor" strokeLinejoin="round" stroke="currentColor" />
    </svg>
  )
}

export function AuthorName({ author }: { readonly author: Hex }) {
  return (
    <span className="author-name" translate="no" style={{ color: colorOf(author, nameColor) }}>
      {lookOf(author).name}
    </span>
  )
}

/** What an author calls itself, or nothing. */
export function ChosenName({ name }: { readonly name: string | undefined }) {
  const shown = quotable(name ?? '')
  if (shown === '') return null
  return (
    <span className="chosen-name" translate="no" title={messages.chosenNameHint}>
      “<bdi>{shown}</bdi>”
    </span>
  )
}

/** An id, or something else that is no word of a language, as it is written: a translator leaves it alone. `whole`: what it is short for. */
export function Id({ children, whole }: { readonly children: string; readonly whole?: string }) {
  return (
    <code translate="no" className="id" title={whole}>
      {children}
    </code>
  )
}
