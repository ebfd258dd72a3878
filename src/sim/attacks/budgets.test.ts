/** Whoever knows the budgets for strangers: keeps them empty, or has work done beside them. */
import { describe, expect, test } from 'vitest'
import { encodeBundle } from '../../sync/bundle.ts'
import { wrapBundle } from '../../sync/wrap.ts'
import type { Unit } from '../../core/unit.ts'
import type { PeerId } from '../../sync/effects.ts'
import {
  ANSWERS_JUDGED_PER_SECOND,
  JUDGED_PER_SECOND,
  MAX_ANSWERS_JUDGED,
  MAX_JUDGED_FOR_STRANGERS,
  MAX_SMALL_JUDGED,
} from '../../sync/strangers.ts'
import { encodeMessage } from '../../sync/messages.ts'
import type { SimNode } from '../node.ts'
import { bomb, squeeze } from '../squeeze.ts'
import {
  apart,
  claim,
  createStage,
  ghostId,
  has,
  join,
  keyNamed,
  linkNamed,
  message,
  opsOf,
  run,
  say,
  type Stage,
  tell,
  together,
  type,
  unsigned,
} from '../stage.ts'
import { bundleOf } from '../villain.ts'

const bring = (stage: Stage, to: SimNode, from: string, bundle: Uint8Array, ref = 0): void =>
  tell(stage, to, from, { type: 'units', ref, bundle, last: false, left: 0 })

const allowed = (seconds: number): number => 2 * (MAX_JUDGED_FOR_STRANGERS + MAX_SMALL_JUDGED + JUDGED_PER_SECOND * seconds)

const mallory = keyNamed('mallory')
/** The smallest op there is, which waits for what never was. */
const least = (stage: Stage, n: number): Unit => [
  message(stage, keyNamed(`k${n % 20}`), null, [ghostId(n)], '', { body: Uint8Array.of(0x80) }),
]
const waiting = (stage: Stage, from: number, count: number): Unit[] =>
  Array.from({ length: count }, (_, n) => [message(stage, keyNamed(`k${n % 20}`), null, [ghostId(from + (n % 64))], `${from + n}`)])

/** Keeps both budgets for strangers empty for so long (ms), with seven links that never bring anything of use. */
function keepEmpty(stage: Stage, at: readonly SimNode[], ms: number, isDone: () => boolean, large = true): number {
  const big = bundleOf(waiting(stage, 1_000_000, 900))
  let n = 0
  for (let t = 0; t < ms; t += 10) {
    if (isDone()) return t
    for (const node of at) {
      for (let i = 0; i < 4; i++) bring(stage, node, linkNamed(stage, `small ${n % 5}`), bundleOf([least(stage, n++)]))
      if (large && t % 2_000 === 0) for (let i = 0; i < 2; i++) bring(stage, node, linkNamed(stage, `large ${i}`), big)
    }
    run(stage, 10)
  }
  return Infinity
}

describe('honest', () => {
  test('D10 a newcomer whose first op comes while strangers keep the budgets empty is read all the same', () => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes
    say(stage, alice!, 'one')
    say(stage, bob!, 'two')
    run(stage, 1_000)
    keepEmpty(stage, [alice!, bob!], 2_000, () => false)
    const carol = join(stage)
    keepEmpty(stage, [alice!, bob!], 3_000, () => false)
    type(stage, carol, 'hello, I am new here')
    const known = opsOf(bob!)
    const late = keepEmpty(stage, [alice!, bob!], 60_000, () => opsOf(bob!) > known)
    expect(late).toBeLessThan(30_000)
  })

  test('D10 a node that was away while it wrote gives its ops while strangers keep the budgets empty', () => {
    const stage = createStage(3)
    const [alice, bob, carol] = stage.nodes
    for (const node of stage.nodes) say(stage, node, 'before')
    run(stage, 1_000)
    apart(stage, carol!)
    for (let i = 0; i < 50; i++) say(stage, carol!, `away ${i}`)
    run(stage, 20_000)
    const latest = say(stage, carol!, 'last')
    keepEmpty(stage, [alice!, bob!], 2_000, () => false)
    together(stage)
    const late = keepEmpty(stage, [alice!, bob!], 60_000, () => has(bob!, latest))
    expect(late).toBeLessThan(30_000)
  })

  test('D4 what a joiner asked for does not wait behind what the same peer brought unasked', () => {
    const stage = createStage(1)
    const [alice] = stage.nodes
    for (let i = 0; i < 20; i++) say(stage, alice!, `said ${i}`)
    const joiner = join(stage)
    apart(stage, joiner)
    keepEmpty(stage, [joiner], 3_000, () => false, false)
    together(stage)
    let typed = 0
    const late = keepEmpty(
      stage,
      [joiner],
      60_000,
      () => {
        if (typed++ % 50 === 0) type(stage, alice!, `a longer line than what Mallory brings, number ${typed}`)
        return opsOf(joiner) > 20
      },
      false,
    )
    expect(late).toBeLessThan(30_000)
  })
})

