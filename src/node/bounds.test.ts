/** How much other nodes and hostile ops can make a node's shell hold, at the edge of every limit: as much as it says, and not one more. */
import { encodeEnvelope, HEADER_BYTES, TAG_BYTES } from '../net/envelope.ts'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { concatBytes, fromHex, toHex } from '../core/bytes.ts'
import { sha256 } from '../core/hash.ts'
import { asAuthor, asOpId, type Op, opLength } from '../core/op.ts'
import { ok, refuse, valueOf } from '../core/result.ts'
import { unitBytes, type UnitOp } from '../core/unit.ts'
import { encodeBody } from '../crdt/body.ts'
import type { Sealer } from '../net/sealed.ts'
import type { Direct } from '../net/direct/direct.ts'
import { LEAST_CHARGED } from '../net/direct/forwarded.ts'
import type { OpenTransport, TransportEvents } from '../net/transport.ts'
import { createMemoryStore } from '../store/memory.ts'
import type { Store } from '../store/store.ts'
import { createSegments } from './segments.ts'
import { deflate, inflate } from './deflate.ts'
import { createLibrary } from './library.ts'
import { DEAF } from './links/deaf.naive.ts'
import { MAX_BROUGHT_BY_ONE } from './links/receive.ts'
import { MAX_OPENED_AT_ONCE, MAX_WAITING_BYTES } from './links/inbox.ts'
import { createLinks } from './links/links.ts'
import { createRefusedLog } from './refused-log.ts'
import { generateKey, signWith } from './signer.ts'
import { createNative } from './verifier.ts'

afterEach(() => vi.unstubAllGlobals())

const numbered = (n: number): Uint8Array => sha256(Uint8Array.of(n & 255, n >> 8))

/** Links on one path, whose frames begin with their sender value; `release` lets all that are held be opened. */
function openLinks(path: 'relay' | 'broadcast' | 'webrtc') {
  let events: TransportEvents | null = null
  const held: (() => void)[] = []
  const sealer: Sealer = {
    seal: async (_, plaintext) => plaintext,
    open: (frame) =>
      new Promise((resolve) =>
        held.push(() => resolve(ok({ sender: frame.slice(0, 32), receiver: null, plaintext: frame.slice(32, 33), isLatest: true }))),
      ),
  }
  const messages: string[] = []
  const sent: { readonly frame: Uint8Array; readonly to: string | null; readonly by: string | undefined }[] = []
  const open: OpenTransport = (given) => {
    events = given
    return { path, state: 'open', buffered: () => 0, send: (frame, to = null, by) => sent.push({ frame, to, by }) > 0, close: () => {} }
  }
  /** A direct path on which there is a channel to the first of the numbered. */
  const direct = { open, isConnected: (peer: string) => peer === toHex(numbered(1)) } as unknown as Direct
  const heard = { ...DEAF, onMessage: (from: string) => void messages.push(from) }
  const links = createLinks(path === 'webrtc' ? [] : [{ path, open }], sealer, heard, '', 1, path === 'webrtc' ? direct : null)
  links.open()
  const release = async (): Promise<void> => {
    while (held.length > 0) {
      for (const open of held.splice(0)) open()
      await new Promise((resolve) => setTimeout(resolve))
    }
  }
  return { links, held, messages, sent, release, hear: (frame: Uint8Array, by?: string) => events!.onFrame(frame, by) }
}

describe('frames', () => {
  test('D9 MAX_WAITING_BYTES of frames wait to be opened, and not one byte more, on whatever path they came', async () => {
    const { held, messages, release, hear } = openLinks('relay')
    const mib = new Uint8Array(1024 * 1024).fill(1)
    for (let i = 0; i < MAX_OPENED_AT_ONCE + MAX_WAITING_BYTES / mib.length; i++) hear(mib)
    hear(new Uint8Array(33))
    expect(held.length).toBe(MAX_OPENED_AT_ONCE)
    // Large frames use up the budget of unknown senders: the others are opened as it comes back.
    await vi.waitFor(
      async () => {
        await release()
        expect(messages.length).toBe(MAX_OPENED_AT_ONCE + MAX_WAITING_BYTES / mib.length)
      },
      { timeout: 20_000 },
    )
    hear(new Uint8Array(33))
    await vi.waitFor(() => expect(held.length).toBe(1), { timeout: 20_000 })
  })

  test('D10 the paths of MAX_HEARD peers are remembered, and for one more the one silent for longest is forgotten', async () => {
    const { links, release, hear } = openLinks('broadcast')
    for (let i = 0; i < 513; i++) {
      if (i === 512) expect(links.pathOf(toHex(numbered(0)))).toBe('broadcast')
      hear(concatBytes([numbered(i), new Uint8Array(1)]))
      await release()
    }
    // Of a peer that is not known, the relay is tried.
    expect([0, 1, 512].map((i) => links.pathOf(toHex(numbered(i))))).toEqual(['relay', 'broadcast', 'broadcast'])
  })

  test('D10 the end of MAX_WATCHED tabs is waited for, and of no more', async () => {
    const request = vi.fn<() => Promise<void>>()
    vi.stubGlobal('navigator', { locks: { request } })
    const { release, hear } = openLinks('broadcast')
    for (let i = 0; i < 513; i++) hear(concatBytes([numbered(i), new Uint8Array(1)]))
    await release()
    expect(request).toHaveBeenCalledTimes(512)
  })
})

