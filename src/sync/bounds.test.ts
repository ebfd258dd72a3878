/**
 * What one peer, or all of them together, can make an engine hold and do, tried at the edge of every limit: as much as it says,
 * and not one more. The table is in `docs/threat-model.md`, "What a link can cost".
 */
import { describe, expect, test } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { numberOf } from '../core/dag.ts'
import { sha256 } from '../core/hash.ts'
import type { OpId } from '../core/op.ts'
import type { Unit, UnitOp } from '../core/unit.ts'
import { encodeBody } from '../crdt/body.ts'
import { bundleOf, craft, ghostId, message, push, tell } from './adversary.naive.ts'
import { MAX_BUNDLE_BYTES, wrapBundle } from './bundle.ts'
import { authorNamed, createNode, createWorld, give, NO_DIGEST, run, type TestNode, type World } from './driver.naive.ts'
import type { Effect } from './effects.ts'
import { step } from './engine.ts'
import { decodeMessage, encodeMessage, type Message } from './messages.ts'

const MIB = 1024 * 1024
const mallory = authorNamed('mallory')
/** A key is dear, and these are only names. */
const linkNamed = (name: string | number): string => toHex(sha256(new TextEncoder().encode(`link ${name}`)))
const LINK = linkNamed('mallory')

interface Alone {
  readonly world: World
  readonly node: TestNode
  readonly engine: TestNode['engine']
  readonly room: OpId
}

function alone(): Alone {
  const world = createWorld(1)
  const node = world.nodes[0]!
  give(world, node, { type: 'linked' })
  run(world, 1_000)
  return { world, node, engine: node.engine, room: node.engine.replica.room }
}

const NO_HEADS: Message = { type: 'heads', digest: NO_DIGEST, heads: [], headCount: 0, ops: 0 }
const unitsMessage = (bundle: Uint8Array): Uint8Array => encodeMessage({ type: 'units', ref: 0, bundle, last: true, left: 0 })
/** A message whose bundle, wrapped, has so many bytes; nobody inflates it. */
const squeezed = (length: number): Uint8Array => unitsMessage(wrapBundle('deflate', new Uint8Array(length - 2)))
const hear = ({ engine, world }: Alone, from: string, bytes: Uint8Array): Effect[] =>
  step(engine, { type: 'bytes', from, bytes }, world.now)
const jobsOf = (effects: readonly Effect[], type: 'inflate' | 'verify' | 'sign'): number[] =>
  effects.flatMap((effect) => (effect.type === type ? [effect.job] : []))

/** What the engine sends to a link while `act` runs, nothing of it delivered. */
function sentTo({ engine, world }: Alone, link: string, input: Message): Message[] {
  const sent: Message[] = []
  const queue = step(engine, { type: 'bytes', from: link, bytes: encodeMessage(input) }, world.now)
  for (let effect = queue.shift(); effect !== undefined; effect = queue.shift()) {
    if (effect.type === 'send') {
      const decoded = decodeMessage(effect.bytes)
      if (decoded.ok && effect.to === link) sent.push(decoded.value)
    } else if (effect.type === 'read') {
      const { from, limit, job } = effect
      const { disk } = world.nodes[0]!
      const at = disk.findIndex(({ first, count }) => first + count > from)
      queue.push(...step(engine, { type: 'loaded', job, segments: at < 0 ? [] : disk.slice(at, at + limit) }, world.now))
    } else if (effect.type === 'deflate') queue.push(...step(engine, { type: 'deflated', job: effect.job, bytes: effect.bytes }, world.now))
  }
  return sent
}

const want = (ref: number): Message => ({ type: 'want', ref, ids: [], heads: [], tips: [], tipsComplete: true })

function chainOf(room: OpId, length: number): Unit {
  const unit: UnitOp[] = [message(room, mallory, null, [room], '')]
  while (unit.length < length) unit.push(message(room, mallory, unit.at(-1)!, [], ''))
  return unit
}

