import { expect, test } from 'vitest'
import type { KnownNode } from '../store/store.ts'
import { forTaking, inOrder } from './kept-order.ts'

const node = (id: string, link: string, lastUsed: number, lastWritten?: number): KnownNode => ({
  id,
  room: 'room',
  roomName: '',
  link,
  lastUsed,
  ...(lastWritten !== undefined && { lastWritten }),
})

test('of a room the node that was written as last comes first, then those that wrote nothing; rooms stay in the order of their latest use', () => {
  const nodes = [
    node('opened later', 'x', 9),
    node('of another room', 'y', 8, 8),
    node('written before', 'x', 7, 5),
    node('written last', 'x', 6, 6),
    node('opened before', 'x', 1),
  ]
  expect(inOrder(nodes).map(({ id }) => id)).toEqual(['written last', 'written before', 'opened later', 'opened before', 'of another room'])
  expect(inOrder([])).toEqual([])
})

test('what was typed and not sent counts as what was written: the node as which a person typed as last comes first', () => {
  const typed = (id: string, lastTyped: number, lastWritten?: number): KnownNode => ({ ...node(id, 'x', 1, lastWritten), lastTyped })
  const nodes = [node('written', 'x', 9, 5), typed('typed before', 4), typed('typed later', 6), typed('written after it was typed', 3, 7)]
  expect(inOrder(nodes).map(({ id }) => id)).toEqual(['written after it was typed', 'typed later', 'written', 'typed before'])
})

test('a node that was added to a page comes after those that tabs were, whenever it wrote; who adds a node gets it first', () => {
  const nodes = [{ ...node('added', 'x', 9, 9), added: true }, node('own, wrote', 'x', 8, 8), { ...node('own', 'x', 7), added: false }]
  expect(inOrder(nodes).map(({ id }) => id)).toEqual(['own, wrote', 'own', 'added'])
  expect(forTaking(inOrder(nodes), false).map(({ id }) => id)).toEqual(['own, wrote', 'own', 'added'])
  expect(forTaking(inOrder(nodes), true).map(({ id }) => id)).toEqual(['added', 'own, wrote', 'own'])
})
