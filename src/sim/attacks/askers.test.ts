/** Peers who ask for too much, repeat what was said, or make a room with very many heads. */
import { describe, expect, test } from 'vitest'
import { createRandom, randomBytes } from '../../core/bytes.naive.ts'
import { toHex } from '../../core/bytes.ts'
import { MAX_HEADS_LISTED } from '../../core/limits.ts'
import type { Unit, UnitOp } from '../../core/unit.ts'
import { encodeBody } from '../../crdt/body.ts'
import { decodeMessage, type Message } from '../../sync/messages.ts'
import { lengthOf } from '../disk.ts'
import { give, unitsOf } from '../node.ts'
import {
  agree,
  apart,
  chainOf,
  createStage,
  has,
  keyNamed,
  linkNamed,
  message,
  opsOf,
  push,
  run,
  runUntil,
  say,
  type Stage,
  tell,
  together,
  verdictOf,
  wantBelow,
} from '../stage.ts'

const mallory = keyNamed('mallory')

/** Gives every node `count` first ops of as many authors, all of them heads. */
function pushSybils(stage: Stage, count: number): void {
  const sybils = Array.from({ length: count }, (_, i) => [message(stage, keyNamed(`sybil ${i}`), null, [stage.room], 'hi')])
  for (const node of stage.nodes)
    for (let at = 0; at < count; at += 1_000) push(stage, node, linkNamed(stage, 'mallory'), sybils.slice(at, at + 1_000))
}

const wantAll = (ref: number): Message => wantBelow(ref, [])

/** Ids of the ops in a message of units. */
function idsIn(bytes: Uint8Array): string[] {
  const decoded = decodeMessage(bytes)
  if (!decoded.ok || decoded.value.type !== 'units') return []
  return (unitsOf(decoded.value.bundle) ?? []).flat().map(({ id }) => toHex(id))
}

describe('askers', () => {
  const served: Uint8Array[] = []
  const listening = { told: (_villain: unknown, _from: unknown, _to: unknown, bytes: Uint8Array) => void served.push(bytes) }
  const stageOf = (count: number): Stage => {
    served.length = 0
    return createStage(count, {}, listening)
  }

  test('D13 a peer that asks for everything again and again gets a bounded amount, and others what they want', () => {
    const stage = stageOf(2)
    const [alice, bob] = stage.nodes
    for (let i = 0; i < 300; i++) say(stage, alice!, `history ${i}`)
    const link = linkNamed(stage, 'glutton')
    for (let ref = 1; ref <= 2_000; ref++) {
      tell(stage, alice!, link, wantAll(ref))
      run(stage, 8)
    }
    const ops = served.reduce((sum, bytes) => sum + idsIn(bytes).length, 0)
    expect(ops).toBeGreaterThan(300)
    // 200 questions are answered between two pardons, of which there were two; most answers give way to the next question.
    expect(ops).toBeLessThan(400 * 20)
    apart(stage, bob!)
    say(stage, alice!, 'and now')
    together(stage)
    run(stage, 6_000)
    expect(verdictOf(stage)).toBe(null)
  })

  test('D13 a long answer that was cut off goes on where it was, and does not begin anew', () => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes
    apart(stage, bob!)
    for (let i = 0; i < 240; i++) say(stage, alice!, `${i} ${'x'.repeat(40_000)}`)
    const { counts } = stage.world
    const before = counts.bytes
    let cuts = 0
    for (let had = opsOf(bob!); opsOf(bob!) < 241; had = opsOf(bob!)) {
      together(stage)
      expect(runUntil(stage, 20_000, () => opsOf(bob!) > had)).toBeLessThan(20_000)
      run(stage, 10)
      apart(stage, bob!)
      run(stage, 3_000)
      cuts++
    }
    expect(cuts).toBeGreaterThan(2)
    // What was on its way when the link broke is sent twice: a few MB each time, not ten.
    expect(counts.bytes - before).toBeLessThan(240 * 40_000 * 2)
    together(stage)
    run(stage, 10_000)
    expect(verdictOf(stage)).toBe(null)
  })

  test('D7 of a unit that a peer holds in part, it is sent the other part', () => {
    const stage = stageOf(1)
    const [held, lacking] = [chainOf(stage, mallory, 50), chainOf(stage, keyNamed('another'), 50)]
    push(stage, stage.nodes[0]!, linkNamed(stage, 'mallory'), [held.flatMap((op, n) => [op, lacking[n]!])])
    run(stage, 1_000)
    served.length = 0
    tell(stage, stage.nodes[0]!, linkNamed(stage, 'asker'), wantBelow(1, [held.at(-1)!.id]))
    run(stage, 1_000)
    expect(served.flatMap(idsIn)).toEqual(lacking.map(({ id }) => toHex(id)))
  })

  test('B19 D5 what comes after more than an answer’s bytes, under heads that are not listed, is got all the same', () => {
    const stage = stageOf(2)
    const [alice, bob] = stage.nodes
    apart(stage, bob!)
    const random = createRandom(7)
    const large: UnitOp[] = []
    for (let i = 0; i < 80; i++) {
      const body = encodeBody({ kind: 'message', text: toHex(randomBytes(random, 30_000)) })
      large.push(message(stage, mallory, large.at(-1) ?? null, i === 0 ? [stage.room] : [], '', { body }))
    }
    const heads = Array.from({ length: 400 }, (_, i) => [message(stage, keyNamed(`head ${i}`), null, [stage.room], `${i}`)])
    for (const node of [alice!, bob!]) {
      for (let at = 0; at < large.length; at += 10)
        push(
          stage,
          node,
          linkNamed(stage, 'author'),
          large.slice(at, at + 10).map((op) => [op]),
        )
      push(stage, node, linkNamed(stage, 'author'), heads)
    }
    const missed = say(stage, alice!, 'nobody hears this')
    run(stage, 1_000)
    together(stage)
    expect(runUntil(stage, 60_000, () => has(bob!, missed), 100)).toBeLessThan(60_000)
  })

  test('D7 one small question makes a node send no more than one answer’s bytes', () => {
    const stage = stageOf(1)
    const [alice] = stage.nodes
    for (let i = 0; i < 200; i++) say(stage, alice!, `${i} ${'x'.repeat(60_000)}`)
    tell(stage, alice!, linkNamed(stage, 'asker'), wantAll(1))
    run(stage, 5_000)
    const bytes = served.reduce((sum, each) => sum + each.length, 0)
    expect(bytes).toBeGreaterThan(4_000_000)
    expect(bytes).toBeLessThan(6_000_000)
  })
})

