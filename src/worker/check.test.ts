import { expect, test } from 'vitest'
import { isToNode } from './check.ts'

const GOOD = [
  { type: 'rooms', ref: 1 },
  { type: 'start', link: null, roomName: 'a', claim: null, added: false, patience: 400, offline: [], relay: null, servers: [] },
  {
    type: 'start',
    link: 'x',
    roomName: '',
    claim: 'y',
    added: true,
    patience: 0,
    offline: ['ab'.repeat(32)],
    relay: 'ws://localhost',
    servers: [{ urls: 'turn:x', username: 'a', credential: 'b' }],
  },
  { type: 'submit', ref: 0, text: '' },
  { type: 'offline', on: true },
  { type: 'pause', on: false },
  { type: 'path', path: 'relay', cut: true, delay: 100, loss: 0.5 },
  { type: 'present', name: 'x', typing: true },
  { type: 'typed' },
  { type: 'measure' },
  { type: 'wake' },
  { type: 'leave' },
  { type: 'window', from: null, count: 10 },
  { type: 'inspect', ref: 2, id: 'ff' },
  { type: 'pending', ref: 3 },
  { type: 'text', ref: 2, id: 'ff' },
  { type: 'search', ref: 3, text: 'x', limit: 5 },
  { type: 'history', ref: 4 },
  { type: 'export', ref: 5 },
  { type: 'describeStored', ref: 5, nodes: ['ab'.repeat(32)] },
  { type: 'exportStored', ref: 5, nodes: ['ab'.repeat(32)] },
  { type: 'import', ref: 6, bytes: new Uint8Array() },
  { type: 'equivocations', ref: 6, from: 0, count: 1 },
  { type: 'evidence', ref: 7, id: null },
  { type: 'evidence', ref: 8, id: 'ff' },
  { type: 'servers', servers: [{ urls: 'stun:stun.example' }] },
  { type: 'invite', ref: 8 },
  { type: 'meet', ref: 9, text: 'x' },
  { type: 'direct', event: { type: 'connected', connection: 1, ours: new Uint8Array(32), theirs: new Uint8Array(32) } },
  { type: 'drawn', nth: 1 },
  { type: 'graph', port: new MessageChannel().port1 },
]

test('every message of the page is let through', () => {
  for (const message of GOOD) expect({ message, passes: isToNode(message) }).toEqual({ message, passes: true })
})

test('E7 a message with a field missing or of another type is not', () => {
  for (const message of GOOD) {
    for (const field of Object.keys(message)) {
      const { [field as keyof typeof message]: _left, ...rest } = message
      for (const wrong of [rest, { ...message, [field]: Symbol.iterator }, { ...message, [field]: -0.5 }]) {
        expect({ field, wrong, passes: isToNode(wrong) }).toEqual({ field, wrong, passes: false })
      }
    }
  }
})

test('E7 what a page tells of a connection is checked field by field', () => {
  const description = {
    type: 'offer',
    ufrag: 'abcd',
    password: 'x'.repeat(22),
    fingerprint: new Uint8Array(32),
    setup: 'active',
    candidates: [],
  }
  const good = [
    { type: 'description', connection: 1, description },
    { type: 'candidate', connection: 1, ufrag: 'abcd', candidate: 'candidate:1 1 udp 1 192.0.2.7 5000 typ host' },
    { type: 'interrupted', connection: 1 },
    { type: 'failed', connection: 0 },
  ]
  const passes = (event: unknown): boolean => isToNode({ type: 'direct', event })
  for (const event of good) expect(passes(event)).toBe(true)
  for (const [field, wrong] of Object.entries({
    type: 'toString',
    ufrag: 'a b',
    password: 7,
    fingerprint: new Uint8Array(31),
    setup: '',
    candidates: ['x'],
  })) {
    expect({ field, passes: passes({ ...good[0], description: { ...description, [field]: wrong } }) }).toEqual({ field, passes: false })
  }
  const others = [
    null,
    { type: 'failed' },
    { type: '__proto__', connection: 1 },
    { type: 'channel', connection: 1, channel: {} },
    { ...good[1], candidate: 'x' },
  ]
  for (const event of others) expect(passes(event)).toBe(false)
})

test('E7 what is no message at all is not', () => {
  for (const data of [null, undefined, 1, 'start', [], {}, { type: 'toString' }, { type: '__proto__' }, { type: 7 }, new Uint8Array(3)]) {
    expect(isToNode(data)).toBe(false)
  }
})
