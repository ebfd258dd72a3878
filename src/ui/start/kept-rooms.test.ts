/** Rooms out of nodes. */
import { expect, test } from 'vitest'
import type { KeptNode } from '../../worker/api.ts'
import { roomsOf } from './kept-rooms.ts'

const node = (id: string, link: string, roomName: string): KeptNode => ({
  id,
  link,
  linkId: link,
  roomName,
  room: 'room',
  lastUsed: 0,
  runs: false,
})

test('nodes of one link are one room, in the order in which they came; its name is one that a node knows', () => {
  const nodes = [node('a', 'x', ''), node('b', 'y', 'Second'), node('c', 'x', 'First'), node('d', 'z', '')]
  expect(roomsOf(nodes).map(({ name, nodes: of }) => [name, of.map(({ id }) => id).join('')])).toEqual([
    ['First', 'ac'],
    ['Second', 'b'],
    ['', 'd'],
  ])
  expect(roomsOf([])).toEqual([])
})
