/** Where the platform's cryptography is missing, a signature costs more: what others can take of a processor stays the same. */
import { expect, test } from 'vitest'
import { PURE_SIGNATURE_COST } from '../node/verifier.ts'
import { give, type SimNode } from '../sim/node.ts'
import { chainOf, claim, createStage, ghostId, keyNamed, linkNamed, message, opsOf, run, runUntil, type Stage, tell } from '../sim/stage.ts'
import { bundleOf } from '../sim/villain.ts'
import type { UnitOp } from '../core/unit.ts'
import { MAX_UNIT_OPS } from '../core/limits.ts'
import type { PeerId } from './effects.ts'
import { LEAST_AT_ONCE, NEWCOMERS_PER_SECOND } from './peers.ts'
import { ANSWERS_JUDGED_PER_SECOND, JUDGED_PER_SECOND, MAX_JUDGED_FOR_STRANGERS, SMALL_JUDGED_PER_SECOND } from './strangers.ts'

const COST = PURE_SIGNATURE_COST

/** A node to which hostile sender values are nothing but names. */
const dear = (): Stage => createStage(1, { signatureCost: COST }, { isDeaf: true })
const nodeOf = ({ nodes }: Stage): SimNode => nodes[0]!

const bring = (stage: Stage, from: PeerId, ops: readonly UnitOp[], ref = 0): void =>
  tell(stage, nodeOf(stage), from, { type: 'units', ref, bundle: bundleOf([ops]), last: false, left: 9 })

/** Signed ops that wait for what never was. */
const waiting = (from: string, count: number): UnitOp[] =>
  Array.from({ length: count }, (_, n) => message(dummy, keyNamed(from), null, [ghostId(1)], `${n}`))
const dummy = dear()

/** Signatures that the node verifies in ten seconds. */
function verifiedIn10s(stage: Stage): number {
  const { work } = nodeOf(stage)
  const before = work.verified
  run(stage, 10_000)
  return work.verified - before
}

test('D8 where a signature costs PURE_SIGNATURE_COST times as much, so many fewer of strangers are verified, in small bundles and in large ones', () => {
  const small = dear()
  // As many each second as one that verifies natively would judge.
  const names = Array.from({ length: 200 }, (_, n) => linkNamed(small, `${n}`))
  for (const [n, name] of names.entries()) for (const op of waiting(`small ${n}`, 8)) bring(small, name, [op])
  const perSecond = SMALL_JUDGED_PER_SECOND / COST
  expect(verifiedIn10s(small)).toBeLessThan(LEAST_AT_ONCE + 11 * perSecond)
  const large = dear()
  for (const name of names) bring(large, name, waiting(`large ${name}`, 40))
  // Those that are begun with the last of the budget owe the rest.
  expect(verifiedIn10s(large)).toBeLessThan((2 * MAX_JUDGED_FOR_STRANGERS + 11 * JUDGED_PER_SECOND) / COST + LEAST_AT_ONCE)
})

test('D8 where a signature costs PURE_SIGNATURE_COST times as much, so many fewer of answers are verified, and a unit at once', () => {
  const stage = dear()
  const names = Array.from({ length: 8 }, (_, n) => linkNamed(stage, `${n}`))
  const { fetches } = nodeOf(stage).engine
  for (const [n, name] of names.entries()) claim(stage, nodeOf(stage), name, [ghostId(n)])
  expect(runUntil(stage, 5_000, () => names.every((name) => fetches.has(name)))).toBeLessThan(5_000)
  for (const name of names) bring(stage, name, waiting(name, 1_000), fetches.get(name)!.ref)
  const verified = verifiedIn10s(stage)
  expect(verified).toBeGreaterThan(MAX_UNIT_OPS)
  expect(verified).toBeLessThan(MAX_UNIT_OPS + (11 * ANSWERS_JUDGED_PER_SECOND) / COST)
})

test('D8 where a signature costs PURE_SIGNATURE_COST times as much, the first messages of LEAST_AT_ONCE newcomers are judged at once', () => {
  const stage = dear()
  for (let n = 0; n < LEAST_AT_ONCE; n++)
    bring(stage, linkNamed(stage, `${n}`), [message(stage, keyNamed(`key ${n}`), null, [stage.room], 'hello')])
  run(stage, 200)
  expect(opsOf(nodeOf(stage))).toBe(1 + LEAST_AT_ONCE)
})

test('D8 where a signature costs PURE_SIGNATURE_COST times as much, units of one who serves pay for the next ones', () => {
  const stage = dear()
  const server = linkNamed(stage, 'server')
  const chain = chainOf(stage, keyNamed('writer'), 8 * MAX_UNIT_OPS)
  const bob = nodeOf(stage)
  claim(stage, bob, server, [chain.at(-1)!.id])
  expect(runUntil(stage, 5_000, () => bob.engine.fetches.has(server))).toBeLessThan(5_000)
  const { ref } = bob.engine.fetches.get(server)!
  for (let at = 0; at < chain.length; at += MAX_UNIT_OPS) {
    bring(stage, server, chain.slice(at, at + MAX_UNIT_OPS), ref)
    // The first one was judged in many turns, of what all share.
    expect(runUntil(stage, 60_000, () => opsOf(bob) === 1 + at + MAX_UNIT_OPS)).toBeLessThan(at === 0 ? 3_000 : 1_000)
  }
})

test('D10 where a signature costs PURE_SIGNATURE_COST times as much, so many fewer are greeted, and LEAST_AT_ONCE at once', () => {
  const stage = dear()
  const { work } = nodeOf(stage)
  const greeted = (count: number): number => {
    const before = work.signed
    for (let n = 0; n < count; n++)
      give(stage.world, nodeOf(stage), { type: 'heard', from: linkNamed(stage, `${before} ${n}`), way: 'open' })
    return work.signed - before
  }
  const first = greeted(1_000)
  expect(first).toBeGreaterThan(LEAST_AT_ONCE / 2)
  expect(first).toBeLessThanOrEqual(LEAST_AT_ONCE)
  let later = 0
  for (let second = 0; second < 10; second++) {
    run(stage, 1_000)
    later += greeted(1_000)
  }
  expect(later).toBeLessThanOrEqual(LEAST_AT_ONCE - first + (11 * NEWCOMERS_PER_SECOND) / COST)
})
