/** The price of questions: sender values that bring nothing do not make a node send much. */
import { expect, test } from 'vitest'
import { toHex } from '../core/bytes.ts'
import type { SimNode } from '../sim/node.ts'
import {
  agreeWith,
  apart,
  chainOf,
  claim,
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
  say,
  type Stage,
  tell,
  together,
  type,
  hearing,
} from '../sim/stage.ts'
import {
  ASKED_PER_OP,
  ASKED_PER_SECOND,
  earnQuestions,
  MAX_ASK_CREDIT,
  MAX_ASKED,
  MAX_FIRST_IDS,
  mayBeAsked,
  payQuestion,
} from './asking.ts'
import { bundleOf } from '../sim/villain.ts'
import type { UnitOp } from '../core/unit.ts'
import type { PeerId } from './effects.ts'
import { ECHOED_ALONE_PER_SECOND, MAX_ECHOED_ALONE } from './gossip.ts'
import { type Message, type Near } from './messages.ts'
import { LOST_AT_MOST } from './trust.ts'

/** Heads of the room: as many as are named one by one. */
const HEADS = 250
/** The longest question, and how long all is tried (s). */
const QUESTION = 17 * 1024
const SECONDS = 60

interface Told {
  readonly said: Message
  readonly bytes: number
  readonly to: PeerId
}

/** A node in a room of many heads. It also gives what the node says to hostile sender values, and to authors who have one op. */
function manyHeads() {
  const told: Told[] = []
  const stage = createStage(
    1,
    {},
    {
      isDeaf: true,
      told: hearing((said, to, _from, bytes) => told.push({ said, bytes, to })),
    },
  )
  const [bob] = stage.nodes as [SimNode]
  const heads = Array.from({ length: HEADS }, (_, n) => [message(stage, keyNamed(`key ${n}`), null, [stage.room], `${n}`)])
  push(stage, bob, linkNamed(stage, 'loader'), heads)
  run(stage, 10_000)
  const bytesOf = (type: Message['type']): number =>
    told.filter(({ said }) => said.type === type).reduce((sum, { bytes }) => sum + bytes, 0)
  return { stage, bob, told, bytesOf }
}

const namesOf = (stage: Stage, count: number): PeerId[] => Array.from({ length: count }, (_, n) => linkNamed(stage, `name ${n}`))

test.each([
  ['unknown', false],
  ['known', true],
])('D24 names that never give what they name are asked with MAX_ASKED bytes, and ASKED_PER_SECOND, if they are %s', (_name, areKnown) => {
  const { stage, bob, bytesOf } = manyHeads()
  const names = namesOf(stage, 40)
  if (areKnown) for (const [n, name] of names.entries()) prove(stage, bob, name, keyNamed(`key ${n}`))
  for (let second = 0; second < SECONDS; second++) {
    for (const [n, name] of names.entries()) if ((n + second) % 5 === 0) claim(stage, bob, name, [ghostId(n)])
    run(stage, 1_000)
  }
  expect(bytesOf('want')).toBeGreaterThan(MAX_ASKED)
  expect(bytesOf('want')).toBeLessThanOrEqual(MAX_ASKED + ASKED_PER_SECOND * SECONDS + QUESTION)
})

test('D24 names that bring ops whose parents nobody has are asked with MAX_ASKED bytes, and ASKED_PER_SECOND', () => {
  const { stage, bob, told } = manyHeads()
  for (let t = 0; t < 5 * SECONDS; t++) {
    for (let i = 4 * t; i < 4 * t + 4; i++) {
      push(stage, bob, linkNamed(stage, `name ${i % 240}`), [[message(stage, keyNamed(`new ${i % 9}`), null, [ghostId(i)], `${i}`)]])
    }
    run(stage, 200)
  }
  // For any waiting op others are asked too, in their turn: that is paid for by the other budget.
  const bytes = told.reduce((sum, { said, bytes: each }) => sum + (said.type === 'want' ? each : 0), 0)
  const seconds = stage.world.schedule.now / 1_000
  expect(bytes).toBeGreaterThan(MAX_ASKED)
  expect(bytes).toBeLessThanOrEqual(2 * (MAX_ASKED + ASKED_PER_SECOND * seconds + QUESTION))
})

