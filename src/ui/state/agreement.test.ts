/** One agreement for each state a person can be in. */
import { describe, expect, test } from 'vitest'
import type { PeerStatus } from '../../worker/api.ts'
import { agreementOf } from './agreement.ts'

const peer = (equal: boolean, heads: readonly string[] = ['bb']): PeerStatus => ({
  peer: 'aa',
  author: null,
  path: 'broadcast',
  roundTrip: null,
  silentFor: 0,
  heads,
  headCount: heads.length,
  unknownHeads: 0,
  lacks: null,
  equal,
  refusals: [],
  version: 'ours',
})

describe('agreement', () => {
  test('a node that has not reported is starting', () => {
    expect(agreementOf(null)).toEqual({ type: 'starting' })
  })

  test('offline is said even while old peers and a fetch are still listed', () => {
    const fetching = { got: 1, of: 2, bytes: 9, from: 'aa' }
    expect(agreementOf({ offline: true, peers: [peer(true)], fetching })).toEqual({ type: 'offline' })
  })

  test('a node without peers is alone', () => {
    expect(agreementOf({ offline: false, peers: [], fetching: null })).toEqual({ type: 'alone' })
  })

  test('a fetch is told before any count, with or without its size', () => {
    expect(agreementOf({ offline: false, peers: [peer(true)], fetching: { got: 3, of: null, bytes: 9, from: 'aa' } })).toEqual({
      type: 'fetching',
      got: 3,
      of: null,
    })
  })

  test('peers with equal heads are counted, the others are not', () => {
    const peers = [peer(true), peer(false), peer(true)]
    expect(agreementOf({ offline: false, peers, fetching: null })).toEqual({ type: 'peers', equal: 2, unheard: 0, peers: 3 })
  })

  test('a peer that has told no heads is unheard, unless the room is empty on both sides', () => {
    const peers = [peer(false, []), peer(true, [])]
    expect(agreementOf({ offline: false, peers, fetching: null })).toEqual({ type: 'peers', equal: 1, unheard: 1, peers: 2 })
  })
})