describe('peers', () => {
  test('D10 MAX_PEERS peers are held, and one more when one has left', () => {
    const { world, node, engine } = alone()
    for (let i = 0; i < 256; i++) {
      world.now += 40
      tell(world, node, linkNamed(i), NO_HEADS)
    }
    expect(engine.peers.size).toBe(256)
    tell(world, node, linkNamed(256), NO_HEADS)
    expect(engine.peers.has(linkNamed(256))).toBe(false)
    tell(world, node, linkNamed(0), { type: 'bye' })
    tell(world, node, linkNamed(256), NO_HEADS)
    expect(engine.peers.has(linkNamed(256))).toBe(true)
    expect(engine.peers.size).toBe(256)
  })

  test('D4 a peer that was silent for PEER_SILENT is gone, a millisecond earlier it is not', () => {
    const { world, node, engine } = alone()
    tell(world, node, LINK, NO_HEADS)
    step(engine, { type: 'tick' }, world.now + 14_999)
    expect(engine.peers.has(LINK)).toBe(true)
    step(engine, { type: 'tick' }, world.now + 15_000)
    expect(engine.peers.has(LINK)).toBe(false)
  })

  test('A2 the STRIKES_BEFORE_CUT-th strike cuts a link for CUT_FOR, and the one before does not', () => {
    const { world, node, engine, room } = alone()
    tell(world, node, LINK, Uint8Array.of(1, 2, 3))
    push(world, node, LINK, [craft(message(room, mallory, null, [room], 'forged').op, 'bad')])
    expect(engine.peers.get(LINK)!.strikes).toBe(9)
    expect(engine.cut.size).toBe(0)
    tell(world, node, LINK, Uint8Array.of(1, 2, 3))
    expect([engine.cut.has(LINK), engine.peers.has(LINK)]).toEqual([true, false])
    world.now += 59_999
    tell(world, node, LINK, NO_HEADS)
    expect(engine.peers.has(LINK)).toBe(false)
    world.now += 1
    tell(world, node, LINK, NO_HEADS)
    expect(engine.peers.has(LINK)).toBe(true)
  })

  test('A2 a strike is forgiven every FORGIVEN_EVERY, and not a millisecond earlier', () => {
    const { world, node, engine } = alone()
    tell(world, node, LINK, Uint8Array.of(1, 2, 3))
    const strikes = (): number => {
      tell(world, node, LINK, NO_HEADS)
      return engine.peers.get(LINK)!.strikes
    }
    world.now += 9_999
    expect(strikes()).toBe(5)
    world.now += 1
    expect(strikes()).toBe(4)
  })

  test('D10 MAX_CUT cut links are remembered, and for one more the first is heard again', () => {
    const { world, node, engine } = alone()
    for (let i = 0; i < 1_025; i++) {
      if (i === 1_024) expect(engine.cut.has(linkNamed(0))).toBe(true)
      world.now += 40
      for (let j = 0; j < 2; j++) tell(world, node, linkNamed(i), Uint8Array.of(1, 2, 3))
    }
    expect(engine.cut.size).toBe(1_024)
    expect(engine.cut.has(linkNamed(0))).toBe(false)
    expect(engine.cut.has(linkNamed(1))).toBe(true)
  })

  test('D7 who tells other heads is told ours once in TELL_PAUSE', () => {
    const at = alone()
    const told = (): number => sentTo(at, LINK, NO_HEADS).filter(({ type }) => type === 'heads').length
    expect(told()).toBe(1)
    at.world.now += 999
    expect(told()).toBe(0)
    at.world.now += 1
    expect(told()).toBe(1)
  })
})

