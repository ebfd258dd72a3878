/** A text that a person carries to another device: shown whole, and selected whole when it is touched. */
import { useId } from 'react'

interface CarriedTextProps {
  readonly label: string
  readonly words: string
  readonly rows: number
}

export function CarriedText({ label, words, rows }: CarriedTextProps) {
  const id = useId()
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <textarea id={id} className="input carried-text" readOnly rows={rows} value={words} onFocus={(event) => event.target.select()} />
    </>
  )
}