test('D1 every message of a session, repeated in another order, changes nothing and is stored nowhere', () => {
  const recorded: Uint8Array[] = []
  const stage = createStage(2, {}, { overheard: (_villain, _from, bytes) => void recorded.push(bytes) })
  const [alice, bob] = stage.nodes
  for (let i = 0; i < 40; i++) say(stage, i % 2 === 0 ? alice! : bob!, `recorded ${i}`)
  run(stage, 5_000)
  const stored = lengthOf(bob!.disk)
  expect(recorded.length).toBeGreaterThan(40)
  for (const bytes of recorded.reverse()) tell(stage, bob!, linkNamed(stage, 'replayer'), bytes)
  run(stage, 20_000)
  expect(lengthOf(bob!.disk)).toBe(stored)
  expect(opsOf(bob!)).toBe(41)
  expect(verdictOf(stage)).toBe(null)
})

test('D1 what was lost is told again before long, though nobody says anything new', () => {
  const stage = createStage(2)
  const [alice, bob] = stage.nodes
  apart(stage, bob!)
  say(stage, alice!, 'lost, and so is its announcement')
  run(stage, 1_000)
  together(stage)
  expect(runUntil(stage, 6_000, () => agree(stage))).toBeLessThan(6_000)
  expect(verdictOf(stage)).toBe(null)
})

test('D1 a network that loses a third of all messages, repeats a third and mixes their order delays agreement and does not prevent it', () => {
  const stage = createStage(5, { lost: 1 / 3, repeated: 1 / 3, delay: { least: 1, most: 300 } })
  for (let i = 0; i < 40; i++) {
    for (const node of stage.nodes) if (opsOf(node) > 0) say(stage, node, `lossy ${i}`)
    run(stage, 100)
  }
  expect(runUntil(stage, 120_000, () => agree(stage), 20)).toBeLessThan(120_000)
  expect(opsOf(stage.nodes[0]!)).toBeGreaterThan(100)
})

