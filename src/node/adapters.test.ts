/** Computations of the platform for the engine: signatures and deflate. */
import { refuse, valueOf } from '../core/result.ts'
import { expect, test } from 'vitest'
import { deflateRawSync } from 'node:zlib'
import { asAuthor } from '../core/op.ts'
import { deflate, inflate } from './deflate.ts'
import { formatLink, parseLink } from './link.ts'
import { generateKey, signWith } from './signer.ts'
import { createNative, createPure, createVerifier } from './verifier.ts'

const bytes = (length: number, fill: (i: number) => number): Uint8Array => Uint8Array.from({ length }, (_, i) => fill(i))

test('deflate and inflate are inverse', async () => {
  for (const length of [0, 1, 1_000, 300_000]) {
    const plain = bytes(length, (i) => (i * i) % 251)
    const inflated = valueOf(await inflate(await deflate(plain), length))
    // Compared at once: one element after the other takes seconds.
    expect(inflated !== null && Buffer.compare(inflated, plain) === 0).toBe(true)
  }
})

test('D8 a bomb is not inflated beyond its limit', async () => {
  const bomb = deflateRawSync(new Uint8Array(64 * 1024 * 1024))
  expect(bomb.length).toBeLessThan(100_000)
  expect(valueOf(await inflate(bomb, 1_000_000))?.length).toBeUndefined()
})

test('bytes that are no deflate stream, or are cut, are refused', async () => {
  const good = await deflate(bytes(1_000, (i) => i % 256))
  expect(
    await inflate(
      bytes(50, () => 0xff),
      1_000,
    ),
  ).toEqual(refuse('bad-deflate'))
  expect(await inflate(good.slice(0, -3), 1_000)).toEqual(refuse('bad-deflate'))
})

test('both verifiers accept what the signer signs, and neither a changed bit', async () => {
  const { author, key } = await generateKey()
  const message = bytes(40, (i) => i)
  const signature = await signWith(key, message)
  const changed = signature.slice()
  changed[3]! ^= 4
  const claims = [
    { signature, message, author: asAuthor(author) },
    { signature: changed, message, author: asAuthor(author) },
    { signature, message: bytes(40, (i) => i + 1), author: asAuthor(author) },
    { signature: signature.slice(1), message, author: asAuthor(author) },
  ]
  for (const verifier of [createNative()!, createPure()]) expect(await verifier.verify(claims)).toEqual([true, false, false, false])
  expect((await createVerifier()).path).toBe('native')
})

test('a link is read back, alone or at the end of an address, and nothing else is one', () => {
  const link = { genesis: parseLink('A'.repeat(86))!.genesis, secret: bytes(32, (i) => i) }
  expect(parseLink(formatLink(link))).toEqual(link)
  expect(parseLink(`https://example.org/#${formatLink(link)}`)).toEqual(link)
  for (const wrong of ['', '#', 'new', formatLink(link).slice(1), `${formatLink(link)}A`, formatLink(link).replace(/^./, '!')]) {
    expect(parseLink(wrong)).toBeNull()
  }
})
