/** Sockets that have said nothing yet. They are stand-ins: a process may not open as many. */
import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { createDoor, MAX_SOCKETS } from './door.ts'

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

test('D23 sockets in all are MAX_SOCKETS; the source with most gives way to a first one of another, and one that closed is free', () => {
  const enter = createDoor()
  const come = (address: string): Stand => {
    const socket = new Stand(address)
    enter(socket as unknown as Socket)
    return socket
  }
  const strangers = Array.from({ length: MAX_SOCKETS }, (_, i) => come(`2001:db8::${(i % 65_536).toString(16)}`))
  expect(strangers.some(({ destroyed }) => destroyed)).toBe(false)
  expect(come('2001:db8::1:2').destroyed).toBe(true)
  expect([come('192.0.2.1').destroyed, strangers.at(-1)!.destroyed, strangers.at(-2)!.destroyed]).toEqual([false, true, false])
  strangers[0]!.destroy()
  expect(come('2001:db8::7').destroyed).toBe(false)
  expect(come('2001:db8::8').destroyed).toBe(true)
})
