/** What a person who watches is shown while others say that much is still to come. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { rangeOf } from '../core/lists.ts'
import type { Node } from '../node/node.ts'
import { createScreen } from './screen.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

const [FLOOD, LINES_PER_SECOND] = [200, 20]

/** A node that holds ops. `bring` brings new ones, `lie` an equivocation. @param toCome how many ops are still to come, as a peer says */
function nodeToldOf(toCome: number): { node: Node; bring(ops?: number): void; lie(): void } {
  const engine = { stored: 1, replica: { dag: { author: new Int32Array(100_000) } } }
  let equivocations = 0
  const status = () => ({
    stored: engine.stored,
    ops: engine.stored,
    digest: '',
    peers: [],
    paths: [],
    present: [],
    fetching: { got: engine.stored, of: engine.stored + toCome },
    storage: 'ok',
    waits: null,
    equivocations,
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
    latestEquivocations: (from: number, most: number) =>
      rangeOf(from, Math.min(equivocations, from + most)).map((seq) => ({ author: '00'.repeat(32), seq, ops: ['00', '01'], count: 2 })),
  }
  const names = { all: () => new Map([['00'.repeat(32), 'Ada']]) }
  const node = { engine, status, room, names, refused: { damages: 0, count: 0, latest: () => [] } }
  return { node: node as unknown as Node, bring: (ops = 1) => void (engine.stored += ops), lie: () => void equivocations++ }
}

test('D24 what comes is shown within seconds, although a peer says that much more is to come and something always comes', async () => {
  const { node, bring } = nodeToldOf(1_000_000_000)
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
  const { node, bring } = nodeToldOf(1_000_000_000)
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

/** Lines that a person is shown in ten seconds, 25 changes in each second. */
async function linesOf({ node, change }: { node: Node; change: () => void }): Promise<string[]> {
  const lines: string[] = []
  const screen = createScreen(
    { node, print: (line) => void lines.push(line), isWatched: true, relay: '', relayTrouble: () => '' },
    (error) => {
      throw error
    },
  )
  for (let n = 0; n < 250; n++) {
    change()
    screen.changed()
    await vi.advanceTimersByTimeAsync(40)
  }
  screen.close()
  return lines
}

test.each([2, 20, 200])('D10 a flood of %i ops at a time shows a person no more lines than a flood at once', async (ops) => {
  const { node, bring } = nodeToldOf(0)
  const lines = await linesOf({ node, change: () => bring(ops) })
  expect(lines.length).toBeLessThan(FLOOD + 10 * LINES_PER_SECOND)
  expect(lines.length).toBeGreaterThan(40)
})

test('what a few authors write by hand is shown at once, each line', async () => {
  const { node, bring } = nodeToldOf(0)
  let n = 0
  const lines = await linesOf({ node, change: () => bring(n++ % 3 === 0 ? 1 : 0) })
  expect(lines.length).toBe(1 + Math.ceil(250 / 3))
})

test('D10 equivocations that come one after the other are told together', async () => {
  const { node, lie } = nodeToldOf(0)
  const lines = await linesOf({ node, change: lie })
  // 250 in five lists of three, and how many more.
  expect(lines.length).toBeLessThan(1 + 6 * 4)
  expect(lines.length).toBeGreaterThan(1 + 3 * 4)
})
