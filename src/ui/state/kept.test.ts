/** What a tab keeps, with storage that works, lies, or refuses. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  allowServers,
  type Desk,
  forgetKept,
  forgetRoom,
  holdsUnsentText,
  mayUseServers,
  keepAdded,
  keepClaim,
  keepDraft,
  keepOffline,
  keepUnsent,
  keptAdded,
  keptClaim,
  keptDraft,
  keptOffline,
  keptUnsent,
} from './kept.ts'

const ROOM = 'ab'.repeat(32)
const at = (slot: number, linkId = ROOM): Desk => ({ linkId, slot })

/** A sessionStorage of these contents. */
function stubStorage(contents: Record<string, string> = {}): Map<string, string> {
  const held = new Map(Object.entries(contents))
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => held.set(key, value),
    removeItem: (key: string) => held.delete(key),
  })
  return held
}

afterEach(() => vi.unstubAllGlobals())

describe('what a tab keeps', () => {
  test('claims, drafts and unsent texts come back as they were kept, each slot its own', () => {
    stubStorage()
    keepClaim('room', 'ab')
    keepAdded('room', [{ slot: 2, claim: 'cd' }])
    keepDraft(at(0), 'half a thought')
    keepUnsent(at(1), ['one', 'two'])
    expect(keptClaim('room.with-an-invitation')).toBe('ab')
    expect(keptAdded('room')).toEqual([{ slot: 2, claim: 'cd' }])
    // A tab that goes to another room is another node there.
    expect([keptClaim('other'), keptAdded('other')]).toEqual([null, []])
    expect([keptDraft(at(0)), keptDraft(at(1))]).toEqual(['half a thought', ''])
    expect([keptUnsent(at(0)), keptUnsent(at(1))]).toEqual([[], ['one', 'two']])
    // A tab that goes to another room must not be able to send them there.
    expect([keptDraft(at(0, 'cd')), keptUnsent(at(1, 'cd'))]).toEqual(['', []])
  })

  test('nothing is left behind once there is nothing to keep', () => {
    const held = stubStorage()
    keepDraft(at(0), 'x')
    keepUnsent(at(0), ['x'])
    keepAdded('room', [{ slot: 1, claim: 'ab' }])
    keepDraft(at(0), '')
    keepUnsent(at(0), [])
    keepAdded('room', [])
    expect([...held.keys()]).toEqual([])
  })

  test('a tab holds unsent text while a draft or an unanswered text is kept', () => {
    stubStorage()
    expect(holdsUnsentText([at(0), at(1)])).toBe(false)
    keepDraft(at(1), 'x')
    expect(holdsUnsentText([at(0), at(1)])).toBe(true)
    keepDraft(at(1), '')
    keepUnsent(at(0), ['y'])
    expect(holdsUnsentText([at(0), at(1)])).toBe(true)
  })

  test('what another hand wrote into the storage is as good as nothing', () => {
    for (const added of ['{', 'null', '7', '{"slot":1}', '[null, 3, {"slot":"1","claim":"ab"}, {"slot":1}]']) {
      stubStorage({ 'tabweave.added.room': added, [`tabweave.unsent.${ROOM}.0`]: added })
      expect(keptAdded('room')).toEqual([])
      expect(keptUnsent(at(0))).toEqual([])
    }
  })

  test('a node that was deleted leaves nothing behind, and what was typed at others stays', () => {
    const held = stubStorage()
    keepClaim('link', 'aa')
    keepAdded('link', [
      { slot: 1, claim: 'bb' },
      { slot: 2, claim: 'cc' },
    ])
    for (const slot of [0, 1, 2]) {
      keepDraft(at(slot), `draft ${slot}`)
      keepUnsent(at(slot), [`unsent ${slot}`])
    }
    for (const id of ['aa', 'bb']) keepOffline(id, true)
    forgetKept({ id: 'bb', linkId: ROOM, link: 'link' })
    expect([keptDraft(at(0)), keptDraft(at(1)), keptDraft(at(2))]).toEqual(['draft 0', '', 'draft 2'])
    expect([keptUnsent(at(1)), keptAdded('link'), keptOffline('bb')]).toEqual([[], [{ slot: 2, claim: 'cc' }], false])
    for (const id of ['aa', 'cc', 'never here']) forgetKept({ id, linkId: ROOM, link: 'link' })
    expect([...held.keys()]).toEqual([])
  })

  test('storage that refuses stops nobody', () => {
    const refuse = (): never => {
      throw new DOMException('refused', 'SecurityError')
    }
    vi.stubGlobal('sessionStorage', { getItem: refuse, setItem: refuse, removeItem: refuse })
    keepDraft(at(0), 'x')
    expect([keptDraft(at(0)), keptClaim('room'), keptAdded('room'), keptUnsent(at(0))]).toEqual(['', null, [], []])
  })
})

describe('D26 where a person acted', () => {
  test('is remembered of the latest 256 rooms, beyond the page, and by a page whose storage is refused', () => {
    const held = new Map<string, string>()
    const storage = {
      getItem: (key: string) => held.get(key) ?? null,
      setItem: (key: string, value: string) => held.set(key, value),
      removeItem: (key: string) => held.delete(key),
    }
    vi.stubGlobal('localStorage', storage)
    for (let i = 0; i <= 256; i++) allowServers(`room ${i}`)
    for (let i = 0; i < 3; i++) allowServers('room 256')
    expect(JSON.parse(held.get('tabweave.servers.rooms')!)).toEqual(Array.from({ length: 256 }, (_, i) => `room ${i + 1}`))
    expect([mayUseServers('room 1'), mayUseServers('elsewhere')]).toEqual([true, false])
    held.set('tabweave.servers.rooms', '["from another tab", 7]')
    expect(mayUseServers('from another tab')).toBe(true)
    vi.stubGlobal('localStorage', undefined)
    allowServers('here')
    expect([mayUseServers('here'), mayUseServers('there')]).toEqual([true, false])
  })

  test('is forgotten with the room', () => {
    const held = stubStorage()
    vi.stubGlobal('localStorage', sessionStorage)
    for (const room of ['forgotten', 'another']) allowServers(room)
    forgetRoom('forgotten')
    expect([mayUseServers('forgotten'), mayUseServers('another')]).toEqual([false, true])
    forgetRoom('another')
    expect([...held.keys()]).toEqual([])
  })
})
