/** Texts that were sent and are not stored in the room. They are kept with every change, so that no reload, refusal or crash loses one. */
import type { StoreApi } from 'zustand/vanilla'
import type { NodeStatus, SubmitReply } from '../../worker/api.ts'
import { keepUnsent, keptEarly, keptUnsent } from './kept-typed.ts'
import type { NodeState, Opened, Unsent } from './node-state.ts'

export interface UnsentTexts {
  /** Resolves once the text is stored or refused; until then it is among the unsent. */
  submit(text: string): Promise<SubmitReply>
  /** It was stored, put back into the composer, or thrown away by a person. */
  drop(key: number): void
  /** The node is known: those of an earlier run of it are there again. */
  onOpened(opened: Opened): void
  onStatus(status: NodeStatus): void
  /** No answer comes any more. */
  onFailed(): void
}

/** @param ask asks the worker to sign and store a text @param onStored hears that one was stored */
export function createUnsentTexts(
  store: StoreApi<NodeState>,
  ask: (text: string) => Promise<SubmitReply>,
  onStored: () => void,
): UnsentTexts {
  let lastKey = 0
  /** Early texts of an earlier run of the node, until it is known whether they can be sent again. */
  let returned: readonly Unsent[] = []

  const unsentOf = (text: string, state: Unsent['state'], early: boolean): Unsent => ({ key: ++lastKey, text, state, why: null, early })
  const setUnsent = (change: (unsent: readonly Unsent[]) => readonly Unsent[]): void => {
    const { opened, unsent: before } = store.getState()
    const unsent = change(before)
    if (opened !== null)
      keepUnsent(
        opened,
        unsent.filter(({ early }) => !early).map(({ text }) => text),
        unsent.filter(({ early }) => early).map(({ text }) => text),
      )
    store.setState({ unsent })
  }

  /** Asks the worker to sign a text that is among the unsent. */
  const send = async ({ key, text }: Unsent): Promise<SubmitReply> => {
    const reply = await ask(text)
    if ('refused' in reply)
      setUnsent((unsent) => unsent.map((item) => (item.key === key ? { ...item, state: 'refused', why: reply.refused } : item)))
    else {
      drop(key)
      onStored()
    }
    return reply
  }
  /**
   * No op is sent before the disk holds it and the room that it is in. So a node that begins with nothing of the room has sent none of its texts,
   * and they are sent now. With anything of the room, they may be signed already, and a person decides.
   */
  const onStatus = ({ ops, waits }: NodeStatus): void => {
    const items = returned
    returned = []
    if (ops === 0 && waits === null) for (const item of items) void send(item)
    else if (items.length > 0) setUnsent((unsent) => unsent.map((item) => (items.includes(item) ? { ...item, state: 'unanswered' } : item)))
  }

  const drop = (key: number): void => setUnsent((unsent) => unsent.filter((item) => item.key !== key))

  return {
    submit(text) {
      const item = unsentOf(text, 'sending', (store.getState().status?.ops ?? 0) === 0)
      // Asked first: keeping and showing it must not keep the worker waiting.
      const sent = send(item)
      setUnsent((unsent) => [...unsent, item])
      store.setState((state) => ({ sent: state.sent + 1 }))
      return sent
    },
    drop,
    onOpened(opened) {
      returned = keptEarly(opened).map((text) => unsentOf(text, 'sending', true))
      setUnsent((unsent) => [...keptUnsent(opened).map((text) => unsentOf(text, 'unanswered', false)), ...returned, ...unsent])
    },
    onStatus,
    onFailed: () => setUnsent((unsent) => unsent.map((item) => (item.state === 'sending' ? { ...item, state: 'unanswered' } : item))),
  }
}
