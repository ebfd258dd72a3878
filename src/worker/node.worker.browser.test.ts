/** The node's worker as a page has it: a real worker, a real IndexedDB. */
import { afterEach, expect, test, vi } from 'vitest'
import type { FromNode, ToNode } from './api.ts'

const workers: Worker[] = []
afterEach(() => {
  for (const worker of workers.splice(0)) worker.terminate()
})

function startWorker(): { readonly tell: (message: ToNode) => void; readonly post: (data: unknown) => void; readonly told: FromNode[] } {
  const worker = new Worker(new URL('./node.worker.ts', import.meta.url), { type: 'module' })
  workers.push(worker)
  const told: FromNode[] = []
  worker.addEventListener('message', ({ data }: MessageEvent<FromNode>) => told.push(data))
  const post = (data: unknown): void => worker.postMessage(data)
  return { tell: post, post, told }
}

const heard = async <T extends FromNode['type']>(told: readonly FromNode[], type: T): Promise<Extract<FromNode, { type: T }>> =>
  vi.waitFor(() => {
    const found = told.findLast((message) => message.type === type)
    expect(found?.type).toBe(type)
    return found as Extract<FromNode, { type: T }>
  }, 10_000)

const start = (link: string | null, claim: string | null): ToNode => ({
  type: 'start',
  link,
  roomName: 'a room',
  claim,
  added: false,
  servers: [],
  patience: 3_000,
  offline: [],
  relay: null,
})

test('a worker founds a room, stores what is typed, and is the same node when it comes back', async () => {
  const first = startWorker()
  first.tell(start(null, null))
  const { node, link, resumed } = await heard(first.told, 'opened')
  expect(resumed).toBe(false)
  first.tell({ type: 'submit', ref: 1, text: 'kept' })
  expect((await heard(first.told, 'reply')).value).toHaveProperty('id')
  workers.pop()!.terminate()

  const again = startWorker()
  again.tell(start(link, node))
  expect(await heard(again.told, 'opened')).toMatchObject({ node, link, resumed: true, replaces: null })
  again.tell({ type: 'history', ref: 2 })
  expect((await heard(again.told, 'reply')).value).toMatchObject([{ kind: 'genesis' }, { text: 'kept', own: true, saved: true }])
})

test('E4 a node that runs elsewhere is not run twice: the second worker is another node of the room', async () => {
  const first = startWorker()
  first.tell(start(null, null))
  const { node, link } = await heard(first.told, 'opened')
  const second = startWorker()
  second.tell({ ...start(link, node), patience: 50 } as ToNode)
  const twin = await heard(second.told, 'opened')
  expect(twin.resumed).toBe(false)
  expect(twin.node).not.toBe(node)
  // What is typed at the first one is not typed at this one.
  expect(twin.replaces).toBe(null)
  await vi.waitFor(() => expect(second.told.findLast(({ type }) => type === 'status')).toMatchObject({ status: { ops: 1 } }), 10_000)
})

test('a node whose store is gone is replaced by a new one, and the page is told which', async () => {
  const first = startWorker()
  first.tell(start(null, null))
  const { link } = await heard(first.told, 'opened')
  const gone = '11'.repeat(32)
  const second = startWorker()
  second.tell(start(link, gone))
  const { node, replaces, resumed } = await heard(second.told, 'opened')
  expect({ replaces, resumed }).toEqual({ replaces: gone, resumed: false })
  expect(node).not.toBe(gone)
})

test('E7 what is no message is ignored, and a link that is none is said', async () => {
  const { post, tell, told } = startWorker()
  for (const data of [null, 7, 'start', { type: 'start' }, { type: '__proto__' }, new Uint8Array(9)]) post(data)
  tell(start('not a link', null))
  expect(await heard(told, 'failed')).toEqual({ type: 'failed', failure: 'bad-link' })
})

test('what nodes hold that do not run is told before any node runs; nothing is made of one that is not there', async () => {
  const first = startWorker()
  first.tell(start(null, null))
  const { node } = await heard(first.told, 'opened')
  first.tell({ type: 'submit', ref: 1, text: 'kept' })
  await heard(first.told, 'reply')
  workers.pop()!.terminate()
  const asker = startWorker()
  const missing = '00'.repeat(32)
  asker.tell({ type: 'describeStored', ref: 2, nodes: [node, missing] })
  expect((await heard(asker.told, 'reply')).value).toMatchObject([{ ops: 2, lastText: 'kept' }, null])
  expect((await indexedDB.databases()).filter(({ name }) => name?.includes(missing))).toEqual([])
})
