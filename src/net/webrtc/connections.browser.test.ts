/** The browser makes a limited number of connections. */
import { expect, test } from 'vitest'
import { createConnections, MAX_FOR_STRANGERS } from './connections.ts'

test('D20 a page makes connections for newcomers until it has MAX_FOR_STRANGERS, and more for known authors', () => {
  const refused: number[] = []
  const command = createConnections((event) => void (event.type === 'unsupported' && refused.push(event.connection)))
  const open = (connection: number, isKnown: boolean): void =>
    command({ type: 'open', connection, offers: false, trickles: true, servers: [], isKnown })
  for (let n = 1; n <= MAX_FOR_STRANGERS + 1; n++) open(n, false)
  for (let n = 1; n <= 10; n++) open(1_000 + n, true)
  expect(refused).toEqual([MAX_FOR_STRANGERS + 1])
  for (let n = 1; n <= 1_010; n++) command({ type: 'close', connection: n })
})
