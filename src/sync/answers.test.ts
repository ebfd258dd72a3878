/** Answers of peers without credit: how large their bundles may be, which signatures are verified, and which peers wait. */
import { ok } from '../core/result.ts'
import { expect, test } from 'vitest'
import { give, type SimNode } from '../sim/node.ts'
import {
  chainOf,
  claim,
  createStage,
  ghostId,
  has,
  keyNamed,
  linkNamed,
  message,
  opsOf,
  prove,
  push,
  run,
  runUntil,
  tell,
  unsigned,
  wantBelow,
  hearing,
} from '../sim/stage.ts'
import { bundleOf } from '../sim/villain.ts'
import { decodeBundle, encodeBundle, WIDEST } from './bundle.ts'
import { squeeze } from '../sim/squeeze.ts'
import type { UnitOp } from '../core/unit.ts'
import type { PeerId } from './effects.ts'
import { LIMITS } from './limits.ts'
import { rebuild } from './rebuild.ts'
import { ANSWERS_JUDGED_PER_SECOND, FIRST_OPS, MAX_ANSWERS_JUDGED, MORE_BY_BROUGHT, SMALL_OPS } from './strangers.ts'
import { unwrapBundle, wrapBundle } from './wrap.ts'

const mallory = keyNamed('mallory')

test('D8 a bundle of more ops than a link may bring is refused before they are built, and nobody is cut for it', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const link = linkNamed(stage, 'mallory')
  const chain = chainOf(stage, mallory, 2 * FIRST_OPS + 1)
  const [first, second, third] = [chain.slice(0, FIRST_OPS), chain.slice(FIRST_OPS), chain.slice(FIRST_OPS, 2 * FIRST_OPS)].map((ops) => [
    ops,
  ])
  claim(stage, bob, link, [], 0, 0)
  push(stage, bob, link, [[...second![0]!.slice(0, FIRST_OPS)], second![0]!.slice(FIRST_OPS)])
  run(stage, 1_000)
  const peer = bob.engine.peers.get(link)!
  expect([opsOf(bob), peer.strikes, peer.refusals]).toEqual([1, 0, ['too-many-ops']])
  for (const units of [first, third]) push(stage, bob, link, units!)
  run(stage, 1_000)
  expect([opsOf(bob), peer.broughtWell]).toEqual([1 + 2 * FIRST_OPS, 2 * FIRST_OPS])
  // Now it may bring more at a time.
  const more = chainOf(stage, keyNamed('another'), MORE_BY_BROUGHT * FIRST_OPS)
  const units = Array.from({ length: MORE_BY_BROUGHT }, (_, n) => more.slice(n * FIRST_OPS, (n + 1) * FIRST_OPS))
  push(stage, bob, link, units)
  run(stage, 10_000)
  expect(opsOf(bob)).toBe(1 + 2 * FIRST_OPS + MORE_BY_BROUGHT * FIRST_OPS)
  const wrapped = unwrapBundle(bundleOf(units))
  expect(wrapped.ok && rebuild(ok(wrapped.value.payload), { ...WIDEST, ops: FIRST_OPS }).ops).toBeLessThan(FIRST_OPS / 8)
})

test('D8 an answer begins with FIRST_OPS, and a bundle holds MORE_BY_BROUGHT more for each op that was judged', () => {
  const sizes: number[] = []
  // Segments are put together, so that nothing else makes bundles small.
  const stage = createStage(
    1,
    { limits: { ...LIMITS, bundleOps: 16_384 } },
    {
      isDeaf: true,
      told: hearing((said) => {
        if (said.type !== 'units' || said.bundle.length === 0) return
        const unwrapped = unwrapBundle(said.bundle)
        const units = unwrapped.ok ? decodeBundle(unwrapped.value.payload) : unwrapped
        sizes.push(units.ok ? units.value.flat().length : -1)
      }),
    },
  )
  const [bob] = stage.nodes as [SimNode]
  const writer = linkNamed(stage, 'writer')
  const chain = chainOf(stage, mallory, 5_000)
  for (let at = 0; at < chain.length; at += 1_000) {
    push(stage, bob, writer, [chain.slice(at, at + 1_000)])
    run(stage, 200)
  }
  const asker = linkNamed(stage, 'asker')
  tell(stage, bob, asker, wantBelow(1, []))
  let may = FIRST_OPS
  for (let taken = 0; sizes.reduce((sum, size) => sum + size, 0) < chain.length; taken++) {
    expect(runUntil(stage, 5_000, () => sizes.length > taken)).toBeLessThan(5_000)
    expect(sizes[taken]).toBeLessThanOrEqual(may)
    may += MORE_BY_BROUGHT * sizes[taken]!
    tell(stage, bob, asker, { type: 'more', ref: 1, taken: taken + 1 })
  }
  expect(Math.max(...sizes)).toBeGreaterThan(FIRST_OPS)
})

