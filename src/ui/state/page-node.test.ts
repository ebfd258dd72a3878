/** A node on the page against a worker that says what the test wants: nothing typed is lost, whatever it answers. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { FromNode, HistoryEntry, ToNode } from '../../worker/api.ts'
import { createPageNode } from './page-node.ts'

/** A worker made of two lists: what was posted to it, and whoever listens. */
function fakeWorker() {
  const posted: ToNode[] = []
  const target = new EventTarget()
  const worker = Object.assign(target, { postMessage: (message: ToNode) => posted.push(message), terminate: () => undefined })
  return {
    worker: worker as unknown as Worker,
    posted,
    say: (data: FromNode) => target.dispatchEvent(new MessageEvent('message', { data })),
    crash: () => target.dispatchEvent(new Event('error')),
  }
}

const refOf = (message: ToNode | undefined): number => (message !== undefined && 'ref' in message ? message.ref : -1)
const entry = (id: string) => ({ id }) as HistoryEntry

const held = new Map<string, string>()
beforeEach(() => {
  held.clear()
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => held.set(key, value),
    removeItem: (key: string) => held.delete(key),
  })
})
afterEach(() => vi.unstubAllGlobals())

describe('a node on the page', () => {
  test('replies find their questions in whatever order they come', async () => {
    const { worker, posted, say } = fakeWorker()
    const node = createPageNode(worker, 0)
    const answers = [node.submit('a'), node.submit('b')]
    say({ type: 'reply', ref: refOf(posted[1]), value: { id: 'bb' } })
    say({ type: 'reply', ref: refOf(posted[0]), value: { id: 'aa' } })
    expect(await Promise.all(answers)).toEqual([{ id: 'aa' }, { id: 'bb' }])
  })

  test('a text is among the unsent, here and in the storage, until it is stored', async () => {
    const { worker, posted, say } = fakeWorker()
    const node = createPageNode(worker, 0)
    const answer = node.submit('on its way')
    expect(node.store.getState().unsent).toMatchObject([{ text: 'on its way', state: 'sending' }])
    expect(held.get('tabweave.unsent.0')).toBe('["on its way"]')
    say({ type: 'reply', ref: refOf(posted[0]), value: { id: 'aa' } })
    await answer
    expect(node.store.getState().unsent).toEqual([])
    expect(held.has('tabweave.unsent.0')).toBe(false)
  })

  test('a refused text stays, with the reason, until a person drops it', async () => {
    const { worker, posted, say } = fakeWorker()
    const node = createPageNode(worker, 0)
    const answer = node.submit('too much')
    say({ type: 'reply', ref: refOf(posted[0]), value: { refused: 'too-large' } })
    await answer
    const [unsent] = node.store.getState().unsent
    expect(unsent).toMatchObject({ text: 'too much', state: 'refused', why: 'too-large' })
    node.dropUnsent(unsent!.key)
    expect(node.store.getState().unsent).toEqual([])
  })

  test('a worker that dies leaves its unanswered texts behind, and so does a page that closes', () => {
    const { worker, crash } = fakeWorker()
    const node = createPageNode(worker, 0)
    void node.submit('lost?')
    crash()
    expect(node.store.getState()).toMatchObject({ failure: 'internal', unsent: [{ text: 'lost?', state: 'unanswered' }] })
    expect(createPageNode(fakeWorker().worker, 0).store.getState().unsent).toMatchObject([{ text: 'lost?', state: 'unanswered' }])
  })

  test('entries that land in the middle are named, and stay named until others do', () => {
    const { worker, say } = fakeWorker()
    const node = createPageNode(worker, 0)
    const show = (...ids: string[]) => say({ type: 'history', total: ids.length, from: 0, entries: ids.map(entry) })
    show('a', 'c')
    expect(node.store.getState().landed).toEqual([])
    show('a', 'b', 'c')
    show('a', 'b', 'c', 'd')
    expect(node.store.getState().landed).toEqual(['b'])
  })
})
