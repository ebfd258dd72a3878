/** A mistyped server costs no more than itself. */
import { expect, test } from 'vitest'
import { connectionWith, takesServer } from './servers.ts'

const good = { urls: 'stun:127.0.0.1:3478' }
const bad = { urls: 'stun:127.0.0.1:99999' }

test('a server with a port that is none is not taken', () => {
  expect(takesServer(good)).toBe(true)
  expect(takesServer(bad)).toBe(false)
})

test('a connection is made with the servers that are taken, or with none', () => {
  for (const [servers, taken] of [
    [[bad, good], [good.urls]],
    [[bad], []],
  ] as const) {
    const connection = connectionWith(servers)
    expect(connection.getConfiguration().iceServers?.flatMap(({ urls }) => urls)).toEqual(taken)
    connection.close()
  }
})