test('D8 answers without credit wait for the budget that their peers share, one of trusted peers for the budget of these, and no longer', () => {
  const stage = createStage(1, {}, { isDeaf: true })
  const [bob] = stage.nodes as [SimNode]
  const { judging, heldBack } = bob.engine
  const [name, friend] = [linkNamed(stage, 'name'), linkNamed(stage, 'friend')]
  give(stage.world, bob, { type: 'heard', from: friend, way: 'browser' })
  /** The peer names an op, and answers with it and the ones before, which are more than a small bundle holds. */
  const bring = (from: PeerId): (() => boolean) => {
    const ops = chainOf(stage, keyNamed(from), SMALL_OPS + 1)
    const op = ops.at(-1)!
    claim(stage, bob, from, [op.id])
    expect(runUntil(stage, 3_000, () => bob.engine.fetches.has(from))).toBeLessThan(3_000)
    judging.answers.left = -MAX_ANSWERS_JUDGED
    judging.answers.at = bob.engine.now
    const { ref } = bob.engine.fetches.get(from)!
    tell(stage, bob, from, {
      type: 'units',
      ref,
      bundle: bundleOf([ops.map((each) => (each === op ? each : unsigned(each)))]),
      last: true,
      left: 0,
    })
    run(stage, 10)
    return () => has(bob, op)
  }
  expect(bring(friend)()).toBe(true)
  const isHere = bring(name)
  expect([isHere(), heldBack.answers.has(name)]).toEqual([false, true])
  const wait = (1_000 * MAX_ANSWERS_JUDGED) / ANSWERS_JUDGED_PER_SECOND
  run(stage, wait - 100)
  // It is not to blame for having to wait.
  expect([isHere(), bob.engine.peers.get(name)!.failures]).toEqual([false, 0])
  run(stage, 200)
  expect([isHere(), heldBack.answers.size]).toEqual([true, 0])
})

test('D8 a link that waits for a budget keeps its place when it says more', () => {
  const stage = createStage(1, {}, { isDeaf: true })
  const [bob] = stage.nodes as [SimNode]
  const { judging, heldBack } = bob.engine
  const [one, another] = [linkNamed(stage, 'one'), linkNamed(stage, 'another')]
  for (const from of [one, another]) claim(stage, bob, from, [], 0, 0)
  judging.small.left = -100_000
  for (const from of [one, another, one]) {
    const bundle = bundleOf([[message(stage, keyNamed(from), null, [stage.room], 'said')]])
    tell(stage, bob, from, { type: 'units', ref: 0, bundle, last: true, left: 0 })
  }
  expect([...heldBack.small]).toEqual([one, another])
})

test('D22 what a person types does not wait behind bundles of few bytes that hold many ops', () => {
  const stage = createStage(1, {}, { isDeaf: true })
  const [bob] = stage.nodes as [SimNode]
  const { judging, heldBack } = bob.engine
  // Nothing is signed but the last op, so that the ops cost next to no bytes.
  const many = [message(stage, mallory, null, [ghostId(1)], '')]
  while (many.length < FIRST_OPS) many.push(message(stage, mallory, many.at(-1)!, [], ''))
  const bundle = bundleOf([many.map((op, i) => (i === many.length - 1 ? op : unsigned(op)))])
  expect(bundle.length).toBeLessThan(2_048)
  const names = Array.from({ length: 30 }, (_, n) => linkNamed(stage, `${n}`))
  for (const link of names) {
    claim(stage, bob, link, [], 0, 0)
    tell(stage, bob, link, { type: 'units', ref: 0, bundle, last: true, left: 0 })
  }
  run(stage, 10)
  expect(judging.small.left).toBeGreaterThan(0)
  expect(heldBack.large.size).toBeGreaterThan(20)
  const op = message(stage, keyNamed('newcomer'), null, [stage.room], 'typed')
  tell(stage, bob, linkNamed(stage, 'newcomer'), { type: 'units', ref: 0, bundle: bundleOf([[op]]), last: true, left: 0 })
  run(stage, 50)
  expect(has(bob, op)).toBe(true)
})