describe('heads', () => {
  /** Bytes of broadcasts, and the largest one. */
  const heard: number[] = []
  const listening = { overheard: (_villain: unknown, _from: unknown, bytes: Uint8Array) => void heard.push(bytes.length) }

  test.each([700, 10_000])(
    'B19 of %i, nodes agree and then are silent; messages are bounded, nobody merges, and own edits are possible',
    (count) => {
      heard.length = 0
      const stage = createStage(2, {}, listening)
      const { nodes, world } = stage
      for (let i = 0; i < count; i += 500) {
        const units = Array.from({ length: Math.min(500, count - i) }, (_, n) => chainOf(stage, keyNamed(`sybil ${i + n}`), 1))
        push(stage, nodes[0]!, linkNamed(stage, 'mallory'), units)
      }
      expect(runUntil(stage, 120_000, () => agree(stage), 100)).toBeLessThan(120_000)
      run(stage, 15_000)
      const before = world.counts.bytes
      run(stage, 60_000)
      // Two nodes, a heartbeat of 256 heads every five seconds, and an answer to each.
      expect(world.counts.bytes - before).toBeLessThan(2 * 13 * 2 * 9_000)
      expect(Math.max(...heard)).toBeLessThan(MAX_HEADS_LISTED * 32 + 200)
      for (const node of nodes) expect(opsOf(node)).toBe(1 + count)
      say(stage, nodes[1]!, 'still here')
      run(stage, 3_000)
      expect(agree(stage)).toBe(true)
      expect(nodes[0]!.engine.replica.dag.heads.size).toBe(count - 64 + 1)
    },
  )

  test.each([
    [1, 0],
    [3, 2],
    [0, 20],
  ])('B19 among 10,000 of them nodes that met nobody yet, and lack %i and %i ops of each other, fetch these and some kB', (mine, yours) => {
    const stage = createStage(2)
    const { nodes, world } = stage
    apart(stage, ...nodes)
    pushSybils(stage, 10_000)
    const author = linkNamed(stage, 'author')
    const more = (name: string, count: number): Unit[] =>
      Array.from({ length: count }, (_, i) => [message(stage, keyNamed(`${name} ${i}`), null, [stage.room], name)])
    if (mine > 0) push(stage, nodes[0]!, author, more('mine', mine))
    if (yours > 0) push(stage, nodes[1]!, author, more('yours', yours))
    run(stage, 20_000)
    together(stage)
    const before = world.counts.bytes
    expect(runUntil(stage, 10_000, () => agree(stage))).toBeLessThan(10_000)
    run(stage, 1_000)
    // Parts, newest heads and tips, told a few times, once more to echo a token; and for each op the heads of its part.
    expect(world.counts.bytes - before).toBeLessThan(28_000 + 6_000 * (mine + yours))
  })

  test('B19 among 3,000 of them typing costs its ops, and not the room again for each', () => {
    const stage = createStage(2)
    const { nodes, world } = stage
    apart(stage, ...nodes)
    pushSybils(stage, 3_000)
    together(stage)
    run(stage, 15_000)
    expect(agree(stage)).toBe(true)
    const before = world.counts.bytes
    for (let i = 0; i < 20; i++) {
      say(stage, nodes[i % 2]!, `typed ${i}`)
      run(stage, 300)
    }
    expect(agree(stage)).toBe(true)
    expect(world.counts.bytes - before).toBeLessThan(250_000)
  })
})

test.each(['stay', 'leave at once'])(
  'D21 the owners of 24 direct channels that take nothing ask for everything and %s: who is on a shared path waits for none of them',
  (how) => {
    const stage = createStage(2, {}, { takesNothing: true })
    const [bob, carol] = stage.nodes
    say(stage, carol!, 'known')
    run(stage, 1_000)
    apart(stage, carol!)
    for (let i = 0; i < 100; i++) say(stage, bob!, `history ${i} ${'y'.repeat(200)}`)
    run(stage, 1_000)
    const names = Array.from({ length: 24 }, (_, n) => linkNamed(stage, `name ${n}`))
    for (const [n, from] of names.entries()) {
      give(stage.world, bob!, { type: 'heard', from, way: 'channel' })
      tell(stage, bob!, from, wantAll(n))
      run(stage, 100)
      if (how !== 'stay') give(stage.world, bob!, { type: 'gone', peer: from })
    }
    expect(bob!.engine.pace.shared.trusted.unsent.size).toBe(24)
    together(stage)
    expect(runUntil(stage, 20_000, () => opsOf(carol!) === opsOf(bob!))).toBeLessThan(6_000)
  },
)
