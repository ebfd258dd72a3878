/** One path: its state, what went over it, and the hand that cuts or hinders it. */
import type { PathStatus } from '../../worker/api.ts'
import { bytesInWords } from '../bytes-in-words.ts'
import { pathDetail, pathNames, pathStates } from '../refusal-messages.ts'
import { useNode } from '../state/bindings.ts'
import { pathMessages as text } from './peers-messages.ts'

/** What a path may be made like, from "none added" on. Delays are each way, ms. */
const HINDRANCES: readonly { readonly name: string; readonly hindrance: PathStatus['hindrance'] }[] = [
  { name: text.asItIs, hindrance: { delay: 0, loss: 0 } },
  { name: text.late(200), hindrance: { delay: 200, loss: 0 } },
  { name: text.late(1_000), hindrance: { delay: 1_000, loss: 0 } },
  { name: text.lossy(10), hindrance: { delay: 0, loss: 0.1 } },
  { name: text.bad(500, 30), hindrance: { delay: 500, loss: 0.3 } },
]

export function PathRow({ path }: { readonly path: PathStatus }) {
  const node = useNode()
  const { hindrance, cut } = path
  const chosen = HINDRANCES.findIndex((each) => each.hindrance.delay === hindrance.delay && each.hindrance.loss === hindrance.loss)
  const name = pathNames[path.path]
  const state = path.path === 'webrtc' && path.state === 'connecting' ? text.nobodyDirect : pathStates[path.state]
  return (
    <li className="path" data-state={path.state}>
      <span className="path-sign" aria-hidden="true" />
      <span className="path-name">{name}</span>
      <span className="path-state">{path.detail === '' ? state : `${pathStates[path.state]}: ${pathDetail(path.detail)}`}</span>
      <span className="path-bytes">{text.bytes(bytesInWords(path.sent), bytesInWords(path.received))}</span>
      <span className="path-hand">
        <label className="path-hinder">
          <span>{text.hinder}</span>
          <select
            className="input"
            aria-label={text.hinderPath(name)}
            value={Math.max(0, chosen)}
            onChange={(event) => node.setPath(path.path, cut, HINDRANCES[Number(event.target.value)]!.hindrance)}
          >
            {HINDRANCES.map((each, i) => (
              <option key={each.name} value={i}>
                {each.name}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          className="button"
          aria-pressed={cut}
          aria-label={text.cutPath(name)}
          onClick={() => node.setPath(path.path, !cut, hindrance)}
        >
          {cut ? text.heal : text.cut}
        </button>
      </span>
    </li>
  )
}
