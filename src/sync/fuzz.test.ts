/** Correct nodes under random bytes, bent messages, and random weather, from seeds. A failing seed is in the test's message. */
import { describe, expect, test } from 'vitest'
import { concatBytes } from '../core/bytes.ts'
import { encodeValue } from '../core/cbor.ts'
import { numberOf } from '../core/dag.ts'
import type { OpId } from '../core/op.ts'
import type { Unit, UnitOp } from '../core/unit.ts'
import { craft, ghostId, message, push, senderNamed, tell } from './adversary.naive.ts'
import { decodeBundle, encodeBundle, unwrapBundle, wrapBundle } from './bundle.ts'
import { authorNamed, createNode, createWorld, give, idsOf, NO_DIGEST, run, say, type TestNode, type World } from './driver.naive.ts'
import { decodeMessage, encodeMessage, type Message } from './messages.ts'

interface Dice {
  /** A whole number in 0 … n − 1. */
  below(n: number): number
  pick<T>(items: readonly T[]): T
}

function diceOf(seed: number): Dice {
  let state = (seed * 2_654_435_761) % 2_147_483_647 || 1
  const below = (n: number): number => {
    state = (state * 48_271) % 2_147_483_647
    return Math.floor((state / 2_147_483_647) * n)
  }
  return { below, pick: (items) => items[below(items.length)]! }
}

/** A few nodes that have talked, and everything they said. */
function session(count: number): { world: World; nodes: TestNode[]; said: Uint8Array[] } {
  const world = createWorld(count)
  const said: Uint8Array[] = []
  const listen = (): void => {
    for (const { bytes } of world.wire) said.push(bytes)
  }
  for (const [i, node] of world.nodes.entries()) {
    give(world, node, { type: 'linked' })
    listen()
    run(world, 500)
    node.offline = true
    for (let n = 0; n < 5; n++) for (const other of world.nodes) say(world, other, `said ${i} ${n}`)
    listen()
    node.offline = false
    give(world, node, { type: 'linked' })
    const before = world.wire.length
    run(world, 20)
    for (const { bytes } of world.wire.slice(before)) said.push(bytes)
  }
  // Answers to wants, large and small.
  for (const node of world.nodes) {
    tell(world, node, senderNamed('listener'), { type: 'want', ref: 1, ids: [], heads: [], tips: [], tipsComplete: true })
    for (const each of world.nodes)
      if (each !== node) tell(world, node, each.engine.senderId, { type: 'want', ref: 2, ids: [], heads: [], tips: [], tipsComplete: true })
    listen()
  }
  run(world, 20_000)
  return { world, nodes: world.nodes, said }
}

function bent(bytes: Uint8Array, dice: Dice, others: readonly Uint8Array[]): Uint8Array {
  const out = bytes.slice()
  switch (dice.below(5)) {
    case 0:
      return out.subarray(0, dice.below(out.length + 1))
    case 1:
      return concatBytes(out.subarray(0, dice.below(out.length)), dice.pick(others).subarray(dice.below(40)))
    case 2:
      return concatBytes(
        out,
        Uint8Array.from({ length: dice.below(9) }, () => dice.below(256)),
      )
    default:
      for (let i = 1 + dice.below(4); i > 0; i--)
        out[dice.below(dice.below(2) === 0 ? out.length : Math.min(48, out.length))] = dice.below(256)
      return out
  }
}

/** A well-formed message with something wrong in it: fields from elsewhere, units cut, shuffled, stripped, repeated. */
function twisted(said: Message, dice: Dice): Message {
  const id = (): OpId => ghostId(dice.below(50))
  switch (said.type) {
    case 'heads':
      return {
        ...said,
        heads: dice.below(2) === 0 ? [id(), ...said.heads].slice(0, 200) : said.heads.slice(1),
        headCount: dice.below(2_000) + 200,
        ops: dice.below(1 << 30),
      }
    case 'want':
      return {
        ...said,
        ids: [id()],
        heads: [...said.heads, id()].slice(0, 200),
        tips: said.tips.map((tip) => ({ ...tip, seq: dice.below(99), id: dice.below(2) === 0 ? id() : tip.id })),
      }
    case 'units': {
      const unwrapped = unwrapBundle(said.bundle)
      const units = unwrapped.ok ? decodeBundle(unwrapped.value.payload) : unwrapped
      if (!units.ok) return said
      return {
        ...said,
        ref: dice.below(4),
        last: dice.below(2) === 0,
        left: dice.below(1_000),
        bundle: wrapBundle(
          dice.pick(['raw', 'deflate']),
          encodeBundle(units.value.map((unit) => twistedUnit(unit, dice)).filter(({ length }) => length > 0)),
        ),
      }
    }
    default:
      return said
  }
}

