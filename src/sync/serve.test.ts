/** How much one peer is answered, or all of them together: at the edge of each limit. */
import { expect, test } from 'vitest'
import { read } from '../sim/disk.ts'
import { give, type SimNode, unitsOf } from '../sim/node.ts'
import { pack } from '../sim/pack.ts'
import { NEW } from '../sim/villain.ts'
import {
  chainOf,
  claim,
  createStage,
  ghostId,
  keyNamed,
  linkNamed,
  message,
  prove,
  push,
  run,
  runUntil,
  type Stage,
  tell,
  wake,
  wantBelow,
  hearing,
} from '../sim/stage.ts'
import { fromHex, toHex } from '../core/bytes.ts'
import { idOf } from '../core/dag.ts'
import type { OpId } from '../core/op.ts'
import type { PeerId } from './effects.ts'
import type { UnitOp } from '../core/unit.ts'
import { encodeBody } from '../crdt/body.ts'
import { MAX_BUNDLE_BYTES } from './bundle.ts'
import { type Limits, LIMITS } from './limits.ts'
import type { Units, Want } from './messages.ts'
import {
  BULK_PER_SECOND,
  FIRST_SHARE,
  FIRST_SHARES_PER_SECOND,
  KNOWN_BULK_PER_SECOND,
  MAX_BULK,
  MAX_FIRST_SHARES,
  MAX_KNOWN_BULK,
  MAX_MADE,
  MAX_SERVED,
  MAX_SERVED_AGAIN,
  MAX_UNJUDGED,
  MAX_UNJUDGED_BYTES,
  MAX_UNSENT_SHARED,
  MAX_WALK,
  WALK_PER_SECOND,
} from './pace.ts'
import { addToParts, createParts, describeParts } from './parts.ts'
import { numbersIn } from '../core/number-set.ts'

const mallory = keyNamed('mallory')

const wantAll = (ref: number) => wantBelow(ref, [])

/** A node alone, and what of units it serves to hostile links, in order. */
function serving(
  limits: Partial<Limits> = {},
  isDeaf = false,
): { stage: Stage; bob: SimNode; served: Units[]; isAnswered: (ref: number) => boolean } {
  const served: Units[] = []
  const told = hearing((said) => {
    if (said.type === 'units') served.push(said)
  })
  const stage = createStage(1, { delay: { least: 1, most: 1 }, limits: { ...LIMITS, ...limits } }, { told, isDeaf })
  return { stage, bob: stage.nodes[0]!, served, isAnswered: (ref) => served.some((units) => units.ref === ref && units.last) }
}

