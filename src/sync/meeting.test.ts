/** A path opens: one question to everybody, one answer, and what happens when that does not come. */
import { mainFetch } from './fetch.ts'
import { expect, test } from 'vitest'
import type { SimNode } from '../sim/node.ts'
import { addNode, give, start } from '../sim/node.ts'
import { createDisk } from '../sim/disk.ts'
import {
  agree,
  apart,
  chainOf,
  claim,
  createStage,
  ghostId,
  has,
  join,
  keyNamed,
  kill,
  latestOf,
  linkNamed,
  message,
  opsOf,
  push,
  prove,
  run,
  runUntil,
  say,
  type Stage,
  tell,
  together,
} from '../sim/stage.ts'
import { bundleOf, type Villain } from '../sim/villain.ts'
import type { UnitOp } from '../core/unit.ts'
import { nextIdentity } from '../sim/world.ts'
import { decodeMessage, encodeMessage, type Want } from './messages.ts'
import type { PeerId } from './effects.ts'
import { isNearest } from './meeting.ts'
import { isCurrent } from './peers.ts'
import type { Fetch } from './open-fetch.ts'
import { agrees } from './gossip.ts'

const QUICK = { delay: { least: 5, most: 5 } }

/** The questions that nodes ask of everybody, and those that `to` is asked. */
function listening(answer: (villain: Villain, from: SimNode, want: Want) => void = () => {}) {
  const open: Want[] = []
  const asked: { readonly to: PeerId; readonly want: Want }[] = []
  const wantIn = (bytes: Uint8Array): Want | null => {
    const said = decodeMessage(bytes)
    return said.ok && said.value.type === 'want' ? said.value : null
  }
  return {
    open,
    asked,
    strategy: {
      overheard(villain: Villain, from: SimNode, bytes: Uint8Array): void {
        const want = wantIn(bytes)
        if (want === null) return
        open.push(want)
        answer(villain, from, want)
      },
      told(_villain: Villain, _from: SimNode, to: PeerId, bytes: Uint8Array): void {
        const want = wantIn(bytes)
        if (want !== null) asked.push({ to, want })
      },
    },
  }
}

/** How many nodes have served this one. */
const servers = ({ nodes }: Stage, to: SimNode): number =>
  nodes.filter(({ engine }) => (engine.peers.get(to.engine.senderId)?.bytesServed ?? 0) > 0).length

test('of five who could answer who joins, one does', () => {
  for (let round = 0; round < 5; round++) {
    const stage = createStage(5, QUICK)
    for (let i = 0; i < 30 + round; i++) say(stage, stage.nodes[i % 5]!, `${i}`)
    run(stage, 2_000)
    const joiner = join(stage)
    expect(runUntil(stage, 200, () => opsOf(joiner) === 31 + round)).toBeLessThan(200)
    run(stage, 1_500)
    // The others have told what they hold meanwhile.
    expect([...joiner.engine.peers.values()].filter((peer) => agrees(joiner.engine, peer)).length).toBe(5)
    run(stage, 5_000)
    expect(servers(stage, joiner)).toBe(1)
  }
})

test('whoever answers everybody’s question first is whom it is being fetched from', () => {
  const stage = createStage(2, QUICK)
  const [bob] = stage.nodes as [SimNode]
  for (let i = 0; i < 3; i++) push(stage, bob, linkNamed(stage, 'mallory'), [chainOf(stage, keyNamed(`author ${i}`), 500)])
  run(stage, 5_000)
  const joiner = join(stage)
  const { engine } = joiner
  // Before it would have asked anybody else.
  expect(runUntil(stage, 299, () => (mainFetch(engine)?.got ?? 0) > 0)).toBeLessThan(299)
  expect(stage.nodes.map((node) => node.engine.senderId)).toContain(mainFetch(engine)!.from)
  expect(mainFetch(engine)).toMatchObject({ all: true, ended: false })
  expect(runUntil(stage, 2_000, () => opsOf(joiner) === 1_501)).toBeLessThan(2_000)
})

test('an answer to everybody’s question that comes after OPEN_QUESTION is taken as one all the same', () => {
  const stage = createStage(2, { delay: { least: 400, most: 400 } })
  const [bob] = stage.nodes as [SimNode]
  for (let i = 0; i < 3; i++) push(stage, bob, linkNamed(stage, 'mallory'), [chainOf(stage, keyNamed(`author ${i}`), 500)])
  run(stage, 15_000)
  const joiner = join(stage)
  const { engine } = joiner
  const late = (): Fetch | undefined => [...engine.fetches.values()].find(({ isLate }) => isLate)
  expect(runUntil(stage, 1_000, () => late() !== undefined)).toBeLessThan(1_000)
  expect(late()).toMatchObject({ all: true, ended: false })
  expect(engine.question).toBe(null)
  expect(runUntil(stage, 5_000, () => opsOf(joiner) === 1_501)).toBeLessThan(5_000)
})

