/** The start-up decisions, case by case. */
import { describe, expect, test } from 'vitest'
import { decideStartUp, elsewhereOf, onlyHere, patienceOf, relayOf, serversOf, readServers } from './start-up.ts'

const FRAGMENT = 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ'

describe('start-up', () => {
  test('an address without a fragment leads to the Start place', () => {
    expect(decideStartUp('')).toEqual({ type: 'ask' })
    expect(decideStartUp('#')).toEqual({ type: 'ask' })
  })

  test('#new makes a fresh room without asking', () => {
    expect(decideStartUp('#new')).toEqual({ type: 'fresh' })
  })

  test('#check opens the place that checks evidence, and no room', () => {
    expect(decideStartUp('#check')).toEqual({ type: 'check' })
  })

  test('any other fragment is a room to join, or was mistyped', () => {
    const link = 'aB3_-'.repeat(17) + 'w'
    expect(decideStartUp(`#${link}`)).toEqual({ type: 'join', link })
    for (const wrong of [FRAGMENT, link.slice(1), `${link}A`, link.replace(/w$/, 'x'), '%', 'rooms'])
      expect(decideStartUp(`#${wrong}`)).toEqual({ type: 'mistyped' })
  })

  test('a link of another address than the page’s is told by it, with where it leads', () => {
    const fragment = 'a-link.an-invitation'
    const at = (address: string, page = 'https://weave.example/?x=1#y') => elsewhereOf({ fragment, address }, page)
    for (const address of [
      '',
      'https://weave.example/',
      'https://weave.example:443/index.html?y',
      'HTTPS://Weave.example/',
      'room:',
      'mailto:x',
    ])
      expect(at(address)).toBe(null)
    expect(at('https://other.example/')).toEqual({
      place: 'other.example',
      href: `https://other.example/#${fragment}`,
      isLoopback: false,
    })
    expect(at('http://weave.example:8229/a/b.html?c')).toEqual({
      place: 'weave.example:8229/a',
      href: `http://weave.example:8229/a/b.html?c#${fragment}`,
      isLoopback: false,
    })
    expect(at('http://localhost:8229/')).toMatchObject({ place: 'localhost:8229', isLoopback: true })
    expect(at('https://weave.example/', 'https://weave.example/rooms/')).toMatchObject({ place: 'weave.example' })
  })

  test('a reload waits longer for its own lock than a tab that may be a duplicate', () => {
    expect(patienceOf('reload')).toBe(3_000)
    for (const type of ['navigate', 'back_forward', undefined]) expect(patienceOf(type)).toBe(400)
  })

  test('the relay is in the folder of this page, by websocket, a given one, or none', () => {
    for (const [page, relay] of [
      ['http://localhost:5173/', 'ws://localhost:5173'],
      ['https://weave.example/?x=1#room', 'wss://weave.example'],
      ['https://weave.example/rooms/#room', 'wss://weave.example/rooms'],
      ['https://weave.example/of/rooms/index.html?x=/y#room', 'wss://weave.example/of/rooms'],
    ])
      expect(relayOf('same-origin', page!)).toBe(relay)
    expect(relayOf('wss://relay.example/', 'https://weave.example/')).toBe('wss://relay.example')
    for (const setting of ['none', '', ' ']) expect(relayOf(setting, 'https://weave.example/')).toBe(null)
  })

  test('an address of this device alone is told by its host', () => {
    expect(onlyHere(`http://localhost:8229/#${FRAGMENT}`)).toBe('localhost')
    expect(onlyHere('http://[::1]:8229/')).toBe('[::1]')
    expect(onlyHere('http://192.168.1.5:8229/')).toBe(null)
    expect(onlyHere('https://weave.example/')).toBe(null)
  })

  test('what a messenger put around the link in the address is left out', () => {
    const link = 'aB3_-'.repeat(17) + 'w'
    for (const hash of [`#${link}`, `#${link})`, `#${link},`, `#${link}.`, `#%22${link}%22`]) {
      expect(decideStartUp(hash)).toEqual({ type: 'join', link })
    }
  })

  test('servers are read one a line or apart by commas, TURN with a user and a password, and the first line that is none is named', () => {
    const turn = { urls: 'turn:relay.example:3478?transport=tcp', username: 'ada', credential: 'a:b' }
    expect(readServers(' stun:one.example \n\nturn:relay.example:3478?transport=tcp ada a:b, stuns:two.example:5349')).toEqual({
      ok: true,
      value: [{ urls: 'stun:one.example' }, turn, { urls: 'stuns:two.example:5349' }],
    })
    expect(readServers(' \n ')).toEqual({ ok: true, value: [] })
    for (const line of [
      'one.example',
      'https://one.example',
      'stun:',
      'stun://one.example',
      'stun:one.example ada',
      'turn:one.example ada',
      'turn:one.example a b c',
    ])
      expect(readServers(`stun:fine.example\n${line}`)).toEqual({ ok: false, line, isOneTooMany: false })
    expect(readServers('stun:fine.example, stun:odd.example', ({ urls }) => !urls.includes('odd'))).toEqual({
      ok: false,
      line: 'stun:odd.example',
      isOneTooMany: false,
    })
    const nine = Array.from({ length: 9 }, (_, i) => `stun:${i}.example`).join()
    expect(readServers(nine)).toEqual({ ok: false, line: 'stun:8.example', isOneTooMany: true })
  })

  test("a person's own servers stand in for the host's, which count where there are none that can be read", () => {
    expect(serversOf('stun:own.example', 'stun:host.example')).toEqual([{ urls: 'stun:own.example' }])
    for (const own of ['', 'nonsense']) expect(serversOf(own, 'stun:host.example')).toEqual([{ urls: 'stun:host.example' }])
    expect(serversOf('', '')).toEqual([])
  })
})