describe('what waits to be judged', () => {
  test('D8 MAX_LINK_BYTES of one link wait, and not a byte more', () => {
    const at = alone()
    for (let i = 0; i < 24; i++) hear(at, LINK, squeezed(MIB))
    expect(at.engine.intake.get(LINK)!.bytes).toBe(24 * MIB)
    hear(at, LINK, squeezed(3))
    expect(at.engine.intake.get(LINK)!.bytes).toBe(24 * MIB)
  })

  test('D8 MAX_LINK_BUNDLES of one link wait, and not one more', () => {
    const at = alone()
    for (let i = 0; i < 1_025; i++) hear(at, LINK, squeezed(3))
    expect(at.engine.intake.get(LINK)!.items.length).toBe(1_024)
  })

  test('D8 D16 MAX_INTAKE_BYTES wait in all, and for what a smaller link brings the fullest loses its latest', () => {
    const at = alone()
    for (let link = 0; link < 4; link++) for (let i = 0; i < 24; i++) hear(at, linkNamed(link), squeezed(MIB))
    expect(at.engine.intakeBytes).toBe(96 * MIB)
    push(at.world, at.node, linkNamed('alice'), [message(at.room, authorNamed('alice'), null, [at.room], 'me too')])
    expect(at.engine.replica.dag.length).toBe(2)
    expect(at.engine.intakeBytes).toBe(95 * MIB)
    const fullest = [0, 1, 2, 3].map((link) => at.engine.intake.get(linkNamed(link))!.bytes / MIB)
    expect(fullest).toEqual([23, 24, 24, 24])
  })

  test('D16 of links that have as much as each other, none makes room for more than that', () => {
    const at = alone()
    for (let link = 0; link < 96; link++) hear(at, linkNamed(link), squeezed(MIB))
    hear(at, linkNamed('late'), squeezed(MIB + 1))
    expect(at.engine.intake.has(linkNamed('late'))).toBe(false)
    expect(at.engine.intakeBytes).toBe(96 * MIB)
  })

  test('E1 with MAX_UNSTORED_BYTES not stored others are heard, and with one more they are not', () => {
    const { world, node, engine, room } = alone()
    engine.unstoredBytes = 64 * MIB + 1
    push(world, node, LINK, [message(room, mallory, null, [room], 'too much')])
    expect(engine.replica.dag.length).toBe(1)
    engine.unstoredBytes = 64 * MIB
    push(world, node, LINK, [message(room, mallory, null, [room], 'just enough')])
    expect(engine.replica.dag.length).toBe(2)
  })

  test('D8 IN_WORK bundles of one link are inflated at a time, and none once it is cut', () => {
    const at = alone()
    const jobs: number[] = []
    for (let i = 0; i < 100; i++) jobs.push(...jobsOf(hear(at, LINK, squeezed(100)), 'inflate'))
    expect(jobs.length).toBe(4)
    for (let i = 0; i < 4; i++) jobs.push(...jobsOf(step(at.engine, { type: 'inflated', job: jobs[i]!, bytes: null }, 2_000), 'inflate'))
    expect(jobs.length).toBe(5)
    expect([at.engine.cut.has(LINK), at.engine.intake.has(LINK), at.engine.intakeBytes]).toEqual([true, false, 0])
  })
})

describe('signatures', () => {
  /** The claims of the first "verify" among some effects. */
  const claimsOf = (effects: readonly Effect[]): { readonly job: number; readonly count: number } | null => {
    const asked = effects.find((effect) => effect.type === 'verify')
    return asked === undefined ? null : { job: asked.job, count: asked.claims.length }
  }

  test('D7 VERIFY_AT_ONCE are verified at a time, and one more when these are', () => {
    const at = alone()
    const first = claimsOf(hear(at, LINK, unitsMessage(bundleOf(chainOf(at.room, 257)))))
    expect(first?.count).toBe(256)
    const valid = Array.from({ length: 256 }, () => true)
    const second = claimsOf(step(at.engine, { type: 'verified', job: first!.job, valid }, 2_000))
    expect(second?.count).toBe(1)
    step(at.engine, { type: 'verified', job: second!.job, valid: [true] }, 2_000)
    expect(at.engine.replica.dag.length).toBe(258)
  })

  test('D7 a link whose first signatures are wrong is cut, and the rest of them is not verified', () => {
    const at = alone()
    const first = claimsOf(hear(at, LINK, unitsMessage(bundleOf(chainOf(at.room, 1_024)))))
    hear(at, LINK, unitsMessage(bundleOf(chainOf(at.room, 1_024))))
    const valid = Array.from({ length: 256 }, () => false)
    expect(claimsOf(step(at.engine, { type: 'verified', job: first!.job, valid }, 2_000))).toBeNull()
    expect([at.engine.cut.has(LINK), at.engine.intakeBytes, at.engine.replica.dag.length]).toEqual([true, 0, 1])
  })

  test('D7 one op that comes ten thousand times in a bundle has its signature verified once', () => {
    const at = alone()
    const op = message(at.room, mallory, null, [at.room], 'again')
    const asked = claimsOf(hear(at, LINK, unitsMessage(bundleOf(...Array.from({ length: 10_000 }, () => [op])))))
    expect(asked?.count).toBe(1)
    step(at.engine, { type: 'verified', job: asked!.job, valid: [true] }, 2_000)
    expect(at.engine.replica.dag.length).toBe(2)
  })

  test('A15 of one op with two signatures the wrong one falls and the good one counts', () => {
    const { world, node, engine, room } = alone()
    const op = message(room, mallory, null, [room], 'twice')
    push(world, node, LINK, [{ ...op, signature: new Uint8Array(64) }], [op])
    expect(numberOf(engine.replica.dag, op.id)).toBe(1)
  })
})

