/** The room, to be given to others: its name, its link as text and as a code for a camera, and the room as a file. */
import { useState } from 'react'
import { QrCode } from '../qr/QrCode.tsx'
import { Id, shortId } from '../shared/AuthorMark.tsx'
import { CarriedText } from '../shared/CarriedText.tsx'
import { LinkNumber } from '../shared/LinkNumber.tsx'
import { NOTHING_SAID, Outcome } from '../shared/Outcome.tsx'
import { copyText } from '../shared/copy-text.ts'
import { useNodeState } from '../state/bindings.ts'
import { shownRoomName } from '../shared/room-name.ts'
import { onlyHere, roomAddress } from '../state/start-up.ts'
import { RoomFile } from './RoomFile.tsx'
import './share.css'
import { copyMessages } from '../shared/copy-messages.ts'
import { shareMessages as text } from './share-messages.ts'

export default function SharePlace() {
  const opened = useNodeState((state) => state.opened)
  const [said, setSaid] = useState(NOTHING_SAID)
  if (opened === null) return null
  const { link, room, roomName } = opened
  const address = roomAddress(location.href, link)
  const host = onlyHere(address)
  const copy = async (): Promise<void> =>
    setSaid({ words: (await copyText(address)) ? copyMessages.copied : copyMessages.byHand, isBad: false })

  return (
    <>
      <p className="shared-room their-text">
        <bdi>{shownRoomName(opened)}</bdi> {roomName !== '' && <Id whole={room}>{shortId(room)}</Id>}
      </p>
      <div className="carried">
        <p className="lead">{text.lead}</p>
        {host !== null && <p className="notice-warn">{text.onlyHere(host)}</p>}
        {host === null && <QrCode text={address} label={text.code} />}
        {host === null && <p className="quiet">{text.codeHint}</p>}
        <CarriedText label={text.link} words={address} rows={4} />
        <div className="row">
          <button type="button" className="button-accent" onClick={() => void copy()}>
            {copyMessages.copy}
          </button>
        </div>
        <Outcome said={said} />
        <LinkNumber />
      </div>
      <h3>{text.file}</h3>
      <RoomFile roomName={roomName} />
    </>
  )
}