test('D24 each op that a peer brought earns ASKED_PER_OP bytes of questions, up to MAX_ASK_CREDIT, whatever others have used up', () => {
  const stage = createStage(1)
  const [{ engine }] = stage.nodes as [SimNode]
  const [peer, other] = ['peer', 'other'].map((name) => {
    claim(stage, stage.nodes[0]!, linkNamed(stage, name), [])
    return engine.peers.get(linkNamed(stage, name))!
  })
  payQuestion(engine, other!, 'turn', 2 * MAX_ASKED)
  expect([mayBeAsked(engine, other!, 'turn'), mayBeAsked(engine, other!, 'brought')]).toEqual([false, true])
  expect(mayBeAsked(engine, peer!, 'turn')).toBe(false)
  earnQuestions(peer!, 2)
  expect([mayBeAsked(engine, peer!, 'turn'), mayBeAsked(engine, other!, 'turn')]).toEqual([true, false])
  // A question may cost more than the credit; the rest is owed.
  payQuestion(engine, peer!, 'turn', 4 * ASKED_PER_OP)
  earnQuestions(peer!, 2)
  expect(mayBeAsked(engine, peer!, 'turn')).toBe(false)
  earnQuestions(peer!, 1)
  expect(mayBeAsked(engine, peer!, 'turn')).toBe(true)
  earnQuestions(peer!, 1_000_000)
  expect(peer!.askCredit).toBe(MAX_ASK_CREDIT)
})

test('D24 a peer that has brought ops is asked for the parents of what it brings at once, whatever names have used up', () => {
  const { stage, bob, told } = manyHeads()
  const honest = linkNamed(stage, 'honest')
  push(stage, bob, honest, [chainOf(stage, keyNamed('alice'), 1)])
  for (const budgets of Object.values(bob.engine.asking))
    for (const budget of Object.values(budgets)) Object.assign(budget, { left: -MAX_ASKED, at: bob.engine.now })
  push(stage, bob, honest, [[message(stage, keyNamed('alice'), null, [ghostId(1)], 'typed')]])
  run(stage, 100)
  expect(told.filter(({ said, to }) => said.type === 'want' && to === honest)).toHaveLength(1)
})

test('D24 an early author without credit is asked for the parents of what it brings after one other question, whatever later ones bring', () => {
  const { stage, bob, told } = manyHeads()
  const names = namesOf(stage, 60)
  for (const [n, name] of names.entries()) prove(stage, bob, name, keyNamed(`key ${n + 1}`))
  const early = linkNamed(stage, 'early')
  prove(stage, bob, early, keyNamed('key 0'))
  let orphans = 0
  const orphan = (): Message => {
    const bundle = bundleOf([[message(stage, keyNamed(`new ${orphans % 9}`), null, [ghostId(++orphans)], `${orphans}`)]])
    return { type: 'units', ref: 0, bundle, last: true, left: 0 }
  }
  const { asking, fetches, peers } = bob.engine
  const flood = (tenths: number): void => {
    for (let t = 0; t < tenths; t++) {
      for (let n = 0; n < 5; n++) tell(stage, bob, names[orphans % names.length]!, orphan())
      // Nobody rests and no question is open, as if all had answered. Nothing is left but for two short questions.
      fetches.clear()
      for (const peer of peers.values()) peer.benchedUntil = 0
      for (const budget of Object.values(asking.brought)) Object.assign(budget, { left: -MAX_ASKED, at: bob.engine.now })
      for (const budget of Object.values(asking.near)) Object.assign(budget, { left: -ASKED_PER_SECOND / 11, at: bob.engine.now })
      run(stage, 100)
    }
  }
  flood(60)
  tell(stage, bob, early, orphan())
  // Peers that are asked before it is judged do not count.
  let since = told.length
  while (bob.engine.intake.has(early)) {
    since = told.length
    run(stage, 1)
  }
  flood(30)
  const asked = told.slice(since).flatMap(({ said, to }) => (said.type === 'near' ? [to] : []))
  expect(asked.indexOf(early)).toBeGreaterThanOrEqual(0)
  expect(asked.indexOf(early)).toBeLessThan(4)
})

/** A node writes `count` messages, ends, and has lost them when it is started again. A known author has written before. */
function loseOwn(stage: Stage, node: SimNode, count: number): UnitOp[] {
  push(stage, node, linkNamed(stage, 'mallory'), [[message(stage, keyNamed('mallory'), null, [stage.room], 'a known author')]])
  run(stage, 1_000)
  const own = Array.from({ length: count }, (_, n) => say(stage, node, `own ${n}`))
  run(stage, 5_000)
  kill(stage, node)
  node.disk.kept.length = node.disk.safe = 2
  return own
}