describe('frames for others that come on a direct channel', () => {
  const sealedFor = (receiver: Uint8Array | null, length: number): Uint8Array =>
    encodeEnvelope({ sender: numbered(7), receiver, counter: 0, ciphertext: new Uint8Array(length - HEADER_BYTES) })

  test('are brought on to whom they are for, if there is a channel to that; others are opened here', async () => {
    const { sent, held, release, hear } = openLinks('webrtc')
    hear(concatBytes([numbered(1), new Uint8Array(1)]))
    await release()
    const frame = sealedFor(numbered(1), 500)
    hear(frame, toHex(numbered(2)))
    hear(sealedFor(numbered(2), 500), toHex(numbered(2)))
    expect(sent).toEqual([{ frame, to: toHex(numbered(1)), by: toHex(numbered(2)) }])
    expect(held.length).toBe(0)
    hear(sealedFor(null, 500))
    expect(held.length).toBe(1)
  })

  test('D7 are of MAX_BROUGHT_ON at most, and MAX_BROUGHT_BY_ONE of each channel, and then BROUGHT_BY_ONE_PER_SECOND', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    const { sent, hear } = openLinks('webrtc')
    const bring = (channel: number, to: number, length: number): void => hear(sealedFor(numbered(to), length), toHex(numbered(channel)))
    // A frame that is not forwarded takes nothing from the budget.
    bring(2, 1, 9_217)
    bring(2, 3, 9_216)
    expect(sent.length).toBe(0)
    for (let i = 0; i < 9; i++) bring(2, 1, 8_192)
    expect(sent.length).toBe(4)
    // Another channel has a share of its own.
    bring(3, 1, 8_192)
    expect(sent.length).toBe(5)
    vi.advanceTimersByTime(1_000)
    bring(2, 1, 1_366)
    expect(sent.length).toBe(5)
    bring(2, 1, 1_365)
    bring(2, 1, 200)
    expect(sent.length).toBe(6)
  })

  test('D7 that are short count as LEAST_CHARGED bytes each', () => {
    const { sent, hear } = openLinks('webrtc')
    for (let i = 0; i < 200; i++) hear(sealedFor(numbered(1), HEADER_BYTES + TAG_BYTES), toHex(numbered(2)))
    expect(sent.length).toBe(MAX_BROUGHT_BY_ONE / LEAST_CHARGED)
  })

  test('D7 the shares of MAX_BRINGERS channels are remembered, and for one more that of the channel that brought longest ago is forgotten', async () => {
    const { sent, hear } = openLinks('webrtc')
    const empty = (channel: number): void => {
      for (let i = 0; i < 4; i++) hear(sealedFor(numbered(1), 8_192), toHex(numbered(channel)))
    }
    for (let n = 0; n < 64; n++) empty(1_000 + n)
    empty(1_000)
    expect(sent.length).toBe(4 * 64)
    empty(2_000)
    empty(1_001)
    expect(sent.length).toBe(4 * 66)
  })
})

test('D8 what inflates to its limit is inflated, and with a byte more it is not', async () => {
  const squeezed = await deflate(new Uint8Array(1_306_624))
  const inflated = valueOf(await inflate(squeezed, 1_306_624))!
  expect(Buffer.from(inflated).equals(new Uint8Array(1_306_624))).toBe(true)
  expect(await inflate(squeezed, 1_306_623)).toEqual(refuse('too-large'))
})

