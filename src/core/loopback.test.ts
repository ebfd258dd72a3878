/** Hosts that are the device itself. */
import { expect, test } from 'vitest'
import { isLoopback } from './loopback.ts'

const hostOf = (address: string): string => new URL(address).hostname

test('names and addresses of the device itself are told from those that only look like them', () => {
  const own = ['localhost', 'LOCALHOST', 'localhost.', 'app.localhost', '127.0.0.1', '127.8.9.10', '127.1', '[::1]', '[0:0:0:0:0:0:0:1]']
  const others = ['localhost.example.org', 'notlocalhost', '127.example.org', '192.168.1.5', '10.127.0.1', '[fe80::1]', 'example.org']
  expect([...own, ...others].filter((host) => isLoopback(hostOf(`http://${host}:8229/`)))).toEqual(own)
})
