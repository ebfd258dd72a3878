/** An author that greets with fewer own ops than a peer holds is sent its latest one, and does not write before it holds that again. */
import { describe, expect, test } from 'vitest'
import { bundleOf } from '../sim/villain.ts'
import { fromHex, toHex } from '../core/bytes.ts'
import { idOf } from '../core/dag.ts'
import { peerProofBytes } from '../core/keys.ts'
import type { Mark } from '../core/mark.ts'
import type { UnitOp } from '../core/unit.ts'
import { type Identity, STAND_IN } from '../sim/identity.ts'
import { give, type SimNode } from '../sim/node.ts'
import { squeeze } from '../sim/squeeze.ts'
import { agreeWith, chainOf, createStage, ghostId, keyNamed, kill, linkNamed, message, opsOf, push, restart } from '../sim/stage.ts'
import { run, say, signedBadly, type Stage, tell, type } from '../sim/stage.ts'
import { NEW, UNHEARD } from '../sim/villain.ts'
import { decodeBundle } from './bundle.ts'
import { decodeMessage, encodeMessage } from './messages.ts'
import { MAX_REMINDED_BYTES, MAX_REMINDERS, REMINDED_BYTES_PER_SECOND, REMINDERS_PER_SECOND } from './remind.ts'
import { present } from './tokens.ts'
import { LOST_ALTOGETHER, LOST_AT_MOST, MAX_LOST, waitsFor } from './trust.ts'
import { unwrapBundle, wrapBundle } from './wrap.ts'

const SECOND = 1_000

/** Alice wrote ten ops, and comes back with three of them and this mark, by default one that agrees with that. She fetches nothing. */
function rolledBack(isDeflated = false, mark?: Mark): { stage: Stage; alice: SimNode; bob: SimNode } {
  const stage = createStage(2)
  const [alice, bob] = stage.nodes as [SimNode, SimNode]
  for (let i = 0; i < 10; i++) say(stage, alice, `before ${i}`)
  run(stage, SECOND)
  if (isDeflated)
    for (const kept of bob.disk.kept) {
      const unwrapped = unwrapBundle(kept.segment.bytes)
      if (unwrapped.ok) Object.assign(kept.segment, { bytes: wrapBundle('deflate', squeeze(unwrapped.value.payload)) })
    }
  kill(stage, alice)
  alice.disk.kept.length = alice.disk.safe = 4
  alice.mark = mark ?? { own: 4, id: idOf(alice.engine.replica.dag, 3) }
  restart(stage, alice)
  give(stage.world, alice, { type: 'pause', on: true })
  return { stage, alice, bob }
}

const wait = { why: 'lost', answered: true }

describe('a node whose disk and mark were rolled back together', () => {
  test.each([false, true])(
    'D24 is reminded by a peer that holds a later own op, and waits until it holds it (deflated: %s)',
    (isDeflated) => {
      const { stage, alice, bob } = rolledBack(isDeflated)
      run(stage, SECOND)
      type(stage, alice, 'may I?')
      run(stage, 50 * SECOND)
      expect([alice.engine.submissions.length, waitsFor(alice.engine)]).toEqual([1, wait])
      give(stage.world, alice, { type: 'pause', on: false })
      run(stage, 5 * SECOND)
      expect([opsOf(alice), opsOf(bob), waitsFor(alice.engine)]).toEqual([12, 12, null])
      expect(bob.engine.replica.dag.equivocations).toEqual([])
    },
  )

  test('D24 writes all the same when nothing has come for LOST_AT_MOST: what lies between may be lost everywhere', () => {
    const { stage, alice } = rolledBack()
    run(stage, SECOND)
    type(stage, alice, 'at last')
    run(stage, LOST_AT_MOST - 2 * SECOND)
    expect(waitsFor(alice.engine)).toEqual(wait)
    run(stage, 2 * SECOND)
    expect([alice.engine.submissions.length, waitsFor(alice.engine)]).toEqual([0, null])
  })

  test('D24 writes all the same when a person says so', () => {
    const { stage, alice, bob } = rolledBack()
    run(stage, SECOND)
    type(stage, alice, 'now')
    give(stage.world, alice, { type: 'writeNow' })
    run(stage, 10 * SECOND)
    expect(bob.engine.replica.dag.equivocations).toHaveLength(1)
  })

  test('D24 goes on if it has written in this run before it was reminded: there are two branches then, and it gets the other one', () => {
    const { stage, alice, bob } = rolledBack()
    type(stage, alice, 'too early')
    run(stage, 5 * SECOND)
    expect(waitsFor(alice.engine)).toBe(null)
    give(stage.world, alice, { type: 'pause', on: false })
    say(stage, alice, 'goes on')
    run(stage, 10 * SECOND)
    expect(opsOf(alice)).toBe(opsOf(bob))
    expect(alice.engine.replica.dag.equivocations.length).toBeGreaterThan(0)
  })
})

