/** Lines from a pipe, however it cuts them. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_BODY_BYTES } from '../core/limits.ts'
import { linesOf } from './typed-lines.ts'

async function* given(pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces
}

async function linesIn(pieces: readonly string[]): Promise<string[]> {
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

test('of one that never ends, as much is kept as shows that it is too long, and the next is whole', async () => {
  const pieces = [...Array.from({ length: 1_000 }, () => 'x'.repeat(10_000)), 'x\nnext\n']
  const lines = await linesIn(pieces)
  expect(lines.map(({ length }) => length)).toEqual([MAX_BODY_BYTES + 1, 4])
})
