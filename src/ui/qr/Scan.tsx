/** A button that opens the camera, and the picture in which a code is looked for until one is found, or a person has had enough. */
import { useCallback, useEffect, useRef, useState } from 'react'
import { createReader } from './read-code.ts'
import { scanMessages as text } from './scan-messages.ts'
import './qr.css'

/** How often a picture is looked at (ms). */
const LOOK_EVERY = 200

type State = 'closed' | 'looking' | 'refused' | 'missing'

/** @param onText hears the text of the code that was found; the camera is off by then */
export function Scan({ onText }: { onText(found: string): void }) {
  const [state, setState] = useState<State>('closed')
  const stop = useCallback(() => setState('closed'), [])
  const found = useCallback(
    (code: string) => {
      setState('closed')
      onText(code)
    },
    [onText],
  )
  const failed = useCallback((isMissing: boolean) => setState(isMissing ? 'missing' : 'refused'), [])
  if (state === 'looking') return <Camera onText={found} onFailed={failed} onStop={stop} />
  return (
    <>
      <button type="button" className="button" onClick={() => setState('looking')}>
        {text.open}
      </button>
      {state !== 'closed' && (
        <p role="status" className="said">
          {state === 'refused' ? text.refused : text.missing}
        </p>
      )}
    </>
  )
}

interface CameraProps {
  onText(found: string): void
  onFailed(isMissing: boolean): void
  onStop(): void
}

function Camera({ onText, onFailed, onStop }: CameraProps) {
  const video = useRef<HTMLVideoElement>(null)

  useEffect(() => {
    let stream: MediaStream | null = null
    let timer: ReturnType<typeof setTimeout> | undefined
    let isOver = false

    const look = async (): Promise<void> => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
      const read = await createReader()
      const element = video.current
      if (isOver || element === null) return end()
      element.srcObject = stream
      await element.play()
      for (;;) {
        const code = await read(element).catch(() => null)
        if (isOver) return
        if (code !== null) return onText(code)
        await new Promise((resolve) => {
          timer = setTimeout(resolve, LOOK_EVERY)
        })
      }
    }
    const end = (): void => {
      isOver = true
      clearTimeout(timer)
      for (const track of stream?.getTracks() ?? []) track.stop()
    }
    look().catch((error: unknown) => {
      if (!isOver) onFailed(!(error instanceof DOMException && error.name === 'NotAllowedError'))
      end()
    })
    return end
  }, [onText, onFailed])

  return (
    <div className="scan">
      <video ref={video} className="scan-picture" muted playsInline aria-label={text.picture} />
      <p className="quiet">{text.looking}</p>
      <button type="button" className="button" onClick={onStop}>
        {text.stop}
      </button>
    </div>
  )
}
