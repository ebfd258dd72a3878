/**
 * Correct nodes among adversaries who hold the room's secret. Whatever these do: correct nodes end up with the same ops,
 * no honest op is lost, budgets hold, nobody honest is blamed, nothing throws.
 */
import { describe, expect, test } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { numberOf, opAt, numberOfAuthor } from '../core/dag.ts'
import { MAX_PENDING_TOTAL } from '../core/limits.ts'
import type { OpId } from '../core/op.ts'
import type { Unit, UnitOp } from '../core/unit.ts'
import { encodeBody } from '../crdt/body.ts'
import { bundleOf, craft, ghostId, latestOf, message, push, senderNamed, tell } from './adversary.naive.ts'
import { decodeBundle, encodeBundle, unwrapBundle, wrapBundle } from './bundle.ts'
import {
  authorNamed,
  createNode,
  createWorld,
  genesisBy,
  give,
  idsOf,
  NO_DIGEST,
  run,
  say,
  type TestNode,
  type World,
} from './driver.naive.ts'
import { step } from './engine.ts'
import { decodeMessage, encodeMessage } from './messages.ts'

const mallory = authorNamed('mallory')
const malloryLink = senderNamed('mallory')

function linkedWorld(count: number): { world: World; nodes: TestNode[]; room: OpId } {
  const world = createWorld(count)
  for (const node of world.nodes) give(world, node, { type: 'linked' })
  run(world, 1_000)
  return { world, nodes: world.nodes, room: world.nodes[0]!.engine.replica.room }
}

const has = (node: TestNode, { id }: { readonly id: OpId }): boolean => numberOf(node.engine.replica.dag, id) >= 0
const expectAgreement = (nodes: readonly TestNode[]): void => expect(new Set(nodes.map(idsOf)).size).toBe(1)
const strikesOf = (at: TestNode, of: TestNode): number => at.engine.peers.get(of.engine.senderId)?.strikes ?? Infinity
const ownUnit = (node: TestNode): UnitOp => {
  const last = node.disk.at(-1)!
  const unwrapped = unwrapBundle(last.bytes)
  const units = unwrapped.ok ? decodeBundle(unwrapped.value.payload) : unwrapped
  if (!units.ok) throw new Error('a test disk holds bundles')
  return units.value.at(-1)!.at(-1)!
}

describe('equivocators', () => {
  test('B1 B2 split over a partition, there is evidence at every correct node after healing', () => {
    const { world, nodes, room } = linkedWorld(4)
    const [left, right] = [message(room, mallory, null, [room], 'left'), message(room, mallory, null, [room], 'right')]
    for (const node of nodes) node.offline = true
    push(world, nodes[0]!, malloryLink, [left])
    push(world, nodes[1]!, malloryLink, [right])
    for (const node of nodes) say(world, node, 'apart')
    for (const node of nodes) node.offline = false
    run(world, 20_000)
    expectAgreement(nodes)
    for (const { engine } of nodes) {
      expect(engine.replica.dag.equivocations.length).toBe(1)
      expect(engine.replica.pending.ops).toBe(0)
    }
  })

  test('B3 merged by a colluder, the two branches are evidence all the same', () => {
    const { world, nodes, room } = linkedWorld(3)
    const [left, right] = [message(room, mallory, null, [room], 'left'), message(room, mallory, null, [room], 'right')]
    const merged = message(room, authorNamed('colluder'), null, [left.id, right.id], 'nothing to see')
    push(world, nodes[0]!, malloryLink, [left, right, merged])
    run(world, 5_000)
    expectAgreement(nodes)
    for (const { engine } of nodes) expect(engine.replica.dag.equivocations.length).toBe(1)
  })

  test('B2 long branches, each with its own tip and seq, reach everybody whatever the tips make others guess', () => {
    const { world, nodes, room } = linkedWorld(3)
    const start = message(room, mallory, null, [room], 'start')
    const branch = (name: string, length: number): UnitOp[] => {
      const out = [start]
      for (let i = 0; i < length; i++) out.push(message(room, mallory, out.at(-1)!, [], `${name} ${i}`))
      return out
    }
    for (const node of nodes) node.offline = true
    for (const op of branch('short', 30)) push(world, nodes[0]!, malloryLink, [op])
    for (const op of branch('long', 90)) push(world, nodes[1]!, malloryLink, [op])
    for (let i = 0; i < 5; i++) for (const node of nodes) say(world, node, `apart ${i}`)
    for (const node of nodes) node.offline = false
    run(world, 60_000)
    expectAgreement(nodes)
    for (const { engine } of nodes) expect(engine.replica.dag.length).toBe(1 + 1 + 120 + 15)
  })
})

