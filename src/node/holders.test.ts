/** Which peers hold own ops, compared with a naive twin that walks; and the bounds of what is looked at. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { append, createDag, type Dag, type Vertex } from '../core/dag.ts'
import { naiveDag, verticesOf } from '../core/dag.naive.ts'
import type { OpId } from '../core/op.ts'
import { authorNumber, cheapId, idNumber } from '../core/room.naive.ts'
import { createHolders } from './holders.ts'

const AUTHORS = [0, 1, 2, 3].map(authorNumber)
const OWN = AUTHORS[0]!

interface Peer {
  readonly author: Uint8Array | null
  heads: readonly OpId[]
  isCurrent: boolean
  agrees: boolean
}

/** A node with this DAG, peers of these authors, and all that is in the DAG stored. */
function open(dag: Dag, authors: readonly (Uint8Array | null)[]) {
  const peers = new Map<number, Peer>(authors.map((author, i) => [i, { author, heads: [], isCurrent: true, agrees: false }]))
  const ownStored = (): number => dag.author.subarray(0, dag.length).filter((author) => author === 0).length
  const holders = createHolders<Peer>({
    dag,
    author: OWN,
    peers: () => peers.values(),
    isCurrent: (peer) => peer.isCurrent,
    agrees: (peer) => peer.agrees,
    ownStored,
  })
  return { peers, held: (seq: number) => holders.look()(seq) }
}

const vertex = (n: number, author: number, seq: number, prev: number, parents: readonly number[]): Vertex => ({
  id: cheapId(n),
  author: AUTHORS[author]!,
  seq,
  prev,
  parents: [...parents],
})

/** An own op, then `more` ops by another author in one chain. */
function chainAfterOwn(more: number): Dag {
  const dag = createDag(0)
  append(dag, vertex(0, 0, 0, -1, []))
  for (let n = 1; n <= more; n++) append(dag, vertex(n, 1, n - 1, n === 1 ? -1 : n - 1, [n - 1]))
  return dag
}

/** Picks by which each author goes on with its latest op, so that nobody forks. */
const picks = fc.array(fc.tuple(fc.nat(3), fc.constant(0), fc.array(fc.nat(6), { maxLength: 2 })), { minLength: 1, maxLength: 40 })
const telling = fc.record({
  peer: fc.nat(4),
  /** Heads, counted from the latest op; beyond them, ops that are not here yet. */
  heads: fc.array(fc.integer({ min: -3, max: 12 }), { maxLength: 3 }),
  isCurrent: fc.boolean(),
  agrees: fc.boolean(),
})

test('law: an author counts if a peer of it, while current, agreed or named a head that has the op in its past, and while that peer is here', () => {
  const law = fc.property(picks, fc.array(fc.array(telling, { maxLength: 3 }), { maxLength: 40 }), (picked, told) => {
    const vertices = verticesOf(picked, AUTHORS)
    const naive = naiveDag(vertices)
    const dag = createDag(0)
    // Two runs of one author, a run that has proven nothing, another run of this node's author.
    const { peers, held } = open(dag, [AUTHORS[1]!, AUTHORS[2]!, AUTHORS[2]!, null, OWN])
    const ofPeer = new Map<number, Set<number>>()
    for (const [op, each] of vertices.entries()) {
      append(dag, each)
      for (const { peer, heads, isCurrent, agrees } of told[op] ?? []) {
        const one = peers.get(peer)!
        const ids = heads.map((back) => vertices[op - back]?.id ?? idNumber(1_000 + back))
        Object.assign(one, { heads: ids, isCurrent, agrees })
      }
      for (const [i, { heads, isCurrent, agrees }] of peers) {
        const has = ofPeer.get(i) ?? new Set()
        const here = [...vertices.keys()].slice(0, op + 1)
        const known = here.filter((other) => heads.some((id) => toHex(id) === toHex(vertices[other]!.id)))
        if (isCurrent) for (const other of agrees ? here : naive.past(known)) has.add(other)
        ofPeer.set(i, has)
      }
      for (const [other, { author, seq }] of vertices.slice(0, op + 1).entries()) {
        if (author !== OWN) continue
        const by = new Set([...peers].flatMap(([i, peer]) => (ofPeer.get(i)!.has(other) ? [peer.author] : [])))
        by.delete(null)
        by.delete(OWN)
        expect(held(seq)).toEqual({ by: by.size, here: 2 })
      }
    }
    peers.delete(0)
    expect(held(0).here).toBe(1)
  })
  fc.assert(law, { numRuns: 300 })
})