describe('answers', () => {
  const answersOf = (at: Alone, link: string, wants: number): number => {
    let answered = 0
    for (let ref = 1; ref <= wants; ref++) if (sentTo(at, link, want(ref)).some(({ type }) => type === 'units')) answered++
    return answered
  }

  test('D13 WANTS_AT_ONCE of one peer are answered, and more after its pardon', () => {
    const at = alone()
    expect(answersOf(at, LINK, 300)).toBe(200)
    at.world.now += 9_999
    expect(answersOf(at, LINK, 1)).toBe(0)
    at.world.now += 1
    expect(answersOf(at, LINK, 1)).toBe(1)
  })

  test('D13 SERVED_BESIDES and twice the room are served to one peer, and what it asked with that', () => {
    const at = alone()
    push(at.world, at.node, linkNamed('author'), chainOf(at.room, 300))
    // 301 ops a want: after 68 of them it has had 20,468 of 20,602.
    expect(answersOf(at, LINK, 100)).toBe(69)
  })

  test('D7 D10 WALKED_AT_ONCE is shared among all peers, and each may ask once whatever the room', () => {
    const at = alone()
    for (let unit = 0, prev: UnitOp | null = null; unit < 4; unit++) {
      const ops: UnitOp[] = []
      while (ops.length < 1_000) ops.push((prev = message(at.room, mallory, prev, prev === null ? [at.room] : [], '')))
      push(at.world, at.node, linkNamed(0), ops)
    }
    for (let i = 1; i < 200; i++) {
      at.world.now += 40
      tell(at.world, at.node, linkNamed(i), NO_HEADS)
    }
    expect([at.engine.peers.size, at.engine.stored]).toEqual([200, 4_001])
    const heads = [...at.engine.replica.dag.heads].map((op) => at.engine.replica.dag.ids.bytes.slice(32 * op, 32 * op + 32) as OpId)
    let answered = 0
    for (let ref = 1; ref <= 200; ref++) {
      const sent = sentTo(at, linkNamed(7), { type: 'want', ref, ids: [], heads, tips: [], tipsComplete: true })
      if (sent.some(({ type }) => type === 'units')) answered++
    }
    expect(answered).toBe(Math.floor(100_000_000 / (200 * 4_001)))
    at.engine.stored = 100_000_000
    expect(sentTo(at, linkNamed(8), { type: 'want', ref: 1, ids: [at.room], heads, tips: [], tipsComplete: true }).length).toBe(1)
    expect(sentTo(at, linkNamed(8), { type: 'want', ref: 2, ids: [at.room], heads, tips: [], tipsComplete: true }).length).toBe(0)
  })

  test('D7 an answer ends with the bundle that reaches SERVE_BYTES', () => {
    const at = alone()
    const body = encodeBody({ kind: 'message', text: 'x'.repeat(60_000) })
    for (let i = 0; i < 120; i += 10) {
      const ops = Array.from({ length: 10 }, (_, j) => [message(at.room, mallory, null, [at.room], '', { body, time: i + j })])
      push(at.world, at.node, linkNamed('author'), ...ops)
    }
    const sizes = sentTo(at, LINK, want(1)).flatMap((sent) => (sent.type === 'units' ? [sent.bundle.length] : []))
    const total = sizes.reduce((sum, size) => sum + size, 0)
    expect(sizes.at(-1)).toBe(0)
    expect(total).toBeGreaterThanOrEqual(4 * MIB)
    expect(total - sizes.at(-2)!).toBeLessThan(4 * MIB)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_BUNDLE_BYTES)
  })
})

