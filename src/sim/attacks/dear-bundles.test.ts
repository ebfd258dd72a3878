/** Bundles that look small and are not: what they cost nobody pays for the one that sends them. */
import { describe, expect, test } from 'vitest'
import type { Unit, UnitOp } from '../../core/unit.ts'
import { encodeBundle, MAX_BUNDLE_BYTES } from '../../sync/bundle.ts'
import type { PeerId } from '../../sync/effects.ts'
import { MAX_SMALL_JUDGED, SMALL_JUDGED_PER_SECOND } from '../../sync/strangers.ts'
import { wrapBundle } from '../../sync/wrap.ts'
import type { SimNode } from '../node.ts'
import { bomb, squeeze, squeezeRuns } from '../squeeze.ts'
import {
  agreeWith,
  createStage,
  ghostId,
  has,
  keyNamed,
  kill,
  linkNamed,
  message,
  prove,
  push,
  restart,
  run,
  runUntil,
  say,
  type Stage,
  tell,
  type,
  unsigned,
} from '../stage.ts'

const LONG = 'a'.repeat(65_000)

const bring = (stage: Stage, to: SimNode, from: PeerId, bundle: Uint8Array): void =>
  tell(stage, to, from, { type: 'units', ref: 0, bundle, last: true, left: 0 })

const deflated = (units: readonly Unit[]): Uint8Array => wrapBundle('deflate', squeezeRuns(encodeBundle(units)))

/** A chain on what never was, signed at its end. */
function orphans(stage: Stage, name: string, count: number, text: string): Unit {
  const chain: UnitOp[] = []
  while (chain.length < count)
    chain.push(message(stage, keyNamed(name), chain.at(-1) ?? null, chain.length === 0 ? [ghostId(1)] : [], text))
  return chain.map((op, i) => (i === count - 1 ? op : unsigned(op)))
}

/** A valid op, which earns credit, and with it some that wait for ever: of a megabyte of one letter, some 1.5 kB. */
const withMuch = (stage: Stage, n: number, { text, ops }: Much): Uint8Array =>
  deflated([[message(stage, keyNamed(`valid ${n}`), null, [stage.room], `${n}`)], orphans(stage, `much ${n}`, ops, text)])

interface Much {
  readonly text: string
  readonly ops: number
  /** ms from one bundle to the next. */
  readonly every: number
}

/** How late (ms) the first message of a known author is, who has just come back. */
function besieged(much: Much): number {
  const stage = createStage(2, {}, { isDeaf: true })
  const [bob, alice] = stage.nodes as [SimNode, SimNode]
  const mallory = linkNamed(stage, 'mallory')
  push(stage, bob, mallory, [[message(stage, keyNamed('mallory'), null, [stage.room], 'first')]])
  prove(stage, bob, mallory, keyNamed('mallory'))
  say(stage, alice, 'before')
  run(stage, 3_000)
  kill(stage, alice)
  run(stage, 1_000)
  restart(stage, alice)
  run(stage, 6_000)
  let n = 0
  let next = 0
  const drive = (): void => {
    const { now } = stage.world.schedule
    if (now < next) return
    bring(stage, bob, mallory, withMuch(stage, n++, much))
    next = now + (n < 8 ? Math.min(50, much.every) : much.every)
    agreeWith(stage, bob, mallory)
  }
  runUntil(stage, 2_000, () => (drive(), false), 10)
  const typed = say(stage, alice, 'typed')
  return runUntil(stage, 60_000, () => (drive(), has(bob, typed)), 10)
}

