/** Peers who lie about what they hold, answer slowly or for ever, or are all that a node hears. */
import { describe, expect, test } from 'vitest'
import { concatBytes } from '../../core/bytes.ts'
import { encodeValue } from '../../core/cbor.ts'
import { sortedHeads } from '../../core/dag.ts'
import { digestOfHeads } from '../../core/heads-digest.ts'
import { MESSAGE_VERSION } from '../../core/limits.ts'
import type { Value } from '../../core/value.ts'
import type { PeerId } from '../../sync/effects.ts'
import type { SimNode } from '../node.ts'
import {
  agree,
  apart,
  chainOf,
  claim,
  createStage,
  ghostId,
  has,
  isCut,
  join,
  keyNamed,
  linkNamed,
  message,
  opsOf,
  push,
  run,
  runUntil,
  say,
  type Stage,
  tell,
  together,
  verdictOf,
  wantBelow,
} from '../stage.ts'
import { decodeMessage } from '../../sync/messages.ts'
import { bundleOf, NEW, UNHEARD } from '../villain.ts'

const mallory = keyNamed('mallory')

/** Tells a node that somebody holds exactly what it holds. */
function agreeWith(stage: Stage, node: SimNode, from: PeerId): void {
  const heads = sortedHeads(node.engine.replica.dag)
  tell(stage, node, from, { type: 'heads', digest: digestOfHeads(heads), heads, headCount: heads.length, ops: opsOf(node), ...UNHEARD })
}

describe('an eclipse', () => {
  test('D3 keeps a node from nothing but news: it writes on, sees that who it knew is gone, and one honest link heals it', () => {
    const stage = createStage(4)
    const [alice, bob, carol] = stage.nodes
    run(stage, 1_000)
    expect([...bob!.engine.peers.values()].filter(({ author }) => author !== null)).toHaveLength(3)
    apart(stage, bob!)
    const links = Array.from({ length: 50 }, (_, i) => linkNamed(stage, `eclipse ${i}`))
    for (const link of links) tell(stage, bob!, link, { type: 'hello', author: alice!.identity.author, proof: new Uint8Array(64), ...NEW })
    for (let i = 0; i < 10; i++) {
      for (const link of links) agreeWith(stage, bob!, link)
      say(stage, alice!, `news ${i}`)
      say(stage, bob!, `alone ${i}`)
      run(stage, 2_000)
    }
    expect(opsOf(bob!)).toBe(1 + 10)
    // Stale, and to be seen: of all peers that it hears, none has proven who it is; the ones that had are gone.
    const peers = [...bob!.engine.peers.values()]
    expect(peers).toHaveLength(links.length)
    expect(peers.filter(({ author }) => author !== null)).toEqual([])

    const { cuts } = stage.world
    cuts[bob!.index]![carol!.index] = cuts[carol!.index]![bob!.index] = 0
    const untilHealed = runUntil(
      stage,
      10_000,
      () => {
        for (const link of links) agreeWith(stage, bob!, link)
        return agree(stage)
      },
      100,
    )
    expect(untilHealed).toBeLessThan(10_000)
    expect(opsOf(bob!)).toBe(1 + 20)
    expect(verdictOf(stage)).toBe(null)
  })
})

