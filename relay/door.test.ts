/** Sockets that have said nothing yet, or a request. They are stand-ins: a process may not open as many. */
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { createDoor, type Door, MAX_SOCKETS } from './door.ts'

class Stand extends EventEmitter {
  destroyed = false
  readonly remoteAddress: string
  constructor(address: string) {
    super()
    this.remoteAddress = address
  }
  destroy(): void {
    this.destroyed = true
    this.emit('close')
  }
}

function come(door: Door, address: string): Stand {
  const socket = new Stand(address)
  door.enter(socket as unknown as Socket)
  return socket
}

/** A request that comes by a proxy, on the socket of its own that proxies open for a websocket. */
function ask(door: Door, socket: Stand, forwarded: string): string {
  return door.subnetOf({ headers: { upgrade: 'websocket', 'x-forwarded-for': forwarded }, socket: socket as unknown as Socket })
}

test('D23 sockets in all are MAX_SOCKETS; the source with most gives way to a first one of another, and one that closed is free', () => {
  const door = createDoor(undefined, () => undefined)
  const strangers = Array.from({ length: MAX_SOCKETS }, (_, i) => come(door, `2001:db8::${(i % 65_536).toString(16)}`))
  expect(strangers.some(({ destroyed }) => destroyed)).toBe(false)
  expect(come(door, '2001:db8::1:2').destroyed).toBe(true)
  expect([come(door, '192.0.2.1').destroyed, strangers.at(-1)!.destroyed, strangers.at(-2)!.destroyed]).toEqual([false, true, false])
  strangers[0]!.destroy()
  expect(come(door, '2001:db8::7').destroyed).toBe(false)
  expect(come(door, '2001:db8::8').destroyed).toBe(true)
})

test('D23 behind a proxy a socket counts for whom its request comes from: one source that fills the host gives way', () => {
  const door = createDoor('X-Forwarded-For', () => undefined)
  const ofAttacker = Array.from({ length: MAX_SOCKETS }, () => {
    const socket = come(door, '127.0.0.1')
    expect(ask(door, socket, '203.0.113.66')).toBe('203.0.113.66')
    return socket
  })
  const honest = Array.from({ length: 3 }, (_, i) => {
    const socket = come(door, '127.0.0.1')
    if (!socket.destroyed) ask(door, socket, `198.51.100.${i}`)
    return socket
  })
  expect(honest.map(({ destroyed }) => destroyed)).toEqual([false, false, false])
  expect(ofAttacker.filter(({ destroyed }) => destroyed)).toEqual(ofAttacker.slice(-3))
  for (const socket of [...honest, ...ofAttacker]) if (!socket.destroyed) socket.destroy()
  // All places are free again.
  expect(Array.from({ length: MAX_SOCKETS }, () => come(door, '127.0.0.1')).some(({ destroyed }) => destroyed)).toBe(false)
})

test('a socket that was destroyed counts for nobody, whatever still comes from it', () => {
  const door = createDoor('x-forwarded-for', () => undefined)
  const gone = come(door, '127.0.0.1')
  gone.destroy()
  ask(door, gone, '203.0.113.66')
  const others = Array.from({ length: MAX_SOCKETS }, () => come(door, '127.0.0.1'))
  expect(others.some(({ destroyed }) => destroyed)).toBe(false)
})

test('D23 where the header names no address, the operator is told so once, and the socket counts for its own', () => {
  const lines: string[] = []
  const door = createDoor('x-forwarded-for', (line) => void lines.push(line))
  const socket = come(door, '127.0.0.1')
  // A check whether the host is up does not come through a proxy.
  expect(door.subnetOf({ headers: {}, socket: socket as unknown as Socket })).toBe('loopback')
  expect(lines).toEqual([])
  for (const forwarded of ['192.0.2.1:5678', '_hidden', 'unknown']) ask(door, socket, forwarded)
  expect(ask(door, socket, '')).toBe('loopback')
  expect(lines).toHaveLength(1)
  expect(lines[0]).toContain('"x-forwarded-for"')
  expect(lines[0]).not.toContain('_hidden')
})
