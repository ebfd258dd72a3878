/** Where anyone checks evidence of an equivocation, without a room: a file in, what it proves in plain words out. Nothing leaves the page. */
import { useEffect, useRef, useState } from 'react'
import { MAX_EVIDENCE_BYTES, openEvidence } from '../../core/evidence-file.ts'
import { type Evidence, verifyOp } from '../../core/evidence.ts'
import type { EvidenceRefusal } from '../../core/result.ts'
import { Id } from '../shared/AuthorMark.tsx'
import { messages } from '../messages.ts'
import { Mark } from '../shared/Icon.tsx'
import { checkMessages as text, refusalOf } from './check-messages.ts'
import { Proof } from './Proof.tsx'
import './check.css'

type Outcome =
  | { readonly type: 'nothing' | 'reading' | 'unreadable' }
  | { readonly type: 'proves'; readonly name: string; readonly evidence: Evidence }
  | { readonly type: 'refused'; readonly name: string; readonly reason: EvidenceRefusal }

async function outcomeOf(file: File): Promise<Outcome> {
  // One byte more than evidence can have is enough to refuse it: a file may be as large as a disk.
  const bytes = await file.slice(0, MAX_EVIDENCE_BYTES + 1).arrayBuffer()
  const opened = openEvidence(new Uint8Array(bytes), verifyOp)
  const { name } = file
  return opened.ok ? { type: 'proves', name, evidence: opened.value } : { type: 'refused', name, reason: opened.reason }
}

export default function CheckPlace() {
  const picker = useRef<HTMLInputElement>(null)
  const [outcome, setOutcome] = useState<Outcome>({ type: 'nothing' })
  useEffect(() => {
    document.title = `${text.title} · ${messages.brand}`
  }, [])

  const check = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return
    setOutcome({ type: 'reading' })
    setOutcome(await outcomeOf(file).catch((): Outcome => ({ type: 'unreadable' })))
    if (picker.current !== null) picker.current.value = ''
  }
  const isOver = useDropped((file) => void check(file))

  return (
    <main className="check">
      <p className="start-brand">
        <Mark />
        {messages.brand}
      </p>
      <h1>{text.title}</h1>
      <p className="lead">{text.lead}</p>
      <div className="check-drop" data-over={isOver}>
        <button type="button" className="button-accent" onClick={() => picker.current!.click()}>
          {text.pick}
        </button>
        <span className="quiet">{text.drop}</span>
        <input ref={picker} type="file" aria-label={text.pick} hidden onChange={(event) => void check(event.target.files?.[0])} />
      </div>
      <div role="status" className="check-said">
        <Said outcome={outcome} />
      </div>
      <p>
        <a href={location.pathname}>{text.back}</a>
      </p>
    </main>
  )
}

function Said({ outcome }: { readonly outcome: Outcome }) {
  switch (outcome.type) {
    case 'nothing':
      return null
    case 'reading':
      return <p className="quiet">{text.reading}</p>
    case 'unreadable':
      return <p className="bad">{text.unreadable}</p>
    case 'refused':
      return (
        <section className="verdict" data-verdict="refused">
          <h2>{text.provesNot}</h2>
          <p className="verdict-file their-text">
            <bdi>{outcome.name}</bdi> <Id>{outcome.reason}</Id>
          </p>
          <p>{refusalOf(outcome.reason)}</p>
        </section>
      )
    case 'proves':
      return <Proof name={outcome.name} evidence={outcome.evidence} />
  }
}

/** Takes a file that is dropped anywhere on the page; tells whether one is over it. */
function useDropped(take: (file: File | undefined) => void): boolean {
  const [isOver, setOver] = useState(false)
  const taking = useRef(take)
  taking.current = take
  useEffect(() => {
    const over = (event: DragEvent): void => {
      event.preventDefault()
      setOver(true)
    }
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false)
    }
    const drop = (event: DragEvent): void => {
      event.preventDefault()
      setOver(false)
      taking.current(event.dataTransfer?.files[0])
    }
    addEventListener('dragover', over)
    addEventListener('dragleave', leave)
    addEventListener('drop', drop)
    return () => {
      removeEventListener('dragover', over)
      removeEventListener('dragleave', leave)
      removeEventListener('drop', drop)
    }
  }, [])
  return isOver
}