describe('D8 D22 one who sends bundles that hold much more than they look', () => {
  // Each as often as costs, beyond the credit that it earns, all that those without credit share.
  test.each([
    { what: 'little', text: '', ops: 15, every: 450 },
    { what: 'a megabyte', text: LONG, ops: 15, every: 450 },
    { what: 'as much as a small one may hold', text: 'a'.repeat(400), ops: 31, every: 5 },
  ])('D8 D22 by a little credit keeps nobody without credit from being read: $what', (much) => {
    expect(besieged(much)).toBeLessThan(500)
  })

  test('D8 D22 waits for its turn when it has no credit for what the bundle turns out to cost', () => {
    const stage = createStage(1, {}, { isDeaf: true })
    const [bob] = stage.nodes as [SimNode]
    const link = linkNamed(stage, 'somebody')
    prove(stage, bob, link, keyNamed('somebody'))
    run(stage, 2_000)
    const { heldBack, judging, peers, replica } = bob.engine
    const bringAll = (credit: number): readonly [boolean, number] => {
      peers.get(link)!.credit = credit
      Object.assign(judging.small, { left: -MAX_SMALL_JUDGED, at: bob.engine.now })
      bring(stage, bob, link, deflated([orphans(stage, `with ${credit}`, 31, '')]))
      run(stage, 100)
      return [heldBack.small.has(link), replica.pending.waiting]
    }
    expect(bringAll(20)).toEqual([false, 31])
    expect(bringAll(4)).toEqual([true, 31])
  })

  test.each([
    { what: 'a megabyte of zeros', bundle: () => wrapBundle('deflate', bomb(MAX_BUNDLE_BYTES)) },
    { what: 'more zeros than a bundle may hold', bundle: () => wrapBundle('deflate', bomb(2 * MAX_BUNDLE_BYTES)) },
    { what: 'half a megabyte of letters in eight ops', bundle: (stage: Stage) => deflated([orphans(stage, 'few', 8, LONG)]) },
    { what: 'a thousand ops', bundle: (stage: Stage) => deflated([orphans(stage, 'many', 1_000, '')]) },
    {
      what: '32 ops with 64 parents each',
      bundle: (stage: Stage) => {
        const ghosts = Array.from({ length: 63 }, (_, n) => ghostId(n + 1))
        const chain: UnitOp[] = []
        while (chain.length < 32) chain.push(message(stage, keyNamed('wide'), chain.at(-1) ?? null, ghosts, ''))
        return wrapBundle('raw', encodeBundle([chain.map((op, i) => (i === 31 ? op : unsigned(op)))]))
      },
    },
  ])('D8 D22 takes ten of what the small ones share at most: $what', ({ bundle }) => {
    const stage = createStage(1, {}, { isDeaf: true })
    const [bob] = stage.nodes as [SimNode]
    run(stage, 2_000)
    const wrapped = bundle(stage)
    expect(wrapped.length).toBeLessThan(8_192)
    const { small } = bob.engine.judging
    Object.assign(small, { left: MAX_SMALL_JUDGED, at: bob.engine.now })
    bring(stage, bob, linkNamed(stage, 'somebody'), wrapped)
    const ms = 10
    run(stage, ms)
    expect(small.left).toBeLessThan(MAX_SMALL_JUDGED)
    expect(small.left).toBeGreaterThanOrEqual(MAX_SMALL_JUDGED - 10 - (ms * SMALL_JUDGED_PER_SECOND) / 1_000)
  })
})

// Without a mark nothing says that an op is missing.
test('D8 of large bundles that come in one moment no more are decoded at once than the budget can pay for', () => {
  const stage = createStage(1, {}, { isDeaf: true })
  const [bob] = stage.nodes as [SimNode]
  const names = Array.from({ length: 16 }, (_, n) => linkNamed(stage, `name ${n}`))
  for (const name of names) {
    prove(stage, bob, name, keyNamed(name))
    run(stage, 100)
    // It may bring as many ops as a bundle holds.
    bob.engine.peers.get(name)!.broughtWell = 10_000
  }
  const bundle = wrapBundle('deflate', squeeze(encodeBundle([orphans(stage, 'many', 200, 'a'.repeat(100))])))
  expect(bundle.length).toBeGreaterThan(8_192)
  const before = bob.engine.nextJob
  for (const name of names) bring(stage, bob, name, bundle)
  expect(bob.engine.nextJob - before).toBe(1)
  run(stage, 60_000)
  expect(bob.engine.intake.size).toBe(0)
})

test.each([
  { mark: true, forSeconds: 120 },
  { mark: false, forSeconds: 80 },
])('E2 D22 an author whose lost ops wait in its own queues signs none of their numbers, mark kept: $mark', ({ mark, forSeconds }) => {
  const stage = createStage(2, { delay: { least: 100, most: 110 } }, { isDeaf: true })
  const [alice, bob] = stage.nodes as [SimNode, SimNode]
  const names = Array.from({ length: 3 }, (_, n) => `name ${n}`)
  for (const name of names) push(stage, alice, linkNamed(stage, 'loader'), [[message(stage, keyNamed(name), null, [stage.room], name)]])
  run(stage, 10_000)
  say(stage, bob, 'bob is known')
  run(stage, 10_000)
  const kept = alice.disk.kept.length
  for (let i = 0; i < 6; i++) say(stage, alice, `before ${i}`)
  run(stage, 10_000)
  kill(stage, alice)
  run(stage, 1_000)
  alice.disk.kept.length = alice.disk.safe = kept
  if (!mark) alice.mark = null
  restart(stage, alice)
  type(stage, alice, 'typed at once')
  run(stage, 50)
  const [liar] = names.map((name) => linkNamed(stage, name))
  prove(stage, alice, liar!, keyNamed(names[0]!))
  let told = 0
  const isWaiting = (): boolean => alice.engine.submissions.length > 0 || alice.engine.submitting
  // Others have used up, all the time, what small bundles and answers are judged from; and somebody known says that there is nothing more.
  for (let ms = 0; ms < forSeconds * 1_000 && isWaiting(); ms += 100) {
    for (const budget of Object.values(alice.engine.judging)) Object.assign(budget, { left: -budget.most, at: alice.engine.now })
    if (ms >= told) {
      agreeWith(stage, alice, liar!)
      told += 1_000
    }
    run(stage, 100)
  }
  expect(isWaiting()).toBe(true)
  expect(runUntil(stage, 30_000, () => !isWaiting())).toBeLessThan(30_000)
  run(stage, 10_000)
  expect(bob.engine.replica.dag.equivocations).toEqual([])
})
