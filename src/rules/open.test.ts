import { expect, test } from 'vitest'
import { encodeValue } from '../core/cbor.ts'
import { createReplica, receive } from '../core/replica.ts'
import { asOpId, type Op } from '../core/op.ts'
import type { Value } from '../core/value.ts'
import { GENESIS, opAfter, unitOpOf } from '../core/room.naive.ts'
import { decodeBody, encodeBody, type Body } from '../crdt/body.ts'
import { judgeOpen } from './open.ts'

const genesisSaying = (value: Value): Op => ({ ...GENESIS.op, body: encodeValue(value) })
const proper = unitOpOf(genesisSaying([0, 'room', 'open', 1]))

/** What becomes of an op with this body in an open room. */
function fateOf(value: Value): string {
  const replica = createReplica(proper.id, judgeOpen, 1)
  receive(replica, [proper], 'test')
  const [outcome] = receive(replica, [opAfter(1, null, [proper], '', { room: asOpId(proper.id), body: encodeValue(value) })], 'test')
  return outcome!.type === 'rejected' ? outcome!.reason : outcome!.type
}

function fateOfGenesis(value: Value): string {
  const genesis = unitOpOf(genesisSaying(value))
  const [outcome] = receive(createReplica(genesis.id, judgeOpen, 1), [genesis], 'test')
  return outcome!.type === 'rejected' ? outcome!.reason : outcome!.type
}

test('what an open room says is admitted', () => {
  for (const body of [[1, 'text'], [1, ''], [2], [3, 0, 0, 'x'], [3, 5, 2, '', 1, 0, 'é']]) expect(fateOf(body)).toBe('admitted')
  expect(fateOfGenesis([0, '', 'open', 1])).toBe('admitted')
})

test('A14 unknown-rules: rules, or a version of them, that this software does not have', () => {
  for (const body of [
    [0, 'room', 'closed', 1],
    [0, 'room', 'open', 2],
    [0, 'room', '__proto__', 1],
  ])
    expect(fateOfGenesis(body)).toBe('unknown-rules')
})

test('A14 unknown-kind: a kind that the rules do not name', () => {
  for (const body of [[4], [99, 'x'], [-1], ['message', 'x'], [null], [[1]], [], [1.5, 'x']]) expect(fateOf(body)).toBe('unknown-kind')
})

test('B11 bad-body: no genesis twice, and nothing else in its place', () => {
  expect(fateOf([0, 'room', 'open', 1])).toBe('bad-body')
  expect(fateOfGenesis([1, 'text'])).toBe('bad-body')
})

test('bad-body: a body that is not an array, or not of its kind’s fields', () => {
  const bad: Value[] = [
    null,
    1,
    'x',
    new Map(),
    new Uint8Array(3),
    [1],
    [1, 1],
    [1, 'x', 'y'],
    [2, 0],
    [3],
    [3, 0, 0],
    [3, -1, 0, 'x'],
    [3, 0, 0.5, 'x'],
  ]
  for (const body of [...bad, [3, 0, 0, 'x', 1], [3, 0, 0, 7], [3, 0, null, 'x']]) expect(fateOf(body)).toBe('bad-body')
  for (const body of [[0], [0, 'room', 'open'], [0, 'room', 'open', -1], [0, 1, 'open', 1], [0, 'room', 'open', 1, 1]]) {
    expect(fateOfGenesis(body)).toBe('bad-body')
  }
})

test('A11 names of the language are texts like any other', () => {
  for (const text of ['__proto__', 'constructor', 'toString']) expect(fateOf([1, text])).toBe('admitted')
})

test('a body is read back as it was written', () => {
  const bodies: Body[] = [
    { kind: 'genesis', name: 'a room', rules: 'open', rulesVersion: 1 },
    { kind: 'message', text: 'hello\u0000𝄞' },
    { kind: 'merge' },
    {
      kind: 'patch',
      patches: [
        { position: 3, deleted: 1, inserted: 'x' },
        { position: 0, deleted: 0, inserted: '' },
      ],
    },
  ]
  for (const body of bodies) expect(decodeBody(encodeBody(body))).toEqual({ ok: true, value: body })
})
