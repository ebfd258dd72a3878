/** What a person who watches is shown while others say that much is still to come. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Node } from '../node/node.ts'
import { createScreen } from './screen.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

/** A node that holds ops, and to which a peer says that a thousand million are still to come. */
function nodeToldOfMany(): { node: Node; bring(): void } {
  const engine = { stored: 1 }
  const status = () => ({
    stored: engine.stored,
    ops: engine.stored,
    digest: '',
    peers: [],
    paths: [],
    present: [],
    fetching: { got: engine.stored, of: 1_000_000_000 },
    storage: 'ok',
    waits: null,
    equivocations: 0,
  })
  const room = {
    admitted: (ops: readonly number[]) =>
      Promise.resolve(
        ops.map((op) => ({
          op,
          time: 0,
          author: '00'.repeat(32),
          own: false,
          kind: 'message',
          text: `${op};`,
        })),
      ),
    latestEquivocations: () => [],
  }
  const names = { all: () => new Map([['00'.repeat(32), 'Ada']]) }
  const node = { engine, status, room, names, refused: { damages: 0, count: 0, latest: () => [] } }
  return { node: node as unknown as Node, bring: () => void engine.stored++ }
}

test('D24 what comes is shown within seconds, although a peer says that much more is to come and something always comes', async () => {
  const { node, bring } = nodeToldOfMany()
  const lines: string[] = []
  const screen = createScreen(
    { node, print: (line) => void lines.push(line), isWatched: true, relay: '', relayTrouble: () => '' },
    (error) => {
      throw error
    },
  )
  screen.changed()
  const isShown = (op: number): boolean => lines.some((line) => line.includes(`${op};`))
  const late: number[] = []
  for (let op = 1; op <= 60; op++) {
    bring()
    screen.changed()
    await vi.advanceTimersByTimeAsync(300)
    if (op > 20 && !isShown(op - 20)) late.push(op)
  }
  screen.close()
  expect(late).toEqual([])
})

test.each([true, false])('what an author calls itself is shown to a person, and not to a script (%s)', async (isWatched) => {
  const { node, bring } = nodeToldOfMany()
  const lines: string[] = []
  const options = { node, print: (line: string) => void lines.push(line), isWatched, relay: '', relayTrouble: () => '' }
  const screen = createScreen(options, (error) => {
    throw error
  })
  bring()
  screen.changed()
  await vi.advanceTimersByTimeAsync(10_000)
  screen.close()
  const written = lines.filter((line) => line.endsWith('0;'))
  expect(written.map((line) => line.includes(' 00000000 “Ada”: 0;'))).toEqual([isWatched])
})