describe('strangers', () => {
  test('D10 a new one every second, each with nothing, does not keep a peer that failed once from its next turn', () => {
    const { world, nodes } = linkedWorld(2)
    const [alice, bob] = nodes
    bob!.offline = true
    say(world, alice!, 'missed')
    bob!.offline = false
    say(world, alice!, 'heard')
    // Of alice, bob hears what she says now, and then nothing for a while.
    let heard = 0
    for (let i = 0; i < 60; i++) {
      world.fate = i < 10 ? () => (heard++ === 0 ? 'deliver' : 'drop') : null
      tell(world, bob!, senderNamed(`stranger ${i}`), { type: 'heads', digest: NO_DIGEST, heads: [], headCount: 0, ops: 0 })
      run(world, 900)
    }
    expect(bob!.engine.replica.dag.length).toBe(3)
    expectAgreement(nodes)
  })
})

describe('forgers and strippers', () => {
  test('A2 A15 B18 an honest op that comes first with a bad signature, or none, is admitted when it comes as it was signed', () => {
    const { world, nodes } = linkedWorld(3)
    const [alice, bob, carol] = nodes
    for (let i = 0; i < 30; i++) {
      bob!.offline = true
      say(world, alice!, `first ${i}`)
      say(world, alice!, `second ${i}`)
      const { op } = ownUnit(alice!)
      push(world, bob!, senderNamed(`stripper ${i}`), [craft(op, 'bad')])
      expect(bob!.engine.replica.pending.ops).toBe(0)
      bob!.offline = false
      run(world, 6_000)
    }
    expectAgreement(nodes)
    expect(alice!.engine.replica.dag.length).toBe(61)
    for (const node of [alice!, carol!]) expect(strikesOf(bob!, node)).toBe(0)
  })

  test('A3 an op in another’s name is admitted nowhere, and its link pays', () => {
    const { world, nodes, room } = linkedWorld(2)
    const forged = message(room, nodes[0]!.engine.author as typeof mallory, null, [room], 'I owe you')
    push(world, nodes[1]!, malloryLink, [{ ...forged, signature: new Uint8Array(64) }])
    run(world, 10_000)
    for (const node of nodes) expect(has(node, forged)).toBe(false)
    expect(nodes[1]!.notices).toContainEqual({ type: 'refused', reason: 'bad-signature', id: forged.id, from: malloryLink })
  })

  test('A16 B17 a unit that vouches for nothing stages nothing, whoever it names', () => {
    const { world, nodes, room } = linkedWorld(2)
    const base = message(room, mallory, null, [room], 'base')
    const reply = message(room, authorNamed('other'), null, [base.id], 'reply')
    push(world, nodes[1]!, malloryLink, [{ ...base, signature: new Uint8Array(64) }, reply])
    expect(nodes[1]!.engine.replica.pending.ops).toBe(0)
    expect(nodes[1]!.engine.replica.rejected.size).toBe(0)
    push(world, nodes[1]!, malloryLink, [base, reply])
    expect(has(nodes[1]!, reply)).toBe(true)
  })

  test('B6 D16 an honest peer is not blamed for another’s bad ops that its own op sets free', () => {
    const { world, nodes, room } = linkedWorld(2)
    const [alice, bob] = nodes
    bob!.offline = true
    say(world, alice!, 'a parent')
    const parent = latestOf(alice!)
    const traps = Array.from({ length: 40 }, (_, i) =>
      message(room, mallory, null, [parent], '', { body: Uint8Array.of(0x81, (i % 24) + 4 > 23 ? 0 : (i % 19) + 4), time: i }),
    )
    for (const [i, trap] of traps.entries()) push(world, bob!, senderNamed(`trapper ${i}`), [trap])
    expect(bob!.engine.replica.pending.ops).toBe(traps.length)
    bob!.offline = false
    run(world, 20_000)
    expectAgreement(nodes)
    expect(bob!.notices.some((notice) => notice.type === 'refused' && notice.from === senderNamed('trapper 0'))).toBe(true)
    expect(strikesOf(bob!, alice!)).toBe(0)
    expect(bob!.engine.replica.pending.ops).toBe(0)
  })

  test('A7 an op that comes twice in one unit is one op', () => {
    const { world, nodes, room } = linkedWorld(2)
    const twice = message(room, mallory, null, [room], 'twice')
    push(world, nodes[1]!, malloryLink, [twice, twice])
    push(world, nodes[1]!, malloryLink, [twice], [twice])
    run(world, 3_000)
    expectAgreement(nodes)
    expect(nodes[0]!.engine.replica.dag.equivocations).toEqual([])
  })
})

