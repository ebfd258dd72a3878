/** The address that the host prints can be opened. */
import { expect, test } from 'vitest'
import { addressOf } from './address.ts'

test.each([
  ['localhost', 'http://localhost:80'],
  ['127.0.0.1', 'http://127.0.0.1:80'],
  ['0.0.0.0', 'http://localhost:80'],
  ['::', 'http://localhost:80'],
  ['::1', 'http://[::1]:80'],
  ['fe80::1%eth0', 'http://[fe80::1%25eth0]:80'],
  ['host.example', 'http://host.example:80'],
])('HOST=%s is opened at %s', (host, address) => {
  expect(addressOf(host, 80)).toBe(address)
})
