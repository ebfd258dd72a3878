import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { frameOf, textOf } from './by-hand.ts'

/** Frames are no shorter than an envelope's header and tag. */
const frames = fc.uint8Array({ minLength: 89, maxLength: 900 })

describe('what people carry', () => {
  test('comes back as it was, alone, behind a link, and broken into lines', () => {
    fc.assert(
      fc.property(frames, fc.nat(60), (frame, width) => {
        const text = textOf(frame)
        const inLines = text.match(new RegExp(`.{1,${width + 1}}`, 'g'))!.join('\r\n ')
        for (const words of [text, `https://example.org/#1.aa.bb.${text}`, ` ${inLines} `])
          expect(frameOf(words)).toEqual({ ok: true, value: frame })
      }),
    )
  })

  test('says that it is not whole wherever it is torn, and whatever letter was changed', () => {
    fc.assert(
      fc.property(frames, fc.nat(), fc.constantFrom('a', 'Z', '7', '-', '_'), (frame, at, letter) => {
        const text = textOf(frame)
        const torn = text.slice(0, 100 + (at % (text.length - 100)))
        expect(frameOf(torn)).toEqual({ ok: false, reason: 'truncated' })
        const place = at % text.length
        const changed = text.slice(0, place) + letter + text.slice(place + 1)
        if (changed !== text) expect(frameOf(changed)).toEqual({ ok: false, reason: 'truncated' })
      }),
    )
  })

  test('is told from other words', () => {
    for (const words of ['', ' ', 'hello', '#', '.', 'a sentence, which goes on and on '.repeat(20)])
      expect(frameOf(words)).toEqual({ ok: false, reason: 'bad-message' })
  })
})
