/** Bundles that wait to be judged, how many of them are worked on, and which signatures are verified: at the edge of each limit. */
import { describe, expect, test } from 'vitest'
import type { Unit } from '../core/unit.ts'
import { give, type SimNode } from '../sim/node.ts'
import {
  chainOf,
  claim,
  createStage,
  ghostId,
  has,
  isCut,
  keyNamed,
  linkNamed,
  message,
  opsOf,
  push,
  run,
  runUntil,
  signedBadly,
  type Stage,
  tell,
  heard,
  unsigned,
} from '../sim/stage.ts'
import { squeeze } from '../sim/squeeze.ts'
import { bundleOf } from '../sim/villain.ts'
import { encodeBundle } from './bundle.ts'
import { MAX_CREDIT } from './peers.ts'
import { wrapBundle } from './wrap.ts'
import { type Effect, fileLink, type PeerId } from './effects.ts'
import { step } from './engine.ts'
import { encodeUnasked } from './messages.ts'

const MIB = 1024 * 1024
const mallory = keyNamed('mallory')
const alice = keyNamed('alice')

/** A message whose bundle, wrapped, has so many bytes. Nothing inflates it as long as no time passes, and then it is a bad one. */
const squeezed = (length: number): Uint8Array => encodeUnasked(wrapBundle('deflate', new Uint8Array(length - 2)))

/** Links that a node has met, one after the other. */
function met(stage: Stage, node: SimNode, count: number): PeerId[] {
  return Array.from({ length: count }, (_, n) => {
    const link = linkNamed(stage, `${n}`)
    claim(stage, node, link, [], 0, 0)
    run(stage, 40)
    return link
  })
}

test('D8 what waits before an answer is paid for by what the answer is paid from', () => {
  const stage = createStage(1, {}, { isDeaf: true })
  const [bob] = stage.nodes as [SimNode]
  const link = linkNamed(stage, 'mallory')
  claim(stage, bob, link, [ghostId(0)])
  const many = [message(stage, mallory, null, [ghostId(1)], '')]
  while (many.length < 1_024) many.push(message(stage, mallory, many.at(-1)!, [], ''))
  const bundle = bundleOf([many.map((op, i) => (i === many.length - 1 ? op : unsigned(op)))])
  for (let n = 0; n < 60; n++) tell(stage, bob, link, encodeUnasked(bundle))
  const { ref } = bob.engine.fetches.get(link)!
  const op = message(stage, alice, null, [stage.room], 'answer')
  tell(stage, bob, link, { type: 'units', ref, bundle: bundleOf([[op]]), last: false, left: 9 })
  run(stage, 300)
  // 1,024 ops that are hashed cost 128: the budget of answers pays for some 18 of them in this time.
  expect(bob.engine.intake.get(link)!.items.length).toBeGreaterThan(30)
  expect(bob.engine.judging.answers.left).toBeLessThan(1_024)
})

test('D8 one step judges MAX_JUDGED_IN_STEP ops, and a bundle more; the rest of a queue goes on in the next', () => {
  const stage = createStage(1, {}, { isDeaf: true })
  const [bob] = stage.nodes as [SimNode]
  const link = linkNamed(stage, 'mallory')
  claim(stage, bob, link, [], 0, 0)
  const chain = chainOf(stage, mallory, 1_024)
  push(stage, bob, link, [chain])
  bob.engine.peers.get(link)!.credit = MAX_CREDIT
  // An op that comes again needs no signature, so there is nothing to wait for. But the first bundle must be inflated, and the others
  // wait behind it.
  tell(stage, bob, link, encodeUnasked(wrapBundle('deflate', squeeze(encodeBundle([chain])))))
  for (let n = 0; n < 30; n++) tell(stage, bob, link, encodeUnasked(bundleOf([chain])))
  let most = 0
  const isJudged = (): boolean => {
    most = Math.max(most, bob.engine.judgedInStep)
    return !bob.engine.intake.has(link)
  }
  expect(isJudged()).toBe(false)
  expect(runUntil(stage, 5_000, isJudged)).toBeLessThan(5_000)
  expect(most).toBeGreaterThan(1_024)
  expect(most).toBeLessThanOrEqual(2_048 + 2 * 1_024)
})

test('D8 a file of bundles that are all refused is judged in many steps, and only a part of it waits', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  // While the first one is inflated, the others wait behind it.
  const bundles = [wrapBundle('deflate', new Uint8Array(64)), ...Array.from({ length: 10_000 }, () => new Uint8Array(66))]
  give(stage.world, bob, { type: 'import', ref: 1, bundles })
  expect(bob.engine.intake.get(fileLink(1))!.items.length).toBe(1_024)
  let [mostJudged, mostWaiting, steps] = [0, 0, 0]
  const isJudged = (): boolean => {
    const waiting = bob.engine.intake.get(fileLink(1))?.items.length ?? 0
    if (bob.engine.judgedInStep > 0) steps++
    mostJudged = Math.max(mostJudged, bob.engine.judgedInStep)
    mostWaiting = Math.max(mostWaiting, waiting)
    return waiting === 0
  }
  expect(runUntil(stage, 5_000, isJudged)).toBeLessThan(5_000)
  expect(steps).toBeGreaterThanOrEqual(Math.floor(10_000 / 2_048))
  expect(mostJudged).toBe(2_048)
  expect(mostWaiting).toBeLessThanOrEqual(1_024)
})

