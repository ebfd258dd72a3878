import { expect, test } from 'vitest'
import { concatBytes } from '../core/bytes.ts'
import { deflate, inflate } from './deflate.ts'

test('D8 of what inflates beyond its limit, MAX_PIECE are read and no more', async () => {
  const bomb = (await deflate(new Uint8Array(30_000_000))).slice(0, 20_000)
  const broken = concatBytes([bomb, new Uint8Array(20_000).fill(255)])
  // Read to its end it is found to be broken.
  expect(await inflate(broken, 100_000_000)).toEqual({ ok: false, reason: 'bad-deflate' })
  expect(await inflate(broken, 1_000_000)).toEqual({ ok: false, reason: 'too-large' })
})
