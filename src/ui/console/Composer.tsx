/** Where a person types as this node. What is typed is kept with every key, so that no reload, refusal or full disk loses it. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type FormEvent, type KeyboardEvent } from 'react'
import type { Hex } from '../../worker/api.ts'
import { OlderDisk } from './OlderDisk.tsx'
import { NameOffer } from './NameOffer.tsx'
import { excessOf, MAX_MESSAGE_BYTES } from './message-size.ts'
import { lookOf } from '../shared/AuthorMark.tsx'
import { Icon } from '../shared/Icon.tsx'
import { isComposing } from '../shared/keys.ts'
import { messages } from '../messages.ts'
import { refusalSentences } from '../refusal-messages.ts'
import { useNode, useNodeState } from '../state/bindings.ts'
import { keepDraft, keptDraft } from '../state/kept-typed.ts'

const text = messages.console

/** Some browsers make the box as high as its text by themselves; for others it is measured after every change, which lays out the page. */
const SIZES_ITSELF = CSS.supports('field-sizing', 'content')

/** On the keyboard of a touchscreen, Shift and Enter together cannot be pressed. So Enter makes a new line there, and the button sends. */
const IS_TOUCH = matchMedia('(hover: none) and (pointer: coarse)').matches

/** Signing and storing takes milliseconds; a text that takes longer is shown as waiting (ms). */
const WAITING_AFTER = 700

export function Composer({ author }: { readonly author: Hex }) {
  const node = useNode()
  const full = useNodeState((state) => state.status?.storage === 'full')
  const unsent = useNodeState((state) => state.unsent)
  const linkId = useNodeState((state) => state.opened!.linkId)
  const desk = useMemo(() => ({ linkId, node: author }), [linkId, author])
  const [draft, setDraft] = useState(() => keptDraft(desk))
  const area = useRef<HTMLTextAreaElement>(null)
  const own = node.slot === 0
  const { name } = lookOf(author)
  const excess = excessOf(draft)

  const write = (next: string): void => {
    setDraft(next)
    keepDraft(desk, next)
    node.sayTyping(next.trim() !== '')
  }

  useLayoutEffect(() => {
    if (SIZES_ITSELF) return
    const box = area.current!
    box.style.height = 'auto'
    box.style.height = `${box.scrollHeight}px`
  }, [draft])

  const send = (): void => {
    if (draft.trim() === '' || full || excess !== null) return
    void node.submit(draft)
    write('')
    area.current!.focus()
  }

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || isComposing(event)) return
    if (IS_TOUCH && !event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    send()
  }

  const onSubmit = (event: FormEvent): void => {
    event.preventDefault()
    send()
  }

  const putBack = (key: number, kept: string): void => {
    write(draft === '' ? kept : `${draft}\n${kept}`)
    node.dropUnsent(key)
    area.current!.focus()
  }

  const stuck = unsent.filter((item) => item.state !== 'sending')
  const sending = unsent.filter((item) => item.state === 'sending')
  return (
    <div className="composer-frame">
      {stuck.map(({ key, text: kept, state, why }) => (
        <div className="unsent" role="alert" key={key}>
          <p>{state === 'refused' ? `${text.unsentRefused} ${why === null ? '' : refusalSentences[why]}` : text.unsentUnanswered}</p>
          <p className="unsent-text their-text">
            <bdi>{kept}</bdi>
          </p>
          <div className="row">
            <button type="button" className="button" onClick={() => putBack(key, kept)}>
              {text.putBack}
            </button>
            <button type="button" className="button-plain" onClick={() => node.dropUnsent(key)}>
              {text.discard}
            </button>
          </div>
        </div>
      ))}
      <OlderDisk />
      <NameOffer />
      {sending.length > 0 && <Waiting key={sending[0]!.key} texts={sending.map((item) => item.text)} />}
      {excess !== null && (
        <p className="notice-warn" role="status">
          {text.tooLong(excess, MAX_MESSAGE_BYTES)}
        </p>
      )}
      {full && (
        <p className="notice-warn" role="status">
          {text.full}
        </p>
      )}
      <form className="composer" onSubmit={onSubmit}>
        <textarea
          ref={area}
          rows={1}
          aria-label={own ? text.message : text.messageOf(name)}
          placeholder={own ? text.placeholder : text.messageOf(name)}
          value={draft}
          onChange={(event) => write(event.target.value)}
          onKeyDown={onKeyDown}
          enterKeyHint={IS_TOUCH ? 'enter' : 'send'}
          autoComplete="off"
        />
        <button
          type="submit"
          className="button-accent"
          aria-label={own ? text.send : text.sendOf(name)}
          title={IS_TOUCH ? text.sendHintTouch : text.sendHint}
          disabled={full || excess !== null || draft.trim() === ''}
        >
          <Icon name="send" />
        </button>
      </form>
    </div>
  )
}

/** What was sent and is not signed yet, once that takes longer than usual. */
function Waiting({ texts }: { readonly texts: readonly string[] }) {
  const [shown, setShown] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), WAITING_AFTER)
    return () => clearTimeout(timer)
  }, [])
  if (!shown) return null
  return (
    <div className="unsent unsent-waiting" role="status">
      <p>{text.waiting}</p>
      {texts.map((one, i) => (
        <p className="unsent-text their-text" key={i}>
          <bdi>{one}</bdi>
        </p>
      ))}
    </div>
  )
}
