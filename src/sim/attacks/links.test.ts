/** What one link, or a thousand, can make a node keep and do; and those who speak another language. */
import { refuse } from '../../core/result.ts'
import { NEW } from '../villain.ts'
import { describe, expect, test } from 'vitest'
import { rebuild } from '../../sync/rebuild.ts'
import { concatBytes } from '../../core/bytes.ts'
import { MESSAGE_VERSION } from '../../core/limits.ts'
import { encodeBundle } from '../../sync/bundle.ts'
import { wrapBundle } from '../../sync/wrap.ts'
import type { Input } from '../../sync/effects.ts'
import { step } from '../../sync/engine.ts'
import { encodeMessage } from '../../sync/messages.ts'
import type { SimNode } from '../node.ts'
import {
  agree,
  chainOf,
  claim,
  createStage,
  isCut,
  keyNamed,
  linkNamed,
  message,
  opsOf,
  refusalsOf,
  run,
  say,
  sign,
  tell,
  heard,
} from '../stage.ts'

const mallory = keyNamed('mallory')
const unitsOf = (bundle: Uint8Array): Uint8Array => encodeMessage({ type: 'units', ref: 0, bundle, last: true, left: 0 })

describe('bounds', () => {
  test('D9 a message, an op in it, or a bundle beyond its limit is refused before it is read, and its link pays', () => {
    const stage = createStage(1)
    const [bob] = stage.nodes as [SimNode]
    const link = linkNamed(stage, 'mallory')
    const said = unitsOf(wrapBundle('raw', encodeBundle([[message(stage, mallory, null, [stage.room], 'fine')]])))
    tell(stage, bob, link, concatBytes([said, new Uint8Array(32 * 1024 * 1024)]))
    expect(refusalsOf(bob, link)).toEqual(['too-large'])
    const wide = message(stage, mallory, null, [stage.room], 'x'.repeat(65_536))
    tell(stage, bob, link, unitsOf(wrapBundle('raw', encodeBundle([[wide]]))))
    run(stage, 100)
    expect(isCut(bob, link)).toBe(true)
    expect(opsOf(bob)).toBe(1)
  })

  test('D9 a thousand links of garbage leave bounded traces, and after a while none', () => {
    const stage = createStage(1)
    const [bob] = stage.nodes as [SimNode]
    const { engine } = bob
    // As many newcomers as are heard: those beyond that would leave no trace at all.
    for (let i = 0; i < 1_200; i++) {
      for (let j = 0; j < 2; j++) tell(stage, bob, linkNamed(stage, `garbage ${i}`), Uint8Array.of(MESSAGE_VERSION, 2, 3))
      run(stage, 20)
    }
    expect(engine.cut.size).toBe(1_024)
    for (let i = 0; i < 400; i++) {
      claim(stage, bob, linkNamed(stage, `crowd ${i}`), [], 0, 0)
      run(stage, 20)
    }
    expect(engine.peers.size).toBe(256)
    run(stage, 120_000)
    expect(engine.peers.size).toBe(0)
    expect(engine.cut.size).toBe(0)
    expect(engine.jobs.size).toBe(0)
  })

  test('D8 of one link’s compressed bundles only a few are inflated at a time, and only so many wait', () => {
    const stage = createStage(1)
    const { engine } = stage.nodes[0]!
    const from = linkNamed(stage, 'bomber')
    const asked: number[] = []
    const bytes = unitsOf(wrapBundle('deflate', new Uint8Array(40_000)))
    for (let i = 0; i < 2_000; i++) {
      for (const effect of step(engine, heard(from, bytes), 2_000)) if (effect.type === 'decode') asked.push(effect.job)
    }
    expect(asked).toHaveLength(4)
    expect(engine.intakeBytes).toBeLessThanOrEqual(24 * 1024 * 1024)
    // Bombs: every one is refused; the link is cut after a few, and the rest goes its way without an exception.
    for (let next = asked.shift(); next !== undefined; next = asked.shift()) {
      for (const effect of step(engine, { type: 'decoded', job: next, rebuilt: rebuild(refuse('bad-deflate')) }, 2_000))
        if (effect.type === 'decode') asked.push(effect.job)
    }
    expect(engine.intake.size).toBe(0)
    expect(engine.intakeBytes).toBe(0)
    expect(engine.cut.has(from)).toBe(true)
  })

  test('D7 a flood of proofs asks for one verification at a time', () => {
    const stage = createStage(1)
    const { engine } = stage.nodes[0]!
    const bytes = encodeMessage({ type: 'hello', author: mallory.author, proof: new Uint8Array(64), ...NEW })
    const from = linkNamed(stage, 'prover')
    const effects = Array.from({ length: 1_000 }, () => step(engine, heard(from, bytes), 2_000)).flat()
    expect(effects.filter(({ type }) => type === 'verify')).toHaveLength(1)
  })
})