test('E2 D24 a node that lacks what its mark names, and is reminded of it, writes LOST_ALTOGETHER after the first answer: no wait begins after another one', () => {
  const { stage, alice } = rolledBack(false, { own: 11, id: ghostId(1) })
  type(stage, alice, 'at last')
  const agree = (ms: number): void => {
    for (let second = 0; second < ms / SECOND; second++) {
      agreeWith(stage, alice, linkNamed(stage, 'stranger'))
      run(stage, SECOND)
    }
  }
  agree(2 * SECOND)
  expect(waitsFor(alice.engine)).toEqual(wait)
  agree(LOST_ALTOGETHER - 4 * SECOND)
  expect(alice.engine.submissions.length).toBe(1)
  agree(6 * SECOND)
  expect([alice.engine.submissions.length, waitsFor(alice.engine)]).toEqual([0, null])
})

test('D24 a node that may lack own ops greets again, since a reminder may be lost, and another greets once', () => {
  for (const waits of [true, false]) {
    const { stage, nodes, heard } = overheard(1)
    const [alice] = nodes as [SimNode]
    kill(stage, alice)
    // The mark names an op that nobody has.
    if (waits) alice.mark = { own: 2, id: ghostId(1) }
    restart(stage, alice)
    // A peer that echoes and has proven its author, so that nothing else is a reason to greet it; it has more than it tells, so that the wait goes on.
    for (let second = 0; second < 14; second++) {
      const said = { digest: new Uint8Array(32), heads: [ghostId(2)], headCount: 1, ops: 9, token: UNHEARD.token }
      tell(stage, alice, linkNamed(stage, 'peer'), { type: 'heads', ...said, echoes: present(alice.engine.tokens) })
      alice.engine.peers.get(linkNamed(stage, 'peer'))!.author = keyNamed('peer').author
      run(stage, SECOND)
    }
    expect([waits, heard.filter((said) => said.type === 'hello').length]).toEqual([waits, waits ? 3 : 1])
  }
})

describe('an own op that a node does not hold', () => {
  const ownOp = (stage: Stage, { identity }: SimNode, n: number): UnitOp => message(stage, identity, null, [ghostId(n)], `${n}`)

  test('D24 and has not signed is nothing to wait for', () => {
    const stage = createStage(1)
    const [alice] = stage.nodes as [SimNode]
    push(stage, alice, linkNamed(stage, 'liar'), [[signedBadly(ownOp(stage, alice, 0))]])
    run(stage, SECOND)
    expect(waitsFor(alice.engine)).toBe(null)
    say(stage, alice, 'as ever')
  })

  test('D24 is remembered until it is held, for MAX_LOST ops', () => {
    const stage = createStage(1)
    const [alice] = stage.nodes as [SimNode]
    for (let n = 0; n < MAX_LOST + 5; n++) {
      push(stage, alice, linkNamed(stage, `link ${n}`), [[ownOp(stage, alice, n)]])
      run(stage, 100)
    }
    expect([alice.engine.trust.lost.size, waitsFor(alice.engine)]).toEqual([MAX_LOST, wait])
  })

  test('D24 E2 is waited for although liars brought MAX_LOST earlier ones first, and then those below them', () => {
    const stage = createStage(1)
    const [alice] = stage.nodes as [SimNode]
    const ops: UnitOp[] = []
    for (let n = 0; n < 2 * MAX_LOST; n++) ops.push(message(stage, alice.identity, ops.at(-1) ?? null, [stage.room], `${n}`))
    const bring = (of: string, some: readonly UnitOp[]): void => {
      for (const op of some) push(stage, alice, linkNamed(stage, of), [[op]])
      run(stage, 100)
    }
    bring('liar', ops.slice(1, MAX_LOST + 1))
    bring('peer', ops.slice(-1))
    bring('liar', ops.slice(0, 1))
    expect([opsOf(alice), waitsFor(alice.engine)]).toEqual([MAX_LOST + 2, wait])
    bring('peer', ops.slice(MAX_LOST + 1))
    expect([opsOf(alice), waitsFor(alice.engine)]).toEqual([2 * MAX_LOST + 1, null])
  })

  test('D24 is not lost any more when it is rejected', () => {
    const stage = createStage(1)
    const [alice] = stage.nodes as [SimNode]
    const parent = message(stage, alice.identity, null, [stage.room], 'parent')
    const second = message(stage, alice.identity, parent, [stage.room], 'second', { seq: 7 })
    push(stage, alice, linkNamed(stage, 'one'), [[second]])
    run(stage, 100)
    expect(waitsFor(alice.engine)).toEqual(wait)
    push(stage, alice, linkNamed(stage, 'other'), [[parent]])
    run(stage, SECOND)
    expect(waitsFor(alice.engine)).toBe(null)
  })
})

