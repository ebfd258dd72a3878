/** What a node writes itself: told to nobody before it is kept, never with a seq that it has used, whatever others do meanwhile. */
import { describe, expect, test } from 'vitest'
import { toHex } from '../../core/bytes.ts'
import { numberOfAuthor, opAt } from '../../core/dag.ts'
import { asOpId } from '../../core/op.ts'
import { encodeBody } from '../../crdt/body.ts'
import { decodeBundle } from '../../sync/bundle.ts'
import { unwrapBundle } from '../../sync/wrap.ts'
import type { Effect, Input } from '../../sync/effects.ts'
import { step } from '../../sync/engine.ts'
import { decodeMessage, encodeMessage } from '../../sync/messages.ts'
import { STAND_IN } from '../identity.ts'
import { LOST_ALTOGETHER } from '../../sync/trust.ts'
import { give, type SimNode, start } from '../node.ts'
import { bundleOf } from '../villain.ts'
import {
  apart,
  createStage,
  heard,
  kill,
  latestOf,
  linkNamed,
  message,
  opsOf,
  restart,
  run,
  runUntil,
  say,
  type Stage,
  together,
  type,
  wantBelow,
} from '../stage.ts'

const body = encodeBody({ kind: 'merge' })

/** Whether a message names this op, in a list or in a bundle. */
function mentions(bytes: Uint8Array, hex: string): boolean {
  if (toHex(bytes).includes(hex)) return true
  const decoded = decodeMessage(bytes)
  if (!decoded.ok || decoded.value.type !== 'units') return false
  const unwrapped = unwrapBundle(decoded.value.bundle)
  if (!unwrapped.ok) return false
  const units = decodeBundle(unwrapped.value.payload)
  return units.ok && units.value.some((unit) => unit.some(({ id }) => toHex(id) === hex))
}

describe('an own op', () => {
  test('E2 is mentioned to nobody before its "persist" was answered', () => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes as [SimNode, SimNode]
    const { engine } = alice
    let now = engine.now + 1
    const sent: Uint8Array[] = []
    let persist = -1
    /** Answers what is signed, and keeps "persist" waiting. */
    const mind = (...inputs: Input[]): void => {
      for (let input = inputs.shift(); input !== undefined; input = inputs.shift()) {
        for (const effect of step(engine, input, now)) {
          if (effect.type === 'send') sent.push(effect.bytes)
          if (effect.type === 'sign') inputs.push({ type: 'signed', job: effect.job, signature: new Uint8Array(64) })
          if (effect.type === 'persist') {
            expect(effect.durability).toBe('strict')
            persist = effect.job
          }
        }
      }
    }
    mind({ type: 'submit', ref: 1, body, time: 0 })
    const id = toHex(latestOf(alice))
    for (let ref = 1; ref <= 50; ref++) {
      now += 500
      const bytes = encodeMessage(wantBelow(ref, []))
      mind({ type: 'tick' }, { type: 'linked' }, heard(bob.engine.senderId, bytes))
    }
    expect(sent.length).toBeGreaterThan(10)
    expect(sent.filter((bytes) => mentions(bytes, id))).toEqual([])
    sent.length = 0
    mind({ type: 'stored', job: persist, failure: null })
    expect(sent.some((bytes) => mentions(bytes, id))).toBe(true)
  })

  test('E2 that comes back from others while the next one is being signed does not lose its seq', () => {
    const stage = createStage(1)
    const [alice] = stage.nodes as [SimNode]
    const { engine, identity } = alice
    const prev = say(stage, alice, 'first')
    const asked = step(engine, { type: 'submit', ref: 9, body, time: 0 }, engine.now)
    const sign = asked.find((effect): effect is Extract<Effect, { type: 'sign' }> => effect.type === 'sign')!
    const lost = message(stage, identity, prev, [], 'lost and found')
    const bytes = encodeMessage({ type: 'units', ref: 0, bundle: bundleOf([[lost]]), last: true, left: 0 })
    for (const effect of step(engine, heard(linkNamed(stage, 'finder'), bytes), engine.now))
      if (effect.type === 'verify') step(engine, { type: 'verified', job: effect.job, valid: [true] }, engine.now)
    const again = step(engine, { type: 'signed', job: sign.job, signature: STAND_IN.sign(identity, sign.message) }, engine.now)
    for (const effect of again)
      if (effect.type === 'sign')
        step(engine, { type: 'signed', job: effect.job, signature: STAND_IN.sign(identity, effect.message) }, engine.now)
    const { dag } = engine.replica
    expect(dag.equivocations).toEqual([])
    const author = numberOfAuthor(dag, asOpId(identity.author) as never)
    expect([2, 3].map((seq) => opAt(dag, author, seq) > 0)).toEqual([true, true])
  })

  test('E1 that cannot be one is refused, ten thousand of them one by one, without recursion', () => {
    const stage = createStage(1)
    const { engine } = stage.nodes[0]!
    const { now } = engine
    let refused = 0
    let job = -1
    const count = (effects: readonly Effect[]): void => {
      for (const effect of effects) {
        if (effect.type === 'sign') job = effect.job
        if (effect.type === 'notify' && effect.notice.type === 'notAccepted') refused++
      }
    }
    count(step(engine, { type: 'submit', ref: 0, body, time: 0 }, now))
    for (let ref = 1; ref < 10_000; ref++) count(step(engine, { type: 'submit', ref, body, time: -1 }, now))
    expect(refused).toBe(0)
    count(step(engine, { type: 'signed', job, signature: new Uint8Array(64) }, now))
    expect(refused).toBe(9_999)
    // One more than may wait is refused at once.
    count(step(engine, { type: 'stored', job: engine.nextJob - 1, failure: 'full' }, now))
    for (let ref = 0; ref <= 10_000; ref++) count(step(engine, { type: 'submit', ref, body, time: 0 }, now))
    expect(refused).toBe(10_000)
  })
})