function twistedUnit(unit: Unit, dice: Dice): Unit {
  const ops: UnitOp[] = [...unit]
  const at = dice.below(ops.length)
  const { op } = ops[at]!
  // Another genesis would be another room, which no bundle of this one can hold.
  if (op.room === null) return ops
  switch (dice.below(7)) {
    case 0:
      ops.splice(at, 1)
      return ops
    case 1:
      return [...ops, ops[at]!]
    case 2:
      return [...ops.slice(at), ...ops.slice(0, at)]
    case 3:
      return ops.map((each) => ({ ...each, signature: null }))
    case 4:
      return ops.map((each) => craft(each.op, dice.below(2) === 0 ? 'bad' : 'good'))
    case 5:
      return [...ops.slice(0, at), craft({ ...op, body: encodeValue([dice.below(6), 'x']) }, 'bad')]
    default:
      return [...ops.slice(0, at), craft({ ...op, seq: op.seq + dice.below(2) }, 'none')]
  }
}

describe('a live engine is given', { timeout: 30_000 }, () => {
  const settle = ({ world, nodes }: ReturnType<typeof session>): void => {
    run(world, 150_000)
    for (const { engine } of nodes) {
      expect(engine.jobs.size).toBe(0)
      expect(engine.intake.size).toBe(0)
      expect(engine.intakeBytes).toBe(0)
      expect(engine.unstored.length).toBe(0)
      expect(engine.stored).toBe(engine.replica.dag.length)
    }
    expect(new Set(nodes.map(idsOf)).size).toBe(1)
  }

  test('30,000 messages of a real session, bent at random: it neither throws nor admits anything', () => {
    const room = session(3)
    const { world, nodes, said } = room
    const ids = idsOf(nodes[1]!)
    const dice = diceOf(1)
    for (let i = 0; i < 30_000; i++) {
      tell(world, nodes[1]!, senderNamed(`bender ${i >> 3}`), bent(dice.pick(said), dice, said))
      if (i % 64 === 0) {
        world.wire.length = 0
        run(world, 100)
      }
    }
    expect(idsOf(nodes[1]!)).toBe(ids)
    settle(room)
  })

  test('10,000 well-formed messages with twisted content: nothing but signed ops is admitted, and nodes agree', () => {
    const room = session(3)
    const { world, nodes, said } = room
    const messages = said.flatMap((bytes) => {
      const decoded = decodeMessage(bytes)
      return decoded.ok ? [decoded.value] : []
    })
    const dice = diceOf(2)
    for (let i = 0; i < 10_000; i++) {
      tell(world, nodes[1]!, senderNamed(`twister ${i >> 2}`), encodeMessage(twisted(dice.pick(messages), dice)))
      if (i % 64 === 0) {
        world.wire.length = 0
        run(world, 200)
      }
    }
    const disk = createNode(world, nodes[1]!.engine.author, nodes[1]!.engine.replica.room, nodes[1]!.disk, 5, true)
    expect(idsOf(disk)).toBe(idsOf(nodes[1]!))
    settle(room)
  })
})