test('D13 WANTS_AT_ONCE of one peer are answered, and more after its pardon', () => {
  const { stage, bob, served, isAnswered } = serving()
  const link = linkNamed(stage, 'glutton')
  // A peer that has everything is answered at once.
  const ask = (ref: number): void => tell(stage, bob, link, wantBelow(ref, [stage.room]))
  for (let ref = 1; ref <= 300; ref++) {
    ask(ref)
    run(stage, 30)
  }
  run(stage, 999)
  expect(served.map(({ ref }) => ref)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
  ask(301)
  run(stage, 1)
  ask(302)
  run(stage, 100)
  expect([isAnswered(301), isAnswered(302)]).toEqual([false, true])
})

/** Brings 5 MB to the node: ten ops of 50,000 bytes each time. */
function fill(stage: Stage, times = 10): void {
  const body = encodeBody({ kind: 'message', text: 'x'.repeat(50_000) })
  for (let i = 0; i < 10 * times; i += 10) {
    const ops = Array.from({ length: 10 }, (_, j) => [message(stage, mallory, null, [stage.room], '', { body, time: i + j })])
    push(stage, stage.nodes[0]!, linkNamed(stage, 'author'), ops)
  }
  run(stage, 1_000)
}

/** Brings 1 MB that hardly compresses to the node: 80 times ten ops. */
function fillWithNoise(stage: Stage): void {
  for (let i = 0; i < 80; i++) {
    const ops = Array.from({ length: 10 }, (_, j) => {
      let text = ''
      for (let n = 0; n < 20; n++) text += toHex(ghostId(1_000 * i + 50 * j + n))
      return [message(stage, mallory, null, [stage.room], text)]
    })
    push(stage, stage.nodes[0]!, linkNamed(stage, 'author'), ops)
    run(stage, 50)
  }
  run(stage, 1_000)
}

test('D21 MAX_SERVED bytes are served to one peer between two pardons, and what it asked with that', () => {
  const { stage, bob, served, isAnswered } = serving()
  fill(stage)
  const link = linkNamed(stage, 'glutton')
  let ref = 0
  claim(stage, bob, link, [])
  // As in a room so large that this is not much of it.
  bob.engine.peers.get(link)!.opsServed = -1_000_000
  do tell(stage, bob, link, wantAll(++ref))
  while (ref < 30 && runUntil(stage, 2_000, () => isAnswered(ref), 10) < 2_000)
  const bytes = served.reduce((sum, { bundle }) => sum + bundle.length, 0)
  const { bytesServed, forgivenAt } = bob.engine.peers.get(link)!
  // Bytes that were read and not sent count too.
  expect(bytesServed).toBeGreaterThan(MAX_SERVED)
  expect(bytesServed).toBeLessThan(MAX_SERVED + 8 * 1024 * 1024)
  expect(bytes).toBeGreaterThan(MAX_SERVED / 2)
  expect(bob.engine.now - forgivenAt).toBeLessThan(10_000)
})

test('D21 a peer that asks for everything again and again is served WHOLES times as many ops as there are, and then MAX_SERVED_AGAIN in 10 s', () => {
  const { stage, bob, served, isAnswered } = serving()
  fill(stage)
  const link = linkNamed(stage, 'glutton')
  const ask = (ref: number): boolean => {
    tell(stage, bob, link, wantAll(ref))
    return runUntil(stage, 2_000, () => isAnswered(ref), 10) < 2_000
  }
  let ref = 1
  while (ref < 30 && ask(ref)) ref++
  const ops = bob.engine.replica.dag.length
  const { opsServed } = bob.engine.peers.get(link)!
  expect(opsServed).toBeGreaterThan(2 * ops)
  expect(opsServed).toBeLessThanOrEqual(3 * ops)
  // A farewell does not make it a newcomer.
  tell(stage, bob, link, { type: 'bye' })
  run(stage, 10_000)
  const before = bob.engine.now
  served.length = 0
  for (ref = 100; bob.engine.now < before + 30_000; ref++) ask(ref)
  const bytes = served.reduce((sum, { bundle }) => sum + bundle.length, 0)
  // An answer that was begun is ended.
  expect(bytes).toBeLessThanOrEqual(4 * (MAX_SERVED_AGAIN + 6 * 1024 * 1024))
  expect(bytes).toBeGreaterThan(0)
})

test('D21 all who have not written share MAX_BULK bytes and BULK_PER_SECOND, however many names ask, and a newcomer has its turn', () => {
  const { stage, bob, served } = serving()
  fill(stage)
  const start = bob.engine.now
  const seconds = 5
  for (let ref = 1; ref <= 10; ref++) {
    for (let n = 0; n < 50; n++) tell(stage, bob, linkNamed(stage, `glutton ${n}`), wantAll(ref))
    run(stage, (seconds * 1_000) / 10)
  }
  const bytes = served.reduce((sum, { bundle }) => sum + bundle.length, 0)
  // A segment is read for each short first bundle.
  expect(bytes).toBeGreaterThan(MAX_BULK / 4)
  // Each peer may have a bundle on its way when the budget becomes empty. These bundles are owed.
  expect(bytes).toBeLessThan(MAX_BULK + (BULK_PER_SECOND * (bob.engine.now - start)) / 1_000 + 1024 * 1024)
  served.length = 0
  tell(stage, bob, linkNamed(stage, 'newcomer'), wantAll(77))
  expect(runUntil(stage, 15_000, () => served.some(({ ref }) => ref === 77), 10)).toBeLessThan(15_000)
})

test('D21 D18 all known peers share MAX_KNOWN_BULK bytes and KNOWN_BULK_PER_SECOND in turns, however many authors there are', () => {
  const { stage, bob, served } = serving()
  fill(stage)
  const known = (n: number): PeerId => linkNamed(stage, `known ${n}`)
  for (let n = 0; n <= 50; n++) {
    push(stage, bob, known(n), [[message(stage, keyNamed(`known ${n}`), null, [stage.room], 'one op')]])
    prove(stage, bob, known(n), keyNamed(`known ${n}`))
  }
  const start = bob.engine.now
  served.length = 0
  const ask = (ref: number, most: number): void => {
    for (let n = 0; n < most; n++) tell(stage, bob, known(n), wantAll(ref))
  }
  for (let ref = 1; ref <= 5; ref++) {
    ask(ref, 50)
    run(stage, 300)
  }
  const bytes = served.reduce((sum, { bundle }) => sum + bundle.length, 0)
  expect(bytes).toBeGreaterThan(MAX_KNOWN_BULK / 4)
  expect(bytes).toBeLessThan(MAX_KNOWN_BULK + (KNOWN_BULK_PER_SECOND * (bob.engine.now - start)) / 1_000 + MAX_MADE * MAX_BUNDLE_BYTES)
  // A peer that has asked for nothing yet has its turn while all others go on asking.
  served.length = 0
  tell(stage, bob, known(50), wantAll(77))
  const isServed = (): boolean => served.some(({ ref }) => ref === 77)
  for (let ref = 11; ref <= 20 && !isServed(); ref++) {
    ask(ref, 50)
    runUntil(stage, 500, isServed, 10)
  }
  expect(isServed()).toBe(true)
})

test('D21 no more than MAX_UNJUDGED bundles are on their way to one who does not acknowledge them', () => {
  const { stage, served } = serving({}, true)
  fill(stage)
  tell(stage, stage.nodes[0]!, linkNamed(stage, 'silent'), wantAll(1))
  run(stage, 10_000)
  expect(served.length).toBe(MAX_UNJUDGED)
})

test('D21 a peer for whom a bundle waits for its path gets no other one, however often it asks: it takes one place of MAX_UNSENT', () => {
  const { stage, bob, served } = serving()
  fill(stage, 1)
  const { unsent } = bob.engine.pace.shared.met
  const link = linkNamed(stage, 'reads nothing')
  unsent.set(link, 'open')
  for (let ref = 1; ref <= 10; ref++) tell(stage, bob, link, wantAll(ref))
  tell(stage, bob, linkNamed(stage, 'other'), wantAll(11))
  run(stage, 5_000)
  expect(new Set(served.map(({ ref }) => ref))).toEqual(new Set([11]))
  expect([...unsent.keys()]).toEqual([link])
  unsent.delete(link)
  run(stage, 5_000)
  expect(served.some(({ ref }) => ref === 10)).toBe(true)
})

test('D21 D18 on a path that all share MAX_UNSENT_SHARED bundles for peers of one standing wait, and those for other peers beside them', () => {
  const { stage, bob, served } = serving()
  fill(stage, 1)
  const { unsent } = bob.engine.pace.shared.met
  for (let n = 0; n < MAX_UNSENT_SHARED; n++) unsent.set(linkNamed(stage, `waits ${n}`), 'open')
  const [open, channel] = [linkNamed(stage, 'open'), linkNamed(stage, 'channel')]
  give(stage.world, bob, { type: 'heard', from: channel, way: 'channel' })
  tell(stage, bob, open, wantAll(1))
  tell(stage, bob, channel, wantAll(2))
  run(stage, 2_000)
  expect(new Set(served.map(({ ref }) => ref))).toEqual(new Set([2]))
  unsent.delete(linkNamed(stage, 'waits 0'))
  wake(stage, bob, 0)
  run(stage, 2_000)
  expect(served.some(({ ref }) => ref === 1)).toBe(true)
})

test('D21 what tells a peer that nothing is left waits too while its path takes nothing, and one answer of it at most', () => {
  const { stage, bob, served } = serving()
  const { unsent } = bob.engine.pace.shared.met
  const link = linkNamed(stage, 'reads nothing')
  unsent.set(link, 'open')
  for (let ref = 1; ref <= 100; ref++) tell(stage, bob, link, wantBelow(ref, [stage.room]))
  run(stage, 5_000)
  expect(served).toEqual([])
  unsent.delete(link)
  wake(stage, bob, 0)
  run(stage, 1_000)
  expect(served.map(({ ref }) => ref)).toEqual([100])
})

test('D21 as many bytes are on their way as the asker has judged, and MAX_UNJUDGED_BYTES at most, so that a long answer takes few round trips', () => {
  const { stage, bob, served } = serving({ bundleOps: 10 }, true)
  fillWithNoise(stage)
  const link = linkNamed(stage, 'asker')
  const sizeOf = (units: readonly Units[]): number => units.reduce((sum, { bundle }) => sum + bundle.length, 0)
  tell(stage, bob, link, wantAll(1))
  let turns = 0
  for (let taken = 0; served.at(-1)?.last !== true; turns++) {
    run(stage, 500)
    const [judged, onTheirWay] = [sizeOf(served.slice(0, taken)), served.slice(taken)]
    const largest = Math.max(...served.map(({ bundle }) => bundle.length))
    expect(onTheirWay.length).toBeGreaterThan(0)
    if (onTheirWay.length > MAX_UNJUDGED) expect(sizeOf(onTheirWay)).toBeLessThan(Math.min(MAX_UNJUDGED_BYTES, judged) + largest)
    taken = served.length
    tell(stage, bob, link, { type: 'more', ref: 1, taken })
  }
  const bytes = sizeOf(served)
  expect(bytes).toBeGreaterThan(6 * MAX_UNJUDGED_BYTES)
  expect(turns).toBeLessThan(2 + Math.log2(MAX_UNJUDGED_BYTES / served[0]!.bundle.length) + bytes / MAX_UNJUDGED_BYTES)
})

test('D19 a stranger gets a first share of FIRST_SHARE bytes, all strangers MAX_FIRST_SHARES, and one who is met then the rest', () => {
  const { stage, bob, served, isAnswered } = serving({}, true)
  // Texts that do not compress.
  const chain: UnitOp[] = []
  while (chain.length < 1_000) {
    const text = toHex(ghostId(chain.length)) + toHex(ghostId(1_000 + chain.length))
    chain.push(message(stage, mallory, chain.at(-1) ?? null, chain.length === 0 ? [stage.room] : [], text))
  }
  for (const op of chain) push(stage, bob, linkNamed(stage, 'author'), [[op]])
  run(stage, 1_000)
  const asks = (name: string, ref: number, addressed: boolean): void =>
    tell(stage, bob, linkNamed(stage, name), { ...wantAll(ref), ofAll: true }, addressed)
  asks('one', 1, false)
  run(stage, 1_000)
  const bytes = (): number => served.reduce((sum, { bundle }) => sum + bundle.length, 0)
  expect(served.length).toBe(1)
  expect(bytes()).toBeGreaterThan(0)
  expect(bytes()).toBeLessThanOrEqual(FIRST_SHARE)
  // It goes on by itself when something comes that is for this run alone.
  tell(stage, bob, linkNamed(stage, 'one'), { type: 'hello', author: mallory.author, proof: new Uint8Array(64), ...NEW })
  expect(runUntil(stage, 2_000, () => isAnswered(1), 10)).toBeLessThan(2_000)
  served.length = 0
  for (let n = 0; n < 200; n++) asks(`${n}`, 2, false)
  run(stage, 5_000)
  expect(served.length).toBeGreaterThan(3)
  expect(bytes()).toBeLessThanOrEqual(MAX_FIRST_SHARES + 5 * FIRST_SHARES_PER_SECOND + FIRST_SHARE)
})

test('D7 D10 questions of one standing share MAX_WALK ops that are looked at; then they wait, the latest of each peer, in turn', () => {
  const { stage, bob, served } = serving()
  const { engine } = bob
  const chain = chainOf(stage, mallory, 1_000)
  push(stage, bob, linkNamed(stage, 'author'), [chain])
  run(stage, 1_000)
  // If a peer lacks one op, the oldest but one, the node has to look at all ops that came after it.
  const ask = (name: string, ref: number): void =>
    tell(stage, bob, linkNamed(stage, name), wantBelow(ref, [chain.at(-1)!.id], { headCount: 2 }))
  const { walks } = engine.pace.shared.met
  ask('7', 1)
  run(stage, 100)
  expect(served.map(({ ref }) => ref)).toEqual([1])
  // No test has a room in which a few questions take as much as that.
  walks.left = -WALK_PER_SECOND
  for (const [name, ref] of [
    ['7', 2],
    ['8', 3],
    ['7', 4],
  ] as const)
    ask(name, ref)
  run(stage, 800)
  expect(served).toHaveLength(1)
  run(stage, 400)
  expect(served.map(({ ref }) => ref)).toEqual([1, 4, 3])
  // If a peer asks in the moment in which the budget has a little again, it waits behind peers that wait already.
  walks.left = -WALK_PER_SECOND
  ask('8', 5)
  walks.left = 1
  ask('9', 6)
  run(stage, 400)
  expect(served.map(({ ref }) => ref)).toEqual([1, 4, 3, 5, 6])
  // Known peers wait for nobody else.
  walks.left = -WALK_PER_SECOND
  prove(stage, bob, linkNamed(stage, 'mallory'), mallory)
  tell(stage, bob, linkNamed(stage, 'mallory'), wantAll(7))
  run(stage, 100)
  expect(served.some(({ ref }) => ref === 7)).toBe(true)
})

test('D7 D18 those with whom a question waited pay for it, although its asker proves an author meanwhile', () => {
  const { stage, bob } = serving()
  const { met, trusted } = bob.engine.pace.shared
  push(stage, bob, linkNamed(stage, 'author'), [chainOf(stage, mallory, 1_000)])
  run(stage, 1_000)
  met.walks.left = -100 * WALK_PER_SECOND
  const links = Array.from({ length: 3 }, (_, n) => linkNamed(stage, `${n}`))
  for (const link of links) tell(stage, bob, link, wantAll(1))
  for (const link of links) prove(stage, bob, link, mallory)
  run(stage, 900)
  wake(stage, bob, 0)
  expect(met.asked.size).toBe(3)
  Object.assign(met.walks, { left: 1, at: bob.engine.now })
  wake(stage, bob, 0)
  // One is answered and paid for, and the others wait on.
  expect([met.asked.size, met.walks.left < 0, trusted.walks.left]).toEqual([2, true, MAX_WALK])
})

test('D27 D7 what a peer asked is not forgotten with its farewell, and nobody is answered who has left', () => {
  const { stage, bob, served } = serving()
  push(stage, bob, linkNamed(stage, 'author'), [chainOf(stage, mallory, 100)])
  run(stage, 1_000)
  const link = linkNamed(stage, 'asker')
  for (let ref = 1; ref <= 300; ref++) {
    tell(stage, bob, link, wantAll(ref))
    tell(stage, bob, link, { type: 'bye' })
  }
  run(stage, 1_000)
  tell(stage, bob, link, wantAll(301))
  expect(bob.engine.peers.get(link)!.wants).toBe(200)
  served.length = 0
  bob.engine.pace.shared.met.walks.left = -WALK_PER_SECOND
  const other = linkNamed(stage, 'other')
  tell(stage, bob, other, wantAll(302))
  tell(stage, bob, other, { type: 'bye' })
  run(stage, 3_000)
  expect(served).toEqual([])
})

test('D18 those without a seat share what is looked at for strangers: their names are forgotten at once', () => {
  const { stage, bob, served } = serving()
  const { walks } = bob.engine.pace.shared.unknown
  push(
    stage,
    bob,
    linkNamed(stage, '0'),
    chainOf(stage, mallory, 100).map((op) => [op]),
  )
  run(stage, 1_000)
  const ask = (n: number): void => tell(stage, bob, linkNamed(stage, `fresh ${n}`), wantAll(n), false)
  ask(1)
  run(stage, 100)
  expect([served.length, walks.left < MAX_WALK]).toEqual([1, true])
  walks.left = -10_000_000
  ask(2)
  run(stage, 100)
  expect(served).toHaveLength(1)
  run(stage, 2_000)
  ask(3)
  run(stage, 100)
  expect(served).toHaveLength(2)
})

test('D7 a want that looks at no op, in a room of many authors, is paid for by those', () => {
  const { stage, bob } = serving()
  const authors = Array.from({ length: 1_000 }, (_, n) => [message(stage, keyNamed(`${n}`), null, [stage.room], '')])
  push(stage, bob, linkNamed(stage, 'author'), authors)
  const merges: OpId[] = []
  for (let at = 0; at < 1_000; at += 50) {
    const merge = message(
      stage,
      mallory,
      null,
      authors.slice(at, at + 50).map(([op]) => op!.id),
      `${at}`,
    )
    push(stage, bob, linkNamed(stage, 'author'), [[merge]])
    merges.push(merge.id)
  }
  run(stage, 1_000)
  expect(bob.engine.stored).toBe(1_021)
  // Guesses are made for who has one more head, that nobody here knows, and asks for it.
  const want = (ref: number): Want => wantBelow(ref, [...merges, ghostId(1)], { ids: [ghostId(2)] })
  for (let ref = 1; ref <= 20; ref++) tell(stage, bob, linkNamed(stage, '7'), want(ref))
  expect(bob.engine.pace.shared.met.walks.left).toBeLessThan(MAX_WALK - 20 * 16 * 1_000)
})

/** Brings an op to the node of `serving`, which has stored it, as a segment, when this returns. */
function store(stage: Stage, op: UnitOp): void {
  const bob = stage.nodes[0]!
  push(stage, bob, linkNamed(stage, 'author'), [[op]])
  expect(runUntil(stage, 1_000, () => bob.engine.stored === bob.engine.replica.dag.length)).toBeLessThan(1_000)
}

/** Ids of the ops that were served, whose bundles are bundles. */
function idsIn(served: readonly Units[]): string[] {
  const bundles = served.filter(({ bundle }) => bundle.length > 0).map(({ bundle }) => unitsOf(bundle))
  expect(bundles).not.toContain(null)
  return bundles.flatMap((units) => units!.flat().map(({ id }) => toHex(id)))
}

test('B18 a disk that is packed while it is read from gives units all the same, and no op twice', () => {
  const { stage, bob, served, isAnswered } = serving()
  const chain = chainOf(stage, mallory, 150)
  for (const op of chain) store(stage, op)
  tell(stage, bob, linkNamed(stage, 'asker'), wantAll(1))
  // The first segments were read, and the next ones are being read.
  const isReadOn = (): boolean => (bob.engine.peers.get(linkNamed(stage, 'asker'))?.serving?.at ?? 0) >= 8
  expect(runUntil(stage, 1_000, isReadOn, 0.1)).toBeLessThan(1_000)
  pack(bob)
  expect(runUntil(stage, 5_000, () => isAnswered(1))).toBeLessThan(5_000)
  expect(idsIn(served)).toEqual([stage.room, ...chain.map(({ id }) => id)].map(toHex))
})

test('B18 what is stored and packed while it is read from does not take away what vouches for an op that is sent', () => {
  const { stage, bob, served, isAnswered } = serving()
  const chain = chainOf(stage, mallory, 300)
  for (const op of chain.slice(0, 10)) store(stage, op)
  tell(stage, bob, linkNamed(stage, 'asker'), wantAll(1))
  // Of a disk that takes long to read.
  const [job, answer] = [...bob.engine.jobs].at(-1)!
  bob.engine.jobs.set(job, () => {})
  for (const op of chain.slice(10)) store(stage, op)
  pack(bob)
  const late = bob.engine.nextJob++
  bob.engine.jobs.set(late, answer)
  give(stage.world, bob, { type: 'loaded', job: late, segments: read(bob.disk, 0, 64) })
  expect(runUntil(stage, 5_000, () => isAnswered(1))).toBeLessThan(5_000)
  expect(idsIn(served).slice(0, 11)).toEqual([stage.room, ...chain.slice(0, 10).map(({ id }) => id)].map(toHex))
})

test('B18 a packed unit that is lacking whole travels as it lies, and of one that is not, what is lacking', () => {
  const { stage, bob, served, isAnswered } = serving()
  const chain = chainOf(stage, mallory, 600)
  for (const op of chain) store(stage, op)
  const signed = (): number[] =>
    served.map(({ bundle }) => (unitsOf(bundle) ?? []).flat().filter(({ signature }) => signature !== null).length)
  pack(bob)
  const lying = read(bob.disk, 0, 64).map(({ bytes }) => bytes)
  const [packed] = lying.filter((bytes) => unitsOf(bytes)![0]!.length >= 256)
  expect(packed).toBeDefined()
  tell(stage, bob, linkNamed(stage, 'asker'), wantAll(1))
  expect(runUntil(stage, 5_000, () => isAnswered(1))).toBeLessThan(5_000)
  expect(idsIn(served)).toEqual([stage.room, ...chain.map(({ id }) => id)].map(toHex))
  expect(served.map(({ bundle }) => bundle)).toContainEqual(packed)
  // Nothing that came one by one is sent so.
  expect(Math.max(...signed())).toBeLessThanOrEqual(2)

  served.length = 0
  tell(stage, bob, linkNamed(stage, 'other'), wantBelow(2, [chain[99]!.id]))
  expect(runUntil(stage, 5_000, () => isAnswered(2))).toBeLessThan(5_000)
  expect(idsIn(served)).toEqual(chain.slice(100).map(({ id }) => toHex(id)))
})

test('D7 an answer ends with the bundle that reaches SERVE_BYTES', () => {
  const { stage, bob, served, isAnswered } = serving()
  const body = encodeBody({ kind: 'message', text: 'x'.repeat(60_000) })
  for (let i = 0; i < 120; i += 10) {
    const ops = Array.from({ length: 10 }, (_, j) => [message(stage, mallory, null, [stage.room], '', { body, time: i + j })])
    push(stage, bob, linkNamed(stage, 'author'), ops)
  }
  run(stage, 1_000)
  tell(stage, bob, linkNamed(stage, 'asker'), wantAll(1))
  expect(runUntil(stage, 5_000, () => isAnswered(1))).toBeLessThan(5_000)
  const sizes = served.map(({ bundle }) => bundle.length)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  expect(sizes.at(-1)).toBe(0)
  expect(total).toBeGreaterThanOrEqual(4 * 1024 * 1024)
  expect(total - sizes.at(-2)!).toBeLessThan(4 * 1024 * 1024)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_BUNDLE_BYTES)
})

