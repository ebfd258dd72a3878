/**
 * Decodes in a second worker while many bundles come at once: there a second core hashes ops while the first one admits others. A tab to
 * which little is sent never starts this worker. It ends when there has been nothing to do for a while.
 */
import { createDecoder, type Decoder } from '../node/decoder.ts'
import type { BundleLimits } from '../sync/bundle.ts'
import type { Rebuilt } from '../sync/rebuild.ts'
import { type DecodeReply, type DecodeRequest, rebuiltOf } from './decode-message.ts'

/** How long the worker is kept with nothing to do (ms): longer than peers take between two answers, and it takes some MB. */
const KEPT_FOR = 10_000

interface Job {
  readonly deflated: Uint8Array
  readonly most: BundleLimits
  readonly done: (rebuilt: Rebuilt) => void
}

/**
 * Bundles are decoded here, one at a time, until a second one comes while the first is being decoded. Then a worker is started. Bundles
 * that wait when it is ready, or come later, are decoded there; and here again if it fails.
 */
export function createDecoderBeside(start: () => Worker, here: Decoder = createDecoder()): Decoder {
  let worker: Worker | null = null
  let isReady = false
  let hasFailed = false
  let isBusyHere = false
  let inWork = 0
  let lastJob = 0
  let idle: ReturnType<typeof setTimeout> | undefined
  let waiting: Job[] = []
  const there = new Map<number, Job>()

  const stop = (): void => {
    clearTimeout(idle)
    worker?.terminate()
    worker = null
    isReady = false
  }
  const fail = (): void => {
    stop()
    hasFailed = true
    waiting = [...there.values(), ...waiting]
    there.clear()
    next()
  }
  const hear = (reply: DecodeReply): void => {
    if (reply.type === 'ready') {
      isReady = true
      return next()
    }
    const job = there.get(reply.job)
    there.delete(reply.job)
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
  const next = (): void => {
    if (isReady) {
      for (const job of waiting.splice(0)) {
        there.set(++lastJob, job)
        worker!.postMessage({ job: lastJob, deflated: job.deflated, most: job.most } satisfies DecodeRequest)
      }
    } else if (!isBusyHere) {
      const job = waiting.shift()
      if (job !== undefined) void decodeHere(job)
    }
  }
  const decodeHere = async ({ deflated, most, done }: Job): Promise<void> => {
    isBusyHere = true
    const rebuilt = await here.decode(deflated, most)
    isBusyHere = false
    done(rebuilt)
    next()
  }

  return {
    async decode(deflated, most) {
      clearTimeout(idle)
      inWork++
      const rebuilt = new Promise<Rebuilt>((done) => waiting.push({ deflated, most, done }))
      if (worker === null && !hasFailed && inWork > 1) begin()
      next()
      try {
        return await rebuilt
      } finally {
        if (--inWork === 0 && worker !== null) idle = setTimeout(stop, KEPT_FOR)
      }
    },
    close: stop,
  }
}