test('who comes again has said nothing yet', () => {
  const { peers, held } = open(chainAfterOwn(1), [AUTHORS[1]!])
  peers.get(0)!.agrees = true
  expect(held(0)).toEqual({ by: 1, here: 1 })
  peers.set(0, { author: AUTHORS[1]!, heads: [], isCurrent: true, agrees: false })
  expect(held(0)).toEqual({ by: 0, here: 1 })
})

test('nothing is counted for a key that has forked', () => {
  const dag = chainAfterOwn(1)
  append(dag, vertex(2, 0, 1, 0, [0]))
  const { peers, held } = open(dag, [AUTHORS[1]!])
  peers.get(0)!.agrees = true
  expect([held(0), held(1)]).toEqual([
    { by: 1, here: 1 },
    { by: 1, here: 1 },
  ])
  append(dag, vertex(3, 0, 1, 0, [0, 1]))
  expect([held(0), held(1)]).toEqual([
    { by: 0, here: 1 },
    { by: 0, here: 1 },
  ])
})

test('D6 a liar raises by what it says the count of its own author alone, by one', () => {
  const dag = chainAfterOwn(3)
  const { peers, held } = open(dag, [AUTHORS[1]!, AUTHORS[2]!, AUTHORS[2]!])
  for (const i of [1, 2]) Object.assign(peers.get(i)!, { agrees: true })
  expect(held(0)).toEqual({ by: 1, here: 2 })
})

test('D6 what a peer says that is not current, which may be a recording, raises nothing', () => {
  const { peers, held } = open(chainAfterOwn(1), [AUTHORS[1]!])
  Object.assign(peers.get(0)!, { heads: [cheapId(1)], agrees: true, isCurrent: false })
  expect(held(0)).toEqual({ by: 0, here: 1 })
})

test('D5 of a peer MAX_HEADS_LOOKED heads are looked at', () => {
  const { peers, held } = open(chainAfterOwn(1), [AUTHORS[1]!])
  const unknown = Array.from({ length: 32 }, (_, i) => idNumber(i))
  peers.get(0)!.heads = [...unknown, cheapId(1)]
  expect(held(0).by).toBe(0)
  peers.get(0)!.heads = [...unknown.slice(1), cheapId(1)]
  expect(held(0).by).toBe(1)
})

test('B8 the latest MAX_OPS_WALKED ops are walked, in a room of any length; an op that is held is so however many come after it', () => {
  const dag = chainAfterOwn(16_383)
  const heads = (): readonly OpId[] => [cheapId(dag.length - 1)]
  const [inTime, late] = [open(dag, [AUTHORS[1]!]), open(dag, [AUTHORS[1]!])]
  inTime.peers.get(0)!.heads = heads()
  expect(inTime.held(0).by).toBe(1)
  append(dag, vertex(16_384, 1, 16_383, 16_383, [16_383]))
  for (const { peers } of [inTime, late]) peers.get(0)!.heads = heads()
  expect([inTime.held(0).by, late.held(0).by]).toEqual([1, 0])
  // Another peer, of which nothing is remembered, names an op of many more.
  for (let n = 16_385; n < 40_000; n++) {
    append(dag, vertex(n, 1, n - 1, n - 1, [n - 1]))
    if (n % 1_000 === 0) inTime.held(0)
  }
  inTime.peers.set(1, { author: AUTHORS[2]!, heads: heads(), isCurrent: true, agrees: false })
  expect(inTime.held(0)).toEqual({ by: 2, here: 2 })
})

test('D6 an older op is not taken for one of the latest: neither as a head, nor as a parent', () => {
  const dag = createDag(0)
  append(dag, vertex(0, 1, 0, -1, []))
  for (let n = 1; n < 16_384; n++) append(dag, vertex(n, 1, n, n - 1, [n - 1]))
  const { peers, held } = open(dag, [AUTHORS[1]!, AUTHORS[2]!])
  expect(held(0)).toEqual({ by: 0, here: 2 })
  // Where the first op was.
  append(dag, vertex(16_384, 0, 0, -1, [16_383]))
  append(dag, vertex(16_385, 2, 0, -1, [0]))
  peers.get(0)!.heads = [cheapId(0)]
  peers.get(1)!.heads = [cheapId(16_385)]
  expect(held(0)).toEqual({ by: 0, here: 2 })
  peers.get(1)!.heads = [cheapId(16_384)]
  expect(held(0)).toEqual({ by: 1, here: 2 })
})
