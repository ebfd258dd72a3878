/**
 * The one loop that drives an engine: an input, then its effects in order, then the next input. Answers to effects come
 * back as inputs; nothing re-enters `step`.
 */
import { valueOf } from '../core/result.ts'
import type { Effect, Input, Notice, PeerId, Way } from '../sync/effects.ts'
import { step } from '../sync/engine.ts'
import type { Engine } from '../sync/state.ts'
import { type Segment, type Store, StoreError } from '../store/store.ts'
import { unwrapBundle, wrapBundle } from '../sync/wrap.ts'
import type { Decoder } from './decoder.ts'
import { deflate, inflate } from './deflate.ts'
import type { Segments } from './segments.ts'
import { signWith } from './signer.ts'
import type { Verifier } from './verifier.ts'

export interface LoopPorts {
  readonly engine: Engine
  readonly store: Store
  readonly segments: Segments
  readonly key: CryptoKey | Uint8Array
  readonly verifier: Verifier
  readonly decoder: Decoder
  /** ms, any origin, never going back. */
  readonly now: () => number
  send(to: PeerId | null, bytes: Uint8Array): void
  /** Resolves when the peer's path has space for more, or is gone. */
  sendBulk(to: PeerId, bytes: Uint8Array, way: Way): Promise<void>
  disconnect(peer: PeerId, until: number): void
  notice(notice: Notice): void
  /** The store is gone, or there is a bug of ours: the node cannot go on. */
  broken(error: unknown): void
}

export interface Loop {
  give(input: Input): void
  stop(): void
}

export function createLoop(ports: LoopPorts): Loop {
  const { engine, now } = ports
  const queue: Input[] = []
  let running = false
  let stopped = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const give = (input: Input): void => {
    if (stopped) return
    queue.push(input)
    if (running) return
    running = true
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        for (const effect of step(engine, next, now())) carryOut(effect)
      }
    } catch (error) {
      fail(error)
    } finally {
      running = false
    }
  }

  const fail = (error: unknown): void => {
    if (stopped) return
    stop()
    ports.broken(error)
  }

  const stop = (): void => {
    stopped = true
    clearTimeout(timer)
  }

  const answer = (work: Promise<Input>): void => {
    work.then(give, fail)
  }

  const carryOut = (effect: Effect): void => {
    switch (effect.type) {
      case 'send':
        return ports.send(effect.to, effect.bytes)
      case 'disconnect':
        return ports.disconnect(effect.peer, effect.until)
      case 'notify':
        return ports.notice(effect.notice)
      case 'wakeAt':
        clearTimeout(timer)
        timer = setTimeout(() => give({ type: 'tick' }), Math.max(0, effect.at - now()))
        return
      case 'sendBulk':
        return answer(ports.sendBulk(effect.to, effect.bytes, effect.way).then(() => ({ type: 'sent', job: effect.job })))
      default:
        return answer(perform(ports, effect))
    }
  }

  return { give, stop }
}

/**
 * Segments of at least so many bytes are deflated before they are written: to a third or less, in about the time that writing the rest
 * would take.
 */
const DEFLATE_FROM = 16_384

async function deflateLarge(segment: Segment): Promise<Segment> {
  const unwrapped = unwrapBundle(segment.bytes)
  if (segment.bytes.length < DEFLATE_FROM || !unwrapped.ok || unwrapped.value.codec !== 'raw') return segment
  return { ...segment, bytes: wrapBundle('deflate', await deflate(unwrapped.value.payload)) }
}

async function perform(
  { store, segments, key, verifier, decoder }: LoopPorts,
  effect: Exclude<Extract<Effect, { job: number }>, { type: 'sendBulk' }>,
): Promise<Input> {
  const { job } = effect
  switch (effect.type) {
    case 'persist':
      try {
        await store.append(await Promise.all(effect.segments.map(deflateLarge)), effect.durability, effect.mark)
        return { type: 'stored', job, failure: null }
      } catch (error) {
        // A full disk is tried again. A store that is gone stays gone.
        if (!(error instanceof StoreError) || error.failure === 'closed') throw error
        return { type: 'stored', job, failure: error.failure === 'full' ? 'full' : 'failed' }
      }
    case 'verify':
      return { type: 'verified', job, valid: await verifier.verify(effect.claims) }
    case 'sign':
      return { type: 'signed', job, signature: await signWith(key, effect.message) }
    case 'read':
      return { type: 'loaded', job, ...(await readFrom(segments, effect.from, effect.limit)) }
    case 'decode':
      return { type: 'decoded', job, rebuilt: await decoder.decode(effect.bytes, effect.most) }
    case 'inflate':
      return { type: 'inflated', job, bytes: valueOf(await inflate(effect.bytes, effect.limit)) }
    case 'deflate':
      return { type: 'deflated', job, bytes: await deflate(effect.bytes) }
  }
}

/** The segments with op `from` and after it, or the place of the one that holds it if the disk cannot give that. */
async function readFrom(
  segments: Segments,
  from: number,
  limit: number,
): Promise<Pick<Extract<Input, { type: 'loaded' }>, 'segments' | 'damaged'>> {
  const whole = await segments.read(from, limit)
  return whole.length > 0 ? { segments: whole } : { segments: whole, damaged: await segments.placeOf(from) }
}
