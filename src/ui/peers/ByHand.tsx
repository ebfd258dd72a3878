/**
 * Meeting without a relay: one device makes an invitation, the other one answers it, and people carry both as text. What is shown
 * is sealed for this room; a person without its link can do nothing with it.
 */
import { useCallback, useEffect, useId, useRef, useState, type FormEvent } from 'react'
import type { Hex } from '../../worker/api.ts'
import { byHandSentences } from '../refusal-messages.ts'
import { QrCode } from '../qr/QrCode.tsx'
import { Scan } from '../qr/Scan.tsx'
import { CarriedText } from '../shared/CarriedText.tsx'
import { copyMessages } from '../shared/copy-messages.ts'
import { copyText } from '../shared/copy-text.ts'
import { NOTHING_SAID, Outcome, type Said } from '../shared/Outcome.tsx'
import { useNode, useNodeState, usePage, usePageState } from '../state/bindings.ts'
import { invitationLink, onlyHere } from '../state/start-up.ts'
import { byHandMessages as text } from './peers-messages.ts'

/** After this long without a path there is none to be expected (ms). */
const CONNECT_WITHIN = 20_000

/** What there is to be carried, and what is said of it. */
interface Carried {
  readonly kind: 'invitation' | 'answer'
  readonly words: string
}

/** The device that is to be connected. */
interface Awaited {
  readonly peer: Hex
  /** ms; null while a person carries the answer, for as long as that takes. */
  readonly within: number | null
}

/** The buttons beside which something is said. */
type Where = 'invite' | 'carried' | 'paste'

export function ByHand() {
  const page = usePage()
  const node = useNode()
  const link = useNodeState((state) => state.opened?.link ?? '')
  const invited = usePageState((state) => state.invitation)
  const [carried, setCarried] = useState<Carried | null>(null)
  /** An invitation was made, and no answer was taken since: it can be answered, shown or not. */
  const [isOpen, setOpen] = useState(false)
  const [pasted, setPasted] = useState('')
  const [said, setSaid] = useState<Said & { readonly at: Where }>({ ...NOTHING_SAID, at: 'invite' })
  const say = useCallback((at: Where, words: string, isBad = false): void => setSaid({ at, words, isBad }), [])
  const saidAt = (at: Where): Said => (said.at === at ? said : NOTHING_SAID)
  const pasteId = useId()
  const saidId = useId()
  const toCarry = useRef<HTMLDivElement>(null)

  // It may be far below what is in sight, or come from an invitation that was opened as a link.
  useEffect(() => {
    if (carried === null) return
    toCarry.current!.querySelector('textarea')!.focus({ preventScroll: true })
    toCarry.current!.scrollIntoView({ block: 'start' })
  }, [carried])

  const invite = async (): Promise<void> => {
    say('invite', text.preparing)
    const reply = await node.invite()
    if ('refused' in reply) return say('invite', byHandSentences[reply.refused], true)
    setCarried({ kind: 'invitation', words: invitationLink(location.href, link, reply.invitation) })
    setOpen(true)
    say('invite', '')
  }

  const [awaited, setAwaited] = useState<Awaited | null>(null)
  const isConnected = useNodeState(
    ({ status }) => status?.peers.some(({ peer, path }) => peer === awaited?.peer && path === 'webrtc') === true,
  )
  useEffect(() => {
    if (awaited === null) return
    if (isConnected) {
      setAwaited(null)
      setCarried((now) => (now?.kind === 'answer' ? null : now))
      return say('paste', text.connected)
    }
    if (awaited.within === null) return
    const timer = setTimeout(() => {
      setAwaited(null)
      say('paste', text.noWay, true)
    }, awaited.within)
    return () => clearTimeout(timer)
  }, [awaited, isConnected, say])

  const take = useCallback(
    async (words: string): Promise<void> => {
      say('paste', text.preparing)
      const reply = await node.meet(words)
      if ('refused' in reply) return say('paste', byHandSentences[reply.refused], true)
      setPasted('')
      if (reply.answer === null) setOpen(false)
      setCarried(reply.answer === null ? null : { kind: 'answer', words: reply.answer })
      say('paste', reply.answer === null ? text.connecting : '')
      setAwaited({ peer: reply.peer, within: reply.answer === null ? CONNECT_WITHIN : null })
    },
    [node, say],
  )

  const scanned = useCallback((words: string) => void take(words), [take])

  useEffect(() => {
    const invitation = page.takeInvitation()
    if (invitation !== null) void take(invitation)
  }, [invited, page, take])

  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (pasted.trim() !== '') void take(pasted)
  }
  const copy = async (): Promise<void> => say('carried', (await copyText(carried!.words)) ? copyMessages.copied : copyMessages.byHand)

  return (
    <section className="by-hand">
      <p className="quiet">{text.lead}</p>
      {carried === null ? (
        <div className="paste">
          <button type="button" className="button" onClick={() => void invite()}>
            {text.invite}
          </button>
          <Outcome said={saidAt('invite')} />
        </div>
      ) : (
        <div className="carried" ref={toCarry}>
          <CarriedText
            label={
              carried.kind === 'answer' ? text.carryAnswer : onlyHere(location.href) === null ? text.carryInvitation : text.pasteInvitation
            }
            words={carried.words}
            rows={4}
          />
          <QrCode text={carried.words} label={text.code} />
          <div className="row">
            <button type="button" className="button-accent" onClick={() => void copy()}>
              {copyMessages.copy}
            </button>
            <button type="button" className="button-plain" onClick={() => setCarried(null)}>
              {text.hide[carried.kind]}
            </button>
          </div>
          <Outcome said={saidAt('carried')} />
        </div>
      )}
      <form className="paste" onSubmit={submit}>
        <label htmlFor={pasteId}>{carried?.kind === 'invitation' ? text.pasteAnswer : isOpen ? text.pasteEither : text.paste}</label>
        <textarea
          id={pasteId}
          className="input carried-text"
          rows={2}
          value={pasted}
          spellCheck={false}
          aria-invalid={saidAt('paste').isBad}
          aria-describedby={saidId}
          onChange={(event) => setPasted(event.target.value)}
        />
        <button type="submit" className="button" disabled={pasted.trim() === ''}>
          {text.connect}
        </button>
        <Outcome id={saidId} said={saidAt('paste')} />
      </form>
      <Scan onText={scanned} />
    </section>
  )
}