test('E3 a node without its room’s genesis writes once it has it, and nothing before', () => {
  const stage = createStage(2)
  const [alice, bob] = stage.nodes as [SimNode, SimNode]
  kill(stage, bob)
  bob.disk.kept.length = bob.disk.safe = 0
  kill(stage, alice)
  start(stage.world, bob, false)
  type(stage, bob, 'to whom?')
  run(stage, 5_000)
  expect(opsOf(bob)).toBe(0)
  restart(stage, alice)
  run(stage, 5_000)
  expect([opsOf(alice), opsOf(bob)]).toEqual([2, 2])
})

describe('E2 an author whose disk and mark were rolled back together', () => {
  /** Alice, whose last six ops only Bob has; an earlier one, which her disk lacks too, Carol has. Nobody is connected with Alice. */
  function rolledBack() {
    const stage = createStage(3, { delay: { least: 300, most: 400 } })
    const [alice, bob, carol] = stage.nodes as [SimNode, SimNode, SimNode]
    say(stage, alice, 'kept')
    run(stage, 2_000)
    const [kept, mark] = [alice.disk.kept.length, structuredClone(alice.mark)]
    say(stage, alice, 'lost, and everybody has it')
    run(stage, 3_000)
    apart(stage, carol)
    for (let i = 0; i < 6; i++) say(stage, alice, `lost ${i}`)
    run(stage, 3_000)
    kill(stage, alice)
    alice.disk.kept.length = alice.disk.safe = kept
    alice.mark = mark
    return { stage, alice, bob, carol }
  }

  const untilTold = (stage: Stage, { engine }: SimNode): number => runUntil(stage, 20_000, () => engine.trust.lost.size > 0)

  test('E2 waits for each lost op anew, though an earlier one came back long ago', () => {
    const { stage, alice, bob } = rolledBack()
    together(stage)
    apart(stage, bob)
    restart(stage, alice)
    run(stage, LOST_ALTOGETHER + 50_000)
    expect(opsOf(alice)).toBe(3)
    together(stage)
    expect(untilTold(stage, alice)).toBeLessThan(20_000)
    type(stage, alice, 'typed')
    run(stage, 30_000)
    expect([opsOf(alice), opsOf(bob), bob.engine.replica.dag.equivocations]).toEqual([10, 10, []])
  })

  test.each([50, 120, 700])('E2 E5 that sleeps for %i s while it waits does not take that for silence', (seconds) => {
    const { stage, alice, bob } = rolledBack()
    together(stage)
    restart(stage, alice)
    expect(untilTold(stage, alice)).toBeLessThan(20_000)
    type(stage, alice, 'typed')
    Object.assign(alice.clock, { offset: alice.clock.offset + seconds * 1_000 })
    give(stage.world, alice, { type: 'tick' })
    run(stage, 30_000)
    expect([opsOf(alice), opsOf(bob), bob.engine.replica.dag.equivocations]).toEqual([10, 10, []])
  })
})
