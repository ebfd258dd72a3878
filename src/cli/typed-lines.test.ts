/** Lines from a pipe, however it cuts them. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_BODY_BYTES } from '../core/limits.ts'
import { linesOf } from './typed-lines.ts'

async function* given(pieces: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield typeof piece === 'string' ? Buffer.from(piece) : piece
}

async function linesIn(pieces: readonly (string | Uint8Array)[]): Promise<string[]> {
  const lines: string[] = []
  for await (const line of linesOf(given(pieces))) lines.push(line)
  return lines
}

test('are what splitting all of it would give, wherever it is cut', async () => {
  const text = fc.array(fc.constantFrom('a', 'bc', '\n', '\r\n', '😀', ' '), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(text, async (pieces) => {
      const all = pieces.join('').split('\n')
      if (all.at(-1) === '') all.pop()
      expect(await linesIn(pieces)).toEqual(all.map((line) => line.replace(/\r$/, '')))
    }),
  )
})

test('bytes that are not UTF-8 make no text that an op may hold, and change no other line', async () => {
  const lines = await linesIn([Uint8Array.of(0x61, 0xe9, 0x0a), 'é �\n', Uint8Array.of(0xc3), Uint8Array.of(0xa9, 0x0a, 0xc3)])
  expect(lines.map((line) => line.isWellFormed())).toEqual([false, true, true, false])
  expect(lines.slice(1, 3)).toEqual(['é �', 'é'])
})

test('one that is too long is given as too long, wherever it is cut', async () => {
  const [line] = await linesIn(['x', '€'.repeat(MAX_BODY_BYTES)])
  expect(line!.isWellFormed()).toBe(true)
  expect(Buffer.byteLength(line!)).toBeGreaterThan(MAX_BODY_BYTES)
})

test('of one that never ends, as much is kept as shows that it is too long, and the next is whole', async () => {
  const pieces = [...Array.from({ length: 1_000 }, () => 'x'.repeat(10_000)), 'x\nnext\n']
  const lines = await linesIn(pieces)
  expect(lines.map(({ length }) => length)).toEqual([MAX_BODY_BYTES + 1, 4])
})
