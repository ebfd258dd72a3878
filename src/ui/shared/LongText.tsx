/** A text of others that may be long: its beginning, and more of it when somebody asks. */
import { useState } from 'react'
import { messages } from '../messages.ts'
import { partsOf } from './long-text.ts'

interface LongTextProps {
  readonly text: string
  /** Class of the box of the text. */
  readonly className: string
  /** Class of the button for more. */
  readonly moreClass?: string
}

export function LongText({ text, className, moreClass = '' }: LongTextProps) {
  const [asked, setAsked] = useState(0)
  const { parts, isWhole } = partsOf(text, asked)
  return (
    <>
      <div className={`${className} their-text`} data-clipped={asked === 0 && !isWhole}>
        {parts.map((part, i) => (
          <bdi key={i}>{part}</bdi>
        ))}
      </div>
      {(asked > 0 || !isWhole) && (
        <button type="button" className={`button-plain ${moreClass}`} onClick={() => setAsked(isWhole ? 0 : asked + 1)}>
          {isWhole ? messages.less : messages.more}
        </button>
      )}
    </>
  )
}
