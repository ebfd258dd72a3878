/** The room's link, to be given to others: as text and as a code for a camera. */
import { useState } from 'react'
import { messages } from '../messages.ts'
import { QrCode } from '../qr/QrCode.tsx'
import { CarriedText } from '../shared/CarriedText.tsx'
import { copyText } from '../shared/copy-text.ts'
import { useNodeState } from '../state/bindings.ts'
import { onlyHere, roomAddress } from '../state/start-up.ts'

const text = messages.share

export default function SharePlace() {
  const link = useNodeState((state) => state.opened?.link ?? null)
  const [said, setSaid] = useState('')
  if (link === null) return null
  const address = roomAddress(location.href, link)
  const host = onlyHere(address)
  const copy = async (): Promise<void> => setSaid((await copyText(address)) ? messages.byHand.copied : messages.byHand.copyByHand)

  return (
    <div className="carried">
      <p className="lead">{text.lead}</p>
      {host !== null && <p className="notice-warn">{text.onlyHere(host)}</p>}
      {host === null && <QrCode text={address} label={text.code} />}
      {host === null && <p className="quiet">{text.codeHint}</p>}
      <CarriedText label={text.link} words={address} rows={4} />
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
