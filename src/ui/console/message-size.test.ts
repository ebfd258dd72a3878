/** The limit that is told before sending is the protocol's, to the byte. */
import { expect, test } from 'vitest'
import { MAX_BODY_BYTES } from '../../core/limits.ts'
import { encodeBody } from '../../crdt/body.ts'
import { excessOf, MAX_MESSAGE_BYTES } from './message-size.ts'

test('the longest message that is let through fills a body exactly', () => {
  const longest = 'x'.repeat(MAX_MESSAGE_BYTES)
  expect(encodeBody({ kind: 'message', text: longest }).length).toBe(MAX_BODY_BYTES)
  expect(excessOf(longest)).toBeNull()
  expect(excessOf(`${longest}x`)).toBe(MAX_MESSAGE_BYTES + 1)
})

test('bytes are counted, not characters', () => {
  const owls = '🦉'.repeat(MAX_MESSAGE_BYTES / 4 + 1)
  expect(owls.length).toBeLessThan(MAX_MESSAGE_BYTES)
  expect(excessOf(owls)).toBeGreaterThan(MAX_MESSAGE_BYTES)
  expect(excessOf('€'.repeat(Math.floor(MAX_MESSAGE_BYTES / 3)))).toBeNull()
})
