/** How many peers a node holds, how long, and what it takes to be cut: at the edge of each limit. */
import { expect, test } from 'vitest'
import { MESSAGE_VERSION } from '../core/limits.ts'
import {
  agree,
  agreeWith,
  apart,
  claim,
  createStage,
  ghostId,
  heard,
  isCut,
  join,
  keyNamed,
  kill,
  linkNamed,
  message,
  NO_DIGEST,
  prove,
  push,
  restart,
  run,
  runUntil,
  say,
  signedBadly,
  type Stage,
  tell,
  wake,
  wantBelow,
} from '../sim/stage.ts'
import { UNHEARD } from '../sim/villain.ts'
import { sortedHeads } from '../core/dag.ts'
import { digestOfHeads } from '../core/heads-digest.ts'
import type { Way } from './effects.ts'
import { agrees, ECHOES_TO_ALL_PER_SECOND, MAX_ECHOES_TO_ALL } from './gossip.ts'
import {
  mayTalk,
  CURRENT_FOR,
  isCurrent,
  MAX_NEWCOMERS,
  MAX_RUNS,
  MAX_SEAT_DRAWS,
  MAX_STRANGERS,
  MAX_STRANGERS_TALK,
  NEWCOMERS_PER_SECOND,
  PEER_SILENT,
  peersHere,
  UNECHOED_FOR,
  shareOf,
  standingOf,
} from './peers.ts'
import { give, type SimNode } from '../sim/node.ts'
import { LOT_SAFE, MAX_SEATS } from './roster.ts'
import { step } from './engine.ts'
import { encodeMessage, type Message } from './messages.ts'
import { leave } from './state.ts'
import { present } from './tokens.ts'

const GARBAGE = Uint8Array.of(MESSAGE_VERSION, 2, 3)
/** ms between newcomers. */
const APART = 40

test('D18 MAX_SEATS peers have a seat, and one more takes that of another who sits by lot and has for LOT_SAFE', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const { peers } = bob.engine
  const come = (n: number): boolean => {
    const link = linkNamed(stage, `${n}`)
    claim(stage, bob, link, [], 0, 0)
    run(stage, APART)
    return peers.has(link)
  }
  for (let n = 0; n < MAX_SEATS; n++) expect([n, come(n)]).toEqual([n, true])
  expect(come(MAX_SEATS)).toBe(false)
  run(stage, LOT_SAFE)
  expect(come(MAX_SEATS)).toBe(true)
  expect(peers.size).toBe(MAX_SEATS)
})

test('D18 MAX_RUNS runs of one author have a seat, the one silent for longest loses it to the next, and others keep theirs', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const { peers } = bob.engine
  const [early, late] = [keyNamed('early'), keyNamed('late')]
  for (const key of [early, late]) push(stage, bob, linkNamed(stage, 'bringer'), [[message(stage, key, null, [stage.room], 'one op')]])
  const honest = linkNamed(stage, 'honest')
  prove(stage, bob, honest, late)
  const runs = Array.from({ length: MAX_SEATS + 50 }, (_, n) => linkNamed(stage, `run ${n}`))
  for (const [n, link] of runs.entries()) {
    prove(stage, bob, link, early)
    const seated = runs.filter((each) => peers.get(each)?.author !== undefined && peers.get(each)!.author !== null)
    expect(seated).toEqual(runs.slice(Math.max(0, n + 1 - MAX_RUNS), n + 1))
    claim(stage, bob, honest, [], 0, 0)
  }
  expect(peers.has(honest)).toBe(true)
})

test('D18 for peers that are worth nothing yet a seat is looked for MAX_SEAT_DRAWS times at once, and for a friend always', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const { peers, strangers } = bob.engine
  const come = (name: string): void => claim(stage, bob, linkNamed(stage, name), [], 0, 0)
  for (let n = 0; n < MAX_SEATS; n++) come(`first ${n}`)
  run(stage, LOT_SAFE + 1_000)
  expect(strangers.seats.left).toBe(MAX_SEAT_DRAWS)
  for (let n = 0; n < 10 * MAX_SEAT_DRAWS; n++) come(`next ${n}`)
  run(stage, APART)
  expect(strangers.seats.left).toBeLessThan(2)
  const friend = linkNamed(stage, 'friend')
  give(stage.world, bob, { type: 'heard', from: friend, way: 'browser' })
  expect(peers.has(friend)).toBe(true)
})