describe('sessions', () => {
  /** ms until bob has what it missed of alice, while `link`, which named a head, was asked first and does `act`. */
  function delayBy(act: (stage: Stage, bob: SimNode, link: PeerId) => void): number {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes
    const link = linkNamed(stage, 'mallory')
    apart(stage, bob!)
    claim(stage, bob!, link, [ghostId(1)])
    expect(bob!.engine.fetches.has(link)).toBe(true)
    for (let i = 0; i < 5; i++) say(stage, alice!, `missed ${i}`)
    together(stage)
    return runUntil(
      stage,
      60_000,
      () => {
        act(stage, bob!, link)
        return agree(stage)
      },
      100,
    )
  }
  const refOf = ({ engine }: SimNode, link: PeerId): number => engine.fetches.get(link)?.ref ?? 0

  test('D4 half-open: a peer that is asked and says nothing more holds up the others for one pause', () => {
    expect(delayBy(() => {})).toBeLessThan(7_500)
  })

  test('D4 endless: a peer that answers for ever and brings nothing is left as soon', () => {
    const empty = (stage: Stage, bob: SimNode, link: PeerId): void =>
      tell(stage, bob, link, { type: 'units', ref: refOf(bob, link), bundle: new Uint8Array(), last: false, left: 10 })
    // A stall, and not a whole turn.
    expect(delayBy(empty)).toBeLessThan(4_000)
  })

  test('D4 dripping: a peer that brings one more op whenever its time is nearly up cannot keep its turn', () => {
    let rest = 0
    let chain: ReturnType<typeof chainOf> = []
    const drip = (stage: Stage, bob: SimNode, link: PeerId): void => {
      if (chain.length === 0) chain = chainOf(stage, mallory, 1_000)
      if (rest++ % 15 > 0) return
      const next = bundleOf([[chain[(rest / 15) | 0]!]])
      tell(stage, bob, link, { type: 'units', ref: refOf(bob, link), bundle: next, last: false, left: 1_000 })
      claim(stage, bob, link, [ghostId(rest)])
    }
    expect(delayBy(drip)).toBeLessThan(15_000)
  })

  test('D4 trickling: a peer that brings one op a tenth of a second, of a chain without end, cannot keep its turn', () => {
    let at = 0
    let chain: ReturnType<typeof chainOf> = []
    const trickle = (stage: Stage, bob: SimNode, link: PeerId): void => {
      if (chain.length === 0) chain = chainOf(stage, mallory, 1_000)
      claim(stage, bob, link, [chain.at(-1)!.id])
      tell(stage, bob, link, { type: 'units', ref: refOf(bob, link), bundle: bundleOf([[chain[at++]!]]), last: false, left: 1_000 })
    }
    expect(delayBy(trickle)).toBeLessThan(30_000)
  })
})

describe('claims', () => {
  test('D5 false heads by the hundred, of peers by the dozen, who never serve: everybody has its turn, and what is honest arrives', () => {
    const stage = createStage(3)
    const { nodes } = stage
    const took: number[] = []
    const stillHere = (node: SimNode, isFirst = false): void => {
      if (!isFirst && stage.world.schedule.now % 5_000 > 20) return
      for (let i = 0; i < 24; i++) claim(stage, node, linkNamed(stage, `liar ${i}`), [ghostId(i)], 1_000, 2 ** 53 - 1)
    }
    for (let round = 0; round < 5; round++) {
      apart(stage, nodes[1]!)
      for (let i = 0; i < 4; i++) say(stage, nodes[0]!, `missed ${round} ${i}`)
      together(stage)
      for (let i = 0; i < 24; i++) {
        const heads = Array.from({ length: 200 }, (_, n) => ghostId(1_000 * i + n))
        for (const node of nodes) claim(stage, node, linkNamed(stage, `liar ${i}`), heads, 1_000, 2 ** 53 - 1)
      }
      took.push(runUntil(stage, 60_000, () => (stillHere(nodes[1]!), agree(stage)), 20))
      run(stage, 6_000)
    }
    // Each of them may cost one pause of two seconds.
    expect(Math.max(...took)).toBeLessThan(25 * 2_000)
    expect(opsOf(nodes[1]!)).toBe(21)
    // To one that comes now, nobody has been of use yet.
    const newcomer = join(stage)
    stillHere(newcomer, true)
    expect(runUntil(stage, 60_000, () => (stillHere(newcomer), agree(stage)), 20)).toBeLessThan(25 * 2_000)
    expect(opsOf(newcomer)).toBe(21)
  })

  test('D5 a peer that names what it has not, and answers at once with nothing, is asked no more than once a pause', () => {
    let asked = 0
    const stage = createStage(
      1,
      {},
      {
        asked: (_villain, from, { ref }) => {
          asked++
          tell(stage, from, link, { type: 'units', ref, bundle: new Uint8Array(), last: true, left: 0 })
        },
      },
    )
    const link = linkNamed(stage, 'liar')
    stage.villain.sender = link
    for (let i = 0; i < 20; i++) {
      claim(stage, stage.nodes[0]!, link, [ghostId(i)])
      run(stage, 500)
    }
    expect(asked).toBeGreaterThan(3)
    expect(asked).toBeLessThanOrEqual(11)
  })

  test('D5 a peer that names what nobody has delays the honest one by a pause, not by a share of the time', () => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes
    let slowest = 0
    for (let i = 0; i < 20; i++) {
      claim(stage, bob!, linkNamed(stage, 'liar'), [ghostId(1)])
      apart(stage, bob!)
      say(stage, alice!, `missed ${i}`)
      run(stage, 100)
      together(stage)
      slowest = Math.max(
        slowest,
        runUntil(stage, 60_000, () => agree(stage), 20),
      )
    }
    // A heartbeat, until bob learns that there is something; and a pause.
    expect(slowest).toBeLessThan(7_500)
  })

  test('D5 heads, tips, parts and echoes by the million are no message: the link that says them is cut', () => {
    const none = new Uint8Array()
    const many = new Uint8Array(48 * 20_000)
    const digest = new Uint8Array(32)
    const messages: ((list: Uint8Array) => Value[])[] = [
      (heads) => [1, digest, heads, 30_000, 30_000, none, none],
      (echoes) => [1, digest, none, 30_000, 30_000, none, echoes],
      (ids) => [2, 1, ids, none, none, 30_000, 30_000, true],
      (tips) => [2, 1, none, tips, none, 30_000, 30_000, true],
      (parts) => [2, 1, none, none, parts, 30_000, 30_000, true],
    ]
    for (const fieldsOf of messages) {
      const saying = (list: Uint8Array): Uint8Array => concatBytes([Uint8Array.of(MESSAGE_VERSION), encodeValue(fieldsOf(list))])
      expect(decodeMessage(saying(none)).ok).toBe(true)
      const stage = createStage(1)
      const link = linkNamed(stage, 'liar')
      for (let i = 0; i < 2; i++) tell(stage, stage.nodes[0]!, link, saying(many))
      expect(isCut(stage.nodes[0]!, link)).toBe(true)
      expect(stage.nodes[0]!.engine.peers.size).toBe(0)
    }
  })
})

