/** What the marks of the graph mean, and how one moves in it. */
import { type ReactNode, useEffect, useRef } from 'react'
import { Keys } from '../shared/Keys.tsx'
import { GraphIcon } from './GraphIcons.tsx'
import { graphMessages } from './graph-messages.ts'
import { legendMessages as text, movesMessages as moves } from './legend-messages.ts'
import './legend.css'

const MARKS: readonly (readonly [text: string, className: string, picture: ReactNode])[] = [
  [text.op, 'mark-op', <circle key="op" cx="14" cy="10" r="5" />],
  [
    text.head,
    'mark-head',
    <g key="head">
      <circle cx="14" cy="10" r="7.5" fill="none" />
      <circle cx="14" cy="10" r="3.8" />
    </g>,
  ],
  [text.own, 'mark-own', <path key="own" d="M14 1v18" />],
  [text.seen, 'mark-seen', <path key="seen" d="M4 1c0 11 20 7 20 18" />],
  [text.lane, 'mark-lane', <rect key="lane" x="6" y="1" width="16" height="18" rx="4" />],
  [text.thread, 'mark-thread', <path key="thread" d="M1 5h7c5 0 3 9 8 9h11" />],
  [text.pending, 'mark-pending', <circle key="pending" cx="14" cy="10" r="5.5" />],
  [
    text.rejected,
    'mark-rejected',
    <g key="rejected">
      <circle cx="14" cy="10" r="5" />
      <path d="M10.5 6.5l7 7M17.5 6.5l-7 7" />
    </g>,
  ],
  [
    text.forked,
    'mark-forked',
    <path key="forked" d="M14 1l2.3 3.4 4.1-.8-.8 4.1L23 10l-3.4 2.3.8 4.1-4.1-.8L14 19l-2.3-3.4-4.1.8.8-4.1L5 10l3.4-2.3-.8-4.1 4.1.8z" />,
  ],
  [
    text.far,
    'mark-far',
    <g key="far">
      <path d="M13 1l-2 3-3 3 2 3 2 3-3 3 2 3h6l2-3-3-3 2-3 2-3-3-3-2-3z" />
      <path className="mark-far-spine" d="M14 1v18" />
    </g>,
  ],
]

export default function GraphLegend({ onClose }: { onClose(): void }) {
  const legend = useRef<HTMLElement>(null)
  useEffect(() => {
    const before = document.activeElement
    const self = legend.current!
    self.focus({ preventScroll: true })
    // From wherever the focus is in the graph's place, and before what Escape means there.
    const around = self.parentElement!
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return
      event.preventDefault()
      event.stopPropagation()
      onClose()
    }
    around.addEventListener('keydown', onKeyDown)
    return () => {
      around.removeEventListener('keydown', onKeyDown)
      const isLost = document.activeElement === document.body || self.contains(document.activeElement)
      if (isLost && before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [onClose])
  return (
    <section className="graph-legend" aria-label={text.title} tabIndex={-1} ref={legend}>
      <button type="button" className="graph-close" aria-label={graphMessages.close} onClick={onClose}>
        <GraphIcon name="close" />
      </button>
      <dl className="graph-marks">
        {MARKS.map(([meaning, className, picture]) => (
          <div key={className}>
            <dt>
              <svg viewBox="0 0 28 20" className={className} aria-hidden="true">
                {picture}
              </svg>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <h3>{moves.title}</h3>
      <Keys rows={moves.rows} />
      <p>{text.rows}</p>
    </section>
  )
}