test('D8 while a file larger than MAX_INTAKE_BYTES is judged, what a peer says is judged too', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const [link] = met(stage, bob, 1) as [PeerId]
  give(stage.world, bob, { type: 'import', ref: 1, bundles: Array.from({ length: 97 }, () => wrapBundle('deflate', new Uint8Array(MIB))) })
  const op = message(stage, alice, null, [stage.room], 'live')
  tell(stage, bob, link, encodeUnasked(bundleOf([[op]])))
  expect(bob.engine.intake.get(fileLink(1))!.items).toHaveLength(97)
  expect(runUntil(stage, 5_000, () => has(bob, op))).toBeLessThan(5_000)
  expect(runUntil(stage, 5_000, () => bob.engine.intake.size === 0)).toBeLessThan(5_000)
  expect(bob.engine.intakeBytes).toBe(0)
})

describe('what waits to be judged', () => {
  const bytesOf = ({ engine }: SimNode, link: PeerId): number => engine.intake.get(link)?.bytes ?? 0

  test('D8 MAX_LINK_BYTES of one link wait, and not a byte more', () => {
    const stage = createStage(1)
    const [bob] = stage.nodes as [SimNode]
    const link = linkNamed(stage, 'mallory')
    for (let i = 0; i < 23; i++) tell(stage, bob, link, squeezed(MIB))
    tell(stage, bob, link, squeezed(MIB + 1))
    expect(bytesOf(bob, link)).toBe(23 * MIB)
    tell(stage, bob, link, squeezed(MIB))
    expect(bytesOf(bob, link)).toBe(24 * MIB)
  })

  test('D8 MAX_LINK_BUNDLES of one link wait, and not one more', () => {
    const stage = createStage(1)
    const [bob] = stage.nodes as [SimNode]
    const link = linkNamed(stage, 'mallory')
    for (let i = 0; i < 1_025; i++) tell(stage, bob, link, squeezed(3))
    expect(bob.engine.intake.get(link)!.items.length).toBe(1_024)
  })

  test.each([
    ['MAX_INTAKE_BYTES', 0, [24, 24, 24, 23]],
    ['a byte more', 1, [23, 24, 24, 23]],
  ])(
    'D8 D16 MAX_INTAKE_BYTES wait in all, and for what a smaller link brings beyond it the fullest loses its latest: %s',
    (_, more, left) => {
      const stage = createStage(1)
      const [bob] = stage.nodes as [SimNode]
      const [small, ...full] = met(stage, bob, 5) as [PeerId, ...PeerId[]]
      for (let i = 0; i < 95; i++) tell(stage, bob, full[i % 4]!, squeezed(MIB))
      expect(bob.engine.intakeBytes).toBe(95 * MIB)
      tell(stage, bob, small, squeezed(MIB + more))
      expect(full.map((link) => bytesOf(bob, link) / MIB)).toEqual(left)
      expect(bytesOf(bob, small)).toBe(MIB + more)
      expect(bob.engine.intakeBytes).toBe((96 - more) * MIB + more)
      const op = message(stage, alice, null, [stage.room], 'me too')
      tell(stage, bob, linkNamed(stage, 'alice'), encodeUnasked(bundleOf([[op]])))
      expect(runUntil(stage, 200, () => has(bob, op))).toBeLessThan(200)
    },
  )

  test('D16 of links that have as much as each other, none makes room for more than that', () => {
    const stage = createStage(1)
    const [bob] = stage.nodes as [SimNode]
    const [late, ...others] = met(stage, bob, 97) as [PeerId, ...PeerId[]]
    for (const link of others) tell(stage, bob, link, squeezed(MIB))
    tell(stage, bob, late, squeezed(MIB + 1))
    expect([bytesOf(bob, late), bob.engine.intakeBytes]).toEqual([0, 96 * MIB])
  })

  test('D16 a link that loses all it brought does not count as one that is being judged', () => {
    const stage = createStage(1)
    const [bob] = stage.nodes as [SimNode]
    const [large, ...others] = met(stage, bob, 96) as [PeerId, ...PeerId[]]
    tell(stage, bob, large, squeezed(MIB + 1))
    for (const link of others) tell(stage, bob, link, squeezed(MIB))
    expect([bob.engine.intake.has(large), bob.engine.intake.size, bob.engine.intakeBytes]).toEqual([false, 95, 95 * MIB])
  })

  test('E1 with MAX_UNSTORED_BYTES not stored others are heard, and with one more they are not', () => {
    const stage = createStage(1)
    const [bob] = stage.nodes as [SimNode]
    const op = message(stage, mallory, null, [stage.room], 'enough')
    bob.engine.unstoredBytes = 64 * MIB + 1
    push(stage, bob, linkNamed(stage, 'mallory'), [[op]])
    expect(has(bob, op)).toBe(false)
    bob.engine.unstoredBytes = 64 * MIB
    push(stage, bob, linkNamed(stage, 'mallory'), [[op]])
    expect(has(bob, op)).toBe(true)
  })

  test('D8 IN_WORK bundles of one link are inflated at a time, and none once it is cut', () => {
    const stage = createStage(1)
    const [bob] = stage.nodes as [SimNode]
    const { engine } = bob
    const [link] = met(stage, bob, 1) as [PeerId]
    const before = engine.nextJob
    for (let i = 0; i < 100; i++) tell(stage, bob, link, squeezed(100))
    expect(engine.nextJob - before).toBe(4)
    run(stage, 500)
    expect([isCut(bob, link), engine.intake.has(link), engine.intakeBytes]).toEqual([true, false, 0])
    // The second bad one cuts it; the first may have made room for one more.
    expect(engine.nextJob - before).toBeLessThanOrEqual(5)
  })
})

