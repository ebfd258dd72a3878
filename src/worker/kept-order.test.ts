import { expect, test } from 'vitest'
import type { KnownNode } from '../store/store.ts'
import { inOrder } from './kept-order.ts'

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
