/** What the screens show, their words, what the app promises, and the keys. */
import { movesMessages as moves } from '../graph/legend-messages.ts'
import { Keys } from '../shared/Keys.tsx'
import './help.css'
import { helpMessages as text } from './help-messages.ts'

export default function HelpPlace() {
  return (
    <>
      <h3>{text.what}</h3>
      {text.paragraphs.map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
      <h3>{text.words}</h3>
      <ul className="promises">
        {text.meanings.map((meaning) => (
          <li key={meaning}>{meaning}</li>
        ))}
      </ul>
      <h3>{text.promise}</h3>
      <ul className="promises">
        {text.promises.map((promise) => (
          <li key={promise}>{promise}</li>
        ))}
      </ul>
      <h3>{text.shortcuts}</h3>
      <Keys rows={text.keys} />
      <h3>{moves.title}</h3>
      <Keys rows={moves.rows} />
    </>
  )
}
