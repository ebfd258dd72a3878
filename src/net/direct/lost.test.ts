/** Signals that are lost: a connection is made all the same, and within a few seconds. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fromHex } from '../../core/bytes.ts'
import { MAX_SAID_AGAIN, SAY_AGAIN_AFTER } from './negotiation.ts'
import { encodeSignal } from './signal.ts'
import {
  ADDRESSED,
  begin,
  candidateOf,
  closedBy,
  described,
  end,
  holdBack,
  named,
  offerTo,
  opened,
  pass,
  play,
  type Played,
  tried,
} from './played.naive.ts'

beforeEach(begin)
afterEach(end)

/** The page describes the node's last connection, and finds an address. */
function describes(played: Played, type: 'offer' | 'answer', fill: number): void {
  const { direct } = played
  const { connection } = opened(played).at(-1)!
  direct.hearPage({ type: 'description', connection, description: described(type, fill) })
  direct.hearPage({ type: 'candidate', connection, ufrag: 'abcd', candidate: candidateOf(fill) })
}

/** Whether the page has the other side's description of the node's last connection. */
const isDescribed = (played: Played): boolean =>
  played.commands.some(({ type, connection }) => type === 'description' && connection === opened(played).at(-1)!.connection)

/** Two nodes that have both opened a connection in order to offer: first the one of the lower sender value. */
async function glare(): Promise<[Played, Played]> {
  const [lower, higher] = [play(1), play(2)]
  await pass(3_000)
  expect([opened(lower), opened(higher)].map((all) => all.map(({ offers }) => offers))).toEqual([[true], [true]])
  return [lower, higher]
}

test('an offer of the lower sender value that is lost is said again when the other offer comes', async () => {
  const [lower, higher] = await glare()
  holdBack((from) => from === lower.self)
  describes(lower, 'offer', 0xa)
  holdBack(() => false)
  describes(higher, 'offer', 0xb)
  expect([opened(lower).length, opened(higher).map(({ offers }) => offers)]).toEqual([1, [true, false]])
  describes(higher, 'answer', 0xb)
  expect([isDescribed(lower), isDescribed(higher)]).toEqual([true, true])
  // Both have the other one's candidate too.
  expect([tried(lower), tried(higher)]).toEqual([[opened(lower)[0]!.connection], [opened(higher)[1]!.connection]])
})

test('an offer that is lost is said again after SAY_AGAIN_AFTER, and so is an answer that is lost', async () => {
  const [lower, higher] = await glare()
  holdBack(() => true)
  describes(lower, 'offer', 0xa)
  holdBack(() => false)
  await pass(SAY_AGAIN_AFTER + 600)
  expect(isDescribed(higher)).toBe(true)
  holdBack(() => true)
  describes(higher, 'answer', 0xb)
  holdBack(() => false)
  expect(isDescribed(lower)).toBe(false)
  await pass(SAY_AGAIN_AFTER + 600)
  expect([isDescribed(lower), closedBy(lower)]).toEqual([true, []])
})

test('D20 a description is said again MAX_SAID_AGAIN times, whatever number of offers comes', async () => {
  const a = play(0xef)
  const [low, high] = [named(1), 'f'.repeat(64)]
  await pass(1_000)
  // A device of a higher sender value offers without end, and never answers.
  a.direct.hearSignal(high, encodeSignal({ type: 'here', device: fromHex(high)!, near: [] }), ADDRESSED)
  await pass(1_000)
  const saidTo = (to: string): number => a.said.filter((each) => each.to === to && each.signal.type === 'description').length
  describes(a, 'offer', 0xa)
  for (let n = 0; n < 50; n++) offerTo(a, high, 0, 100 + n)
  expect(saidTo(high)).toBe(1 + MAX_SAID_AGAIN)
  // One that repeats its offer gets its answer so often.
  offerTo(a, low)
  describes(a, 'answer', 0xb)
  for (let n = 0; n < 50; n++) offerTo(a, low)
  expect(saidTo(low)).toBe(1 + MAX_SAID_AGAIN)
})