test('D22 a small bundle holds SMALL_OPS ops; one more makes it a large one', () => {
  const stage = createStage(1, {}, { isDeaf: true })
  const [bob] = stage.nodes as [SimNode]
  const { judging, heldBack } = bob.engine
  judging.large.left = -100_000
  const bring = (name: string, ops: number): void => {
    const chain = chainOf(stage, keyNamed(name), ops)
    const bundle = bundleOf([chain.map((op, i) => (i === ops - 1 ? op : unsigned(op)))])
    tell(stage, bob, linkNamed(stage, name), { type: 'units', ref: 0, bundle, last: true, left: 0 })
    run(stage, 50)
  }
  bring('at the limit', SMALL_OPS)
  expect(opsOf(bob)).toBe(1 + SMALL_OPS)
  bring('beyond it', SMALL_OPS + 1)
  expect([opsOf(bob), [...heldBack.large]]).toEqual([1 + SMALL_OPS, [linkNamed(stage, 'beyond it')]])
  judging.large.left = 1
  run(stage, 50)
  expect(opsOf(bob)).toBe(2 + 2 * SMALL_OPS)
})

test('D18 D22 what a known author brings does not wait behind names, also if it was there before the author had proven itself', () => {
  const stage = createStage(1, {}, { isDeaf: true })
  const [bob] = stage.nodes as [SimNode]
  const { judging, heldBack } = bob.engine
  const alice = keyNamed('alice')
  const first = message(stage, alice, null, [stage.room], 'before')
  push(stage, bob, linkNamed(stage, 'earlier run'), [[first]])
  for (const line of ['small', 'large'] as const) judging[line].left = -100_000
  const [before, after] = [linkNamed(stage, 'not proven yet'), linkNamed(stage, 'proven')]
  let latest = first
  const bring = (from: PeerId): (() => boolean) => {
    const op = message(stage, alice, latest, [], 'typed')
    latest = op
    tell(stage, bob, from, { type: 'units', ref: 0, bundle: bundleOf([[op]]), last: true, left: 0 })
    run(stage, 50)
    return () => has(bob, op)
  }
  const isHere = bring(before)
  expect([isHere(), heldBack.small.has(before)]).toEqual([false, true])
  prove(stage, bob, before, alice)
  run(stage, 50)
  expect([isHere(), heldBack.small.has(before)]).toEqual([true, false])
  prove(stage, bob, after, alice)
  expect(bring(after)()).toBe(true)
})

test('D5 credit is worth no more than its amount: a large answer waits for the budget', () => {
  const stage = createStage(1, {}, { isDeaf: true })
  const [bob] = stage.nodes as [SimNode]
  const { judging, heldBack, fetches } = bob.engine
  const link = linkNamed(stage, 'mallory')
  const chain = chainOf(stage, mallory, 500)
  claim(stage, bob, link, [chain.at(-1)!.id])
  expect(runUntil(stage, 3_000, () => fetches.has(link))).toBeLessThan(3_000)
  bob.engine.peers.get(link)!.credit = 4
  judging.answers.left = -100_000
  const bundle = bundleOf(chain.map((op) => [op]))
  tell(stage, bob, link, { type: 'units', ref: fetches.get(link)!.ref, bundle, last: true, left: 0 })
  expect([heldBack.answers.has(link), opsOf(bob)]).toEqual([true, 1])
  // Nothing of it was looked at.
  expect(bob.engine.peers.get(link)!.credit).toBe(4)
})

