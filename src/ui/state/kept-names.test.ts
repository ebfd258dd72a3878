import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { chooseName, declineName, forgetName, nameOf, takeKeptName, toldNameOf } from './kept-names.ts'

const shared = new Map<string, string>()
beforeEach(() => {
  shared.clear()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => shared.get(key) ?? null,
    setItem: (key: string, value: string) => shared.set(key, value),
    removeItem: (key: string) => shared.delete(key),
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
})

describe('D26 the name of a node', () => {
  test('D26 is that for which it was chosen: a second node of the room does not take it, also when it writes', () => {
    const [first, second] = [at('room', 'first'), at('room', 'second')]
    chooseName(first, 'Grace')
    takeKeptName(second)
    expect(nameOf(first)).toEqual({ name: 'Grace', isTold: true })
    expect(nameOf(second)).toEqual({ name: '', isTold: false })
    chooseName(second, 'Ada')
    expect([nameOf(first).name, nameOf(second).name]).toEqual(['Grace', 'Ada'])
  })

  test('D26 is kept for other rooms, where the first node that acts takes it', () => {
    chooseName(at('here', 'first'), 'Grace')
    const there = at('there', 'second')
    expect(nameOf(there)).toEqual({ name: 'Grace', isTold: false })
    takeKeptName(there)
    takeKeptName(at('there', 'third'))
    expect([nameOf(there).isTold, nameOf(at('there', 'third')).isTold]).toEqual([true, false])
  })

  test('D26 that was declined is told to nobody, and is offered in other rooms still', () => {
    chooseName(at('here', 'first'), 'Grace')
    const there = at('there', 'second')
    declineName(there)
    takeKeptName(there)
    expect(['here', 'there'].map((linkId) => toldNameOf(at(linkId, linkId === 'here' ? 'first' : 'second')))).toEqual(['Grace', ''])
    expect(nameOf(at('elsewhere', 'third'))).toEqual({ name: 'Grace', isTold: false })
  })

  test('is remembered of the 256 latest nodes, and of this page without storage; it is forgotten with the node', () => {
    for (let i = 0; i <= 256; i++) chooseName(at('many', `node ${i}`), 'Grace')
    const stored = JSON.parse(shared.get('tabweave.names')!) as { node: string }[]
    expect([stored.length, stored[0]!.node]).toEqual([256, 'node 1'])
    forgetName(at('many', 'node 256'))
    expect([nameOf(at('many', 'node 256')).isTold, nameOf(at('many', 'node 255')).isTold]).toEqual([false, true])
    vi.stubGlobal('localStorage', undefined)
    chooseName(at('unkept', 'node'), 'Ada')
    expect(nameOf(at('unkept', 'node'))).toMatchObject({ name: 'Ada', isTold: true })
  })
})

function at(linkId: string, node: string) {
  return { linkId, node }
}
