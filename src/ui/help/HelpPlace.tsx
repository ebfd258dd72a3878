/** What one is looking at, what it promises, and the keys. */
import { messages } from '../messages.ts'
import './help.css'

const text = messages.help

export default function HelpPlace() {
  return (
    <>
      <h3>{text.what}</h3>
      {text.paragraphs.map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
      <h3>{text.promise}</h3>
      <ul className="promises">
        {text.promises.map((promise) => (
          <li key={promise}>{promise}</li>
        ))}
      </ul>
      <h3>{text.shortcuts}</h3>
      <dl className="keys">
        {text.keys.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}
