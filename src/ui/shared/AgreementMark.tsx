/** Agreement at a glance: one thread for each peer, drawn through when its heads are ours and broken when they are not. */
import type { Agreement } from '../state/agreement.ts'

/** More threads than this are not told apart at this size. */
const MAX_THREADS = 8
const STEP = 5

function Threads({ whole, all }: { readonly whole: number; readonly all: number }) {
  const shown = Math.min(all, MAX_THREADS)
  const drawn = all === 0 ? 0 : Math.floor((whole / all) * shown)
  const width = shown * STEP + 1
  return (
    <svg viewBox={`0 0 ${width} 16`} width={width} height="16" aria-hidden="true">
      {Array.from({ length: shown }, (_, i) => (
        <path
          key={i}
          className={i < drawn ? 'thread-whole' : 'thread-broken'}
          d={`M${i * STEP + 3} ${i < drawn ? '1.5V14.5' : '1.5V4.5M' + (i * STEP + 3) + ' 11.5V14.5'}`}
        />
      ))}
    </svg>
  )
}

export function AgreementMark({ agreement }: { readonly agreement: Agreement }) {
  switch (agreement.type) {
    case 'peers':
      return <Threads whole={agreement.equal} all={agreement.peers} />
    case 'fetching':
      return <Threads whole={agreement.got} all={Math.max(agreement.of ?? 0, agreement.got + 1)} />
    case 'alone':
    case 'starting':
      return (
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          <circle cx="8" cy="8" r="5" className={agreement.type === 'alone' ? 'ring' : 'ring ring-starting'} />
        </svg>
      )
    case 'offline':
      return (
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          <path className="cut" d="M1 8h4M11 8h4M6 12L10 4" />
        </svg>
      )
  }
}