/** Things that adversaries do, each drawn by the dice. */
function mischief(world: World, node: TestNode, room: OpId, dice: Dice, own: UnitOp[]): void {
  const link = senderNamed(`mischief ${dice.below(6)}`)
  const author = authorNamed(`evil ${dice.below(3)}`)
  const chain = own.filter(({ op }) => op.author.join() === author.join())
  const prev = chain.length === 0 || dice.below(9) === 0 ? null : dice.pick(chain)
  const heads = [...node.engine.replica.dag.heads]
    .slice(0, 2)
    .map((op) => node.engine.replica.dag.ids.bytes.slice(32 * op, 32 * op + 32) as OpId)
  const op = message(
    room,
    author,
    prev,
    [...(dice.below(3) === 0 ? heads : []), ...(prev === null ? [room] : [])].filter(
      (id, i, all) => all.findIndex((other) => other.join() === id.join()) === i && id.join() !== prev?.id.join(),
    ),
    `evil ${own.length}`,
  )
  switch (dice.below(8)) {
    case 0:
    case 1:
    case 2:
      own.push(op)
      return push(world, node, link, [op])
    case 3:
      return push(world, node, link, [message(room, author, null, [ghostId(dice.below(1_000))], 'ghost')])
    case 4:
      return push(world, node, link, [craft(op.op, 'bad')])
    case 5:
      return tell(world, node, link, {
        type: 'heads',
        digest: NO_DIGEST,
        heads: [ghostId(dice.below(9)), ...own.slice(-1).map(({ id }) => id)].sort((a, b) => a[0]! - b[0]!),
        headCount: 2 + dice.below(400),
        ops: dice.below(1 << 20),
      })
    case 6:
      return tell(world, node, link, {
        type: 'units',
        ref: node.engine.fetch?.ref ?? 0,
        bundle: new Uint8Array(),
        last: dice.below(2) === 0,
        left: 9,
      })
    default:
      return tell(world, node, link, {
        type: 'want',
        ref: 1,
        ids: own.slice(-1).map(({ id }) => id),
        heads: [],
        tips: [],
        tipsComplete: false,
      })
  }
}

describe('random weather and adversaries, from a seed', { timeout: 30_000 }, () => {
  test.each(Array.from({ length: 16 }, (_, seed) => seed + 1))('seed %i: correct nodes agree, lose nothing, and hold evidence', (seed) => {
    const dice = diceOf(seed)
    const world = createWorld(4, seed)
    const { nodes } = world
    const { room } = nodes[0]!.engine.replica
    const evil: UnitOp[] = []
    const bad = dice.below(40)
    world.fate = () => {
      // Also reorders: what is next goes behind what is last.
      if (world.wire.length > 1 && dice.below(4) === 0) world.wire.push(world.wire.shift()!)
      return dice.below(100) < bad ? 'drop' : dice.below(10) === 0 ? 'repeat' : 'deliver'
    }
    for (const node of nodes) give(world, node, { type: 'linked' })
    run(world, 4_000)
    let typed = 0
    for (let round = 0; round < 60; round++) {
      const node = dice.pick(nodes)
      if (dice.below(6) === 0) node.offline = !node.offline
      if (dice.below(9) === 0) dice.pick(nodes).diskFailure = dice.pick(['full', null, null])
      for (let i = dice.below(4); i > 0; i--, typed++) say(world, dice.pick(nodes), `typed ${typed}`)
      for (let i = dice.below(5); i > 0; i--) mischief(world, dice.pick(nodes), room, dice, evil)
      run(world, 20 * dice.below(60))
    }
    for (const node of nodes) Object.assign(node, { offline: false, diskFailure: null })
    world.fate = null
    for (const node of nodes) give(world, node, { type: 'linked' })
    run(world, 90_000)
    expect(new Set(nodes.map(idsOf)).size).toBe(1)
    for (const { engine, notices } of nodes) {
      const { dag } = engine.replica
      expect(engine.submissions.length).toBe(0)
      expect(engine.unstored.length).toBe(0)
      const accepted = notices.flatMap((notice) => (notice.type === 'accepted' ? [notice.id] : []))
      expect(accepted.filter((id) => numberOf(dag, id) < 0)).toEqual([])
      expect(dag.equivocations.length).toBe(nodes[0]!.engine.replica.dag.equivocations.length)
      for (const other of nodes) if (other.engine !== engine) expect(engine.cut.has(other.engine.senderId)).toBe(false)
    }
    expect(nodes.flatMap(({ notices }) => notices).filter(({ type }) => type === 'accepted').length).toBe(typed)
  })
})