test('two who both have what the other lacks are equal after one question and one answer each', () => {
  const { open, asked, strategy } = listening()
  const stage = createStage(2, { delay: { least: 100, most: 100 } }, strategy)
  const [alice, bob] = stage.nodes as [SimNode, SimNode]
  say(stage, alice, 'both know this')
  run(stage, 1_000)
  apart(stage, alice)
  for (let i = 0; i < 20; i++) say(stage, [alice, bob][i % 2]!, `${i}`)
  run(stage, 6_000)
  together(stage)
  open.length = 0
  for (const node of stage.nodes) give(stage.world, node, { type: 'linked' })
  // There and back, and what the platform takes.
  expect(runUntil(stage, 1_000, () => agree(stage))).toBeLessThan(300)
  expect([open.length, asked.length]).toEqual([2, 0])
})

test('a path that opens does not delay what makes peers count as equal', () => {
  const stage = createStage(2, { delay: { least: 5, most: 5 } })
  const [alice, bob] = stage.nodes as [SimNode, SimNode]
  const counts = (): boolean =>
    [alice, bob].every(({ engine }) => [...engine.peers.values()].some((peer) => agrees(engine, peer) && isCurrent(engine, peer)))
  say(stage, alice, 'both know this')
  expect(runUntil(stage, 1_000, counts)).toBeLessThan(1_000)
  // Bob is about to announce that he has it too.
  say(stage, alice, 'and this')
  expect(runUntil(stage, 1_000, () => agree(stage))).toBeLessThan(1_000)
  for (const node of stage.nodes) give(stage.world, node, { type: 'linked' })
  expect(runUntil(stage, 1_000, counts)).toBeLessThan(1_000)
  // A path that comes and goes all the time.
  let missing = 0
  for (let i = 0; i < 40; i++) {
    for (const node of stage.nodes) give(stage.world, node, { type: 'linked' })
    run(stage, 1_000)
    if (!counts()) missing++
  }
  expect(missing).toBe(0)
})

test('who has less than half of what another has, or has not written, does not answer for it', () => {
  const stage = createStage(1, QUICK)
  const [bob] = stage.nodes as [SimNode]
  for (let i = 0; i < 9; i++) say(stage, bob, `${i}`)
  const asker = bob.engine.senderId.replace(/^./, (digit) => (Number.parseInt(digit, 16) ^ 8).toString(16))
  // As near to the asker as can be.
  const near = asker.replace(/.$/, (digit) => (Number.parseInt(digit, 16) ^ 1).toString(16))
  expect(isNearest(bob.engine, asker)).toBe(true)
  claim(stage, bob, near, [], 0, 5)
  expect(isNearest(bob.engine, asker)).toBe(true)
  const carol = keyNamed('carol')
  prove(stage, bob, near, carol)
  expect(isNearest(bob.engine, asker)).toBe(true)
  push(stage, bob, near, [[message(stage, carol, null, [stage.room], 'now I have written')]])
  claim(stage, bob, near, [], 0, 4)
  expect(isNearest(bob.engine, asker)).toBe(true)
  claim(stage, bob, near, [], 0, 6)
  expect(isNearest(bob.engine, asker)).toBe(false)
  expect(isNearest(bob.engine, near)).toBe(true)
})

test('D5 who answers everybody’s question with nothing costs one more question, and silence OPEN_QUESTION', () => {
  for (const [kind, most] of [
    ['nothing', 200],
    ['silence', 500],
  ] as const) {
    const { open, strategy } = listening((villain, from, { ref }) => {
      if (kind === 'nothing') {
        const nothing = encodeMessage({ type: 'units', ref, bundle: new Uint8Array(), last: true, left: 0 })
        tell({ world: villain.world } as Stage, from, linkNamed({ world: villain.world, villain } as Stage, 'first'), nothing)
      }
    })
    const stage = createStage(1, QUICK, strategy)
    const [bob] = stage.nodes as [SimNode]
    for (let i = 0; i < 20; i++) say(stage, bob, `${i}`)
    // The one who says that it has all there is, and is nearest, is not there to answer.
    const joiner = addNode(stage.world, nextIdentity(stage.world), createDisk())
    joiner.neighbours.push(0)
    bob.neighbours.push(joiner.index)
    open.length = 0
    if (kind === 'nothing') start(stage.world, joiner, false)
    const near = joiner.engine.senderId.replace(/.$/, (digit) => (Number.parseInt(digit, 16) ^ 1).toString(16))
    if (kind === 'silence') {
      const mallory = keyNamed('mallory')
      push(stage, bob, near, [[message(stage, mallory, null, [stage.room], 'one op')]])
      prove(stage, bob, near, mallory)
      claim(stage, bob, near, [], 0, 1_000)
      start(stage.world, joiner, false)
    }
    const took = runUntil(stage, 5_000, () => opsOf(joiner) === opsOf(bob))
    expect(took).toBeLessThan(most)
    if (kind === 'silence') expect(took).toBeGreaterThan(300)
    expect(open.length).toBeGreaterThan(0)
  }
})