test('D24 a peer that has used up its share of talk may still acknowledge bundles, bring some, and ask from a seat', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const link = linkNamed(stage, 'talker')
  claim(stage, bob, link, [], 0, 0)
  const peer = bob.engine.peers.get(link)!
  peer.talk = 1_000_000
  const may = (message: Message): boolean => mayTalk(bob.engine, peer, encodeMessage(message))
  expect(may({ type: 'more', ref: 1, taken: 1 })).toBe(true)
  expect(may({ type: 'units', ref: 1, bundle: new Uint8Array(), last: true, left: 0 })).toBe(true)
  // Heads of this peer are not read now. A question is: telling its own heads too often must not make it unheard.
  const want = { ...wantBelow(1, []), ids: [stage.room] }
  expect(may(want)).toBe(true)
  expect(
    may({ type: 'heads', digest: NO_DIGEST, heads: [], headCount: 0, ops: 0, token: new Uint8Array(), echoes: new Uint8Array() }),
  ).toBe(false)
  bob.engine.peers.delete(link)
  expect(may(want)).toBe(false)
})

test('D18 a peer whose channel has closed is no better than others once it is heard on a path that all share', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const link = linkNamed(stage, 'channel')
  const standing = (way: Way): string => {
    give(stage.world, bob, { type: 'heard', from: link, way })
    return standingOf(bob.engine, link)
  }
  expect([standing('channel'), standing('open'), standing('channel')]).toEqual(['trusted', 'met', 'trusted'])
})

test('D4 a peer that was silent for PEER_SILENT is gone, a millisecond earlier it is not', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const link = linkNamed(stage, 'silent')
  claim(stage, bob, link, [], 0, 0)
  wake(stage, bob, 14_999)
  expect(bob.engine.peers.has(link)).toBe(true)
  wake(stage, bob, 1)
  expect(bob.engine.peers.has(link)).toBe(false)
})

test('A2 the STRIKES_BEFORE_CUT-th strike cuts a link for CUT_FOR, and the one before does not', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const [nine, link] = [linkNamed(stage, 'nine'), linkNamed(stage, 'ten')]
  tell(stage, bob, nine, GARBAGE)
  push(stage, bob, nine, [[signedBadly(message(stage, keyNamed('mallory'), null, [stage.room], 'forged'))]])
  expect([bob.engine.peers.get(nine)?.strikes, isCut(bob, nine)]).toEqual([9, false])
  for (let i = 0; i < 2; i++) tell(stage, bob, link, GARBAGE)
  expect(isCut(bob, link)).toBe(true)
  const isHeard = (): boolean => {
    claim(stage, bob, link, [], 0, 0)
    return bob.engine.peers.has(link)
  }
  expect(isHeard()).toBe(false)
  run(stage, 59_999)
  expect(isHeard()).toBe(false)
  run(stage, 1)
  expect(isHeard()).toBe(true)
})

test('A2 a strike is forgiven every FORGIVEN_EVERY, and not a millisecond earlier', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const link = linkNamed(stage, 'clumsy')
  tell(stage, bob, link, GARBAGE)
  const strikes = (): number => {
    claim(stage, bob, link, [], 0, 0)
    return bob.engine.peers.get(link)!.strikes
  }
  run(stage, 9_999)
  expect(strikes()).toBe(5)
  run(stage, 1)
  expect(strikes()).toBe(4)
})

test('D10 MAX_CUT cut links are remembered, and for one more the first is heard again', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const { cut } = bob.engine
  const isCutNow = (n: number): boolean => isCut(bob, linkNamed(stage, `${n}`))
  for (let n = 0; n < 1_025; n++) {
    if (n === 1_024) expect([cut.size, isCutNow(0)]).toEqual([1_024, true])
    for (let i = 0; i < 2; i++) tell(stage, bob, linkNamed(stage, `${n}`), GARBAGE)
    run(stage, APART)
  }
  expect([cut.size, isCutNow(0), isCutNow(1), isCutNow(1_024)]).toEqual([1_024, false, true, true])
})