describe('withholders and makers of ghosts', () => {
  test('B5 a parent that one peer withholds is fetched from another', () => {
    const { world, nodes, room } = linkedWorld(3)
    const parent = message(room, mallory, null, [room], 'parent')
    const child = message(room, mallory, parent, [], 'child')
    push(world, nodes[1]!, malloryLink, [child])
    push(world, nodes[2]!, senderNamed('someone else'), [parent])
    run(world, 6_000)
    for (const node of nodes) expect(has(node, child)).toBe(true)
  })

  test('B4 B6 thousands of ops whose parents never existed hold up nobody: what is typed arrives at once', () => {
    const { world, nodes, room } = linkedWorld(3)
    const [alice, bob, carol] = nodes
    for (let i = 0; i < 300; i++) {
      for (let j = 0; j < 5; j++)
        push(world, bob!, senderNamed(`ghost ${i % 9}`), [message(room, mallory, null, [ghostId(5 * i + j)], 'boo')])
      if (i % 30 !== 0) continue
      bob!.offline = true
      say(world, alice!, `missed ${i}`)
      run(world, 40)
      bob!.offline = false
      say(world, carol!, `heard ${i}`)
      run(world, 2_000)
      expectAgreement(nodes)
    }
    expect(bob!.engine.replica.pending.ops).toBeLessThanOrEqual(MAX_PENDING_TOTAL)
    for (const node of [alice!, carol!]) {
      expect(strikesOf(bob!, node)).toBe(0)
      expect(bob!.engine.peers.get(node.engine.senderId)!.failures).toBe(0)
    }
  })

  test('B4 nobody is asked again and again for what nobody has', () => {
    const { world, nodes, room } = linkedWorld(3)
    push(world, nodes[1]!, malloryLink, [message(room, mallory, null, [ghostId(1)], 'boo')])
    run(world, 10_000)
    const before = world.sent
    run(world, 60_000)
    const inPeace = linkedWorld(3).world
    run(inPeace, 10_000)
    const quiet = inPeace.sent
    run(inPeace, 60_000)
    expect(world.sent - before).toBeLessThan((inPeace.sent - quiet) * 1.5)
  })

  test('E9 a peer whose disk has a hole serves what is below it, and another the rest', () => {
    const { world, nodes, room } = linkedWorld(2)
    for (let i = 0; i < 30; i++) say(world, nodes[i % 2]!, `before ${i}`)
    run(world, 6_000)
    nodes[0]!.disk.splice(10, 5)
    const joiner = createNode(world, authorNamed('joiner'), room, [], 77, false)
    world.nodes.push(joiner)
    give(world, joiner, { type: 'linked' })
    run(world, 20_000)
    expectAgreement([...nodes, joiner])
    expect(joiner.engine.replica.dag.length).toBe(31)
  })

  test('B5 a stranger’s unit that holds an honest op beside a ghost does not hide the honest one', () => {
    const { world, nodes, room } = linkedWorld(2)
    const [alice, bob] = nodes
    bob!.offline = true
    say(world, alice!, 'first')
    say(world, alice!, 'second')
    const second = ownUnit(alice!)
    push(world, bob!, malloryLink, [second, message(room, mallory, null, [ghostId(1)], 'boo')])
    bob!.offline = false
    run(world, 6_000)
    expect(has(bob!, second)).toBe(true)
  })
})