test('a question that is not answered is repeated on each path that opens, and answered once; while one is being fetched from, nothing is asked', () => {
  const { open, strategy } = listening()
  const stage = createStage(2, { delay: { least: 100, most: 100 } }, strategy)
  const [alice, bob] = stage.nodes as [SimNode, SimNode]
  for (let i = 0; i < 40; i++) say(stage, alice, `${i}`)
  run(stage, 1_000)
  const joiner = join(stage)
  open.length = 0
  // The first one is answered by the time that the last one comes.
  for (let i = 0; i < 3; i++) {
    give(stage.world, joiner, { type: 'linked' })
    run(stage, 40)
  }
  expect(new Set(open.map(({ ref }) => ref)).size).toBe(1)
  expect(open.length).toBe(3)
  expect(runUntil(stage, 200, () => opsOf(joiner) === 41)).toBeLessThan(200)
  run(stage, 2_000)
  expect(servers(stage, joiner)).toBe(1)

  give(stage.world, joiner, { type: 'linked' })
  expect(open.length).toBe(4)
  expect(open[3]!.ref).not.toBe(open[0]!.ref)
  expect(open[3]!.tips.filter(({ isHead }) => isHead).map(({ id }) => id)).toEqual([latestOf(bob)])
  run(stage, 2_000)
  claim(stage, joiner, linkNamed(stage, 'mallory'), [message(stage, keyNamed('mallory'), null, [stage.room], 'hidden').id])
  expect(mainFetch(joiner.engine)).not.toBe(null)
  give(stage.world, joiner, { type: 'linked' })
  expect(open.length).toBe(4)
})

/**
 * A node whose questions to `liars` known authors are open, and to which a path opens: the only one there that has what it lacks is new to
 * it. How long (ms) until it has that. `act`: what the liars do every 100 ms.
 */
function toNewcomer(liars: number, act: (stage: Stage, bob: SimNode, from: PeerId) => void): number {
  const stage = createStage(2, {}, { isDeaf: true })
  const [alice, bob] = stage.nodes as [SimNode, SimNode]
  const links = Array.from({ length: liars }, (_, n) => linkNamed(stage, `liar ${n}`))
  for (const link of links) {
    push(stage, bob, link, [[message(stage, keyNamed(link), null, [stage.room], 'known')]])
    prove(stage, bob, link, keyNamed(link))
  }
  run(stage, 3_000)
  apart(stage, bob)
  const missed = say(stage, alice, 'missed')
  const carol = join(stage)
  apart(stage, bob)
  run(stage, 20_000)
  expect([has(bob, missed), has(carol, missed)]).toEqual([false, true])
  kill(stage, alice)
  const actAll = (): void => {
    for (const link of links) act(stage, bob, link)
  }
  runUntil(stage, 1_500, () => (actAll(), false), 100)
  expect(mainFetch(bob.engine)).not.toBe(null)
  together(stage)
  give(stage.world, bob, { type: 'linked' })
  return runUntil(stage, 60_000, () => (actAll(), has(bob, missed)), 100)
}

test('D4 whoever keeps questions open, silent or with a chain without end, keeps a node from asking a newcomer for seconds only', () => {
  let names = 0
  const silent = (stage: Stage, bob: SimNode, from: PeerId): void => claim(stage, bob, from, [ghostId(names++)])
  expect(toNewcomer(8, silent)).toBeLessThan(1_000)
  expect(toNewcomer(32, silent)).toBeLessThan(2_000)
  const chains = new Map<PeerId, { ops: readonly UnitOp[]; given: number }>()
  const pour = (stage: Stage, bob: SimNode, from: PeerId): void => {
    const chain = chains.get(from) ?? { ops: chainOf(stage, keyNamed(`chain of ${from}`), 2_000), given: 0 }
    chains.set(from, chain)
    claim(stage, bob, from, [chain.ops.at(-1)!.id])
    const ref = bob.engine.fetches.get(from)?.ref
    if (ref === undefined) return
    const bundle = bundleOf([chain.ops.slice(chain.given, (chain.given += 3))])
    tell(stage, bob, from, { type: 'units', ref, bundle, last: false, left: 1_000 })
  }
  // It goes well, so others are asked beside it only now and then.
  expect(toNewcomer(1, pour)).toBeLessThan(10_000)
  chains.clear()
  expect(toNewcomer(32, pour)).toBeLessThan(10_000)
})