/** Says its heads to everybody, as a recording of an earlier run would. */
const recorded = (stage: Stage, to: SimNode, from: string): void =>
  tell(stage, to, from, { type: 'heads', digest: NO_DIGEST, heads: [], headCount: 0, ops: 0, ...UNHEARD }, false)

test('D19 MAX_STRANGERS strangers are remembered, and one more takes the place of one that was greeted long enough ago', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const { known } = bob.engine.strangers
  for (let n = 0; n < MAX_STRANGERS; n++) recorded(stage, bob, linkNamed(stage, `${n}`))
  recorded(stage, bob, linkNamed(stage, 'early'))
  expect([known.size, known.has(linkNamed(stage, 'early'))]).toEqual([MAX_STRANGERS, false])
  run(stage, 3_000)
  recorded(stage, bob, linkNamed(stage, 'late'))
  expect([known.size, known.has(linkNamed(stage, 'late'))]).toEqual([MAX_STRANGERS, true])
})

test('D19 MAX_STRANGERS_TALK messages of those without a seat are read at once, by lot', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const read = (): number => [...bob.engine.strangers.known.values()].reduce((sum, { talk }) => sum + talk, 0)
  for (let n = 0; n < 2_000; n++) recorded(stage, bob, linkNamed(stage, `${n % 50}`))
  expect(read()).toBeLessThanOrEqual(MAX_STRANGERS_TALK)
  expect(read()).toBeGreaterThan(MAX_STRANGERS_TALK / 2)
})

test('D19 frames of dead runs give no seat and no agreement, cost one greeting each, and hide nobody who lives', () => {
  const stage = createStage(2)
  const [alice, bob] = stage.nodes as [SimNode, SimNode]
  say(stage, alice, 'held by both')
  run(stage, 1_000)
  const { engine } = bob
  const digest = digestOfHeads(sortedHeads(engine.replica.dag))
  const signed = bob.work.signed
  for (let round = 0; round < 5; round++) {
    for (let n = 0; n < 260; n++) {
      const from = linkNamed(stage, `dead ${n}`)
      tell(stage, bob, from, { type: 'heads', digest, heads: [], headCount: 0, ops: 2, ...UNHEARD }, false)
      tell(stage, bob, from, { ...wantBelow(n, []), ofAll: true }, false)
    }
    run(stage, 4_000)
  }
  expect([...engine.peers.keys()]).toEqual([alice.engine.senderId])
  expect(isCurrent(engine, engine.peers.get(alice.engine.senderId)!)).toBe(true)
  expect(bob.work.signed - signed).toBeLessThanOrEqual(MAX_NEWCOMERS + 21 * NEWCOMERS_PER_SECOND)
  const carol = join(stage)
  expect(runUntil(stage, 2_000, () => agree(stage))).toBeLessThan(2_000)
  expect(runUntil(stage, 2_000, () => isCurrentFor(bob, carol))).toBeLessThan(2_000)
})

const isCurrentFor = (a: SimNode, b: SimNode): boolean => {
  const peer = a.engine.peers.get(b.engine.senderId)
  return peer !== undefined && isCurrent(a.engine, peer) && agrees(a.engine, peer)
}

test('D19 a peer whose words are held back is not current after CURRENT_FOR, however often old ones are said', () => {
  const stage = createStage(2)
  const [alice, bob] = stage.nodes as [SimNode, SimNode]
  say(stage, alice, 'held by both')
  run(stage, 6_000)
  expect(isCurrentFor(bob, alice)).toBe(true)
  const peer = bob.engine.peers.get(alice.engine.senderId)!
  const { echoedAt } = peer
  apart(stage, alice)
  // The relay delivers, late and in order, frames that it held back: words with no newer echo.
  while (bob.engine.now < echoedAt + CURRENT_FOR) {
    expect(isCurrent(bob.engine, peer)).toBe(true)
    peer.heardAt = bob.engine.now
    wake(stage, bob, Math.min(1_000, echoedAt + CURRENT_FOR - bob.engine.now))
  }
  expect(isCurrent(bob.engine, peer)).toBe(false)
})