describe('liars about what they hold', () => {
  test('D5 false heads by the hundred, of peers by the dozen, who never serve: everything honest still arrives', () => {
    const { world, nodes } = linkedWorld(3)
    for (let i = 0; i < 12; i++) {
      const heads = Array.from({ length: 200 }, (_, n) => ghostId(1_000 * i + n))
      for (const node of nodes)
        tell(world, node, senderNamed(`liar ${i}`), { type: 'heads', digest: NO_DIGEST, heads, headCount: 1_000, ops: 2 ** 53 - 1 })
    }
    nodes[1]!.offline = true
    for (let i = 0; i < 20; i++) say(world, nodes[0]!, `missed ${i}`)
    nodes[1]!.offline = false
    run(world, 40_000)
    expectAgreement(nodes)
    expect(nodes[1]!.engine.replica.dag.length).toBe(21)
  })

  test('D4 D5 a peer that answers for ever and brings nothing keeps nobody waiting', () => {
    const { world, nodes } = linkedWorld(2)
    const [alice, bob] = nodes
    bob!.offline = true
    for (let i = 0; i < 5; i++) say(world, alice!, `missed ${i}`)
    tell(world, bob!, malloryLink, { type: 'heads', digest: NO_DIGEST, heads: [ghostId(1)], headCount: 1, ops: 1_000_000 })
    expect(bob!.engine.fetch?.from).toBe(malloryLink)
    bob!.offline = false
    give(world, alice!, { type: 'linked' })
    for (let i = 0; i < 40 && idsOf(bob!) !== idsOf(alice!); i++) {
      const ref = bob!.engine.fetch?.ref ?? 0
      tell(world, bob!, malloryLink, { type: 'units', ref, bundle: new Uint8Array(), last: false, left: 10 })
      run(world, 100)
    }
    expectAgreement(nodes)
  })

  test('D4 D16 a peer that always serves one more op of its own cannot keep its turn', () => {
    const { world, nodes, room } = linkedWorld(2)
    const [alice, bob] = nodes
    let top = message(room, mallory, null, [room], 'drip')
    const chain = [top]
    for (let i = 0; i < 400; i++) chain.push((top = message(room, mallory, top, [], `drip ${i}`)))
    tell(world, bob!, malloryLink, { type: 'heads', digest: NO_DIGEST, heads: [top.id], headCount: 1, ops: 2 ** 40 })
    bob!.offline = true
    for (let i = 0; i < 5; i++) say(world, alice!, `missed ${i}`)
    bob!.offline = false
    give(world, alice!, { type: 'linked' })
    const missed = { id: latestOf(alice!) }
    let at = 0
    for (; at < chain.length && !has(bob!, missed); at++) {
      const ref = bob!.engine.fetch?.from === malloryLink ? bob!.engine.fetch.ref : 0
      tell(world, bob!, malloryLink, { type: 'units', ref, bundle: bundleOf([chain[at]!]), last: false, left: 1_000 })
      run(world, 100)
    }
    expect(at).toBeLessThan(200)
  })

  test('B19 more than 256 heads: nodes agree, and then are silent; own edits are possible', () => {
    const { world, nodes, room } = linkedWorld(3)
    const sybils = Array.from({ length: 700 }, (_, i) => message(room, authorNamed(`sybil ${i}`), null, [room], 'hi'))
    push(world, nodes[0]!, malloryLink, ...sybils.map((op) => [op]))
    run(world, 15_000)
    expectAgreement(nodes)
    expect(nodes[1]!.engine.replica.dag.heads.size).toBe(700)
    const before = world.sent
    run(world, 60_000)
    // Three nodes, a heartbeat of 256 heads every five seconds to two others, and an answer to each.
    expect(world.sent - before).toBeLessThan(3 * 13 * 2 * 2 * 9_000)
    say(world, nodes[1]!, 'still here')
    run(world, 3_000)
    expectAgreement(nodes)
    expect(nodes[1]!.engine.replica.dag.heads.size).toBe(700 - 64 + 1)
  })

  test('B19 D7 among 3,000 heads typing costs its ops, and not the room again for each', () => {
    const { world, nodes, room } = linkedWorld(2)
    const sybils = Array.from({ length: 3_000 }, (_, i) => message(room, authorNamed(`sybil ${i}`), null, [room], 'hi'))
    for (const node of nodes)
      for (let at = 0; at < 3_000; at += 1_000) push(world, node, malloryLink, ...sybils.slice(at, at + 1_000).map((op) => [op]))
    run(world, 15_000)
    expectAgreement(nodes)
    const before = world.sent
    for (let i = 0; i < 20; i++) {
      say(world, nodes[i % 2]!, `typed ${i}`)
      run(world, 300)
    }
    expectAgreement(nodes)
    expect(world.sent - before).toBeLessThan(2_500_000)
  })

  test('D7 D13 a peer that asks for everything again and again gets a bounded amount, and others what they want', () => {
    const { world, nodes } = linkedWorld(3)
    const [alice, bob] = nodes
    for (let i = 0; i < 300; i++) say(world, alice!, `history ${i}`)
    run(world, 2_000)
    const spammer = { ...nodes[2]!, notices: [] }
    const sizes: number[] = []
    for (let ref = 1; ref <= 3_000; ref++) {
      const want = { type: 'want', ref, ids: [], heads: [], tips: [], tipsComplete: true } as const
      const before = world.wire.length
      tell(world, alice!, spammer.engine.senderId, want)
      for (const { bytes } of world.wire.splice(before)) sizes.push(bytes.length)
    }
    const total = sizes.reduce((sum, size) => sum + size, 0)
    expect(sizes.length).toBeGreaterThan(0)
    expect(total).toBeLessThan(10_000_000)
    bob!.offline = true
    say(world, alice!, 'and now')
    bob!.offline = false
    run(world, 10_000)
    expect(idsOf(bob!)).toBe(idsOf(alice!))
  })

  test('D7 of a unit that a peer holds in part, it is sent the other part', () => {
    const { world, nodes, room } = linkedWorld(2)
    const unit = [message(room, mallory, null, [room], 'first')]
    while (unit.length < 100) unit.push(message(room, mallory, unit.at(-1)!, [], `next ${unit.length}`))
    push(world, nodes[0]!, malloryLink, unit)
    run(world, 1_000)
    const heads = [unit[96]!.id]
    tell(world, nodes[0]!, nodes[1]!.engine.senderId, { type: 'want', ref: 1, ids: [], heads, tips: [], tipsComplete: false })
    const sent = world.wire.flatMap(({ bytes }) => {
      const decoded = decodeMessage(bytes)
      const unwrapped = decoded.ok && decoded.value.type === 'units' ? unwrapBundle(decoded.value.bundle) : null
      const units = unwrapped?.ok === true ? decodeBundle(unwrapped.value.payload) : null
      return units?.ok === true ? units.value.flat().map(({ id }) => toHex(id)) : []
    })
    expect(sent).toEqual(unit.slice(97).map(({ id }) => toHex(id)))
  })

  test('D1 every message of a session, repeated in another order, changes nothing and is stored nowhere', () => {
    const { world, nodes } = linkedWorld(2)
    const recorded: Uint8Array[] = []
    for (let i = 0; i < 40; i++) {
      say(world, nodes[i % 2]!, `recorded ${i}`)
      for (const { bytes } of world.wire) recorded.push(bytes)
      run(world, 60)
    }
    run(world, 5_000)
    const [ids, stored] = [idsOf(nodes[1]!), nodes[1]!.disk.length]
    for (const bytes of recorded.reverse()) tell(world, nodes[1]!, senderNamed('replayer'), bytes)
    run(world, 20_000)
    expect(idsOf(nodes[1]!)).toBe(ids)
    expect(nodes[1]!.disk.length).toBe(stored)
  })

  test('D16 another room’s genesis under this link is refused, and its link pays', () => {
    const { world, nodes } = linkedWorld(1)
    const other = genesisBy(mallory)
    tell(world, nodes[0]!, malloryLink, { type: 'units', ref: 0, bundle: other.wrapped, last: true, left: 0 })
    expect(nodes[0]!.notices).toContainEqual({ type: 'refused', reason: 'not-for-this-room', id: null, from: malloryLink })
    expect(nodes[0]!.engine.replica.dag.length).toBe(1)
  })

  test('D14 a peer of another version is refused politely, however often it says something', () => {
    const { world, nodes } = linkedWorld(1)
    for (let i = 0; i < 100; i++) tell(world, nodes[0]!, malloryLink, Uint8Array.of(2, 0x81, 4))
    expect(nodes[0]!.notices).toContainEqual({ type: 'refused', reason: 'unknown-version', id: null, from: malloryLink })
    expect(nodes[0]!.engine.cut.size).toBe(0)
  })
})

