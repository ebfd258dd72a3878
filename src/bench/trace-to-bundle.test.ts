/** A small session of two people, turned into a room's file, read back as a node reads it. */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { equalBytes, toHex } from '../core/bytes.ts'
import { numberOf, parentsOf } from '../core/dag.ts'
import { signedBytes, verifyPure } from '../core/keys.ts'
import { createReplica, receive } from '../core/replica.ts'
import type { Unit } from '../core/unit.ts'
import { decodeBody } from '../crdt/body.ts'
import { parseLink } from '../node/link.ts'
import { judgeOpen } from '../rules/open.ts'
import { decodeBundle } from '../sync/bundle.ts'
import { decodeFile, unwrapBundle } from '../sync/wrap.ts'
import { fileOf, type Signed, signTrace } from './trace-to-bundle.ts'
import { readTrace, type TracePatch } from './traces.ts'

const patches: readonly TracePatch[] = [[0, 0, 'ö']]

/**
 *   0 ─ 1 ─ 2 ─ 4 ─ 5      agent 0: 0, 1, 4, 6      agent 1: 2, 3, 5
 *       └── 3 ──┤          3 and 4 do not name their author's transaction before them: 2 and 1
 *               └── 6      nor does 5 name 3, which is in its past all the same
 */
const trace = readTrace({
  numAgents: 2,
  txns: [
    { agent: 0, parents: [], time: '1970-01-01T00:00:07+00:00', patches },
    { agent: 0, parents: [0], time: '1970-01-01T00:00:08+00:00', patches },
    { agent: 1, parents: [1], patches },
    { agent: 1, parents: [1], patches },
    {
      agent: 0,
      parents: [2, 3],
      patches: [
        [1, 1, ''],
        [4, 0, 'b'],
      ],
    },
    { agent: 1, parents: [4], patches },
    { agent: 0, parents: [4], patches },
  ],
})

/** Places of the parents that the ops must have, prev first; the genesis is −1. */
const PARENTS = [[-1], [0], [1], [2, 1], [1, 2, 3], [3, 4], [4]]

async function roundTrip(signed: Signed): Promise<{ units: Unit[]; made: Awaited<ReturnType<typeof signTrace>> }> {
  const made = await signTrace(trace, 'small', signed, 'test')
  const { bundles, unread } = decodeFile(fileOf(made.units, deflateRawSync))
  if (unread !== null) throw new Error(unread.reason)
  const units = bundles.flatMap((bundle) => {
    const unwrapped = unwrapBundle(bundle)
    if (!unwrapped.ok) throw new Error(unwrapped.reason)
    const decoded = decodeBundle(inflateRawSync(unwrapped.value.payload))
    if (!decoded.ok) throw new Error(decoded.reason)
    return decoded.value
  })
  return { units, made }
}

describe.each(['unit', 'each'] as const)('a trace signed by %s', (signed) => {
  test('is a file whose ops a replica admits with the parents of the trace', async () => {
    const { units, made } = await roundTrip(signed)
    const replica = createReplica(made.genesis, judgeOpen, 1)
    const outcomes = units.flatMap((unit) => receive(replica, unit, 'file'))
    expect(outcomes.map(({ type }) => type)).toEqual(['admitted', 'admitted'])
    const places = trace.transactions.map((_, i) => [...parentsOf(replica.dag, i + 1)].map((parent) => parent - 1))
    expect(places.map(([prev, ...deps]) => [prev, ...deps.sort((a, b) => a! - b!)])).toEqual(PARENTS)
    expect(made.chained).toBe(3)
  })

  test('carries valid signatures, on every op that no unit-mate vouches for', async () => {
    const { units } = await roundTrip(signed)
    const ops = units.flat()
    for (const { id, op, signature } of ops) if (signature !== null) expect(verifyPure(signature, signedBytes(id), op.author)).toBe(true)
    expect(ops.map(({ signature }) => signature !== null)).toEqual(
      signed === 'each' ? ops.map(() => true) : [true, false, false, false, false, false, true, true],
    )
  })

  test('says what was typed and when, and its link names its genesis', async () => {
    const { units, made } = await roundTrip(signed)
    const ops = units.flat()
    expect(parseLink(made.link)?.genesis).toEqual(new Uint8Array(ops[0]!.id))
    expect(ops.map(({ op }) => op.time)).toEqual([0, 7, 8, 0, 0, 0, 0, 0])
    const body = decodeBody(ops[5]!.op.body)
    expect(body.ok && body.value).toEqual({
      kind: 'patch',
      patches: [
        { position: 1, deleted: 1, inserted: '' },
        { position: 4, deleted: 0, inserted: 'b' },
      ],
    })
  })
})

test('the same seed gives the same ops, another seed another room', async () => {
  const ids = async (seed: string): Promise<string[]> =>
    (await signTrace(trace, 'small', 'unit', seed)).units.flat().map(({ id }) => toHex(id))
  expect(await ids('a')).toEqual(await ids('a'))
  expect((await ids('a')).filter(Boolean)).not.toEqual(await ids('b'))
})

test('a sequential trace is a chain by one author', async () => {
  const { units, chained } = await signTrace(readTrace({ txns: [{ patches }, { patches }, { patches }] }), 'chain', 'unit', 'test')
  const replica = createReplica(units[0]![0]!.id, judgeOpen, 1)
  for (const unit of units) receive(replica, unit, 'file')
  expect(replica.dag.length).toBe(4)
  expect(chained).toBe(0)
  const ops = units.flat()
  ops.slice(2).forEach(({ op }, i) => expect(equalBytes(op.prev!, ops[i + 1]!.id)).toBe(true))
  expect(numberOf(replica.dag, ops[3]!.id)).toBe(3)
})

test('a transaction that is too large for an op becomes several, which do the same', async () => {
  const large = '😀'.repeat(40_000)
  const many = Array.from({ length: 30_000 }, (_, i): TracePatch => [i, 0, 'ab'])
  const { units } = await signTrace(
    readTrace({ txns: [{ patches }, { patches: [[0, 1, large]] }, { patches: many }, { patches }] }),
    'large',
    'unit',
    'test',
  )
  const replica = createReplica(units[0]![0]!.id, judgeOpen, 1)
  for (const unit of units) for (const { type } of receive(replica, unit, 'file')) expect(type).toBe('admitted')
  const done = units
    .flat()
    .slice(1)
    .flatMap(({ op }) => {
      const body = decodeBody(op.body)
      if (!body.ok || body.value.kind !== 'patch') throw new Error('not a patch')
      return body.value.patches
    })
  const inserted = done.slice(1).filter((each) => each.inserted.startsWith('😀'))
  expect(inserted.map((each) => each.inserted).join('')).toBe(large)
  expect(inserted.map(({ position, deleted }) => [position, deleted])).toEqual(
    [0, 8_192, 16_384, 24_576, 32_768].map((at, i) => [at, i === 0 ? 1 : 0]),
  )
  expect(done.filter((each) => each.inserted === 'ab').map(({ position }) => position)).toEqual(many.map(([position]) => position))
})