test('B19 who cannot say all that it holds is answered from where its last answer ended, whatever else it asked for in between', () => {
  const { stage, bob, served, isAnswered } = serving({ serveBytes: 2_000, bundleOps: 4 })
  const all = Array.from({ length: 100 }, (_, i) => message(stage, keyNamed(`${i}`), null, [stage.room], `${i}`))
  for (const op of all) store(stage, op)
  const link = linkNamed(stage, 'asker')
  /** Asks after the last answer, as one who has a head that nobody here knows, and more than it lists. */
  let ref = 0
  const askOn = (more: Partial<Want>): string[] => {
    served.length = 0
    tell(stage, bob, link, wantBelow(++ref, [ghostId(1)], { headCount: 9, after: ref - 1, ...more }))
    expect(runUntil(stage, 5_000, () => isAnswered(ref))).toBeLessThan(5_000)
    return idsIn(served)
  }
  const ids = [stage.room, ...all.map(({ id }) => id)].map(toHex)
  const first = askOn({})
  const [second, third, fourth] = [askOn({}), askOn({ ids: [all[99]!.id] }), askOn({ ids: [ghostId(2)] })]
  const fifth = askOn({})
  expect([...first, ...second, ...third, ...fourth, ...fifth]).toEqual(
    ids.slice(0, first.length + second.length + third.length + fifth.length),
  )
  expect([first.length > 3, second.length > 3, third.length > 3, fourth.length, fifth.length > 3]).toEqual([true, true, true, 0, true])
  // The peer should have this op: that answer was lost.
  expect(askOn({ ids: [all[2]!.id] })).toEqual(ids.slice(0, 4))
  expect(askOn({})).toEqual(ids.slice(4, 4 + first.length))
  expect(askOn({ after: 1 })).toEqual(first)
})

