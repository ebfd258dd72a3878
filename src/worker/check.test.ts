import { expect, test } from 'vitest'
import { isToNode } from './check.ts'

const GOOD = [
  { type: 'rooms', ref: 1 },
  { type: 'start', link: null, roomName: 'a', claim: null, patience: 400, relay: null },
  { type: 'start', link: 'x', roomName: '', claim: 'y', patience: 0, relay: 'ws://localhost' },
  { type: 'submit', ref: 0, text: '' },
  { type: 'offline', on: true },
  { type: 'pause', on: false },
  { type: 'wake' },
  { type: 'window', from: null, count: 10 },
  { type: 'inspect', ref: 2, id: 'ff' },
  { type: 'search', ref: 3, text: 'x', limit: 5 },
  { type: 'history', ref: 4 },
  { type: 'export', ref: 5 },
  { type: 'import', ref: 6, bytes: new Uint8Array() },
  { type: 'evidence', ref: 7 },
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

test('E7 what is no message at all is not', () => {
  for (const data of [null, undefined, 1, 'start', [], {}, { type: 'toString' }, { type: '__proto__' }, { type: 7 }, new Uint8Array(3)]) {
    expect(isToNode(data)).toBe(false)
  }
})