describe('budgets', () => {
  test('D9 D10 a thousand links of garbage leave bounded traces', () => {
    const { world, nodes } = linkedWorld(1)
    const { engine } = nodes[0]!
    for (let i = 0; i < 3_000; i++) for (let j = 0; j < 2; j++) tell(world, nodes[0]!, senderNamed(`garbage ${i}`), Uint8Array.of(1, 2, 3))
    expect(engine.cut.size).toBeLessThanOrEqual(1_024)
    for (let i = 0; i < 1_000; i++)
      tell(world, nodes[0]!, senderNamed(`crowd ${i}`), { type: 'heads', digest: NO_DIGEST, heads: [], headCount: 0, ops: 0 })
    expect(engine.peers.size).toBeLessThanOrEqual(256)
    run(world, 120_000)
    expect(engine.peers.size).toBe(0)
    expect(engine.cut.size).toBe(0)
    expect(engine.jobs.size).toBe(0)
  })

  test('D8 of one link’s compressed bundles only a few are inflated at a time, and only so many wait', () => {
    const { engine } = linkedWorld(1).nodes[0]!
    const asked: number[] = []
    const bytes = encodeUnits(wrapBundle('deflate', new Uint8Array(40_000)))
    for (let i = 0; i < 2_000; i++) {
      for (const effect of step(engine, { type: 'bytes', from: malloryLink, bytes }, 2_000))
        if (effect.type === 'inflate') asked.push(effect.job)
    }
    expect(asked.length).toBe(4)
    expect(engine.intakeBytes).toBeLessThanOrEqual(24 * 1024 * 1024)
    // Bombs: every one is refused; the link is cut after a few, and the rest goes its way without an exception.
    for (let next = asked.shift(); next !== undefined; next = asked.shift()) {
      for (const effect of step(engine, { type: 'inflated', job: next, bytes: null }, 2_000))
        if (effect.type === 'inflate') asked.push(effect.job)
    }
    expect(engine.intake.size).toBe(0)
    expect(engine.intakeBytes).toBe(0)
    expect(engine.cut.has(malloryLink)).toBe(true)
  })

  test('B6 while one link’s signatures are being verified, another link’s op goes through', () => {
    const { world, nodes, room } = linkedWorld(2)
    const { engine } = nodes[1]!
    const flood = encodeUnits(bundleOf([message(room, mallory, null, [room], 'slow')]))
    const held = step(engine, { type: 'bytes', from: malloryLink, bytes: flood }, world.now).filter(({ type }) => type === 'verify')
    expect(held.length).toBe(1)
    push(world, nodes[1]!, senderNamed('other'), [message(room, authorNamed('other'), null, [room], 'quick')])
    expect(engine.replica.dag.length).toBe(2)
  })

  test('D7 a flood of proofs asks for one verification at a time', () => {
    const { engine } = linkedWorld(1).nodes[0]!
    let verifying = 0
    const proof = encodeHello()
    for (let i = 0; i < 1_000; i++) {
      verifying += step(engine, { type: 'bytes', from: malloryLink, bytes: proof }, 2_000).filter(({ type }) => type === 'verify').length
    }
    expect(verifying).toBe(1)
  })
})