test('B2 nothing is guessed about who asks for everything once more, after it came to the end', () => {
  const { stage, bob, served, isAnswered } = serving()
  const mine = chainOf(stage, mallory, 3)
  push(stage, bob, linkNamed(stage, 'author'), [mine])
  run(stage, 1_000)
  // It has another branch of the same author's, and a longer one.
  const tips = [{ hint: mallory.author.slice(0, 2), seq: 9, id: ghostId(1), isHead: true }]
  const ask = (ref: number, after: number): string[] => {
    served.length = 0
    tell(stage, bob, linkNamed(stage, 'asker'), { ...wantAll(ref), tips, headCount: 2, after })
    expect(runUntil(stage, 5_000, () => isAnswered(ref))).toBeLessThan(5_000)
    return idsIn(served)
  }
  const guessed = ask(1, 0)
  expect(guessed).toEqual([])
  expect(ask(2, 1)).toEqual([])
  expect(ask(3, 0)).toEqual([stage.room, ...mine.map(({ id }) => id)].map(toHex))
})

test('B19 parts that are told alike by chance, or by a liar, hide no op that is asked for, nor any from who asks once more', () => {
  const { stage, bob, served, isAnswered } = serving()
  const heads = Array.from({ length: 40 }, (_, i) => [message(stage, keyNamed(`${i}`), null, [stage.room], `${i}`)])
  push(stage, bob, linkNamed(stage, 'author'), heads)
  run(stage, 1_000)
  const link = linkNamed(stage, 'asker')
  const { dag } = bob.engine.replica
  // It tells of all parts what bob would, and holds nothing but the genesis.
  const told = createParts(dag.ids, fromHex(link)!, 8)
  for (const op of numbersIn(dag.heads)) addToParts(told, op)
  const parts = describeParts(told, { hashed: 0 })
  const ask = (ref: number, more: Partial<Want>): number => {
    served.length = 0
    tell(stage, bob, link, wantBelow(ref, [ghostId(1)], { headCount: 300, parts, ...more }))
    expect(runUntil(stage, 5_000, () => isAnswered(ref))).toBeLessThan(5_000)
    return idsIn(served).length
  }
  expect(ask(1, {})).toBe(0)
  expect(ask(2, { ids: [heads[39]![0]!.id] })).toBe(41)
  expect(ask(3, { after: 2 })).toBe(0)
  expect(ask(4, {})).toBe(41)
})