/** A stage, and the frames that its nodes send to sender values of adversaries. */
function overheard(nodes: number) {
  const heard: NonNullable<ReturnType<typeof decoded>>[] = []
  const stage = createStage(
    nodes,
    {},
    {
      told(_villain, _from, _to, bytes) {
        const said = decoded(bytes)
        if (said !== null) heard.push(said)
      },
    },
  )
  return { stage, nodes: stage.nodes, heard }
}

function decoded(bytes: Uint8Array) {
  const said = decodeMessage(bytes)
  return said.ok ? said.value : null
}

/** A stage of one node that holds these ops, and a way to greet it; `sent` gives the ids of the ops that it has sent unasked. */
function greeted(make: (stage: Stage) => UnitOp[]) {
  const { stage, nodes, heard } = overheard(1)
  const [bob] = nodes as [SimNode]
  const ops = make(stage)
  for (let at = 0; at < ops.length; at += 100)
    push(
      stage,
      bob,
      linkNamed(stage, `brings ${at}`),
      ops.slice(at, at + 100).map((op) => [op]),
    )
  run(stage, 20 * SECOND)
  expect(opsOf(bob)).toBe(1 + ops.length)
  let names = 0
  const greet = (key: Identity, own = 0, from = linkNamed(stage, `greets ${names++}`)): void => {
    const proof = STAND_IN.sign(key, peerProofBytes(stage.room, fromHex(from)!, bob.engine.sender))
    tell(stage, bob, from, encodeMessage({ type: 'hello', author: key.author, proof, ...NEW, own }))
  }
  const sent = (): string[] =>
    heard.flatMap((said) => {
      if (said.type !== 'units' || said.ref !== 0) return []
      const unwrapped = unwrapBundle(said.bundle)
      const units = unwrapped.ok ? decodeBundle(unwrapped.value.payload) : unwrapped
      return units.ok ? units.value.flat().map(({ id }) => toHex(id)) : []
    })
  return { stage, bob, ops, sent, greet }
}

const keyOfAuthor = (n: number): Identity => keyNamed(`author ${n}`)
const firstOps =
  (authors: number) =>
  (stage: Stage): UnitOp[] =>
    Array.from({ length: authors }, (_, n) => message(stage, keyOfAuthor(n), null, [stage.room], `${n}`))