const encodeUnits = (bundle: Uint8Array): Uint8Array => encodeMessage({ type: 'units', ref: 0, bundle, last: true, left: 0 })
const encodeHello = (): Uint8Array => encodeMessage({ type: 'hello', author: mallory, proof: new Uint8Array(64) })

describe('own ops', { timeout: 30_000 }, () => {
  /** Bytes of all messages that an engine sends while `inputs` run, with the persist jobs it asks for. */
  test('E2 an op is mentioned to nobody before its "persist" was answered', () => {
    const { world, nodes } = linkedWorld(2)
    const { engine } = nodes[0]!
    const sent: Uint8Array[] = []
    let persist = -1
    const inputs: Parameters<typeof step>[1][] = [{ type: 'submit', ref: 1, body: Uint8Array.of(0x81, 2), time: 0 }]
    const mind = (): void => {
      for (let input = inputs.shift(); input !== undefined; input = inputs.shift()) {
        for (const effect of step(engine, input, world.now)) {
          if (effect.type === 'send') sent.push(effect.bytes)
          if (effect.type === 'sign') inputs.push({ type: 'signed', job: effect.job, signature: new Uint8Array(64) })
          if (effect.type === 'persist') {
            expect(effect.durability).toBe('strict')
            persist = effect.job
          }
        }
      }
    }
    mind()
    const id = toHex(latestOf(nodes[0]!))
    for (let i = 0; i < 50; i++) {
      world.now += 500
      inputs.push({ type: 'tick' }, { type: 'linked' })
      inputs.push({
        type: 'bytes',
        from: nodes[1]!.engine.senderId,
        bytes: encodeMessage({ type: 'want', ref: i + 1, ids: [], heads: [], tips: [], tipsComplete: true }),
      })
      mind()
    }
    expect(sent.length).toBeGreaterThan(10)
    for (const bytes of sent) expect(mentions(bytes, id)).toBe(false)
    sent.length = 0
    inputs.push({ type: 'stored', job: persist, failure: null })
    mind()
    expect(sent.some((bytes) => mentions(bytes, id))).toBe(true)
  })

  test('E1 a full disk: nothing is said of what it does not hold, what was typed waits, and all goes out once there is room', () => {
    const { world, nodes } = linkedWorld(2)
    const [alice, bob] = nodes
    for (const failure of ['full', 'failed'] as const) {
      const before = bob!.engine.replica.dag.length
      alice!.diskFailure = failure
      for (let i = 0; i < 20; i++) say(world, alice!, `kept ${i}`)
      run(world, 30_000)
      expect(alice!.engine.storage).toBe('full')
      expect(bob!.engine.replica.dag.length).toBe(before)
      say(world, bob!, 'others go on')
      run(world, 5_000)
      alice!.diskFailure = null
      run(world, 20_000)
      expect(alice!.engine.storage).toBe('ok')
      expectAgreement(nodes)
      expect(bob!.engine.replica.dag.length).toBe(before + 21)
      expect(alice!.engine.unstoredBytes).toBe(0)
    }
    const firsts = alice!.disk.map(({ first }) => first)
    expect(firsts).toEqual([...firsts].sort((a, b) => a - b))
    expect(alice!.disk.reduce((sum, { count }) => sum + count, 0)).toBe(alice!.engine.replica.dag.length)
  })

  test('E1 while the disk is full, what others write fills a budget and not the tab, and is taken again later', () => {
    const { world, nodes, room } = linkedWorld(1)
    const [bob] = nodes
    bob!.diskFailure = 'full'
    const body = encodeBody({ kind: 'message', text: 'x'.repeat(60_000) })
    const ops = Array.from({ length: 1_200 }, (_, time) => message(room, mallory, null, [room], '', { body, time }))
    for (let at = 0; at < ops.length; at += 10) push(world, bob!, malloryLink, ops.slice(at, at + 10))
    expect(bob!.engine.unstoredBytes).toBeLessThan(65 * 1024 * 1024)
    expect(has(bob!, ops.at(-1)!)).toBe(false)
    bob!.diskFailure = null
    run(world, 6_000)
    expect(bob!.engine.unstoredBytes).toBe(0)
    push(world, bob!, malloryLink, [ops.at(-1)!])
    expect(has(bob!, ops.at(-1)!)).toBe(true)
  })

  test('E2 a node that comes back with an old disk asks for its own ops first, and never uses a seq again', () => {
    const { world, nodes, room } = linkedWorld(2)
    const [alice, bob] = nodes
    for (let i = 0; i < 10; i++) say(world, alice!, `before ${i}`)
    run(world, 1_000)
    const old = alice!.disk.slice(0, 4)
    give(world, alice!, { type: 'leaving' })
    world.nodes.splice(0, 1)
    const again = createNode(world, alice!.engine.author, room, old, 99, true)
    world.nodes.push(again)
    say(world, again, 'typed at once')
    give(world, again, { type: 'linked' })
    run(world, 10_000)
    expect(idsOf(again)).toBe(idsOf(bob!))
    expect(again.engine.replica.dag.length).toBe(12)
    for (const { engine } of [again, bob!]) expect(engine.replica.dag.equivocations).toEqual([])
  })

  test('E2 an own op that comes back while the next one is being signed does not lose its seq', () => {
    const { world, nodes, room } = linkedWorld(1)
    const { engine } = nodes[0]!
    const author = engine.author as typeof mallory
    say(world, nodes[0]!, 'first')
    const prev = ownUnit(nodes[0]!)
    const sign = step(engine, { type: 'submit', ref: 9, body: Uint8Array.of(0x81, 2), time: 0 }, world.now).find(
      ({ type }) => type === 'sign',
    )
    push(world, nodes[0]!, malloryLink, [message(room, author, prev, [], 'lost and found')])
    if (sign?.type !== 'sign') throw new Error('a submission is signed')
    give(world, nodes[0]!, { type: 'signed', job: sign.job, signature: new Uint8Array(64) })
    run(world, 1_000)
    expect(engine.replica.dag.equivocations).toEqual([])
    expect(nodes[0]!.notices.some((notice) => notice.type === 'accepted' && notice.ref === 9)).toBe(true)
    expect(opAt(engine.replica.dag, numberOfAuthor(engine.replica.dag, author), 3)).toBeGreaterThan(0)
  })

  test('E2 a dripping peer does not keep a returned node from writing', () => {
    const world = createWorld(1)
    const { room } = world.nodes[0]!.engine.replica
    const node = createNode(world, authorNamed('returned'), room, world.nodes[0]!.disk, 3, true)
    world.nodes.push(node)
    tell(world, node, malloryLink, { type: 'heads', digest: NO_DIGEST, heads: [ghostId(1)], headCount: 1, ops: 9 })
    say(world, node, 'let me')
    for (let i = 0; i < 400; i++) {
      tell(world, node, malloryLink, { type: 'heads', digest: NO_DIGEST, heads: [ghostId(i)], headCount: 1, ops: 9 })
      run(world, 100)
    }
    expect(node.notices.some(({ type }) => type === 'accepted')).toBe(true)
  })

  test('ten thousand submissions that cannot be ops are each told so, without recursion', () => {
    const { world, nodes } = linkedWorld(1)
    nodes[0]!.diskFailure = 'full'
    say(world, nodes[0]!, 'blocks')
    for (let i = 0; i < 9_999; i++) give(world, nodes[0]!, { type: 'submit', ref: i, body: Uint8Array.of(0x81, 2), time: -1 })
    nodes[0]!.diskFailure = null
    run(world, 10_000)
    expect(nodes[0]!.notices.filter(({ type }) => type === 'notAccepted').length).toBe(9_999)
  })
})