describe('questions', () => {
  /** A node that asks `LINK` for a head that nobody has. */
  const asking = (): Alone => {
    const at = alone()
    tell(at.world, at.node, LINK, { type: 'heads', digest: NO_DIGEST, heads: [ghostId(1)], headCount: 1, ops: 9 })
    expect(at.engine.fetch?.from).toBe(LINK)
    return at
  }

  test('D4 without an answer a peer keeps its turn until STALL, then rests for BENCH', () => {
    const { world, engine } = asking()
    const ref = engine.fetch!.ref
    step(engine, { type: 'tick' }, world.now + 1_999)
    expect(engine.fetch?.ref).toBe(ref)
    step(engine, { type: 'tick' }, world.now + 2_000)
    expect(engine.fetch).toBeNull()
    step(engine, { type: 'tick' }, world.now + 2_999)
    expect(engine.fetch).toBeNull()
    step(engine, { type: 'tick' }, world.now + 3_000)
    expect(engine.fetch?.from).toBe(LINK)
  })

  test('D4 whatever it brings, a turn takes TURN and TURN_PER_OP for each op, and no more than LONGEST_TURN', () => {
    for (const [ops, turn] of [
      [1, 5_050],
      [10, 5_500],
      [1_200, 60_000],
    ] as const) {
      const { world, node, engine, room } = asking()
      const { ref } = engine.fetch!
      const start = world.now
      const bundle = bundleOf(...chainOf(room, ops).map((each) => [each]))
      tell(world, node, LINK, { type: 'units', ref, bundle, last: false, left: 9 })
      expect(engine.fetch?.got).toBe(ops)
      // Repeats are no progress of the turn, but they keep it from stalling.
      const drip = (until: number): void => {
        while (world.now < until) {
          world.now = Math.min(until, world.now + 1_000)
          tell(world, node, LINK, { type: 'units', ref, bundle: bundleOf(chainOf(room, 1)), last: false, left: 9 })
        }
      }
      drip(start + turn - 1)
      expect(engine.fetch?.ref).toBe(ref)
      step(engine, { type: 'tick' }, start + turn)
      expect(engine.fetch?.ref).not.toBe(ref)
    }
  })

  test('D16 what is being judged is waited for until PATIENCE before others are asked', () => {
    const at = alone()
    hear(at, LINK, squeezed(100))
    const heads: Message = { type: 'heads', digest: NO_DIGEST, heads: [ghostId(1)], headCount: 1, ops: 9 }
    hear(at, LINK, encodeMessage(heads))
    step(at.engine, { type: 'tick' }, at.world.now + 999)
    expect(at.engine.fetch).toBeNull()
    step(at.engine, { type: 'tick' }, at.world.now + 1_000)
    expect(at.engine.fetch?.from).toBe(LINK)
  })
})

describe('own ops', () => {
  test('MAX_SUBMISSIONS wait while one is signed, and one more is refused by name', () => {
    const { engine, world } = alone()
    const refused: number[] = []
    for (let ref = 0; ref < 10_002; ref++) {
      for (const effect of step(engine, { type: 'submit', ref, body: Uint8Array.of(0x81, 2), time: 0 }, world.now))
        if (effect.type === 'notify' && effect.notice.type === 'notAccepted') refused.push(effect.notice.ref)
    }
    expect(engine.submissions.length).toBe(10_000)
    expect(refused).toEqual([10_001])
  })

  test('E2 a node that comes back asks for ASK_BEFORE_WRITING before it writes, and for ASK_AT_MOST while it gets answers', () => {
    for (const [isAnswered, pause] of [
      [false, 1_000],
      [true, 30_000],
    ] as const) {
      const world = createWorld(1)
      const { room } = world.nodes[0]!.engine.replica
      const node = createNode(world, authorNamed('returned'), room, world.nodes[0]!.disk, 3, true)
      const answer = (ops: number): void => {
        const { ref } = node.engine.fetch!
        tell(world, node, LINK, { type: 'units', ref, bundle: bundleOf(...chainOf(room, ops).map((op) => [op])), last: false, left: 9 })
      }
      if (isAnswered) {
        tell(world, node, LINK, { type: 'heads', digest: NO_DIGEST, heads: [ghostId(1)], headCount: 1, ops: 9 })
        answer(1_100)
      }
      give(world, node, { type: 'submit', ref: 1, body: Uint8Array.of(0x81, 2), time: 0 })
      const isWritten = (now: number): boolean => {
        world.now = now
        give(world, node, { type: 'tick' })
        return node.notices.some(({ type }) => type === 'accepted')
      }
      while (isAnswered && world.now < pause - 1_000) {
        world.now += 1_000
        answer(1)
      }
      expect([isAnswered, isWritten(pause - 1)]).toEqual([isAnswered, false])
      expect([isAnswered, isWritten(pause)]).toEqual([isAnswered, true])
    }
  })

  test('E1 a full disk is tried again after RETRY_FULL', () => {
    const { world, node, engine } = alone()
    node.diskFailure = 'full'
    give(world, node, { type: 'submit', ref: 1, body: Uint8Array.of(0x81, 2), time: 0 })
    expect(engine.storage).toBe('full')
    const tries = (now: number): boolean => step(engine, { type: 'tick' }, now).some(({ type }) => type === 'persist')
    expect(tries(world.now + 4_999)).toBe(false)
    expect(tries(world.now + 5_000)).toBe(true)
  })
})
