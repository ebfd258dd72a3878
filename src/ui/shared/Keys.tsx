/** Keys and gestures, each with what it does. */
interface KeysProps {
  /** Keys that are named apart are separated by a blank. */
  readonly rows: readonly (readonly [keys: string, what: string])[]
}

export function Keys({ rows }: KeysProps) {
  return (
    <dl className="keys">
      {rows.map(([keys, what]) => (
        <div key={what}>
          <dt>
            {keys.split(' ').map((key) => (
              <kbd key={key}>{key}</kbd>
            ))}
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  )
}