describe('others', () => {
  test('D14 a peer of another version is refused politely, however often it speaks, and is told ours so that it can say so too', () => {
    const told: Uint8Array[] = []
    const stage = createStage(2, {}, { told: (_villain, _from, _to, bytes) => void told.push(bytes) })
    const [alice, bob] = stage.nodes as [SimNode, SimNode]
    const link = linkNamed(stage, 'from the future')
    for (let i = 0; i < 100; i++) tell(stage, bob, link, Uint8Array.of(MESSAGE_VERSION + 1, 0x81, 4))
    expect(refusalsOf(bob, link)).toContain('unknown-version')
    expect(isCut(bob, link)).toBe(false)
    run(stage, 100)
    expect(told.length).toBeGreaterThan(0)
    for (const bytes of told) expect(bytes[0]).toBe(MESSAGE_VERSION)
    say(stage, alice, 'as ever')
    run(stage, 100)
    expect(agree(stage)).toBe(true)
  })

  test('E8 a peer of another version is known as one, and as one of ours again when it speaks our version', () => {
    const stage = createStage(2)
    const [, bob] = stage.nodes as [SimNode, SimNode]
    const link = linkNamed(stage, 'another version')
    const version = (): number | undefined => bob.engine.peers.get(link)?.version
    tell(stage, bob, link, Uint8Array.of(MESSAGE_VERSION - 1, 0x81, 4))
    expect(version()).toBe(MESSAGE_VERSION - 1)
    tell(stage, bob, link, new Uint8Array())
    expect(version()).toBe(MESSAGE_VERSION - 1)
    tell(stage, bob, link, encodeMessage({ type: 'more', ref: 1, taken: 0 }))
    expect(version()).toBe(MESSAGE_VERSION)
  })

  test('D16 a flood that comes faster than it can be judged is not taken further than a bound, and is held against nobody', () => {
    const stage = createStage(1)
    const { engine } = stage.nodes[0]!
    const from = linkNamed(stage, 'forwarder')
    const chain = chainOf(stage, mallory, 3_000)
    let waiting = 0
    const jobs: { readonly job: number; readonly count: number }[] = []
    const take = (input: Input): void => {
      for (const effect of step(engine, input, engine.now))
        if (effect.type === 'verify') jobs.push({ job: effect.job, count: effect.claims.length })
      waiting = Math.max(waiting, engine.intake.get(from)?.items.length ?? 0)
    }
    for (const op of chain) take(heard(from, unitsOf(wrapBundle('raw', encodeBundle([[op]])))))
    expect(waiting).toBe(1_024)
    for (let next = jobs.shift(); next !== undefined; next = jobs.shift())
      take({ type: 'verified', job: next.job, valid: Array.from({ length: next.count }, () => true) })
    expect(engine.replica.dag.length).toBe(1 + 1_024)
    expect(engine.peers.get(from)).toMatchObject({ strikes: 0, refusals: [] })
  })

  test('D16 another room’s genesis under this link is refused, and its link pays', () => {
    const stage = createStage(1)
    const [bob] = stage.nodes as [SimNode]
    const { op } = stage.world.genesis
    const other = sign(mallory, { ...op, author: mallory.author })
    const link = linkNamed(stage, 'mallory')
    tell(stage, bob, link, unitsOf(wrapBundle('raw', encodeBundle([[other]]))))
    expect(refusalsOf(bob, link)).toEqual(['not-for-this-room'])
    expect(bob.engine.peers.get(link)!.strikes).toBeGreaterThan(0)
    expect(opsOf(bob)).toBe(1)
  })

  test('B10 an op that names an op of another room as dep waits for what never comes here, and one in another room is refused', () => {
    const stage = createStage(2)
    const [, bob] = stage.nodes as [SimNode, SimNode]
    const { op } = stage.world.genesis
    const elsewhere = sign(mallory, { ...op, author: mallory.author })
    const link = linkNamed(stage, 'mallory')
    const stranger = message(stage, mallory, null, [elsewhere.id], 'one foot here')
    tell(stage, bob, link, unitsOf(wrapBundle('raw', encodeBundle([[stranger]]))))
    run(stage, 100)
    expect(bob.engine.replica.pending.ops).toBe(1)
    tell(
      stage,
      bob,
      link,
      unitsOf(wrapBundle('raw', encodeBundle([[message(stage, mallory, null, [elsewhere.id], '', { room: elsewhere.id })]]))),
    )
    run(stage, 100)
    expect(refusalsOf(bob, link)).toEqual(['not-for-this-room'])
    run(stage, 10_000)
    for (const node of stage.nodes) expect(opsOf(node)).toBe(1)
  })
})