describe('signatures', () => {
  /** The first "verify" among some effects. */
  const asked = (effects: readonly Effect[]): { readonly job: number; readonly count: number } | null => {
    const verify = effects.find((effect) => effect.type === 'verify')
    return verify === undefined ? null : { job: verify.job, count: verify.claims.length }
  }
  const hear = ({ engine }: SimNode, from: PeerId, ...units: readonly Unit[]): ReturnType<typeof asked> =>
    asked(step(engine, heard(from, encodeUnasked(bundleOf(units))), engine.now))
  const answer = ({ engine }: SimNode, { job, count }: NonNullable<ReturnType<typeof asked>>, isValid: boolean): ReturnType<typeof asked> =>
    asked(step(engine, { type: 'verified', job, valid: Array.from({ length: count }, () => isValid) }, engine.now))

  /** How many signatures are verified at a time, the last ones included, until `count` of them are verified and all is admitted. */
  function atATime(count: number, credit: number, signatureCost = 1): number[] {
    const stage = createStage(1, { signatureCost })
    const [bob] = stage.nodes as [SimNode]
    const link = linkNamed(stage, 'mallory')
    claim(stage, bob, link, [], 0, 0)
    bob.engine.peers.get(link)!.credit = credit
    const parts: number[] = []
    for (let part = hear(bob, link, chainOf(stage, mallory, count)); part !== null; part = answer(bob, part, true)) {
      parts.push(part.count)
      expect(opsOf(bob)).toBe(1)
    }
    expect(opsOf(bob)).toBe(count + 1)
    return parts
  }

  test.each([
    { most: 256, of: 'VERIFY_AT_ONCE of a link with credit', credit: MAX_CREDIT },
    { most: 32, of: 'VERIFY_IN_TURN of a link without', credit: 0 },
  ])('D7 $of are verified at a time, and one more when these are', ({ most, credit }) => {
    expect(atATime(most + 1, credit)).toEqual([most, 1])
  })

  test('D7 where a signature costs 16 times as much, a 16th of them is verified at a time, and one at least', () => {
    expect(atATime(17, MAX_CREDIT, 16)).toEqual([16, 1])
    expect(atATime(3, 0, 16)).toEqual([2, 1])
    expect(atATime(2, 0, 100)).toEqual([1, 1])
  })

  test('D7 a link whose first signatures are wrong is cut, and the rest of them is not verified', () => {
    const stage = createStage(1)
    const [bob] = stage.nodes as [SimNode]
    const link = linkNamed(stage, 'mallory')
    const chain = chainOf(stage, mallory, 1_024)
    const first = hear(bob, link, chain)!
    expect(first.count).toBeLessThan(chain.length)
    hear(bob, link, chain)
    expect(answer(bob, first, false)).toBe(null)
    expect([isCut(bob, link), bob.engine.intakeBytes, opsOf(bob)]).toEqual([true, 0, 1])
  })

  test('D7 one op that comes a thousand times in a bundle has its signature verified once', () => {
    const stage = createStage(1)
    const [bob] = stage.nodes as [SimNode]
    const op = message(stage, mallory, null, [stage.room], 'again')
    const first = hear(bob, linkNamed(stage, 'mallory'), ...Array.from({ length: 1_000 }, () => [op]))!
    expect(first.count).toBe(1)
    expect([answer(bob, first, true), opsOf(bob)]).toEqual([null, 2])
  })

  test.each(['the wrong one first', 'the good one first'])(
    'A15 of one op with two signatures, %s, the wrong one falls and the good one counts',
    (order) => {
      const stage = createStage(1)
      const [bob] = stage.nodes as [SimNode]
      const op = message(stage, mallory, null, [stage.room], 'twice')
      const units = [[signedBadly(op)], [op]]
      push(stage, bob, linkNamed(stage, 'mallory'), order === 'the wrong one first' ? units : units.reverse())
      expect(has(bob, op)).toBe(true)
    },
  )
})
