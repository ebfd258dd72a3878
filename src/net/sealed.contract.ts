/** What sealing guarantees against those who carry the frames, as tests for every platform that has WebCrypto. */
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { concatBytes, toHex } from '../core/bytes.ts'
import { SIGNATURE_BYTES } from '../core/limits.ts'
import { createAead } from './aead.ts'
import { type Envelope, encodeEnvelope, encodeHeader, HEADER_BYTES, MAX_FRAME_BYTES, parseEnvelope, TAG_BYTES } from './envelope.ts'
import { deriveSenderKey } from './keys.ts'
import type { Sealer } from './sealed.ts'
import { sealerOf as sealerOfRoom, senderOf } from './sealer.naive.ts'

const value = (n: number) => new Uint8Array(32).fill(n)
const text = (words: string) => new TextEncoder().encode(words)

const ROOM = value(1)
const ROOM_KEY = value(2)
/** Sealers' numbers, and their sender values. */
const [ALICE_N, BOB_N, CAROL_N] = [0xa, 0xb, 0xc]
const [ALICE, BOB, CAROL] = [senderOf(ALICE_N), senderOf(BOB_N), senderOf(CAROL_N)]

const sealerOf = (n: number, room = ROOM, roomKey = ROOM_KEY) => sealerOfRoom(n, room, roomKey)

/** The frame with some of its parts exchanged. */
function spliced(frame: Uint8Array, parts: Partial<Envelope>): Uint8Array {
  const parsed = parseEnvelope(frame)
  if (!parsed.ok) throw new Error(parsed.reason)
  return encodeEnvelope({ ...parsed.value, ...parts })
}

async function reasonOf(sealer: Sealer, frame: Uint8Array): Promise<string> {
  const opened = await sealer.open(frame)
  return opened.ok ? 'opened' : opened.reason
}

/** Lets the platform's next call of this kind finish only after the one that follows it. */
function finishSecondFirst(kind: 'encrypt' | 'decrypt'): void {
  const real = crypto.subtle[kind].bind(crypto.subtle)
  let finish = () => {}
  const secondIsDone = new Promise<void>((resolve) => {
    finish = resolve
  })
  const spy = vi.spyOn(crypto.subtle, kind)
  onTestFinished(() => {
    spy.mockRestore()
  })
  spy.mockImplementationOnce(async (...args) => {
    await secondIsDone
    return real(...args)
  })
  spy.mockImplementationOnce(async (...args) => {
    const done = await real(...args)
    finish()
    return done
  })
}

