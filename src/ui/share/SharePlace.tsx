/** The room's link, to be given to others: as text and as a code for a camera. */
import { useId, useState } from 'react'
import { messages } from '../messages.ts'
import { QrCode } from '../qr/QrCode.tsx'
import { useNodeState } from '../state/bindings.ts'

const text = messages.share

export default function SharePlace() {
  const link = useNodeState((state) => state.opened?.link ?? null)
  const [said, setSaid] = useState('')
  const id = useId()
  if (link === null) return null
  const address = `${location.href.replace(/#.*$/, '')}#${link}`

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(address)
      setSaid(messages.byHand.copied)
    } catch {
      setSaid(messages.byHand.copyByHand)
    }
  }

  return (
    <div className="carried">
      <p className="lead">{text.lead}</p>
      <QrCode text={address} label={text.code} />
      <p className="quiet">{text.codeHint}</p>
      <label htmlFor={id}>{text.link}</label>
      <textarea id={id} className="input carried-text" readOnly rows={3} value={address} onFocus={(event) => event.target.select()} />
      <div className="row">
        <button type="button" className="button-accent" onClick={() => void copy()}>
          {messages.byHand.copy}
        </button>
      </div>
      <p role="status" className="said">
        {said}
      </p>
    </div>
  )
}
