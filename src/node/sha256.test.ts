import { createHash } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { createRandom, randomBytes } from '../core/bytes.naive.ts'
import { toHex } from '../core/bytes.ts'
import { opId, sha256 } from '../core/hash.ts'
import { MAX_OP_BYTES } from '../core/limits.ts'
import { quickenHashing } from './sha256.ts'

test('where WebAssembly is forbidden, JavaScript goes on hashing', async () => {
  vi.stubGlobal('WebAssembly', undefined)
  expect(await quickenHashing()).toBe(false)
  vi.unstubAllGlobals()
  expect(toHex(sha256(Uint8Array.of(1)))).toBe(createHash('sha256').update(Uint8Array.of(1)).digest('hex'))
})

test('by WebAssembly the hash is the platform’s, of any length from 0 to 300 and of the longest op', async () => {
  expect(await quickenHashing()).toBe(true)
  const random = createRandom(1)
  for (const length of [...Array.from({ length: 301 }, (_, i) => i), MAX_OP_BYTES]) {
    const bytes = randomBytes(random, length)
    expect(toHex(sha256(bytes))).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect(toHex(opId(bytes))).toBe(createHash('sha256').update('tabweave/op/1').update(bytes).digest('hex'))
  }
})

test('an id is good after the next one was made', async () => {
  await quickenHashing()
  const first = opId(Uint8Array.of(1))
  const shown = toHex(first)
  opId(Uint8Array.of(2))
  expect(toHex(first)).toBe(shown)
})
