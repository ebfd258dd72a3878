/** How often a node answers what others tell of themselves. */
import { UNHEARD } from '../sim/villain.ts'
import { expect, test } from 'vitest'
import { hearing, claim, createStage, keyNamed, linkNamed, message, push, run, tell } from '../sim/stage.ts'
import { decodeBundle } from './bundle.ts'
import type { Effect, Input } from './effects.ts'
import { step } from './engine.ts'
import { HEADS_PER_SECOND, storedDigest } from './gossip.ts'
import { listHeads } from './holdings.ts'
import { headsOf } from './state.ts'
import { decodeMessage, kindOf } from './messages.ts'
import { unwrapBundle } from './wrap.ts'

test('D7 who tells other heads is told ours once in TELL_PAUSE', () => {
  const toldAfter = (ms: number): number => {
    let told = 0
    const stage = createStage(
      1,
      {},
      {
        told: hearing((said) => {
          if (said.type === 'heads') told++
        }),
      },
    )
    const link = linkNamed(stage, 'mallory')
    claim(stage, stage.nodes[0]!, link, [], 0, 0)
    run(stage, ms)
    expect(told).toBe(1)
    claim(stage, stage.nodes[0]!, link, [], 0, 0)
    run(stage, 100)
    return told
  }
  expect([toldAfter(999), toldAfter(1_000)]).toEqual([1, 2])
})

test('D21 D17 all peers together tell everybody HEADS_PER_SECOND of their heads, however often somebody writes, and heartbeats', () => {
  let bytes = 0
  const stage = createStage(
    1,
    {},
    {
      overheard: (_villain, _from, said) => {
        if (kindOf(said) === 'heads') bytes += said.length
      },
    },
  )
  const [node] = stage.nodes
  const mallory = keyNamed('mallory')
  const forks = Array.from({ length: 250 }, (_, n) => [message(stage, mallory, null, [stage.room], `${n}`)])
  push(stage, node!, linkNamed(stage, 'mallory'), forks)
  const claimAll = (): void => {
    for (let n = 0; n < 40; n++) claim(stage, node!, linkNamed(stage, `${n}`), [], 0, 0)
  }
  claimAll()
  run(stage, 10_000)
  expect([node!.engine.peers.size, listHeads(headsOf(node!.engine)).headCount]).toEqual([41, 250])
  bytes = 0
  const seconds = 20
  let last = forks[0]![0]!
  for (let n = 0; n < 10 * seconds; n++) {
    if (n % 50 === 0) claimAll()
    last = message(stage, mallory, last, [], `${n}`)
    push(stage, node!, linkNamed(stage, 'mallory'), [[last]])
    run(stage, 100)
  }
  const heartbeats = (seconds / 5 + 1) * 10_000
  expect(bytes).toBeGreaterThan(8_000)
  expect(bytes).toBeLessThan((seconds * HEADS_PER_SECOND) / 41 + heartbeats)
})

test('a newcomer that holds the same is told so at once, and then no more than everybody', () => {
  const told: Uint8Array[] = []
  const stage = createStage(
    1,
    {},
    {
      told: hearing((said) => {
        if (said.type === 'heads') told.push(said.digest)
      }),
    },
  )
  const [node] = stage.nodes
  const newcomer = linkNamed(stage, 'alice')
  const says = (): void =>
    tell(stage, node!, newcomer, {
      type: 'heads',
      digest: storedDigest(node!.engine),
      ...listHeads(headsOf(node!.engine)),
      ops: node!.engine.stored,
      ...UNHEARD,
    })
  // Everybody was told long ago.
  run(stage, 1_100)
  says()
  run(stage, 50)
  expect(told.length).toBe(1)
  for (let i = 0; i < 3; i++) {
    says()
    run(stage, 1_100)
  }
  expect(told.length).toBe(1)
})

test('own ops that are stored together are told in one message, by one signature, and none before it is stored', () => {
  const { engine } = createStage(1).nodes[0]!
  /** Signed ops of each unit that is told, of how many. */
  const told: string[] = []
  const give = (input: Input): Effect[] => {
    const effects = step(engine, input, engine.now)
    for (const effect of effects) {
      const said = effect.type === 'send' ? decodeMessage(effect.bytes) : null
      if (said?.ok !== true || said.value.type !== 'units') continue
      const unwrapped = unwrapBundle(said.value.bundle)
      const units = unwrapped.ok ? decodeBundle(unwrapped.value.payload) : unwrapped
      if (!units.ok) throw new Error(units.reason)
      for (const unit of units.value) told.push(`${unit.filter(({ signature }) => signature !== null).length} of ${unit.length}`)
    }
    return effects
  }
  const jobOf = (type: Effect['type'], effects: readonly Effect[]): number =>
    (effects.find((effect) => effect.type === type) as { job: number }).job
  const write = (ref: number): Effect[] => {
    const job = jobOf('sign', give({ type: 'submit', ref, body: Uint8Array.of(0x81, 2), time: ref }))
    return give({ type: 'signed', job, signature: new Uint8Array(64) })
  }
  const first = jobOf('persist', write(1))
  for (let ref = 2; ref < 7; ref++) write(ref)
  expect(told).toEqual([])
  const second = jobOf('persist', give({ type: 'stored', job: first, failure: null }))
  expect(told).toEqual(['1 of 1'])
  give({ type: 'stored', job: second, failure: null })
  expect(told).toEqual(['1 of 1', '1 of 5'])
})
