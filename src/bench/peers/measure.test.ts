/** Peers that cannot be measured are absent with a reason, and no figure. */
import { expect, test } from 'vitest'
import { createDifference, createShared } from '../sync-first-contact.ts'
import { exchangeWith, preparePeers, sentenceOf } from './measure.ts'

const shared = createShared(200, 4, 1)
const differences = createDifference(shared, 5, 0, 1)

test('peers that are not installed say so, and the one that is ours is measured', () => {
  const said = exchangeWith(
    preparePeers('/nowhere', shared, () => {}),
    differences,
  )
  expect(said.get('automerge')).toBe('@automerge/automerge could not be loaded')
  expect(said.get('yjs')).toBe('yjs could not be loaded')
  expect(said.get('negentropy')).toBe('nostr-tools could not be loaded')
  expect(said.get('riblt (our implementation)')).toMatchObject({ roundTrips: 1.5 })
})

test('a peer that fails on one difference is absent there alone', () => {
  const fails = {
    name: 'fails',
    exchange: () => {
      throw new Error('it refuses')
    },
  }
  const works = { name: 'works', exchange: () => ({ overhead: 1, roundTrips: 1 }) }
  expect([...exchangeWith([fails, works], differences)]).toEqual([
    ['fails', 'it refuses'],
    ['works', { overhead: 1, roundTrips: 1 }],
  ])
})

test('a reason is one line, and ids in it are short', () => {
  expect(sentenceOf(new Error(`duplicate seq of ${'ab'.repeat(32)}\n  at somewhere`))).toBe('duplicate seq of abababab…')
})