test('D19 a peer that says old words and echoes no newer token is not here after UNECHOED_FOR, and is here again with an echo', () => {
  const stage = createStage(2)
  const [alice, bob] = stage.nodes as [SimNode, SimNode]
  run(stage, 6_000)
  const { engine } = bob
  const id = alice.engine.senderId
  const isHere = (): boolean => peersHere(engine).some((peer) => peer.id === id)
  const { aliveAt } = engine.peers.get(id)!
  const echoes = present(engine.tokens)
  apart(stage, alice)
  // The relay passes on, one at a time, frames that it held back.
  const sayOld = (): void =>
    tell(stage, bob, id, { type: 'heads', digest: NO_DIGEST, heads: [], headCount: 0, ops: 0, token: UNHEARD.token, echoes })
  const end = Math.max(aliveAt, engine.tokens.recent[0]!.at) + UNECHOED_FOR
  while (engine.now < end) {
    sayOld()
    expect(isHere()).toBe(true)
    wake(stage, bob, Math.min(1_000, end - engine.now))
  }
  expect(engine.peers.has(id)).toBe(true)
  expect(isHere()).toBe(false)
  // It falls silent, and comes back with more old words.
  wake(stage, bob, PEER_SILENT)
  expect(engine.peers.has(id)).toBe(false)
  sayOld()
  expect([engine.peers.has(id), isHere()]).toEqual([true, false])
  agreeWith(stage, bob, id)
  expect(isHere()).toBe(true)
})

test('D19 when a peer is not here any more the shell is told, though nothing else happens', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const link = linkNamed(stage, 'ghost')
  claim(stage, bob, link, [], 0, 0)
  const { engine } = bob
  const end = engine.now + UNECHOED_FOR
  while (engine.now < end - 1) {
    claim(stage, bob, link, [], 0, 0)
    wake(stage, bob, Math.min(1_000, end - 1 - engine.now))
  }
  const noticesAt = (now: number): string[] =>
    step(engine, { type: 'tick' }, now).flatMap((effect) => (effect.type === 'notify' ? [effect.notice.type] : []))
  expect([peersHere(engine).length, noticesAt(end - 1)]).toEqual([1, []])
  expect(engine.wakeAt).toBeLessThanOrEqual(end)
  expect([noticesAt(end), peersHere(engine).length]).toEqual([['changed'], 0])
  expect(noticesAt(end + 1)).toEqual([])
})

test('D18 a peer whose greeting was lost is asked for it again, though it echoes', () => {
  const stage = createStage(2)
  const [alice, bob] = stage.nodes as [SimNode, SimNode]
  run(stage, 1_000)
  const peer = bob.engine.peers.get(alice.engine.senderId)!
  // As if her greeting had not come.
  peer.author = null
  expect(runUntil(stage, 12_000, () => peer.author !== null)).toBeLessThan(12_000)
  const signed = alice.work.signed
  run(stage, 60_000)
  expect(alice.work.signed).toBe(signed)
})

test('a peer that one side alone has forgotten, at any moment between heartbeats, is proven to it again within 10 s', () => {
  for (let phase = 0; phase <= 10_000; phase += 500) {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes as [SimNode, SimNode]
    say(stage, alice, 'held by both')
    run(stage, 1_000 + phase)
    leave(bob.engine, alice.engine.senderId)
    const isProven = ([node, peer]: readonly [SimNode, SimNode]): boolean => {
      const seat = node.engine.peers.get(peer.engine.senderId)
      return seat !== undefined && seat.isMet && seat.author !== null && isCurrent(node.engine, seat) && agrees(node.engine, seat)
    }
    const areBoth = (): boolean =>
      (
        [
          [alice, bob],
          [bob, alice],
        ] as const
      ).every(isProven)
    expect([phase, areBoth()]).toEqual([phase, false])
    expect([phase, runUntil(stage, 30_000, areBoth, 10)]).toEqual([phase, expect.toSatisfy((ms: number) => ms <= 10_000)])
  }
})

test('D18 a peer that echoes and proves nothing is greeted more and more seldom', () => {
  const stage = createStage(1)
  const [bob] = stage.nodes as [SimNode]
  const { signed } = bob.work
  for (let second = 0; second < 120; second++) {
    const said = { digest: NO_DIGEST, heads: [], headCount: 0, ops: 0, token: UNHEARD.token }
    tell(stage, bob, linkNamed(stage, 'nobody'), { type: 'heads', ...said, echoes: present(bob.engine.tokens) })
    run(stage, 1_000)
  }
  // At 0, 5, 15, 35 and 75 s.
  expect(bob.work.signed - signed).toBe(5)
})

