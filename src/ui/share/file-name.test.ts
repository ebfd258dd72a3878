/** Names of exported files, from whatever a room is called. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileNameOf } from './file-name.ts'

test('a room’s name becomes a file’s, words joined by hyphens', () => {
  expect(fileNameOf('Thursday seminar, 3rd')).toBe('Thursday-seminar-3rd.tabweave')
  expect(fileNameOf('שיעור חמישי')).toBe('שיעור-חמישי.tabweave')
})

test('whatever a room is called, its file has a name that every file system takes', () => {
  fc.assert(
    fc.property(fc.uint16Array({ maxLength: 100 }), (codes) => {
      expect(fileNameOf(String.fromCharCode(...codes))).toMatch(/^[\p{L}\p{N}-]{1,60}\.tabweave$/u)
    }),
  )
})
