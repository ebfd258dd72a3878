/** What is late or lost on a hindered path, and that an unhindered one is the path itself. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MAX_UNDER_WAY, type Hindrance, hindered, UNHINDERED } from './hindered.ts'
import type { TransportEvents } from './transport.ts'

function open(chance: () => number = () => 0.5) {
  let inner: TransportEvents | null = null
  let hindrance: Hindrance = UNHINDERED
  const [sent, heard]: [number[], number[]] = [[], []]
  const transport = hindered(
    (events) => {
      inner = events
      return { path: 'relay', state: 'open', buffered: () => 7, send: (frame) => sent.push(frame[0]!) > 0, close: () => {} }
    },
    () => hindrance,
    chance,
  )({ onFrame: (frame) => heard.push(frame[0]!), onState: () => {} })
  return {
    transport,
    sent,
    heard,
    hear: (mark: number) => inner!.onFrame(Uint8Array.of(mark)),
    hinder: (next: Hindrance) => (hindrance = next),
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('an unhindered path is as it is', () => {
  const { transport, sent, heard, hear } = open()
  expect([transport.send(Uint8Array.of(1)), transport.buffered(''), transport.state]).toEqual([true, 7, 'open'])
  hear(2)
  expect([sent, heard]).toEqual([[1], [2]])
})

test('frames are late by so much in both directions, in order, and have the bytes that they had', () => {
  const { transport, sent, heard, hear, hinder } = open()
  hinder({ delay: 200, loss: 0 })
  const frame = Uint8Array.of(1)
  transport.send(frame)
  frame[0] = 9
  transport.send(Uint8Array.of(2))
  hear(3)
  vi.advanceTimersByTime(199)
  expect([sent, heard]).toEqual([[], []])
  vi.advanceTimersByTime(1)
  expect([sent, heard]).toEqual([[1, 2], [3]])
})

test('the share that is lost is lost in both directions', () => {
  let turn = 0
  const { transport, sent, heard, hear, hinder } = open(() => (turn++ % 4) / 4)
  hinder({ delay: 0, loss: 0.25 })
  for (let mark = 0; mark < 8; mark++) transport.send(Uint8Array.of(mark))
  for (let mark = 0; mark < 4; mark++) hear(mark)
  expect([sent, heard]).toEqual([
    [1, 2, 3, 5, 6, 7],
    [1, 2, 3],
  ])
})

test('MAX_UNDER_WAY frames are late at once, and what is late when it closes is lost', () => {
  const { transport, sent, hinder } = open()
  hinder({ delay: 1_000, loss: 0 })
  for (let i = 0; i < MAX_UNDER_WAY; i++) expect(transport.send(Uint8Array.of(1))).toBe(true)
  expect(transport.send(Uint8Array.of(1))).toBe(false)
  transport.close()
  vi.advanceTimersByTime(2_000)
  expect(sent).toEqual([])
})