test('D22 an answer as small as what a person types does not wait behind large ones', () => {
  const stage = createStage(1, {}, { isDeaf: true })
  const [bob] = stage.nodes as [SimNode]
  const link = linkNamed(stage, 'honest')
  const chain = chainOf(stage, keyNamed('honest'), 10)
  claim(stage, bob, link, [chain.at(-1)!.id])
  expect(runUntil(stage, 3_000, () => bob.engine.fetches.has(link))).toBeLessThan(3_000)
  bob.engine.judging.answers.left = -1_000_000
  const { ref } = bob.engine.fetches.get(link)!
  // One signature vouches for all of them.
  const bundle = bundleOf([chain.map((op, i) => (i === chain.length - 1 ? op : unsigned(op)))])
  tell(stage, bob, link, { type: 'units', ref, bundle, last: true, left: 0 })
  run(stage, 50)
  expect(has(bob, chain.at(-1)!)).toBe(true)
})

test('D22 who comes later waits behind those that wait already, though the budget has something again', () => {
  const stage = createStage(1, {}, { isDeaf: true })
  const [bob] = stage.nodes as [SimNode]
  const { judging, heldBack } = bob.engine
  const bring = (name: string, n: number): UnitOp => {
    const op = message(stage, keyNamed(name), null, [stage.room], `${n}`)
    tell(stage, bob, linkNamed(stage, name), { type: 'units', ref: 0, bundle: bundleOf([[op]]), last: true, left: 0 })
    return op
  }
  judging.small.left = -10_000
  const first = bring('first', 0)
  expect(heldBack.small.size).toBe(1)
  // Something is left now, and others come in every millisecond.
  judging.small.left = 0.5
  const late = bring('late', 1)
  expect([...heldBack.small]).toEqual([linkNamed(stage, 'late')])
  run(stage, 40)
  expect([has(bob, first), has(bob, late)]).toEqual([true, true])
})

test('D8 links without credit take turns, VERIFY_IN_TURN signatures of an answer each', () => {
  const stage = createStage(1, {}, { isDeaf: true })
  const [bob] = stage.nodes as [SimNode]
  const { judging, fetches } = bob.engine
  const names = Array.from({ length: 8 }, (_, n) => linkNamed(stage, `${n}`))
  for (const [n, link] of names.entries()) claim(stage, bob, link, [ghostId(n)])
  runUntil(stage, 5_000, () => names.every((link) => fetches.has(link)))
  judging.answers.left = 0
  judging.answers.at = bob.engine.now
  const before = bob.work.verified
  for (const [n, link] of names.entries()) {
    const bundle = bundleOf(Array.from({ length: 400 }, (_, i) => [message(stage, keyNamed(`key ${n}`), null, [ghostId(n)], `${i}`)]))
    tell(stage, bob, link, { type: 'units', ref: fetches.get(link)!.ref, bundle, last: false, left: 9 })
  }
  const isOpened = (): boolean => names.every((link) => bob.engine.intake.get(link)!.items[0]!.begun)
  expect(runUntil(stage, 10_000, isOpened)).toBeLessThan(10_000)
  // Each was opened before any had the third part of its signatures verified.
  expect(bob.work.verified - before).toBeLessThan(names.length * 3 * 32)
  expect(bob.engine.replica.pending.ops).toBe(0)
})

test('D8 canonical bytes have a price: 19 ops of 64 kB that take 2 kB of bytes cost more than 150', () => {
  const stage = createStage(1, {}, { isDeaf: true })
  const [bob] = stage.nodes as [SimNode]
  const link = linkNamed(stage, 'mallory')
  const chain: UnitOp[] = []
  const text = 'a'.repeat(65_000)
  while (chain.length < 19) chain.push(message(stage, mallory, chain.at(-1) ?? null, chain.length === 0 ? [ghostId(1)] : [], text))
  const units = [chain.slice(0, 15), chain.slice(15)].map((unit) => unit.map((op, i) => (i === unit.length - 1 ? op : unsigned(op))))
  const bundle = wrapBundle('deflate', squeeze(encodeBundle(units)))
  claim(stage, bob, link, [], 0, 0)
  const before = bob.engine.judging.large.left
  tell(stage, bob, link, { type: 'units', ref: 0, bundle, last: true, left: 0 })
  run(stage, 20)
  expect(before - bob.engine.judging.large.left).toBeGreaterThan(130)
})
