/** What a tab keeps, and where a person acted, with storage that works, lies, or refuses. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  allowServers,
  forgetKept,
  forgetRoom,
  mayUseServers,
  keepAdded,
  keepClaim,
  keepOffline,
  keptAdded,
  keptClaim,
  keptOffline,
  MAX_OFFLINE,
} from './kept.ts'
import { keepDraft, keepUnsent, keptDraft, keptUnsent } from './kept-typed.ts'
import { createStorage } from './storage.naive.ts'

const ROOM = 'ab'.repeat(32)

/** A sessionStorage of these contents, and a localStorage without any. */
function stubStorage(contents: Record<string, string> = {}): { readonly tab: Storage; readonly shared: Storage } {
  const [tab, shared] = [createStorage(contents), createStorage()]
  vi.stubGlobal('sessionStorage', tab)
  vi.stubGlobal('localStorage', shared)
  return { tab, shared }
}

afterEach(() => vi.unstubAllGlobals())

describe('what a tab keeps', () => {
  test('claims come back as they were kept', () => {
    stubStorage()
    keepClaim('room', 'ab')
    keepAdded('room', [{ slot: 2, claim: 'cd' }])
    expect(keptClaim('room.with-an-invitation')).toBe('ab')
    expect(keptAdded('room')).toEqual([{ slot: 2, claim: 'cd' }])
    // A tab that goes to another room is another node there.
    expect([keptClaim('other'), keptAdded('other')]).toEqual([null, []])
    keepAdded('room', [])
    keepClaim('room', null)
    expect(Object.keys(sessionStorage)).toEqual([])
  })

  test('values in another form are ignored', () => {
    for (const added of ['{', 'null', '7', '{"slot":1}', '[null, 3, {"slot":"1","claim":"ab"}, {"slot":1}]']) {
      stubStorage({ 'tabweave.added.room': added })
      expect(keptAdded('room')).toEqual([])
    }
  })

  test('a node that was deleted leaves nothing behind, and what was typed at others stays', () => {
    const { tab, shared } = stubStorage()
    keepClaim('link', 'aa')
    keepAdded('link', [
      { slot: 1, claim: 'bb' },
      { slot: 2, claim: 'cc' },
    ])
    const at = (node: string) => ({ linkId: ROOM, node })
    for (const node of ['aa', 'bb', 'cc']) {
      keepDraft(at(node), `draft of ${node}`)
      keepUnsent(at(node), [`unsent by ${node}`], [])
    }
    for (const id of ['aa', 'bb']) keepOffline(id, true)
    forgetKept({ id: 'bb', linkId: ROOM, link: 'link' })
    expect(['aa', 'bb', 'cc'].map((node) => keptDraft(at(node)))).toEqual(['draft of aa', '', 'draft of cc'])
    expect([keptUnsent(at('bb')), keptAdded('link'), keptOffline()]).toEqual([[], [{ slot: 2, claim: 'cc' }], ['aa']])
    for (const id of ['aa', 'cc', 'never here']) forgetKept({ id, linkId: ROOM, link: 'link' })
    expect([...Object.keys(tab), ...Object.keys(shared)]).toEqual([])
  })

  test('a node that was left offline is remembered for all tabs: of more than MAX_OFFLINE, those that were left so last', () => {
    const { tab, shared } = stubStorage()
    const nodes = Array.from({ length: MAX_OFFLINE + 2 }, (_, n) => `${n}`)
    for (const node of nodes) keepOffline(node, true)
    expect(keptOffline()).toEqual(nodes.slice(2))
    keepOffline('2', true)
    keepOffline('new', true)
    expect(keptOffline()).toEqual([...nodes.slice(4), '2', 'new'])
    for (const node of [...nodes, 'new']) keepOffline(node, false)
    expect([keptOffline(), Object.keys(tab), Object.keys(shared)]).toEqual([[], [], []])
  })

  test('storage that refuses stops nobody', () => {
    const refuse = (): never => {
      throw new DOMException('refused', 'SecurityError')
    }
    vi.stubGlobal('sessionStorage', { getItem: refuse, setItem: refuse, removeItem: refuse })
    vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse, removeItem: refuse })
    keepClaim('room', 'ab')
    expect([keptClaim('room'), keptAdded('room')]).toEqual([null, []])
    keepOffline('ab', true)
    expect(keptOffline()).toEqual(['ab'])
    keepOffline('ab', false)
    expect(keptOffline()).toEqual([])
  })
})

describe('D26 where a person acted', () => {
  test('is remembered of the latest 256 rooms, beyond the page, and by a page whose storage is refused', () => {
    const { shared } = stubStorage()
    for (let i = 0; i <= 256; i++) allowServers(`room ${i}`)
    for (let i = 0; i < 3; i++) allowServers('room 256')
    expect(JSON.parse(shared.getItem('tabweave.servers.rooms')!)).toEqual(Array.from({ length: 256 }, (_, i) => `room ${i + 1}`))
    expect([mayUseServers('room 1'), mayUseServers('elsewhere')]).toEqual([true, false])
    shared.setItem('tabweave.servers.rooms', '["from another tab", 7]')
    expect(mayUseServers('from another tab')).toBe(true)
    vi.stubGlobal('localStorage', undefined)
    allowServers('here')
    expect([mayUseServers('here'), mayUseServers('there')]).toEqual([true, false])
  })

  test('is forgotten with the room', () => {
    const { shared } = stubStorage()
    for (const room of ['forgotten', 'another']) {
      allowServers(room)
      keepDraft({ linkId: room, node: 'of an earlier time' }, 'a draft')
    }
    forgetRoom('forgotten')
    expect(['forgotten', 'another'].map((linkId) => keptDraft({ linkId, node: 'of an earlier time' }))).toEqual(['', 'a draft'])
    expect([mayUseServers('forgotten'), mayUseServers('another')]).toEqual([false, true])
    forgetRoom('another')
    expect(Object.keys(shared)).toEqual([])
  })
})
