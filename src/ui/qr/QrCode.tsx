/** A text as a QR code (ISO/IEC 18004), drawn as one path. What makes it is loaded when the first one is shown. */
import { useEffect, useState } from 'react'
import './qr.css'

/** Light modules around a code, as the standard asks. */
const QUIET = 4

/** The dark modules as a path, and how many modules the code is wide. */
interface Drawn {
  readonly path: string
  readonly width: number
}

function drawn(modules: readonly (readonly boolean[])[]): Drawn {
  const runs: string[] = []
  for (const [y, row] of modules.entries()) {
    for (let x = 0; x < row.length; x++) {
      const from = x
      while (row[x] === true) x++
      if (x > from) runs.push(`M${from} ${y}h${x - from}v1h${from - x}z`)
    }
  }
  return { path: runs.join(''), width: modules.length }
}

/** Nothing, where the text is longer than a code can hold. @param label what a screen reader says of it */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const [code, setCode] = useState<Drawn | null>(null)
  useEffect(() => {
    let isWanted = true
    void import('qr').then(({ encodeQR }) => {
      if (!isWanted) return
      try {
        setCode(drawn(encodeQR(text, 'raw', { ecc: 'low', border: QUIET })))
      } catch {
        setCode(null)
      }
    })
    return () => {
      isWanted = false
    }
  }, [text])
  if (code === null) return null
  return (
    <svg className="qr" viewBox={`0 0 ${code.width} ${code.width}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect className="qr-light" width={code.width} height={code.width} />
      <path className="qr-dark" d={code.path} />
    </svg>
  )
}
