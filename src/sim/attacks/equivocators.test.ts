/** Authors who sign two ops with one seq, and who invent authors. */
import { describe, expect, test } from 'vitest'
import { MAX_PENDING_PER_LINK } from '../../core/limits.ts'
import type { UnitOp } from '../../core/unit.ts'
import {
  agree,
  apart,
  chainOf,
  claim,
  createStage,
  ghostId,
  keyNamed,
  linkNamed,
  message,
  opsOf,
  push,
  run,
  say,
  type Stage,
  together,
  verdictOf,
} from '../stage.ts'

const mallory = keyNamed('mallory')
const forkOf = (stage: Stage): readonly [UnitOp, UnitOp] => [
  message(stage, mallory, null, [stage.room], 'left'),
  message(stage, mallory, null, [stage.room], 'right'),
]

describe('equivocators', () => {
  test('B1 both ops stand at every node, with evidence, whichever came first', () => {
    const stage = createStage(3)
    const [left, right] = forkOf(stage)
    apart(stage, ...stage.nodes)
    push(stage, stage.nodes[0]!, linkNamed(stage, 'mallory'), [[left], [right]])
    push(stage, stage.nodes[1]!, linkNamed(stage, 'mallory'), [[right], [left]])
    together(stage)
    run(stage, 10_000)
    expect(verdictOf(stage)).toBe(null)
    for (const node of stage.nodes) {
      expect(opsOf(node)).toBe(3)
      expect(node.engine.replica.dag.equivocations).toHaveLength(1)
    }
  })

  test('B2 split over a partition, there is evidence at every correct node after healing', () => {
    const stage = createStage(4)
    const { nodes } = stage
    const [left, right] = forkOf(stage)
    apart(stage, ...nodes)
    push(stage, nodes[0]!, linkNamed(stage, 'mallory'), [[left]])
    push(stage, nodes[1]!, linkNamed(stage, 'mallory'), [[right]])
    for (const node of nodes) say(stage, node, 'apart')
    together(stage)
    run(stage, 20_000)
    expect(verdictOf(stage)).toBe(null)
    for (const { engine } of nodes) {
      expect(engine.replica.dag.equivocations).toHaveLength(1)
      expect(engine.replica.pending.ops).toBe(0)
    }
  })

  test('B2 long branches, each with its own tip and seq, reach everybody whatever the tips make others guess', () => {
    const stage = createStage(3)
    const { nodes } = stage
    const start = message(stage, mallory, null, [stage.room], 'start')
    const branch = (name: string, length: number): UnitOp[] => {
      const out = [start]
      for (let i = 0; i < length; i++) out.push(message(stage, mallory, out.at(-1)!, [], `${name} ${i}`))
      return out
    }
    apart(stage, ...nodes)
    for (const op of branch('short', 30)) push(stage, nodes[0]!, linkNamed(stage, 'mallory'), [[op]])
    for (const op of branch('long', 90)) push(stage, nodes[1]!, linkNamed(stage, 'mallory'), [[op]])
    for (let i = 0; i < 5; i++) for (const node of nodes) say(stage, node, `apart ${i}`)
    together(stage)
    run(stage, 60_000)
    expect(verdictOf(stage)).toBe(null)
    for (const node of nodes) expect(opsOf(node)).toBe(1 + 1 + 120 + 15)
  })

  test('B3 merged by a colluder, the two branches are evidence all the same', () => {
    const stage = createStage(3)
    const [left, right] = forkOf(stage)
    const merged = message(stage, keyNamed('colluder'), null, [left.id, right.id], 'nothing to see')
    push(stage, stage.nodes[0]!, linkNamed(stage, 'mallory'), [[left, right, merged]])
    run(stage, 5_000)
    expect(verdictOf(stage)).toBe(null)
    for (const { engine } of stage.nodes) {
      expect(engine.replica.dag.heads.size).toBe(1)
      expect(engine.replica.dag.equivocations).toHaveLength(1)
    }
  })
})

describe('Sybils', () => {
  test('D10 ten thousand keys may keep no more waiting than one key may, and what honest nodes write arrives as ever', () => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes
    const link = linkNamed(stage, 'mallory')
    for (let i = 0; i < 10_000; i += 1_000) {
      const units = Array.from({ length: 1_000 }, (_, n) => [message(stage, keyNamed(`sybil ${i + n}`), null, [ghostId(i + n)], 'boo')])
      push(stage, bob!, link, units)
    }
    expect(bob!.engine.replica.pending.ops).toBe(MAX_PENDING_PER_LINK)
    say(stage, alice!, 'as ever')
    run(stage, 100)
    expect(agree(stage)).toBe(true)
  })

  test('D10 a new one every second, each with nothing, does not keep a peer that failed once from its next turn', () => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes
    apart(stage, bob!)
    say(stage, alice!, 'missed')
    // Of alice, bob hears what she says now, which needs the other, and then nothing for a while.
    stage.world.cuts[alice!.index]![bob!.index] = 0
    say(stage, alice!, 'heard')
    run(stage, 10)
    apart(stage, bob!)
    expect([opsOf(bob!), bob!.engine.replica.pending.ops]).toEqual([1, 1])
    for (let i = 0; i < 60; i++) {
      if (i === 10) together(stage)
      claim(stage, bob!, linkNamed(stage, `stranger ${i}`), [], 0, 0)
      run(stage, 900)
    }
    expect(opsOf(bob!)).toBe(3)
    expect(verdictOf(stage)).toBe(null)
  })
})

test('D16 a peer that forwards a flood of valid ops, a key for each, pays nothing for it', () => {
  const stage = createStage(2)
  const [alice, bob] = stage.nodes
  const link = linkNamed(stage, 'forwarder')
  for (let i = 0; i < 3_000; i += 1_000) {
    push(
      stage,
      bob!,
      link,
      Array.from({ length: 1_000 }, (_, n) => chainOf(stage, keyNamed(`sybil ${i + n}`), 1)),
    )
    say(stage, alice!, 'meanwhile')
    run(stage, 100)
    expect(bob!.engine.peers.get(link)).toMatchObject({ strikes: 0, refusals: [] })
  }
  run(stage, 15_000)
  expect(verdictOf(stage)).toBe(null)
  for (const node of stage.nodes) expect(opsOf(node)).toBe(1 + 3_000 + 3)
})
