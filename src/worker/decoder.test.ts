/** Where bundles are decoded, and that it makes no difference. The worker is played by its own code in this thread. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createDecoder, type Decoder } from '../node/decoder.ts'
import { deflate, inflate } from '../node/deflate.ts'
import { longRoom } from '../node/long-room.naive.ts'
import { encodeBundle, WIDEST } from '../sync/bundle.ts'
import { type DecodeReply, type DecodeRequest, replyOf } from './decode-message.ts'
import { createDecoderBeside } from './decoder.ts'

const OPS = longRoom(300, 1)
const GOOD = await deflate(encodeBundle(OPS.map((op) => [op])))
const CUT = await deflate(encodeBundle([OPS.slice(0, 10)]).slice(0, -1))
const NO_DEFLATE = Uint8Array.of(255, 255)

const started: FakeWorker[] = []
const here = createDecoder()

class FakeWorker {
  onmessage: ((event: { data: DecodeReply }) => void) | null = null
  onerror: (() => void) | null = null
  onmessageerror: (() => void) | null = null
  readonly asked: DecodeRequest[] = []
  ended = false
  constructor() {
    started.push(this)
  }
  postMessage(request: DecodeRequest): void {
    this.asked.push(request)
  }
  terminate(): void {
    this.ended = true
  }
  hear(data: DecodeReply): void {
    this.onmessage!({ data: structuredClone(data) })
  }
  async answerAll(): Promise<void> {
    for (const { job, deflated, most } of this.asked.splice(0)) this.hear(replyOf(job, await inflate(deflated, most.bytes), most))
  }
}

const beside = (local: Decoder = here): Decoder => createDecoderBeside(() => new FakeWorker() as unknown as Worker, local)

/** A decoder whose worker has started and is ready. */
async function withWorker(): Promise<{ decoder: Decoder; worker: FakeWorker }> {
  const decoder = beside()
  await Promise.all([decoder.decode(GOOD, WIDEST), decoder.decode(GOOD, WIDEST)])
  started[0]!.hear({ type: 'ready' })
  return { decoder, worker: started[0]! }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => {
  vi.useRealTimers()
  started.length = 0
})

test('one bundle after the other is decoded here, without a worker', async () => {
  const decoder = beside()
  for (let i = 0; i < 3; i++) expect((await decoder.decode(GOOD, WIDEST)).units).toMatchObject({ ok: true })
  expect(started).toEqual([])
})

test('of several at once those that come when the worker is ready are decoded there, with the same outcome', async () => {
  const { decoder, worker } = await withWorker()
  const wanted = [GOOD, CUT, NO_DEFLATE, GOOD]
  const there = Promise.all(wanted.map((bytes) => decoder.decode(bytes, WIDEST)))
  expect(worker.asked.length).toBe(4)
  await worker.answerAll()
  expect(await there).toEqual(await Promise.all(wanted.map((bytes) => here.decode(bytes, WIDEST))))
  expect((await there).map(({ units }) => (units.ok ? units.value.flat().length : units.reason))).toEqual([
    300,
    'bad-bundle',
    'bad-deflate',
    300,
  ])
  expect(started.length).toBe(1)
})

test('one of several is decoded here while the worker starts, and the others there', async () => {
  const decoder = beside()
  const all = [GOOD, CUT, GOOD].map((bytes) => decoder.decode(bytes, WIDEST))
  started[0]!.hear({ type: 'ready' })
  expect(started[0]!.asked.map(({ deflated }) => deflated)).toEqual([CUT, GOOD])
  await started[0]!.answerAll()
  expect((await Promise.all(all)).map(({ ops }) => ops)).toEqual([300, (await here.decode(CUT, WIDEST)).ops, 300])
})

test('what a worker was asked is decoded here when it fails, and it is not started again', async () => {
  const { decoder, worker } = await withWorker()
  const asked = Promise.all([decoder.decode(GOOD, WIDEST), decoder.decode(CUT, WIDEST)])
  worker.onerror!()
  expect((await asked).map(({ ops }) => ops)).toEqual([300, (await here.decode(CUT, WIDEST)).ops])
  await Promise.all([decoder.decode(GOOD, WIDEST), decoder.decode(GOOD, WIDEST)])
  expect(started.length).toBe(1)
  expect(worker.ended).toBe(true)
})

test('a browser without workers in workers decodes here', async () => {
  const start = vi.fn<() => Worker>(() => {
    throw new Error('no Worker')
  })
  const decoder = createDecoderBeside(start, here)
  const both = await Promise.all([decoder.decode(GOOD, WIDEST), decoder.decode(GOOD, WIDEST)])
  expect(both.map(({ ops }) => ops)).toEqual([300, 300])
  expect(start).toHaveBeenCalledTimes(1)
})

test('the worker ends when nothing has come for a while, and not while it works', async () => {
  const { decoder, worker } = await withWorker()
  const asked = decoder.decode(GOOD, WIDEST)
  vi.advanceTimersByTime(60_000)
  expect(worker.ended).toBe(false)
  await worker.answerAll()
  await asked
  vi.advanceTimersByTime(9_999)
  expect(worker.ended).toBe(false)
  vi.advanceTimersByTime(1)
  expect(worker.ended).toBe(true)
  await Promise.all([decoder.decode(GOOD, WIDEST), decoder.decode(GOOD, WIDEST)])
  expect(started.length).toBe(2)
})