export function runSealedContract(platform: string): void {
  describe(`sealed frames on ${platform}`, () => {
    let alice: Sealer
    let bob: Sealer
    let carol: Sealer
    beforeAll(async () => {
      ;[alice, bob, carol] = [await sealerOf(ALICE_N), await sealerOf(BOB_N), await sealerOf(CAROL_N)]
    })

    test('what one seals for all, every other member opens once, and knows the sender', async () => {
      const frame = await alice.seal(null, text('hello'))
      for (const member of [bob, carol])
        expect(await member.open(frame)).toEqual({
          ok: true,
          value: { sender: ALICE, receiver: null, plaintext: text('hello'), isLatest: true },
        })
    })

    test('what is for one is opened by that one, and set aside quietly by its sender and by others', async () => {
      const frame = await alice.seal(BOB, text('for you'))
      expect(await bob.open(frame)).toEqual({
        ok: true,
        value: { sender: ALICE, receiver: BOB, plaintext: text('for you'), isLatest: true },
      })
      expect(await reasonOf(carol, frame)).toBe('not-for-us')
      expect(await reasonOf(alice, frame)).toBe('own-frame')
    })

    test('an empty plaintext and the largest one both pass', async () => {
      for (const length of [0, MAX_FRAME_BYTES - HEADER_BYTES - TAG_BYTES - SIGNATURE_BYTES]) {
        const frame = await alice.seal(null, new Uint8Array(length).fill(5))
        expect(frame.length).toBe(HEADER_BYTES + SIGNATURE_BYTES + length + TAG_BYTES)
        const opened = await bob.open(frame)
        expect(opened.ok && opened.value.plaintext.length).toBe(length)
      }
    })

    test('the same words never look the same', async () => {
      const [first, second] = [await alice.seal(null, text('same')), await alice.seal(null, text('same'))]
      expect(first.subarray(HEADER_BYTES)).not.toEqual(second.subarray(HEADER_BYTES))
    })

    test('frames and what they say come in the order of the calls, even where the platform finishes the second one first', async () => {
      const fresh = await sealerOf(0xee)
      const order: string[] = []
      const note = async <T>(what: string, work: Promise<T>): Promise<T> => {
        const done = await work
        order.push(what)
        return done
      }
      finishSecondFirst('encrypt')
      const [first, second] = await Promise.all([
        note('sealed 1', fresh.seal(null, text('1'))),
        note('sealed 2', fresh.seal(null, text('2'))),
      ])
      finishSecondFirst('decrypt')
      const results = await Promise.all([note('opened 1', bob.open(first)), note('opened 2', bob.open(second))])
      expect(order).toEqual(['sealed 1', 'sealed 2', 'opened 1', 'opened 2'])
      expect(results.map((result) => result.ok && result.value.plaintext)).toEqual([text('1'), text('2')])
    })

    test('bytes may change after the call: what was handed in is what is sealed and opened', async () => {
      const fresh = await sealerOf(0xef)
      const plaintext = text('as it was')
      const sealing = fresh.seal(null, plaintext)
      plaintext.fill(0)
      const frame = await sealing
      const opening = bob.open(frame)
      frame.fill(0)
      expect(await opening).toEqual({
        ok: true,
        value: { sender: senderOf(0xef), receiver: null, plaintext: text('as it was'), isLatest: true },
      })
    })

    test('D2 a frame with any one bit flipped is refused', async () => {
      const frame = await alice.seal(BOB, text('pay 10 to Bob'))
      // One that heard nothing yet: to it, no flipped counter is a repeated one.
      const fresh = await sealerOf(BOB_N)
      const outcomes = new Set<string>()
      for (let bit = 0; bit < frame.length * 8; bit++) {
        const flipped = frame.slice()
        flipped[bit >> 3]! ^= 1 << (bit & 7)
        const reason = await reasonOf(fresh, flipped)
        if (reason === 'opened') throw new Error(`bit ${bit} does not matter`)
        outcomes.add(reason)
      }
      expect([...outcomes].sort()).toEqual(['bad-envelope', 'not-for-us', 'unknown-version'])
      expect(await reasonOf(fresh, frame)).toBe('opened')
    })

    test('D2 a frame that was cut short or made longer is refused', async () => {
      const frame = await alice.seal(null, text('whole'))
      for (let length = 0; length < frame.length; length++)
        expect(await reasonOf(bob, frame.subarray(0, length))).toMatch(/^(truncated|bad-envelope)$/)
      expect(await reasonOf(bob, new Uint8Array([...frame, 0]))).toBe('bad-envelope')
      expect(await reasonOf(bob, new Uint8Array(MAX_FRAME_BYTES + 1).fill(1))).toBe('too-large')
    })

    test('D2 nobody without the room key seals a frame, and a frame of another room is refused', async () => {
      const stranger = await sealerOf(CAROL_N, ROOM, value(9))
      expect(await reasonOf(bob, await stranger.seal(null, text('let me in')))).toBe('bad-envelope')
      const elsewhere = await sealerOf(CAROL_N, value(7), ROOM_KEY)
      expect(await reasonOf(bob, await elsewhere.seal(null, text('another room')))).toBe('bad-envelope')
    })

    test('D15 a repeated frame is refused, also when both copies come at once', async () => {
      const frame = await alice.seal(null, text('once'))
      const verdicts = await Promise.all([reasonOf(bob, frame), reasonOf(bob, frame), reasonOf(bob, frame)])
      // Which copy is decrypted first is the platform's affair.
      expect(verdicts.toSorted()).toEqual(['opened', 'overtaken', 'overtaken'])
      expect(await reasonOf(bob, frame)).toBe('repeated')
    })

    test('D15 reordered frames are all opened, each once', async () => {
      const frames = await Promise.all(Array.from({ length: 50 }, (_, i) => alice.seal(null, new Uint8Array([i]))))
      const shuffled = frames.map((_, i) => frames[(i * 37 + 11) % 50]!)
      for (const frame of shuffled) expect(await reasonOf(bob, frame)).toBe('opened')
      for (const frame of frames) expect(await reasonOf(bob, frame)).toBe('repeated')
    })

    test('D15 a frame under the header of another frame, sender, receiver or counter is refused', async () => {
      const frame = await alice.seal(BOB, text('one'))
      const other = await alice.seal(BOB, text('two'))
      const byCarol = await carol.seal(null, text('three'))
      const headerOf = (from: Uint8Array, onto: Uint8Array) =>
        new Uint8Array([...from.subarray(0, HEADER_BYTES), ...onto.subarray(HEADER_BYTES)])
      for (const forged of [
        headerOf(other, frame),
        headerOf(byCarol, frame),
        headerOf(frame, byCarol),
        spliced(frame, { sender: CAROL }),
        spliced(frame, { receiver: null }),
        spliced(frame, { counter: 999 }),
      ]) {
        expect(await reasonOf(bob, forged)).toBe('bad-envelope')
      }
      expect(await reasonOf(carol, spliced(frame, { receiver: CAROL }))).toBe('bad-envelope')
      // None of these stopped the true ones.
      for (const honest of [frame, other, byCarol]) expect(await reasonOf(bob, honest)).toBe('opened')
    })

    test('D15 frames of an earlier session do not pass for the new one', async () => {
      const old = await alice.seal(BOB, text('to the old Bob'))
      const bobAgain = await sealerOf(0xbb)
      expect(await reasonOf(bobAgain, old)).toBe('not-for-us')
      expect(await reasonOf(bobAgain, spliced(old, { receiver: senderOf(0xbb) }))).toBe('bad-envelope')
    })

    test('D15 forged senders, however many, do not make a sealer forget what it saw', async () => {
      const fresh = await sealerOf(0xee)
      const frame = await alice.seal(null, text('seen'))
      expect(await reasonOf(fresh, frame)).toBe('opened')
      for (let i = 0; i < 300; i++) {
        const forged = spliced(frame, { sender: Uint8Array.from({ length: 32 }, (_, at) => (at < 2 ? (i >> (8 * at)) & 0xff : 0x77)) })
        expect(await reasonOf(fresh, forged)).toBe('bad-envelope')
      }
      expect(await reasonOf(fresh, frame)).toBe('repeated')
    })

    test('D10 of more senders than MAX_SENDERS, the one silent for longest is forgotten, but none that is present', async () => {
      const fresh = await sealerOfRoom(0xee, ROOM, ROOM_KEY, { isPresent: (sender) => sender === toHex(ALICE), verify: async () => true })
      const first = await alice.seal(null, text('first'))
      const second = await carol.seal(null, text('second'))
      await fresh.open(first)
      await fresh.open(second)
      // Whoever holds the link can draw as many as it likes: signatures are not what is tried here.
      for (let i = 0; i < 2_047; i++) {
        const sender = Uint8Array.from({ length: 32 }, (_, at) => (at < 2 ? (i >> (8 * at)) & 0xff : 0x55))
        const one = await sealerOfRoom(0x55, ROOM, ROOM_KEY, { sender, sign: async () => new Uint8Array(SIGNATURE_BYTES) })
        await fresh.open(await one.seal(null, text('one of many')))
      }
      expect(await reasonOf(fresh, first)).toBe('repeated')
      expect(await reasonOf(fresh, second)).toBe('opened')
    })

    test('of frames that overtake each other, it is said which one is the latest', async () => {
      const fresh = await sealerOf(0xed)
      const [first, second, third] = [
        await fresh.seal(null, text('1')),
        await fresh.seal(null, text('2')),
        await fresh.seal(null, text('3')),
      ]
      const isLatest = async (frame: Uint8Array): Promise<boolean> => {
        const opened = await bob.open(frame)
        return opened.ok && opened.value.isLatest
      }
      expect([await isLatest(second), await isLatest(first), await isLatest(third)]).toEqual([true, false, true])
    })

    test('D15 what a member seals under the sender value of another one is refused, and takes nothing from that one', async () => {
      const fresh = await sealerOf(0xee)
      const honest = await sealerOf(0xf0)
      const posing = await sealerOfRoom(0xf1, ROOM, ROOM_KEY, { sender: senderOf(0xf0) })
      const garbage = await posing.seal(null, text('bye'))
      const frame = await honest.seal(null, text('good day'))
      expect(parseEnvelope(garbage)).toMatchObject({ value: { sender: senderOf(0xf0), counter: 0 } })
      expect(await reasonOf(fresh, garbage)).toBe('wrong-sender')
      // Nor is the counter of the true frame used up.
      expect(await fresh.open(frame)).toMatchObject({ ok: true, value: { plaintext: text('good day') } })
      expect(await reasonOf(fresh, garbage)).toBe('repeated')
    })

    test('D15 a signature of another frame, and a sender value that is no key, are refused', async () => {
      const aead = await createAead(deriveSenderKey(ROOM_KEY, ALICE))
      const frame = await alice.seal(null, text('signed once'))
      const parsed = parseEnvelope(frame)
      if (!parsed.ok) throw new Error(parsed.reason)
      const nonceOf = (counter: number): Uint8Array => new Uint8Array(12).fill(counter, 11)
      const inner = await aead.open(nonceOf(parsed.value.counter), parsed.value.ciphertext, concatBytes([ROOM, parsed.value.header]))
      const header = encodeHeader({ sender: ALICE, receiver: null, counter: 200 })
      const moved = concatBytes([header, await aead.seal(nonceOf(200), inner!, concatBytes([ROOM, header]))])
      expect(await reasonOf(bob, moved)).toBe('wrong-sender')
      const short = encodeHeader({ sender: ALICE, receiver: null, counter: 201 })
      const unsigned = concatBytes([
        short,
        await aead.seal(nonceOf(201), inner!.subarray(0, SIGNATURE_BYTES - 1), concatBytes([ROOM, short])),
      ])
      expect(await reasonOf(bob, unsigned)).toBe('bad-envelope')
      const posing = await sealerOfRoom(0xf1, ROOM, ROOM_KEY, { sender: value(0xff) })
      expect(await reasonOf(bob, await posing.seal(null, text('whoever')))).toBe('wrong-sender')
    })

    test('a sender value of another length is our own mistake', async () => {
      await expect(sealerOfRoom(1, ROOM, ROOM_KEY, { sender: new Uint8Array(31) })).rejects.toThrow('assertion failed')
    })
  })
}