/** A node whose disk lost its later ops, and which peers cannot ask: nothing is left for questions while `isUsedUp` says so, and each brings the last own op. */
function lostTail(liars: number, isUsedUp: (standing: string, seconds: number) => boolean) {
  const stage = createStage(2)
  const [alice, bob] = stage.nodes as [SimNode, SimNode]
  const own = loseOwn(stage, alice, 6)
  apart(stage, alice)
  restart(stage, alice)
  type(stage, alice, 'typed at once')
  run(stage, 3_000)
  for (const name of namesOf(stage, liars)) push(stage, alice, name, [[own.at(-1)!]])
  prove(stage, alice, linkNamed(stage, 'mallory'), keyNamed('mallory'))
  together(stage)
  for (let t = 0; t < 1_500 && !has(alice, own.at(-1)!); t++) {
    for (const budgets of Object.values(alice.engine.asking)) {
      for (const [standing, budget] of Object.entries(budgets)) {
        if (isUsedUp(standing, t / 10)) Object.assign(budget, { left: -MAX_ASKED, at: alice.engine.now })
      }
    }
    // The known author says that there is nothing more.
    if (t % 20 === 0) agreeWith(stage, alice, linkNamed(stage, 'mallory'))
    run(stage, 100)
  }
  run(stage, 5_000)
  return { equivocations: bob.engine.replica.dag.equivocations.length, lost: own.filter((op) => !has(alice, op)).length }
}

test.each([
  ['nobody else', 0],
  ['a hundred liars before it', 100],
])('D24 E2 a peer that brings a lost own op is asked for its parents whatever names have used up, when %s brought it', (_name, liars) => {
  expect(lostTail(liars, (standing) => standing !== 'lost')).toEqual({ equivocations: 0, lost: 0 })
})

test('D24 E2 a peer that brings a lost own op and cannot be asked for want of bytes is not silent: that time does not count', () => {
  expect(lostTail(0, (_standing, seconds) => seconds < 1.5 * (LOST_AT_MOST / 1_000))).toEqual({ equivocations: 0, lost: 0 })
})

test('D24 E2 ops that wait, on the way down from a lost own op, are no silence: a walk of short questions may take minutes', () => {
  const asked: Near[] = []
  const stage = createStage(
    1,
    {},
    {
      told: hearing((said) => {
        if (said.type === 'near') asked.push(said)
      }),
    },
  )
  const [alice] = stage.nodes as [SimNode]
  const own = loseOwn(stage, alice, 7)
  restart(stage, alice)
  type(stage, alice, 'typed at once')
  const keeper = linkNamed(stage, 'keeper')
  prove(stage, alice, keeper, keyNamed('mallory'))
  const published = stage.world.ledger.published.length
  push(stage, alice, keeper, [[own.at(-1)!]])
  // Each answer brings one op, 40 s after the last one.
  for (let t = 0; t < 3_000 && !has(alice, own.at(-1)!); t++) {
    for (const budgets of [alice.engine.asking.turn, alice.engine.asking.brought]) {
      for (const budget of Object.values(budgets)) Object.assign(budget, { left: -MAX_ASKED, at: alice.engine.now })
    }
    if (t % 20 === 0) agreeWith(stage, alice, keeper)
    const question = t % 400 === 399 ? asked.at(-1) : undefined
    const answer = own.find(({ id }) => question?.ids.some((each) => toHex(each) === toHex(id)))
    if (question !== undefined && answer !== undefined) {
      tell(stage, alice, keeper, { type: 'units', ref: question.ref, bundle: bundleOf([[answer]]), last: true, left: 0 })
    }
    run(stage, 100)
    if (!has(alice, own.at(-1)!)) expect(stage.world.ledger.published).toHaveLength(published)
  }
  expect(has(alice, own.at(-1)!)).toBe(true)
})

test('a peer without credit is asked for MAX_FIRST_IDS of what it names', () => {
  const { stage, bob, told } = manyHeads()
  const [name] = namesOf(stage, 1) as [PeerId]
  claim(
    stage,
    bob,
    name,
    Array.from({ length: 200 }, (_, n) => ghostId(n)),
  )
  run(stage, 500)
  expect(told.flatMap(({ said }) => (said.type === 'want' ? [said.ids.length] : []))).toEqual([MAX_FIRST_IDS])
})

test('D18 who asks for an echo again and again is told MAX_ECHOED_ALONE bytes of heads, and ECHOED_ALONE_PER_SECOND', () => {
  const { stage, bob, bytesOf } = manyHeads()
  const proof = new Uint8Array(64)
  for (const [n, name] of namesOf(stage, 2).entries()) prove(stage, bob, name, keyNamed(`key ${n}`))
  const before = bytesOf('heads')
  for (let n = 0; n < 10 * SECONDS; n++) {
    const token = new Uint8Array(8).fill(n)
    for (const name of namesOf(stage, 2)) {
      tell(stage, bob, name, { type: 'hello', author: keyNamed('key 0').author, proof, token, own: 1 })
    }
    run(stage, 100)
  }
  const bytes = bytesOf('heads') - before
  expect(bytes).toBeGreaterThan(MAX_ECHOED_ALONE)
  expect(bytes).toBeLessThanOrEqual(MAX_ECHOED_ALONE + ECHOED_ALONE_PER_SECOND * SECONDS + QUESTION)
})
