/** What a link derives: against Node's own HKDF, and golden values. */
import { hkdfSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { deriveRoom, deriveSenderKey } from './keys.ts'

const secret = Uint8Array.from({ length: 32 }, (_, i) => i)
const genesis = Uint8Array.from({ length: 32 }, (_, i) => 255 - i)
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

test("name and keys are HKDF's of RFC 5869, under labels of their own", () => {
  const { relayName, roomKey } = deriveRoom(secret, genesis)
  const expected = (label: string, length: number) => Buffer.from(hkdfSync('sha256', secret, genesis, label, length))
  expect(relayName).toBe(expected('tabweave/relay-name/1', 16).toString('base64url'))
  expect(hex(roomKey)).toBe(expected('tabweave/room-key/1', 32).toString('hex'))
  expect(hex(deriveSenderKey(roomKey, genesis))).toBe(
    hex(new Uint8Array(hkdfSync('sha256', roomKey, genesis, 'tabweave/sender-key/1', 32))),
  )
})

test('golden values: they name rooms at relays, so they may never change', () => {
  const { relayName, roomKey } = deriveRoom(secret, genesis)
  expect(relayName).toBe('6BKnuPBYLIjfbryx1sWz2Q')
  expect(hex(roomKey)).toBe('ac81df4cf93504a5f2badf1de2fd4b270adb0e41d7f4a2276bec44a923f7499d')
  expect(hex(deriveSenderKey(roomKey, genesis))).toBe('8beea7773cbdb3847b116698a8f09d89843ca46f4235041a446aeba86c366f2f')
})

test('another secret or another genesis is another room', () => {
  const names = [deriveRoom(secret, genesis), deriveRoom(genesis, secret), deriveRoom(secret, secret)].map(({ relayName }) => relayName)
  expect(new Set(names).size).toBe(3)
})
