/** What a node says of itself and of others. */
import { describe, expect, test } from 'vitest'
import { authorLook } from '../graph/author-look.ts'
import type { HistoryEntry, NodeStatus, PeerStatus } from '../node/views.ts'
import {
  agreementLine,
  authorName,
  catchingUpLine,
  entryLine,
  pathLine,
  peerLine,
  peersLine,
  refusalsLine,
  refusedLine,
  startLine,
  timeOf,
} from './words.ts'

const AUTHOR = 'ab'.repeat(32)

const entry: HistoryEntry = {
  id: 'cd'.repeat(32),
  author: AUTHOR,
  seq: 1,
  time: 1_763_800_005,
  depth: 1,
  kind: 'message',
  text: 'hello',
  seenBy: 0,
  others: 0,
  own: false,
  held: null,
  saved: true,
  equivocates: false,
}

const peer: PeerStatus = {
  peer: 'ef'.repeat(32),
  author: AUTHOR,
  path: 'relay',
  roundTrip: null,
  silentFor: 1_400,
  heads: [],
  headCount: 0,
  unknownHeads: 0,
  lacks: 2,
  equal: false,
  refusals: [],
  version: 'ours',
}

describe('lines', () => {
  test('an author has the nickname that tabs give it, and the beginning of its key', () => {
    expect(authorName(AUTHOR)).toBe(`${authorLook(new Uint8Array(32).fill(0xab)).name} abababab`)
  })

  test('a name that a node gave itself stands in quotation marks, at the start as everywhere', () => {
    expect(startLine(AUTHOR, 'CARA', 'joins', 'cd'.repeat(32), '/kept')).toBe(
      `* ${authorName(AUTHOR)} “CARA” joins room cdcdcdcd, kept in /kept`,
    )
    expect(startLine(AUTHOR, '', 'created', 'cd'.repeat(32), '/kept')).toBe(`* ${authorName(AUTHOR)} created room cdcdcdcd, kept in /kept`)
  })

  test('an entry says when, who and what', () => {
    const begin = `${timeOf(entry.time)}  ${authorName(AUTHOR)}`
    expect(entryLine(entry, '')).toBe(`${begin}: hello`)
    expect(entryLine(entry, 'Ada')).toBe(`${begin} “Ada”: hello`)
    expect(entryLine({ ...entry, own: true }, 'Ada')).toBe(`${begin} “Ada” (you): hello`)
    expect(entryLine({ ...entry, own: true }, '')).toBe(`${begin} (you): hello`)
    expect(entryLine({ ...entry, kind: 'genesis', text: 'a room' }, '')).toBe(`${begin}: created the room “a room”`)
    expect(entryLine({ ...entry, kind: 'merge', text: '' }, '')).toBe(`${begin}: joined the branches`)
    expect(entryLine({ ...entry, equivocates: true }, '')).toBe(`${begin}: hello [its author signed another op with this number]`)
  })

  test('a time is this machine’s, to the second, and sorts as text', () => {
    const seconds = new Date(2026, 10, 26, 2, 3, 4).getTime() / 1000
    expect(timeOf(seconds)).toBe('2026-11-26 02:03:04')
  })

  test('B12 any number an author may claim as its time is told', () => {
    for (const seconds of [0, 8.64e12, 8.64e12 - 1, Number.MAX_SAFE_INTEGER]) expect(timeOf(seconds)).toMatch(/^[+\d]/)
  })

  test('a peer is told by what it lacks, what we lack, or that it lacks nothing', () => {
    expect(peerLine(peer, '')).toBe(`*   ${authorName(AUTHOR)}: lacks 2 ops that this node has, heard 1 s ago`)
    expect(peerLine({ ...peer, unknownHeads: 1 }, '')).toContain('has 1 head that this node does not know yet')
    expect(peerLine({ ...peer, equal: true }, 'ALICE')).toContain(' abababab “ALICE”: in sync')
    expect(peerLine({ ...peer, headCount: -1, lacks: null, author: null }, '')).toContain('unproven efefefef: has not sent its heads yet')
    expect(peerLine({ ...peer, headCount: 300, lacks: null }, '')).toContain('has named only some of its heads')
  })

  test('agreement and progress count in words', () => {
    const status = { ops: 12_345, authors: 2, heads: 1, digest: 'aa', peers: [peer, { ...peer, equal: true }], fetching: null }
    const of = (more: object): NodeStatus => ({ ...status, ...more }) as unknown as NodeStatus
    expect(peersLine(of({}))).toBe('* 1 of 2 peers agree')
    expect(peersLine(of({ peers: [peer] }))).toBe('* 0 of 1 peer agrees')
    expect(peersLine(of({ peers: [] }))).toBe('* no other node is connected now')
    expect(agreementLine(of({ peers: [peer] }))).toBe('* all agree: 1 peer says that it holds the same 12,345 ops as this node, digest aa')
    expect(catchingUpLine(of({ fetching: { got: 5, of: 1_005, bytes: 0, from: '' } }))).toBe(
      '* catching up: 12,345 ops so far, 1,000 to come',
    )
    expect(catchingUpLine(of({ fetching: { got: 5, of: null, bytes: 0, from: '' } }))).toBe('* catching up: 12,345 ops so far')
  })

  test('refusals are counted, and the last one is told in a sentence', () => {
    expect(refusalsLine(2, 'bad-signature')).toBe(
      '* 2 refusals of data from others or from the disk. The last one: The signature is not its author’s. Another peer may still vouch for the op.',
    )
  })

  test('a path that is down says why, as the relay and the system have it', () => {
    const untouched = { cut: false, hindrance: { delay: 0, loss: 0 }, sent: 0, received: 0 }
    const path = { ...untouched, path: 'relay', state: 'down', detail: 'refused' } as const
    expect(pathLine(path, 'wss://x', 'connect ECONNREFUSED')).toBe(
      '* relay wss://x is down (refused: connect ECONNREFUSED); this node tries again',
    )
    expect(pathLine({ ...path, detail: '' }, 'wss://x', '')).toBe('* relay wss://x is down')
    expect(pathLine({ ...path, state: 'open' }, 'wss://x', 'old news')).toBe('* relay wss://x is open')
  })

  test('a line that was not written is told by its beginning and the reason', () => {
    expect(refusedLine('x'.repeat(99), 'disk-full')).toBe(
      `Not written, because the disk is full; free some of it and write it again: ${'x'.repeat(60)}…`,
    )
    expect(refusedLine('short', 'bad-body')).toBe('Not written, because it was refused for the reason “bad-body”: short')
  })
})