const mentions = (bytes: Uint8Array, hex: string): boolean => {
  if (toHex(bytes).includes(hex)) return true
  const decoded = decodeMessage(bytes)
  if (!decoded.ok || decoded.value.type !== 'units') return false
  const unwrapped = unwrapBundle(decoded.value.bundle)
  if (!unwrapped.ok) return false
  const units = decodeBundle(unwrapped.value.payload)
  return units.ok && units.value.some((unit) => unit.some(({ id }) => toHex(id) === hex))
}

describe('B8 long chains', { timeout: 30_000 }, () => {
  const LENGTH = 100_000
  const UNIT = 1_000

  function chainOf(room: OpId): Unit[] {
    const units: Unit[] = []
    let below: UnitOp | null = null
    for (let at = 0; at < LENGTH; at += UNIT) {
      const unit: UnitOp[] = []
      while (unit.length < UNIT) {
        below = message(room, mallory, below, below === null ? [room] : [], '')
        unit.push(below)
      }
      units.push(unit.map((unitOp, i) => (i === UNIT - 1 ? unitOp : { ...unitOp, signature: null })))
    }
    return units
  }

  test('100,000 ops forwards from a file, backwards over a link, and to a joiner', () => {
    const { world, nodes, room } = linkedWorld(2)
    const [alice, bob] = nodes
    bob!.offline = true
    const bundles = chainOf(room).map((unit) => wrapBundle('raw', encodeBundle([unit])))
    for (const bundle of bundles.slice(-50).reverse()) tell(world, bob!, malloryLink, encodeUnits(bundle))
    expect(bob!.engine.replica.pending.ops).toBeGreaterThan(0)
    give(world, alice!, { type: 'import', ref: 1, bundles })
    expect(alice!.engine.replica.dag.length).toBe(1 + LENGTH)
    bob!.offline = false
    run(world, 20_000)
    expect(bob!.engine.replica.dag.length).toBe(1 + LENGTH)
    expect(bob!.engine.replica.pending.ops).toBe(0)
    expect(bob!.engine.fetch).toBe(null)
  })
})