describe('forged fingerprints', () => {
  test('D6 a digest like ours does not hide heads that we lack, nor does one unlike ours bring any', () => {
    const stage = createStage(
      2,
      {},
      {
        asked: (_villain, from, { ref }) =>
          tell(stage, from, link, { type: 'units', ref, bundle: bundleOf([[hidden]]), last: true, left: 0 }),
      },
    )
    const [, bob] = stage.nodes
    const link = linkNamed(stage, 'mallory')
    stage.villain.sender = link
    const hidden = message(stage, mallory, null, [stage.room], 'hidden')
    const digest = digestOfHeads(sortedHeads(bob!.engine.replica.dag))
    tell(stage, bob!, link, { type: 'heads', digest, heads: [hidden.id], headCount: 1, ops: 2, ...UNHEARD })
    run(stage, 300)
    expect(has(bob!, hidden)).toBe(true)
    run(stage, 3_000)
    const before = bob!.engine.nextRef
    for (let i = 0; i < 50; i++) {
      const heads = sortedHeads(bob!.engine.replica.dag)
      tell(stage, bob!, linkNamed(stage, 'liar'), {
        type: 'heads',
        digest: new Uint8Array(32).fill(i),
        heads,
        headCount: 1,
        ops: 2,
        ...UNHEARD,
      })
      run(stage, 100)
    }
    expect(bob!.engine.nextRef).toBe(before)
    expect(verdictOf(stage)).toBe(null)
  })

  test('D6 whoever says to each of two nodes that it agrees with them keeps them from agreeing with each other no longer', () => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes
    apart(stage, bob!)
    for (const node of stage.nodes) say(stage, node, 'on this side')
    together(stage)
    const most = 6_000
    const took = runUntil(
      stage,
      most,
      () => {
        for (const node of [alice!, bob!]) agreeWith(stage, node, linkNamed(stage, 'flatterer'))
        return agree(stage)
      },
      20,
    )
    expect(took).toBeLessThan(most)
    expect(verdictOf(stage)).toBe(null)
  })

  test('D6 forged tips of others’ chains get whoever forged them too little or too much, and nobody else anything less', () => {
    const stage = createStage(2)
    const [alice, bob] = stage.nodes
    for (let i = 0; i < 10; i++) say(stage, alice!, `history ${i}`)
    const link = linkNamed(stage, 'liar')
    const hint = alice!.identity.author.slice(0, 2)
    for (const seq of [0, 5, 9, 2 ** 52 - 1])
      tell(stage, bob!, link, wantBelow(1, [], { tips: [{ hint, seq, id: ghostId(seq % 7), isHead: seq > 5 }], headCount: 1 }))
    say(stage, alice!, 'and now')
    run(stage, 3_000)
    const reply = message(stage, mallory, null, [stage.room], 'still listening')
    push(stage, bob!, link, [[reply]])
    expect(has(bob!, reply)).toBe(true)
    run(stage, 1_000)
    expect(verdictOf(stage)).toBe(null)
  })
})
