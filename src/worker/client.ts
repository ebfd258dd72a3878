/** The page's side: posts to the node's worker, pairs replies with their questions, hands on the rest. */
import type { FromNode, Replies, ToNode } from './api.ts'

type Question = Extract<ToNode, { readonly ref: number }>
type Notice = Exclude<ToNode, Question>
type Told = Exclude<FromNode, { readonly type: 'reply' }>
type WithoutRef<Q> = Q extends Question ? Omit<Q, 'ref'> : never

export interface NodeClient {
  /** Posts a message without a reply; `transfer` lists objects that move to the worker (the graph's port). */
  tell(message: Notice, transfer?: Transferable[]): void
  /** Posts a question; resolves with its reply. It waits for ever when the worker died: the listener hears "failed". */
  ask<T extends keyof Replies>(question: Extract<WithoutRef<Question>, { readonly type: T }>): Promise<Replies[T]>
  close(): void
}

/** @param listen hears everything that is not a reply, in order; a script error of the worker is heard as "failed". */
export function createNodeClient(worker: Worker, listen: (message: Told) => void): NodeClient {
  const waiting = new Map<number, (value: unknown) => void>()
  let lastRef = 0

  worker.addEventListener('message', (event: MessageEvent<FromNode>) => {
    const message = event.data
    if (message.type !== 'reply') return listen(message)
    waiting.get(message.ref)?.(message.value)
    waiting.delete(message.ref)
  })
  worker.addEventListener('error', () => listen({ type: 'failed', failure: 'internal' }))

  return {
    tell: (message, transfer = []) => worker.postMessage(message, transfer),
    ask: (question) =>
      new Promise((resolve) => {
        const ref = ++lastRef
        waiting.set(ref, resolve as (value: unknown) => void)
        worker.postMessage({ ...question, ref })
      }),
    close: () => worker.terminate(),
  }
}
