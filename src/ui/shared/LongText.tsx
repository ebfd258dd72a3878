/** A text of others that may be long: its beginning, and more of it when somebody asks. */
import { useState } from 'react'
import { messages } from '../messages.ts'
import { partsOf } from './long-text.ts'

interface LongTextProps {
  readonly text: string
  /** Where `text` is only the beginning: gives all of it, or null if that is not to be had now. */
  readonly whole?: (() => Promise<string | null>) | undefined
  /** Class of the box of the text. */
  readonly className: string
  /** Class of the button for more. */
  readonly moreClass?: string
}

export function LongText({ text: given, whole, className, moreClass = '' }: LongTextProps) {
  const [asked, setAsked] = useState(0)
  const [fetched, setFetched] = useState<string | null>(null)
  const text = fetched ?? given
  const isBeginning = whole !== undefined && fetched === null
  const { parts, isWhole: isLaidOut } = partsOf(text, asked)
  const isWhole = isLaidOut && !isBeginning

  const more = async (): Promise<void> => {
    if (isBeginning) setFetched(await whole())
    setAsked((before) => before + 1)
  }
  const less = (): void => {
    setAsked(0)
    setFetched(null)
  }

  return (
    <>
      <div className={`${className} their-text`} data-clipped={asked === 0 && !isWhole}>
        {parts.map((part, i) => (
          <bdi key={i}>{part}</bdi>
        ))}
      </div>
      {(asked > 0 || !isWhole) && (
        <button type="button" className={`button-plain ${moreClass}`} onClick={isWhole ? less : () => void more()}>
          {isWhole ? messages.less : messages.more}
        </button>
      )}
    </>
  )
}
