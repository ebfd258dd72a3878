/** Files as people pick them: the right one, and others. */
import { expect, test } from 'vitest'
import type { Refusal } from '../../core/result.ts'
import type { ImportOutcome } from '../../worker/api.ts'
import { importInWords } from './import-words.ts'

const SOME = new Uint8Array(9)
const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47)
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

function outcome({ admitted = 0, duplicate = 0, reasons = [] as Refusal[], unread = null as ImportOutcome['unread'] }): ImportOutcome {
  const refused = reasons.map((reason) => ({ reason, id: null, from: 'file', at: 0 }))
  return { admitted, duplicate, refused, refusals: refused.length, unread }
}
const noBundle = (bytes: Uint8Array): ImportOutcome =>
  outcome({ reasons: ['not-a-bundle'], unread: { bytes: bytes.length, reason: 'not-a-bundle' } })

test.each([
  ['an empty file', new Uint8Array(0), noBundle(new Uint8Array(0)), 'The file is empty, so nothing was imported.'],
  ['a picture', PNG, noBundle(PNG), 'This is not the file of a room, so nothing was imported.'],
  ['evidence', bytesOf('tabweave evidence 1\n'), noBundle(SOME), 'This file is evidence of an equivocation'],
  ['another room', SOME, outcome({ reasons: ['not-for-this-room', 'not-for-this-room'] }), 'This file is of another room'],
  [
    'a file that was cut in its first part',
    SOME,
    outcome({ reasons: ['truncated'], unread: { bytes: 9, reason: 'truncated' } }),
    'The file is cut or damaged, and nothing',
  ],
  ['a file with a changed byte', SOME, outcome({ reasons: ['bad-number'] }), 'The file is cut or damaged, and nothing'],
  ['the first line alone', SOME, outcome({}), 'This file has no ops, so nothing was imported.'],
])('a file that gives nothing is told by what it is: %s', (_what, bytes, came, beginning) => {
  const { said, isBad, reasons } = importInWords(bytes, came, 0)
  expect(said.startsWith(beginning)).toBe(true)
  expect(isBad).toBe(true)
  expect(reasons).toEqual([])
})

test('a file of ops that all wait is not told as one without ops', () => {
  const { said, isBad } = importInWords(SOME, outcome({}), 3)
  expect(isBad).toBe(false)
  expect(said).toBe('0 ops admitted, 0 known before, 0 refused. 3 ops of this room wait for a missing parent or for a signature.')
})

test.each([
  ['all is taken or known', outcome({ admitted: 2, duplicate: 1 }), false],
  ['some of it is refused', outcome({ admitted: 2, reasons: ['bad-signature'] }), true],
  ['its end is cut', outcome({ admitted: 2, reasons: ['truncated'], unread: { bytes: 7, reason: 'truncated' } }), true],
])('a file that gives something is told as an error when not all of it is taken: %s', (_what, came, isBad) => {
  expect(importInWords(SOME, came, 0).isBad).toBe(isBad)
})

test('a file that gives something is told by counts, with each reason once', () => {
  const came = outcome({
    admitted: 2,
    duplicate: 1,
    reasons: ['wrong-room', 'wrong-room', 'truncated'],
    unread: { bytes: 7, reason: 'truncated' },
  })
  expect(importInWords(SOME, came, 3)).toEqual({
    said:
      '2 ops admitted, 1 known before, 2 refused. The file is cut or damaged: its last 7 B could not be read. ' +
      'All whole parts before them were taken. 3 ops of this room wait for a missing parent or for a signature.',
    isBad: true,
    reasons: ['It belongs to another room.', 'Its bytes end in the middle of a value.'],
  })
  const { refused, ...others } = outcome({ reasons: ['bad-signature', 'not-for-this-room'] })
  const ofAnOp = refused.map((each, i) => (i === 0 ? { ...each, id: 'ab' } : each))
  expect(importInWords(SOME, { ...others, refused: ofAnOp }, 0).reasons).toHaveLength(2)
})
