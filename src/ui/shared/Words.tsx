/** A text of others, or a part of one, with its web addresses, which can be followed, and with what a search found in it marked. */
import { Fragment, type RefObject } from 'react'
import type { Place } from '../../core/find-text.ts'
import type { WebAddress } from './web-addresses.ts'

interface WordsProps {
  readonly text: string
  /** Where `text` begins in the text that the places are of (UTF-16 units). */
  readonly from?: number
  /** In order. One that `text` does not hold as a whole stays plain. */
  readonly addresses: readonly WebAddress[]
  readonly found?: Place | null
  /** Is given the mark, where this part has its beginning. */
  readonly mark?: RefObject<HTMLElement | null> | undefined
}

export function Words({ text, from = 0, addresses, found = null, mark }: WordsProps) {
  const piece = (start: number, end: number) => (
    <Marked text={text.slice(start - from, end - from)} from={start} found={found} mark={mark} />
  )
  const end = from + text.length
  const here = addresses.filter((address) => address.from >= from && address.to <= end)
  return (
    <>
      {here.map((address, i) => (
        <Fragment key={address.from}>
          {piece(here[i - 1]?.to ?? from, address.from)}
          {/* Its direction is its own: no letter around it, or in its path, turns a part of it. */}
          <a dir="ltr" href={address.href} target="_blank" rel="noopener noreferrer" referrerPolicy="no-referrer">
            {piece(address.from, address.to)}
          </a>
        </Fragment>
      ))}
      {piece(here.at(-1)?.to ?? from, end)}
    </>
  )
}

type MarkedProps = Required<Pick<WordsProps, 'text' | 'from' | 'found'>> & Pick<WordsProps, 'mark'>

function Marked({ text, from, found, mark }: MarkedProps) {
  const start = Math.max(0, (found?.from ?? 0) - from)
  const end = Math.min(text.length, (found?.to ?? 0) - from)
  if (start >= end) return text
  return (
    <>
      {text.slice(0, start)}
      <mark ref={found!.from >= from ? mark : undefined}>{text.slice(start, end)}</mark>
      {text.slice(end)}
    </>
  )
}
