/** Round trips: the asking node measures them, the asked node answers, and answers no more often than it may. */
import { expect, test } from 'vitest'
import { decodeSignal, encodeSignal } from '../../net/direct/signal.ts'
import { createEcho } from './echo.ts'

function open() {
  const sent: { readonly to: string; readonly bytes: Uint8Array }[] = []
  let now = 0
  const echo = createEcho(
    () => now,
    (to, bytes) => sent.push({ to, bytes }),
  )
  const typeOf = (bytes: Uint8Array): string => {
    const signal = decodeSignal(bytes)
    return signal.ok ? signal.value.type : signal.reason
  }
  return { echo, sent, said: () => sent.map(({ to, bytes }) => `${typeOf(bytes)} ${to}`), pass: (ms: number) => (now += ms) }
}

test('a round trip is the time from a question to its answer, and no other answer counts', () => {
  const [a, b] = [open(), open()]
  a.echo.ask(['b'])
  a.pass(30)
  expect(b.echo.hear('a', a.sent[0]!.bytes)).toBe(true)
  expect(a.echo.hear('b', encodeSignal({ type: 'pong', token: 99 }))).toBe(true)
  expect(a.echo.roundTrip('b')).toBe(null)
  a.echo.hear('b', b.sent[0]!.bytes)
  expect([a.echo.roundTrip('b'), b.said()]).toEqual([30, ['pong a']])
  a.pass(70)
  a.echo.hear('b', b.sent[0]!.bytes)
  expect(a.echo.roundTrip('b')).toBe(30)
  a.echo.forget('b')
  expect(a.echo.roundTrip('b')).toBe(null)
})

test('of many peers sixteen are asked at a time, each in its turn', () => {
  const { echo, said } = open()
  const peers = Array.from({ length: 40 }, (_, i) => `${i}`)
  echo.ask(peers)
  expect(said().length).toBe(16)
  for (let i = 0; i < 2; i++) echo.ask(peers)
  expect(new Set(said())).toEqual(new Set(peers.map((peer) => `ping ${peer}`)))
})

test('D7 no more is answered in a second than there may be peers who look', () => {
  const { echo, sent, pass } = open()
  const ping = encodeSignal({ type: 'ping', token: 1 })
  const askAll = () => {
    for (let i = 0; i < 300; i++) echo.hear(`${i}`, ping)
  }
  askAll()
  expect(sent.length).toBe(256)
  pass(1_000)
  askAll()
  expect(sent.length).toBe(2 * 256)
})

test('D7 one peer that asks all the time is answered once in a second, and takes no answer of another', () => {
  const { echo, said, pass } = open()
  const ping = encodeSignal({ type: 'ping', token: 1 })
  for (let second = 0; second < 3; second++) {
    for (let i = 0; i < 1_000; i++) echo.hear('liar', ping)
    echo.hear('honest', ping)
    pass(1_000)
  }
  expect(said()).toEqual(['pong liar', 'pong honest', 'pong liar', 'pong honest', 'pong liar', 'pong honest'])
})

test('other signals are not for it', () => {
  const { echo } = open()
  expect([echo.hear('a', encodeSignal({ type: 'here', device: new Uint8Array(32), near: [] })), echo.hear('a', new Uint8Array(4))]).toEqual(
    [false, false],
  )
})
