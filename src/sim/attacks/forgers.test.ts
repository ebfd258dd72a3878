/** Those who sign badly, not at all, in another's name, or for ops that no one else can place. */
import { describe, expect, test } from 'vitest'
import type { UnitOp } from '../../core/unit.ts'
import {
  agree,
  apart,
  chainOf,
  createStage,
  has,
  isCut,
  join,
  keyNamed,
  linkNamed,
  message,
  opsOf,
  push,
  refusalsOf,
  run,
  runUntil,
  say,
  signedBadly,
  strikesOf,
  together,
  unsigned,
  verdictOf,
} from '../stage.ts'

const mallory = keyNamed('mallory')

describe('bad signatures', () => {
  test('A2 an op whose signature is wrong or missing counts as unsigned: its link pays, nothing changes, and it is admitted once signed', () => {
    const stage = createStage(2)
    const [, bob] = stage.nodes
    const op = message(stage, mallory, null, [stage.room], 'mine')
    for (const [i, bad] of [signedBadly(op), { ...op, signature: op.signature!.map((byte) => byte ^ 1) }].entries()) {
      const link = linkNamed(stage, `forger ${i}`)
      push(stage, bob!, link, [[bad]])
      expect(refusalsOf(bob!, link)).toContain('bad-signature')
      expect(bob!.engine.peers.get(link)!.strikes).toBeGreaterThan(0)
      expect(opsOf(bob!)).toBe(1)
      expect(bob!.engine.replica).toMatchObject({ pending: { ops: 0 }, refusedOps: [] })
    }
    for (let i = 0; i < 2; i++) push(stage, bob!, linkNamed(stage, 'forger 0'), [[signedBadly(op)]])
    expect(isCut(bob!, linkNamed(stage, 'forger 0'))).toBe(true)
    push(stage, bob!, linkNamed(stage, 'author'), [[op]])
    expect(has(bob!, op)).toBe(true)
    run(stage, 3_000)
    expect(verdictOf(stage)).toBe(null)
  })

  test('A15 an honest op that comes first with a bad signature is admitted when it comes as it was signed, and its sender not blamed', () => {
    const stage = createStage(3)
    const [alice, bob, carol] = stage.nodes
    for (let i = 0; i < 30; i++) {
      apart(stage, bob!)
      say(stage, alice!, `first ${i}`)
      const op = say(stage, alice!, `second ${i}`)
      push(stage, bob!, linkNamed(stage, `stripper ${i}`), [[signedBadly(op)]])
      expect(bob!.engine.replica.pending.ops).toBe(0)
      together(stage)
      run(stage, 6_000)
    }
    expect(verdictOf(stage)).toBe(null)
    expect(opsOf(alice!)).toBe(61)
    for (const node of [alice!, carol!]) expect(strikesOf(bob!, node)).toBe(0)
  })

  test('A15 an op vouched for by a later one is admitted the same at those who saw it badly signed before, and at those who did not', () => {
    const stage = createStage(3)
    const [, bob, carol] = stage.nodes
    const chain = chainOf(stage, mallory, 3)
    const vouched = chain.map((op, i) => (i < 2 ? unsigned(op) : op))
    push(stage, bob!, linkNamed(stage, 'forger'), [[signedBadly(chain[0]!)]])
    expect(has(bob!, chain[0]!)).toBe(false)
    push(stage, bob!, linkNamed(stage, 'author'), [vouched])
    push(stage, carol!, linkNamed(stage, 'author'), [vouched])
    push(stage, carol!, linkNamed(stage, 'forger'), [[signedBadly(chain[0]!)]])
    expect([opsOf(bob!), opsOf(carol!)]).toEqual([4, 4])
    run(stage, 3_000)
    expect(verdictOf(stage)).toBe(null)
  })

  test('A3 an op in another’s name is admitted nowhere, and its link pays', () => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes
    const forged = { ...message(stage, { ...mallory, author: alice!.identity.author }, null, [stage.room], 'I owe you') }
    const link = linkNamed(stage, 'mallory')
    push(stage, bob!, link, [[{ ...forged, signature: message(stage, mallory, null, [stage.room], 'I owe you').signature }]])
    expect(refusalsOf(bob!, link)).toContain('bad-signature')
    run(stage, 10_000)
    for (const node of stage.nodes) expect(has(node, forged)).toBe(false)
    expect(verdictOf(stage)).toBe(null)
  })

  test('A7 an op that comes twice, in one unit or in two, is one op', () => {
    const stage = createStage(2)
    const twice = message(stage, mallory, null, [stage.room], 'twice')
    push(stage, stage.nodes[1]!, linkNamed(stage, 'mallory'), [[twice, twice]])
    push(stage, stage.nodes[1]!, linkNamed(stage, 'mallory'), [[twice], [twice]])
    run(stage, 3_000)
    expect(verdictOf(stage)).toBe(null)
    for (const node of stage.nodes) expect(opsOf(node)).toBe(2)
    expect(stage.nodes[0]!.engine.replica.dag.equivocations).toEqual([])
  })
})