describe('an author that greets', () => {
  test('D24 is sent its latest op if it has stored fewer, again after REMIND_AGAIN, and else nothing', () => {
    const { stage, ops, sent, greet } = greeted((on) => chainOf(on, keyOfAuthor(0), 3))
    const [from, latest] = [linkNamed(stage, 'comes again'), toHex(ops[2]!.id)]
    greet(keyOfAuthor(0), 3)
    greet(keyOfAuthor(0), 4)
    run(stage, SECOND)
    expect(sent()).toEqual([])
    for (const [pause, times] of [
      [1, 1],
      [4, 1],
      [1, 2],
    ] as const) {
      greet(keyOfAuthor(0), 2, from)
      run(stage, pause * SECOND)
      expect(sent()).toEqual(Array.from({ length: times }, () => latest))
    }
  })

  test('D24 that has forked is sent its latest op, however many it has stored: branches have no number', () => {
    const { stage, ops, sent, greet } = greeted((on) => {
      const left = chainOf(on, keyOfAuthor(0), 1)
      return [...left, ...chainOf(on, keyOfAuthor(0), 3, [left[0]!.id])]
    })
    greet(keyOfAuthor(0), 9)
    run(stage, SECOND)
    expect(sent()).toEqual([toHex(ops[3]!.id)])
  })

  test('D24 many at once: MAX_REMINDERS are reminded, and REMINDERS_PER_SECOND more in each second, by lot', () => {
    const { stage, sent, greet } = greeted(firstOps(300))
    for (let n = 0; n < 300; n++) greet(keyOfAuthor(n))
    run(stage, SECOND)
    expect(sent().length).toBeLessThanOrEqual(MAX_REMINDERS + REMINDERS_PER_SECOND)
    expect(sent().length).toBeGreaterThan(MAX_REMINDERS / 2)
    const before = sent().length
    for (let n = 0; n < 100; n++) {
      greet(keyOfAuthor(n))
      run(stage, SECOND / REMINDERS_PER_SECOND)
    }
    expect(sent().length - before).toBeGreaterThan(50)
  })
})

test('D24 reminders of long ops share MAX_REMINDED_BYTES and REMINDED_BYTES_PER_SECOND, and short ones do not wait for them', () => {
  const longOps = (stage: Stage): UnitOp[] => [
    ...Array.from({ length: 10 }, (_, n) => message(stage, keyOfAuthor(n), null, [stage.room], `${n} ${'x'.repeat(50_000)}`)),
    message(stage, keyOfAuthor(10), null, [stage.room], 'short'),
  ]
  const { stage, ops, sent, greet } = greeted(longOps)
  let seconds = 0
  for (; seconds < 40; seconds += 4) {
    for (let n = 0; n < 10; n++) greet(keyOfAuthor(n))
    run(stage, 4 * SECOND)
  }
  expect(sent().length * 50_000).toBeLessThanOrEqual(MAX_REMINDED_BYTES + REMINDED_BYTES_PER_SECOND * seconds + 60_000)
  expect(sent().length * 50_000).toBeGreaterThan(MAX_REMINDED_BYTES)
  greet(keyOfAuthor(10))
  run(stage, SECOND)
  expect(sent()).toContain(toHex(ops[10]!.id))
})

test('D24 one author under many names is reminded once in REMIND_AGAIN, and leaves the others theirs', () => {
  const { stage, sent, greet } = greeted(firstOps(2))
  for (let n = 0; n < 250; n++) {
    greet(keyOfAuthor(0))
    // Of many at once the first would have lost its seat by the time.
    if (n === 0) run(stage, SECOND)
  }
  run(stage, SECOND)
  greet(keyOfAuthor(1))
  run(stage, SECOND)
  expect(new Set(sent()).size).toBe(2)
  expect(sent()).toHaveLength(2)
})

test('D24 a lost op is waited for LOST_ALTOGETHER at most, whatever others bring meanwhile', () => {
  const { stage, alice } = rolledBack()
  run(stage, SECOND)
  type(stage, alice, 'at last')
  const bring = (n: number): void =>
    push(stage, alice, linkNamed(stage, 'brings'), [[message(stage, keyOfAuthor(n), null, [stage.room], `${n}`)]])
  const waits: unknown[] = []
  for (let n = 0; n < LOST_ALTOGETHER / (50 * SECOND) + 1; n++) {
    bring(n)
    run(stage, 50 * SECOND)
    waits.push(waitsFor(alice.engine))
  }
  expect([waits.at(-3), waits.at(-1)]).toEqual([wait, null])
})

test('D24 while something waits here for this node’s own budgets a lost op is waited for three times as long, and no longer', () => {
  const { stage, alice } = rolledBack()
  run(stage, SECOND)
  type(stage, alice, 'not yet')
  const bundle = bundleOf([[message(stage, keyOfAuthor(7), null, [stage.room], 'waits')]])
  const hold = (): void => {
    alice.engine.judging.small.left = -1_000_000
    tell(stage, alice, linkNamed(stage, 'waits'), { type: 'units', ref: 0, bundle, last: true, left: 0 })
  }
  const waits: unknown[] = []
  for (let t = 0; t < 20; t++) {
    hold()
    run(stage, 10 * SECOND)
    waits.push(waitsFor(alice.engine))
  }
  expect([waits[16], waits[19]]).toEqual([wait, null])
})