test('the latest MAX_ENTRIES refusals are kept, and all are counted', () => {
  const log = createRefusedLog()
  for (let at = 0; at < 201; at++) log.add({ at, reason: 'bad-message', id: null, from: 'relay' })
  expect(log.latest().map(({ at }) => at)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
  expect(log.count).toBe(201)
})

test('E10 a damaged disk is counted, however many other refusals follow it', () => {
  const log = createRefusedLog()
  log.add({ at: 0, reason: 'bad-checksum', id: null, from: 'disk' })
  for (let at = 1; at < 300; at++) log.add({ at, reason: 'bad-message', id: null, from: 'relay' })
  expect([log.latest().some(({ from }) => from === 'disk'), log.damages]).toEqual([false, 1])
})

test('D10 of MAX_KEYS authors the imported keys are kept, and for one more the first is imported anew', async () => {
  const message = new Uint8Array(1)
  const { author, key } = await generateKey()
  const signature = await signWith(key, message)
  const importKey = vi.spyOn(crypto.subtle, 'importKey')
  const { verify } = createNative()!
  const mine = { signature, message, author: asAuthor(author) }
  const others = Array.from({ length: 1_024 }, (_, i) => ({ ...mine, author: asAuthor(withY(i)) }))
  const imports = async (claims: readonly (typeof mine)[]): Promise<number> => {
    importKey.mockClear()
    await verify(claims)
    return importKey.mock.calls.length
  }
  expect(await imports([mine, ...others.slice(0, 1_023)])).toBe(1_024)
  expect(await imports([mine])).toBe(0)
  expect(await imports(others.slice(1_023))).toBe(1)
  expect(await imports([mine])).toBe(1)
  importKey.mockRestore()
})

/** A canonical y of large order, of which nobody knows whether it is on the curve. */
function withY(n: number): Uint8Array {
  const y = numbered(n)
  y[31]! &= 0x3f
  return y
}

describe('pages', () => {
  const author = asAuthor(fromHex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c')!)
  const opOf = (n: number, text: string): UnitOp => {
    const op: Op = { room: null, author, seq: 0, prev: null, deps: [], time: n, body: encodeBody({ kind: 'message', text }) }
    return { op, id: asOpId(numbered(n)), signature: new Uint8Array(64) }
  }
  /** An op of so many canonical bytes. */
  const opOfSize = (n: number, size: number): UnitOp =>
    opOf(n, 'x'.repeat(size - opLength(opOf(n, 'x'.repeat(size - 200)).op) + size - 200))

  const segmentsOf = (store: Store) =>
    createSegments({ store, idOf: (op) => asOpId(numbered(op)), indexed: 0, scrubFrom: 0, onDamaged: () => {} })

  /** Which of `asked` the library has to look up on the disk, after somebody has looked at all these ops, which are stored since. */
  const lookedUp = async (ops: readonly UnitOp[], asked: readonly number[]): Promise<number[]> => {
    const store = createMemoryStore()
    const read = vi.spyOn(store, 'read')
    let stored = 0
    const library = createLibrary(segmentsOf(store), () => stored)
    for (const [i, op] of ops.entries()) library.add(i, [op])
    await library.read(range(ops.length))
    stored = ops.length
    library.tidy()
    await library.read(asked)
    return read.mock.calls.map(([from]) => from)
  }
  const range = (length: number): number[] => Array.from({ length }, (_, i) => i)

  test('E6 MAX_PAGES pages are kept in memory, and for one more the one looked at longest ago goes', async () => {
    const many = range(8_193).map((n) => opOf(n, `${n}`))
    expect(await lookedUp(many.slice(1), [0, 1, 8_191])).toEqual([])
    expect(await lookedUp(many, [0, 1, 8_192])).toEqual([0])
  })

  test('E6 pages of MAX_PAGES_BYTES are kept in memory, and for a byte more the one looked at longest ago goes', async () => {
    const many = range(1_024).map((n) => opOfSize(n, 32_768))
    expect(unitBytes(many)).toBe(32 * 1024 * 1024)
    expect(await lookedUp(many, [0, 1, 1_023])).toEqual([])
    expect(await lookedUp([...many.slice(1), opOfSize(0, 32_769)], [0, 1, 1_023])).toEqual([0])
  })

  test('E6 a page takes the bytes of its op, whatever they say: they are read when somebody looks', async () => {
    const library = createLibrary(segmentsOf(createMemoryStore()), () => 1)
    const { op, ...rest } = opOf(1, '')
    library.add(0, [{ ...rest, op: { ...op, body: Uint8Array.of(0xff) } }])
    await expect(library.read([0])).rejects.toThrow('an admitted op has a body that the rules accepted')
  })

  test('E6 pages of what is not stored yet are kept whatever they take: nobody else has them', async () => {
    const store = createMemoryStore()
    const read = vi.spyOn(store, 'read')
    const library = createLibrary(segmentsOf(store), () => 5)
    for (let i = 0; i < 8_200; i += 2) library.add(i, [opOf(i, `${i}`), opOf(i + 1, `${i + 1}`)])
    const times = (await library.read(range(8_200))).map((page) => page?.time)
    expect(times).toEqual(range(8_200))
    expect(read).not.toHaveBeenCalled()
  })

  test('what was just stored is not looked up on the disk, as far as anybody is about to look at it', async () => {
    const store = createMemoryStore()
    const read = vi.spyOn(store, 'read')
    const library = createLibrary(segmentsOf(store), () => 1_000)
    library.add(
      0,
      range(900).map((n) => opOf(n, `${n}`)),
    )
    library.add(
      900,
      range(100).map((n) => opOf(900 + n, `${n}`)),
    )
    library.tidy()
    expect((await library.read([744, 999])).map((page) => page?.time)).toEqual([744, 999])
    expect(read).not.toHaveBeenCalled()
    await library.read([743])
    expect(read).toHaveBeenCalled()
  })
})