test('D21 D13 what is read of the disk and not sent counts too: a question for one op of each segment', () => {
  const { stage, bob } = serving({}, true)
  // Segments of 800 ops by one author each; the asker holds all but the last op of each.
  for (let n = 0; n < 8; n++) {
    const chain = chainOf(stage, keyNamed(`author ${n}`), 800)
    push(stage, bob, linkNamed(stage, 'writer'), [chain])
    run(stage, 500)
  }
  const { dag } = bob.engine.replica
  const tips = Array.from({ length: 8 }, (_, n) => idOf(dag, 1 + 800 * n + 798))
  const link = linkNamed(stage, 'asker')
  tell(stage, bob, link, wantBelow(1, tips))
  run(stage, 1_000)
  const { bytesServed } = bob.engine.peers.get(link)!
  // Eight ops are some 2 kB.
  expect(bytesServed).toBeGreaterThan(8 * 800 * 64 * 0.9)
})

/** A node that stores short messages, and then ones of 50 kB, each as a segment of its own. */
function longAfterShort(short: number, long: number) {
  const { stage, bob } = serving({}, true)
  const write = (text: string): UnitOp => {
    const written = message(stage, keyNamed(text.slice(0, 9)), null, [stage.room], text)
    push(stage, bob, linkNamed(stage, 'writer'), [[written]])
    run(stage, 200)
    return written
  }
  const shortOnes = Array.from({ length: short }, (_, n) => write(`${n}`))
  const longOnes = Array.from({ length: long }, (_, n) => write(`long ${n} ${'x'.repeat(50_000)}`))
  return { stage, bob, shortOnes, longOnes, asker: linkNamed(stage, 'asker') }
}

test('D21 D13 a question for a short op reads no segment of which it gets nothing', () => {
  const { stage, bob, shortOnes, longOnes, asker } = longAfterShort(1, 20)
  const [short] = shortOnes as [UnitOp]
  const heads = longOnes.map(({ id }) => id)
  for (const question of [{ type: 'near', ref: 1, ids: [short.id], most: 1 } as const, wantBelow(2, heads, { ids: [short.id] })]) {
    const before = bob.work.read
    tell(stage, bob, asker, question)
    run(stage, 1_000)
    expect(bob.work.read - before).toBeGreaterThan(0)
    expect(bob.work.read - before).toBeLessThan(1_000)
  }
})

test('D21 D13 half of what is read is charged at least: a question reads few long segments in vain', () => {
  const { stage, bob, asker } = longAfterShort(0, 64)
  const before = bob.work.read
  for (let ref = 1; ref <= 10; ref++) {
    tell(stage, bob, asker, wantAll(ref))
    run(stage, 100)
  }
  const read = bob.work.read - before
  expect(read).toBeGreaterThan(1_000_000)
  expect(bob.engine.peers.get(asker)!.bytesServed).toBeGreaterThan(read / 2)
})
