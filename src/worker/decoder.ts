/**
 * Decoding in a worker beside the node's while much comes at once: there a second core hashes what the first one admits. A tab that
 * is told little never starts it, and it ends when there has been nothing to do for a while.
 */
import { createDecoder, type Decoder } from '../node/decoder.ts'
import type { Rebuilt } from '../sync/rebuild.ts'
import { type DecodeReply, type DecodeRequest, rebuiltOf } from './decode-message.ts'

/** How long the worker is kept with nothing to do (ms): longer than peers take between two answers, and it takes some MB. */
const KEPT_FOR = 10_000

interface Job {
  readonly deflated: Uint8Array
  readonly done: (rebuilt: Rebuilt | Promise<Rebuilt>) => void
}

/** Bundles are decoded here until a second one comes while the first is in work, and the worker is ready; and again if it fails. */
export function createDecoderBeside(start: () => Worker, here: Decoder = createDecoder()): Decoder {
  let worker: Worker | null = null
  let isReady = false
  let hasFailed = false
  let inWork = 0
  let lastJob = 0
  let idle: ReturnType<typeof setTimeout> | undefined
  const jobs = new Map<number, Job>()

  const stop = (): void => {
    clearTimeout(idle)
    worker?.terminate()
    worker = null
    isReady = false
  }
  const fail = (): void => {
    stop()
    hasFailed = true
    for (const { deflated, done } of jobs.values()) done(here.decode(deflated))
    jobs.clear()
  }
  const hear = (reply: DecodeReply): void => {
    if (reply.type === 'ready') {
      isReady = true
      return
    }
    const job = jobs.get(reply.job)
    jobs.delete(reply.job)
    job?.done(rebuiltOf(reply))
  }
  const begin = (): void => {
    try {
      worker = start()
      worker.onmessage = ({ data }: MessageEvent<DecodeReply>) => hear(data)
      worker.onerror = fail
      worker.onmessageerror = fail
    } catch {
      fail()
    }
  }
  const there = (deflated: Uint8Array): Promise<Rebuilt> =>
    new Promise((done) => {
      const job = ++lastJob
      jobs.set(job, { deflated, done })
      worker!.postMessage({ job, deflated } satisfies DecodeRequest)
    })

  return {
    async decode(deflated) {
      clearTimeout(idle)
      inWork++
      try {
        if (worker === null && !hasFailed && inWork > 1) begin()
        return await (isReady ? there(deflated) : here.decode(deflated))
      } finally {
        if (--inWork === 0 && worker !== null) idle = setTimeout(stop, KEPT_FOR)
      }
    },
    close: stop,
  }
}