/** As if the link had brought much before, so that its bundles may be large. */
function mayBringMuch(stage: Stage, link: PeerId): void {
  const peer = stage.nodes[0]!.engine.peers.get(link)
  if (peer !== undefined) peer.broughtWell = 10_000
}

describe('work for nothing', () => {
  const measure = (stage: Stage, ms: number, each: (t: number) => void): number => {
    const bob = stage.nodes[0]!
    const before = bob.work.verified
    for (let t = 0; t < ms; t += 100) {
      each(t)
      run(stage, 100)
    }
    return bob.work.verified - before
  }

  test('B6 one op that is admitted does not let a link bring a thousand in vain', () => {
    const stage = createStage(1)
    const link = linkNamed(stage, 'mallory')
    const garbage = waiting(stage, 0, 2_000)
    claim(stage, stage.nodes[0]!, link, [], 0, 0)
    const verified = measure(stage, 10_000, (t) => {
      mayBringMuch(stage, link)
      bring(stage, stage.nodes[0]!, link, bundleOf([[message(stage, mallory, null, [stage.room], `valid ${t}`)], ...garbage]))
    })
    expect(opsOf(stage.nodes[0]!)).toBeGreaterThan(1)
    expect(verified).toBeLessThan(allowed(10))
  })

  test('D5 answers that bring nothing are no way around the budget', () => {
    const garbage: Uint8Array[] = []
    let asked = 0
    const stage = createStage(
      1,
      {},
      {
        asked: (_villain, from, want) => {
          asked++
          for (let i = 0; i < 3; i++) bring(stage, from, stage.villain.sender, garbage[0]!, want.ref)
        },
      },
    )
    garbage.push(bundleOf(waiting(stage, 0, 3_000)))
    const verified = measure(stage, 20_000, (t) => {
      if (t % 1_000 === 0) claim(stage, stage.nodes[0]!, stage.villain.sender, [ghostId(9_000_000 + t)])
      mayBringMuch(stage, stage.villain.sender)
    })
    expect(asked).toBeGreaterThan(3)
    expect(verified).toBeLessThan(allowed(20) + MAX_ANSWERS_JUDGED + 20 * ANSWERS_JUDGED_PER_SECOND)
  })

  test('D8 deflated bundles of many links are not all begun before the first is paid for', () => {
    const stage = createStage(1)
    const garbage = wrapBundle('deflate', squeeze(encodeBundle(waiting(stage, 0, 1_000))))
    const verified = measure(stage, 5_000, (t) => {
      if (t === 0)
        for (let n = 0; n < 100; n++) for (let i = 0; i < 4; i++) bring(stage, stage.nodes[0]!, linkNamed(stage, `${n}`), garbage)
    })
    expect(verified).toBeLessThan(allowed(5))
  })

  test('D8 bundles that do not inflate are paid for', () => {
    const stage = createStage(1)
    const { engine } = stage.nodes[0]!
    const wrapped = wrapBundle('deflate', bomb(2_000_000))
    for (let n = 0; n < 100; n++) for (let i = 0; i < 20; i++) bring(stage, stage.nodes[0]!, linkNamed(stage, `${n}`), wrapped)
    run(stage, 500)
    // Jobs: 100 greetings, and what the budgets allow: as a small bundle, and then as a large one.
    expect(engine.nextJob).toBeLessThan(600)
    expect(engine.judging.small.left).toBeLessThan(MAX_SMALL_JUDGED / 2)
  })

  test('D8 bundles of few bytes that are refused at their last op are paid for by what was hashed', () => {
    const stage = createStage(1)
    const { engine } = stage.nodes[0]!
    const chain = [message(stage, mallory, null, [ghostId(1)], '')]
    while (chain.length < 1_024) chain.push(message(stage, mallory, chain.at(-1)!, [], ''))
    const bundle = bundleOf([chain.map(unsigned)])
    expect(bundle.length).toBeLessThan(256)
    for (let n = 0; n < 100; n++) bring(stage, stage.nodes[0]!, linkNamed(stage, `${n}`), bundle)
    run(stage, 500)
    // Each looked small until it was opened.
    expect(engine.judging.large.left).toBeLessThan(0)
  })

  test('D10 links that left do not pile up', () => {
    const stage = createStage(1)
    const { engine } = stage.nodes[0]!
    const junk = bundleOf([least(stage, 1)])
    let n = 0
    for (let t = 0; t < 20_000; t += 100) {
      for (let i = 0; i < 7; i++) {
        const from = linkNamed(stage, `gone ${n++}`)
        for (let j = 0; j < 20; j++) bring(stage, stage.nodes[0]!, from, junk)
        tell(stage, stage.nodes[0]!, from, encodeMessage({ type: 'bye' }))
      }
      run(stage, 100)
    }
    expect(engine.peers.size).toBe(0)
    expect(engine.intake.size).toBeLessThan(256)
  })
})
