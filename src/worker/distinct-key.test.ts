import { expect, test } from 'vitest'
import { toHex } from '../core/bytes.ts'
import { authorLook } from '../graph/author-look.ts'
import { generateKey } from '../node/signer.ts'
import type { KnownNode } from '../store/store.ts'
import { mintDistinct } from './distinct-key.ts'

const known = (room: string, author: Uint8Array): KnownNode => ({ id: toHex(author), room, roomName: '', link: '', lastUsed: 0 })
const apart = (a: number, b: number): number => Math.min(Math.abs(a - b), 360 - Math.abs(a - b))

test('a new key is usually far in colour from the one that is there, and only the room counts', async () => {
  const { author } = await generateKey()
  const { hue } = authorLook(author)
  const far: number[] = []
  for (let i = 0; i < 20; i++) {
    const pair = await mintDistinct(Promise.resolve([known('here', author)]), 'here')
    far.push(apart(authorLook(pair.author).hue, hue))
  }
  // Twelve keys of sixteen hues all within 60° of one: less than once in a million.
  expect(Math.min(...far)).toBeGreaterThan(60)
  expect((await mintDistinct(Promise.resolve([known('elsewhere', author)]), 'here')).author.length).toBe(32)
})
