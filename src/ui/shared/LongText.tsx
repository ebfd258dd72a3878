/** A text of others that may be long: its beginning, and more of it when somebody asks. */
import { useEffect, useEffectEvent, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { folded, placeOf } from '../../core/find-text.ts'
import { messages } from '../messages.ts'
import type { Found } from '../state/node-state.ts'
import { partsOf } from './long-text.ts'
import { webAddressesIn } from './web-addresses.ts'
import { Words } from './Words.tsx'

interface LongTextProps {
  readonly text: string
  /** Where `text` is only the beginning: gives all of it, or null if that is not to be had now. */
  readonly whole?: (() => Promise<string | null>) | undefined
  /** What a search found in it: all of it is shown, and where the words stand first there is a mark, which is scrolled to. Another object: again. */
  readonly found?: Found | null
  /** Class of the box of the text. */
  readonly className: string
  /** Class of the button for more. */
  readonly moreClass?: string
}

export function LongText({ text: given, whole, found = null, className, moreClass = '' }: LongTextProps) {
  const [asked, setAsked] = useState(0)
  const [fetched, setFetched] = useState<string | null>(null)
  const isBeginning = whole !== undefined && fetched === null
  const { parts, isWhole: isLaidOut } = partsOf(fetched ?? given, asked)
  const isWhole = isLaidOut && !isBeginning
  const { addresses, place } = usePlaces(parts.join(''), !isWhole, found)
  const mark = useRef<HTMLElement>(null)

  const show = async (count: number): Promise<void> => {
    if (isBeginning) setFetched(await whole())
    setAsked(count)
  }
  const less = (): void => {
    setAsked(0)
    setFetched(null)
  }

  const open = useEffectEvent(() => void (isWhole || show(Infinity)))
  useEffect(() => {
    if (found !== null && found.words !== '') open()
  }, [found])
  useLayoutEffect(() => {
    mark.current?.scrollIntoView({ block: 'nearest' })
  }, [place])

  /** Where each part ends in what is shown. */
  const ends = parts.reduce<number[]>((before, part) => [...before, (before.at(-1) ?? 0) + part.length], [])

  return (
    <>
      <div className={`${className} their-text`} data-clipped={asked === 0 && !isWhole}>
        {parts.map((part, i) => (
          <bdi key={i}>
            <Words text={part} from={ends[i]! - part.length} addresses={addresses} found={place} mark={mark} />
          </bdi>
        ))}
      </div>
      {(asked > 0 || !isWhole) && (
        <button
          type="button"
          className={`button-plain ${moreClass}`}
          aria-expanded={isWhole}
          onClick={isWhole ? less : () => void show(asked + 1)}
        >
          {isWhole ? messages.less : messages.more}
        </button>
      )}
    </>
  )
}

/** Where in a text are web addresses, and where the words that a search found. */
function usePlaces(text: string, isCut: boolean, found: Found | null) {
  const addresses = useMemo(() => webAddressesIn(text, isCut), [text, isCut])
  const place = useMemo(() => (found === null ? null : placeOf(text, folded(found.words))), [text, found])
  return { addresses, place }
}
