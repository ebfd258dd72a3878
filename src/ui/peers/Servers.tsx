/** A person's own servers for direct connections: kept in this browser, and used in rooms in which their owner acted. */
import { useId, useState, type FormEvent } from 'react'
import { takesServer } from '../../net/webrtc/servers.ts'
import { NOTHING_SAID, Outcome } from '../shared/Outcome.tsx'
import { useNode, useNodeState } from '../state/bindings.ts'
import { keptServers } from '../state/kept.ts'
import { MAX_SERVERS, readServers } from '../state/start-up.ts'
import { serverMessages as text } from './peers-messages.ts'

export function Servers() {
  const node = useNode()
  const isUsed = useNodeState((state) => state.allowed.servers)
  const id = useId()
  const saidId = useId()
  const [typed, setTyped] = useState(keptServers)
  const [said, setSaid] = useState(NOTHING_SAID)

  const save = (event: FormEvent): void => {
    event.preventDefault()
    const servers = readServers(typed, takesServer)
    if (!servers.ok) {
      const { line, isOneTooMany } = servers
      return setSaid({ words: isOneTooMany ? text.tooMany(MAX_SERVERS, line) : text.bad(line), isBad: true })
    }
    node.useServers(typed.trim())
    setSaid({ words: text.saved(servers.value.length), isBad: false })
  }

  return (
    <form className="paste" onSubmit={save}>
      <p className="quiet">{text.lead}</p>
      <label htmlFor={id}>{text.label}</label>
      <textarea
        id={id}
        className="input carried-text"
        rows={2}
        value={typed}
        placeholder={text.placeholder}
        spellCheck={false}
        autoCapitalize="off"
        aria-invalid={said.isBad}
        aria-describedby={saidId}
        onChange={(event) => setTyped(event.target.value)}
      />
      {!isUsed && keptServers() !== '' && <p className="quiet">{text.held}</p>}
      <button type="submit" className="button">
        {text.save}
      </button>
      <Outcome id={saidId} said={said} />
    </form>
  )
}