describe('units that vouch for nothing', () => {
  test('A16 an op vouched for only by a rejected one is admitted nowhere, and its child is not either', () => {
    const stage = createStage(2)
    const base = message(stage, mallory, null, [stage.room], 'base')
    const rejected = message(stage, mallory, base, [], '', { body: Uint8Array.of(0x81, 9) })
    push(stage, stage.nodes[1]!, linkNamed(stage, 'mallory'), [[unsigned(base), rejected]])
    run(stage, 3_000)
    for (const node of stage.nodes) {
      expect(opsOf(node)).toBe(1)
      expect(node.engine.replica.pending.ops).toBe(0)
    }
    expect(verdictOf(stage)).toBe(null)
  })

  test('B17 a unit that vouches for nothing stages nothing, whoever it names', () => {
    const stage = createStage(2)
    const [, bob] = stage.nodes
    const base = message(stage, mallory, null, [stage.room], 'base')
    const reply = message(stage, keyNamed('other'), null, [base.id], 'reply')
    push(stage, bob!, linkNamed(stage, 'mallory'), [[signedBadly(base), reply]])
    expect(bob!.engine.replica.pending.ops).toBe(0)
    expect(bob!.engine.replica.rejected.size).toBe(0)
    expect(opsOf(bob!)).toBe(1)
    push(stage, bob!, linkNamed(stage, 'mallory'), [[base, reply]])
    expect(has(bob!, reply)).toBe(true)
  })

  test('B18 chains whose signed op never comes stage nothing, and never stall what honest nodes write', () => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes
    for (let i = 0; i < 20; i++) {
      const chain = chainOf(stage, keyNamed(`silent ${i}`), 200).map(unsigned)
      push(stage, bob!, linkNamed(stage, `mallory ${i}`), [chain])
      // All that goes for signed here is so badly.
      push(stage, bob!, linkNamed(stage, `mallory ${i}`), [[...chain.slice(0, -1), signedBadly(chain.at(-1)!)]])
      expect(bob!.engine.replica.pending.ops).toBe(0)
      const op = say(stage, alice!, `typed ${i}`)
      expect(runUntil(stage, 500, () => has(bob!, op))).toBeLessThan(500)
    }
    expect(verdictOf(stage)).toBe(null)
  })

  test('B18 signatures stripped on the way: what one honest node admitted it can serve, whatever part of it the other has', () => {
    const stage = createStage(3)
    const [alice, bob, carol] = stage.nodes
    const chain = chainOf(stage, mallory, 100)
    const stripped = (from: number, to: number): UnitOp[] => chain.slice(from, to).map((op, i) => (from + i < to - 1 ? unsigned(op) : op))
    apart(stage, ...stage.nodes)
    push(stage, alice!, linkNamed(stage, 'mallory'), [stripped(0, 100)])
    push(stage, bob!, linkNamed(stage, 'mallory'), [stripped(0, 40)])
    // One branch of a fork is signed, and the other is not: only that one is there to be served.
    const fork = [message(stage, mallory, chain[9]!, [], 'signed'), signedBadly(message(stage, mallory, chain[9]!, [], 'not'))]
    push(stage, carol!, linkNamed(stage, 'mallory'), [stripped(0, 10), fork])
    expect([has(carol!, fork[0]!), has(carol!, fork[1]!)]).toEqual([true, false])
    together(stage)
    const dave = join(stage)
    run(stage, 20_000)
    expect(verdictOf(stage)).toBe(null)
    expect(opsOf(dave)).toBe(1 + 100 + 1)
  })
})

test('B6 an honest peer is not blamed for another’s bad ops that its own op sets free', () => {
  const stage = createStage(2)
  const [alice, bob] = stage.nodes
  apart(stage, bob!)
  const parent = say(stage, alice!, 'a parent')
  const traps = Array.from({ length: 40 }, (_, time) =>
    message(stage, mallory, null, [parent.id], '', { body: Uint8Array.of(0x81, 9), time }),
  )
  for (const [i, trap] of traps.entries()) push(stage, bob!, linkNamed(stage, `trapper ${i}`), [[trap]])
  expect(bob!.engine.replica.pending.ops).toBe(traps.length)
  together(stage)
  expect(runUntil(stage, 30_000, () => agree(stage), 20)).toBeLessThan(30_000)
  expect(stage.villain.counts.refused).toBe(traps.length)
  expect(strikesOf(bob!, alice!)).toBe(0)
  expect(bob!.engine.replica.pending.ops).toBe(0)
  expect(verdictOf(stage)).toBe(null)
})
