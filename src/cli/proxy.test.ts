/** Which proxy the usual variables name for an address. */
import { expect, test } from 'vitest'
import { proxyFor } from './proxy.ts'

const ALL = { HTTPS_PROXY: 'http://secure:1', http_proxy: 'plain:2' }

test.each([
  ['wss://relay.example', ALL, 'http://secure:1/'],
  ['ws://relay.example', ALL, 'http://plain:2/'],
  ['wss://relay.example', { ...ALL, https_proxy: 'http://small:3' }, 'http://small:3/'],
  ['wss://relay.example', { ALL_PROXY: 'https://any:4' }, 'https://any:4/'],
  ['wss://relay.example', {}, null],
  ['wss://relay.example', { HTTPS_PROXY: ' ' }, null],
  ['wss://relay.example', { HTTPS_PROXY: 'socks5://x:1' }, null],
  ['wss://relay.example', { HTTPS_PROXY: 'http://[' }, null],
  ['wss://localhost:5', ALL, null],
  ['ws://127.0.0.9', ALL, null],
  ['ws://[::1]:9', ALL, null],
  ['wss://relay.example', { ...ALL, NO_PROXY: 'other, Example' }, null],
  ['wss://relay.example', { ...ALL, NO_PROXY: '.relay.example' }, null],
  ['wss://relay.example', { ...ALL, no_proxy: '*' }, null],
  ['wss://relay.example', { ...ALL, NO_PROXY: 'relay.example:443' }, null],
  ['wss://relay.example', { ...ALL, NO_PROXY: 'relay.example:80,lay.example' }, 'http://secure:1/'],
  ['wss://10.0.0.1', { ...ALL, NO_PROXY: '0.0.1' }, 'http://secure:1/'],
  ['wss://10.0.0.1', { ...ALL, NO_PROXY: '10.0.0.1' }, null],
  ['wss://[fd00::1]', { ...ALL, NO_PROXY: '[fd00::1]' }, null],
])('%s with %j', (address, env, proxy) => {
  expect(proxyFor(new URL(address), env)?.href ?? null).toBe(proxy)
})
