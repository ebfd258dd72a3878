/** The id by which a room's link is named. */
import { expect, test } from 'vitest'
import { asOpId } from '../core/op.ts'
import { formatLink, linkId } from './link.ts'

test('D26 a link with the genesis of a room and another secret has another id, and an id tells nothing of its link', () => {
  const link = (genesis: number, secret: number): string =>
    formatLink({ genesis: asOpId(new Uint8Array(32).fill(genesis)), secret: new Uint8Array(32).fill(secret) })
  const ids = [link(1, 2), link(1, 3), link(4, 2)].map(linkId)
  expect(new Set(ids).size).toBe(3)
  expect(linkId(link(1, 2))).toBe(ids[0])
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/)
  expect(ids.some((id) => /(?:01|02|03|04){4}/.test(id))).toBe(false)
})