test('D18 trusted peers share one half of what all may say, and others the other half, however many they are', () => {
  const stage = createStage(1)
  const { engine } = stage.nodes[0]!
  const friends = ['one', 'another'].map((name) => linkNamed(stage, name))
  for (const from of friends) give(stage.world, stage.nodes[0]!, { type: 'heard', from, way: 'browser' })
  for (let n = 0; n < 200; n++) {
    claim(stage, stage.nodes[0]!, linkNamed(stage, `${n}`), [], 0, 0)
    run(stage, APART)
  }
  expect(shareOf(engine, engine.peers.get(friends[0]!)!, 20_000)).toBe(5_000)
  expect(shareOf(engine, engine.peers.get(linkNamed(stage, '0'))!, 20_000)).toBe(50)
})

test('a peer that has been silent for PEER_SILENT is gone, and the shell is told, though nothing else happens', () => {
  const stage = createStage(1)
  const { engine } = stage.nodes[0]!
  const { now } = engine
  step(engine, heard(linkNamed(stage, 'bob'), encodeMessage({ type: 'bye' })), now)
  step(
    engine,
    heard(linkNamed(stage, 'alice'), encodeMessage({ type: 'heads', digest: NO_DIGEST, heads: [], headCount: 0, ops: 0, ...UNHEARD })),
    now,
  )
  expect(engine.peers.size).toBe(1)
  step(engine, { type: 'tick' }, now + 14_999)
  const effects = step(engine, { type: 'tick' }, now + 15_000)
  expect(engine.peers.size).toBe(0)
  expect(effects.filter((effect) => effect.type === 'notify').map(({ notice }) => notice.type)).toContain('changed')
})

test('D18 those who greet are echoed all at once MAX_ECHOES_TO_ALL times, and then once a second', () => {
  let toAll = 0
  const stage = createStage(
    1,
    {},
    {
      overheard() {
        toAll++
      },
    },
  )
  const [bob] = stage.nodes as [SimNode]
  let n = 0
  const greetedFor = (ms: number): number => {
    const before = toAll
    for (const end = stage.world.schedule.now + ms; stage.world.schedule.now < end;) {
      const hello = {
        type: 'hello',
        author: keyNamed('mallory').author,
        proof: new Uint8Array(64),
        token: new Uint8Array(8).fill(n),
        own: 0,
      } as const
      for (let i = 0; i < 4; i++) tell(stage, bob, linkNamed(stage, `name ${n++}`), hello)
      run(stage, 50)
    }
    return toAll - before
  }
  expect(greetedFor(2_000)).toBeGreaterThanOrEqual(MAX_ECHOES_TO_ALL)
  expect(greetedFor(10_000)).toBeLessThanOrEqual(10 * ECHOES_TO_ALL_PER_SECOND + 3)
})

test('D18 among 256 names a second that all are met, a newcomer and one who comes back are met and agree within seconds', () => {
  const stage = createStage(2)
  const [alice, bob] = stage.nodes as [SimNode, SimNode]
  for (const node of [alice, bob]) say(stage, node, 'members')
  run(stage, 1_000)
  let n = 0
  const flood = (): void => {
    for (let i = 0; i < 4; i++, n++) {
      for (const node of [alice, bob]) claim(stage, node, linkNamed(stage, `name ${n}`), [ghostId(n)], 1, 5)
    }
    run(stage, 15)
  }
  for (let i = 0; i < 200; i++) flood()
  expect(bob.engine.peers.size).toBe(MAX_SEATS)
  expect(isCurrentFor(alice, bob)).toBe(true)
  kill(stage, bob)
  run(stage, 1_000)
  restart(stage, bob)
  let ms = 0
  const until = (isSo: () => boolean): number => {
    for (ms = 0; !isSo() && ms < 20_000; ms += 15) flood()
    return ms
  }
  expect(until(() => isCurrentFor(alice, bob) && isCurrentFor(bob, alice))).toBeLessThan(5_000)
  const carol = join(stage)
  expect(until(() => agree(stage))).toBeLessThan(10_000)
  expect(carol.engine.replica.dag.length).toBeGreaterThan(2)
}, 60_000)
