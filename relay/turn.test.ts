/** The writes of one turn of the event loop, as the system gets them. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { createTurns } from './turn.ts'

/** A stream that notes what it is asked to write at once. */
function noting() {
  const writes: string[][] = []
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      writes.push([chunk.toString()])
      done()
    },
    writev(chunks, done) {
      writes.push(chunks.map(({ chunk }) => String(chunk)))
      done()
    },
  })
  return { stream, writes }
}

test('what is written to a stream in one turn goes out together, when that turn ends', async () => {
  const hold = createTurns()
  const [a, b] = [noting(), noting()]
  for (const text of ['1', '2', '3']) {
    for (const { stream } of [a, b]) {
      hold(stream)
      stream.write(text)
    }
  }
  expect([a.writes, b.writes]).toEqual([[], []])
  await nextTurn()
  expect([a.writes, b.writes]).toEqual([[['1', '2', '3']], [['1', '2', '3']]])
})

test('the next turn is held anew, and one that is not held writes at once', async () => {
  const hold = createTurns()
  const { stream, writes } = noting()
  hold(stream)
  stream.write('1')
  await nextTurn()
  stream.write('2')
  expect(writes).toEqual([['1'], ['2']])
  hold(stream)
  stream.write('3')
  stream.write('4')
  expect(writes).toHaveLength(2)
  await nextTurn()
  expect(writes).toEqual([['1'], ['2'], ['3', '4']])
})

test('a stream that is destroyed meanwhile keeps no other from being written', async () => {
  const hold = createTurns()
  const [a, b] = [noting(), noting()]
  for (const { stream } of [a, b]) {
    hold(stream)
    stream.write('1')
  }
  a.stream.destroy()
  await nextTurn()
  expect([a.writes, b.writes]).toEqual([[], [['1']]])
})
