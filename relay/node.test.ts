/** The host over real sockets and real HTTP. Long, since both halves of the host share one set of helpers here. */
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { FRAME_VERSION, HEADER_BYTES, MAX_FRAME_BYTES } from '../src/net/envelope.ts'
import { SECURITY_HEADERS } from './headers.ts'
import { createRelayHost, type RelayHost, type RelayHostOptions } from './node.ts'
import { ADDRESS_HEADER, ask, eventually, frame, member as memberOf, runRelayContract } from './relay.contract.ts'
import { BURST_MS, FRAMES_PER_SECOND, MAX_CONNECTIONS_PER_ROOM } from './room.ts'

const ROOM = 'AAAAAAAAAAAAAAAAAAAAAA'

const member = (port: number, room = ROOM) => memberOf(port, room)

const contractHosts: RelayHost[] = []
afterAll(() => Promise.all(contractHosts.map((running) => running.close())))

runRelayContract('the host on Node', {
  slowsDown: true,
  async start(rates) {
    const running = await createRelayHost({
      relay: true,
      host: '127.0.0.1',
      port: 0,
      rates,
      addressHeader: ADDRESS_HEADER,
      log: () => undefined,
    })
    contractHosts.push(running)
    return running.port
  },
})

async function host(options: Partial<RelayHostOptions> = {}) {
  const lines: string[] = []
  const running = await createRelayHost({ relay: true, host: '127.0.0.1', port: 0, log: (line) => void lines.push(line), ...options })
  onTestFinished(() => running.close())
  return { ...running, lines }
}

async function health(port: number): Promise<unknown> {
  return JSON.parse((await ask(port, '/healthz')).body)
}

describe('the relay over real sockets', { timeout: 30_000 }, () => {
  test('it says how many there are, by numbers alone, and forgets a room whose last member left', async () => {
    const { port } = await host()
    const [a, b] = await Promise.all([member(port), member(port), member(port, `${ROOM}B`)])
    expect(await health(port)).toEqual({ rooms: 2, connections: 3, dropped: 0, version: FRAME_VERSION })
    a.socket.close()
    b.socket.terminate()
    await eventually(async () => expect(await health(port)).toEqual({ rooms: 1, connections: 1, dropped: 0, version: FRAME_VERSION }))
  })

  test('of who was sent away the reason is written down, and nothing else', async () => {
    const { port, lines } = await host()
    const a = await member(port)
    a.socket.send('no frame')
    await a.closed
    expect(lines).toEqual(['A connection was closed: truncated.'])
  })

  test('D23 however many are sent away for the same reason, it is written down once', async () => {
    const { port, lines } = await host()
    for (let i = 0; i < 5; i++) {
      const a = await member(port)
      a.socket.send('no frame')
      await a.closed
    }
    expect(lines).toEqual(['A connection was closed: truncated.'])
  })

  test('D4 a member that was refused and does not go keeps nobody waiting, and is cut before long', async () => {
    const { port } = await host()
    const [a, b] = await Promise.all([member(port), member(port)])
    const bad = await member(port)
    bad.socket.send('no frame')
    bad.socket.pause()
    await eventually(async () => expect(await health(port)).toEqual({ rooms: 1, connections: 2, dropped: 0, version: FRAME_VERSION }))
    const large = frame(1, null, 1, 1_000_000)
    for (let i = 0; i < 12; i++) a.socket.send(large)
    await eventually(() => expect(b.heard.length).toBe(12))
    bad.socket.resume()
    await bad.closed
  })

  test('an answer of 8 MB to a receiver that reads late arrives whole and in order', async () => {
    const { port } = await host()
    const [sender, receiver] = await Promise.all([member(port), member(port)])
    receiver.socket.pause()
    for (let i = 0; i < 8; i++) sender.socket.send(frame(1, null, i, 1_000_000))
    await eventually(() => expect(sender.socket.bufferedAmount).toBe(0))
    receiver.socket.resume()
    await eventually(() => expect(receiver.heard).toEqual([0, 1, 2, 3, 4, 5, 6, 7]))
    expect(await health(port)).toMatchObject({ dropped: 0 })
  })

  test('of 100 MB to a receiver that reads late its sender waits for nothing, and the newest are lost', async () => {
    const { port } = await host()
    const [sender, receiver] = await Promise.all([member(port), member(port)])
    receiver.socket.pause()
    for (let i = 0; i < 100; i++) sender.socket.send(frame(1, null, i, 1_000_000))
    await eventually(() => expect(sender.socket.bufferedAmount).toBe(0))
    receiver.socket.resume()
    await eventually(async () => {
      const { dropped } = (await health(port)) as { dropped: number }
      expect(receiver.heard).toHaveLength(100 - dropped)
      expect(dropped).toBeGreaterThan(0)
    })
    expect(receiver.heard.slice(0, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    sender.socket.send(frame(1, null, 200))
    await eventually(() => expect(receiver.heard.at(-1)).toBe(200))
  })

  test('a sender that is faster than the room allows is paused, and loses nothing', async () => {
    const { port, lines } = await host()
    const [sender, receiver] = await Promise.all([member(port), member(port)])
    const pause = vi.spyOn(WebSocket.prototype, 'pause')
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now())
    onTestFinished(() => {
      pause.mockRestore()
      clock.mockRestore()
    })
    const frames = (BURST_MS / 1000) * FRAMES_PER_SECOND + 100
    for (let i = 0; i < frames; i++) sender.socket.send(frame(1, null, i))
    await eventually(() => expect(receiver.heard.length).toBe(frames))
    expect(pause).toHaveBeenCalled()
    expect(lines).toEqual([])
  })

  test('D23 without the option the header of addresses is a client’s own word, and changes nothing', async () => {
    const { port } = await host()
    const members = await Promise.all(Array.from({ length: MAX_CONNECTIONS_PER_ROOM }, () => member(port)))
    const late = await memberOf(port, ROOM, { [ADDRESS_HEADER]: '203.0.113.1' })
    expect(await late.closed).toEqual({ code: 4003, reason: 'the room is full' })
    expect(members.every(({ socket }) => socket.readyState === WebSocket.OPEN)).toBe(true)
  })

  test('D9 a frame in MAX_FRAGMENTS pieces passes, and one in more ends the connection', async () => {
    const { port } = await host()
    const [a, b] = await Promise.all([member(port), member(port)])
    const sendIn = (pieces: number): void => {
      const whole = frame(1, null, pieces, 2_000)
      for (let i = 0; i < pieces; i++) a.socket.send(whole.subarray(i, i === pieces - 1 ? undefined : i + 1), { fin: i === pieces - 1 })
    }
    sendIn(32)
    await eventually(() => expect(b.heard).toEqual([32]))
    sendIn(33)
    expect((await a.closed).code).toBe(1008)
  })

  /** A socket of ROOM that sends raw bytes, each write in a segment that the relay reads alone. */
  const rawMember = async (port: number) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => undefined)
    const key = Buffer.alloc(16).toString('base64')
    const head = `Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13`
    socket.write(`GET /parties/main/${ROOM} HTTP/1.1\r\n${head}\r\n\r\n`)
    await once(socket, 'data')
    socket.resume()
    const write = async (bytes: Uint8Array) => {
      socket.write(bytes)
      await setImmediate()
    }
    return { socket, write }
  }

  /** A message of this size, with a mask of zeros. */
  const headOf = (bytes: number): Buffer => {
    const head = Buffer.alloc(14)
    head.set([0x82, 0xff])
    head.writeBigUInt64BE(BigInt(bytes), 2)
    return head
  }

  test('D9 the largest frame passes in the smallest segments that networks have', async () => {
    const { port } = await host()
    const [{ write }, b] = await Promise.all([rawMember(port), member(port)])
    const whole = frame(1, null, 7, MAX_FRAME_BYTES - HEADER_BYTES)
    await write(headOf(whole.length))
    for (let at = 0; at < whole.length; at += 536) await write(whole.subarray(at, at + 536))
    await eventually(() => expect(b.heard).toEqual([7]))
  })

  test('D23 a frame that comes byte by byte ends the connection after MAX_READINGS', async () => {
    const { port } = await host()
    const { socket, write } = await rawMember(port)
    await write(headOf(MAX_FRAME_BYTES))
    for (let i = 0; i < 20_000 && !socket.destroyed; i++) await write(Buffer.alloc(1))
    await eventually(() => expect(socket.destroyed).toBe(true))
  })

  test('D23 a socket that asks again before its answer is cut, and one that asks after it is answered', async () => {
    const { port } = await host()
    const request = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'
    const open = async () => {
      const socket = connect({ port, host: '127.0.0.1' })
      onTestFinished(() => void socket.destroy())
      socket.on('error', () => undefined)
      await once(socket, 'connect')
      return socket
    }
    const patient = await open()
    for (let i = 0; i < 3; i++) {
      patient.write(request)
      expect(String((await once(patient, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /)
    }
    for (const head of ['', 'Expect: more\r\n', 'Expect: 100-continue\r\n']) {
      const hasty = await open()
      let answers = 0
      hasty.on('data', (bytes) => (answers += String(bytes).match(/HTTP\/1\.1 200 /g)?.length ?? 0))
      hasty.write(request.replace('\r\n\r\n', `\r\n${head}\r\n`).repeat(500))
      await once(hasty, 'close')
      expect(answers).toBeLessThanOrEqual(1)
    }
  })

  test('D23 a body is not read to its end', async () => {
    const { port } = await host()
    for (const method of ['GET', 'POST']) {
      const socket = connect({ port, host: '127.0.0.1' })
      onTestFinished(() => void socket.destroy())
      socket.on('error', () => undefined).resume()
      socket.write(`${method} /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n`)
      // Long before REQUEST_MS.
      await expect(Promise.race([once(socket, 'close'), new Promise((_, reject) => setTimeout(reject, 5_000))])).resolves.toBeDefined()
    }
  })

  test('D23 sockets that ask for nothing, or for a room that is none, do not stay', async () => {
    const { port } = await host()
    const began = [
      '',
      'GET / HTTP/1.1\r\nHos',
      'GET /parties/main/x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    ]
    const ended = began.map(async (words) => {
      // Half open, as one that wants to stay is.
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
      onTestFinished(() => void socket.destroy())
      socket.on('error', () => undefined).resume()
      socket.write(words)
      await once(socket, 'end')
      // Only a socket that is gone on the other side refuses what is written to it.
      await eventually(() => {
        socket.write('x')
        expect(socket.destroyed).toBe(true)
      })
    })
    await Promise.all(ended)
    expect(await health(port)).toMatchObject({ connections: 0 })
  })

  test('a sender that leaves, and a receiver that lagged and leaves, leave nothing behind', async () => {
    const { port } = await host()
    const [sender, receiver] = await Promise.all([member(port), member(port)])
    receiver.socket.pause()
    for (let i = 0; i < 20; i++) sender.socket.send(frame(1, null, i, 1_000_000))
    await eventually(() => expect(sender.socket.bufferedAmount).toBeLessThan(19_000_000))
    sender.socket.terminate()
    receiver.socket.terminate()
    await eventually(async () => expect(await health(port)).toMatchObject({ rooms: 0, connections: 0 }))
  })

  test('closing the host cuts its sockets and frees its port', async () => {
    const first = await host()
    const a = await member(first.port)
    await first.close()
    await a.closed
    const second = await host({ port: first.port })
    expect(second.port).toBe(first.port)
  })

  const hasIPv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'))
  test.skipIf(!hasIPv6)('a port that is taken only for IPv6 is taken for "localhost" too', async () => {
    const first = await host({ host: '::1' })
    await expect(host({ host: 'localhost', port: first.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  test('a taken port is an error', async () => {
    const first = await host({ host: 'localhost' })
    await expect(host({ host: 'localhost', port: first.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await expect(host({ host: '127.0.0.1', port: first.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  test('without a relay there are no rooms', async () => {
    const { port } = await host({ relay: false })
    await expect(member(port)).rejects.toThrow('404')
    expect((await ask(port, `/parties/main/${ROOM}`)).status).toBe(404)
  })
})

const PAGE = '<!doctype html><meta name="tabweave-relay" content="same-origin" /><title>Tabweave</title>'

async function builtApp(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tabweave-app-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'app', 'assets'), { recursive: true })
  const files = {
    'secret.txt': 'outside of the app',
    'app/index.html': PAGE,
    'app/sw.js': '// service worker',
    'app/icon.svg': '<svg/>',
    'app/manifest.webmanifest': '{}',
    'app/assets/main-4f2a.js': `// ${'a long script '.repeat(100)}`,
    'app/assets/main-4f2a.css': 'a{}',
    'app/assets/hash-4f2a.wasm': '\0asm',
    'app/assets/name with space-4f2a.js': '1',
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return join(folder, 'app')
}

const NAVIGATION = { 'sec-fetch-mode': 'navigate', accept: 'text/html' }

describe('the host serves the app', () => {
  test('each kind of file has its type, and every answer has the security headers', async () => {
    const { port } = await host({ app: await builtApp() })
    const types = {
      '/': 'text/html; charset=utf-8',
      '/index.html': 'text/html; charset=utf-8',
      '/sw.js': 'text/javascript; charset=utf-8',
      '/assets/main-4f2a.js': 'text/javascript; charset=utf-8',
      '/assets/name%20with%20space-4f2a.js': 'text/javascript; charset=utf-8',
      '/assets/main-4f2a.css': 'text/css; charset=utf-8',
      '/assets/hash-4f2a.wasm': 'application/wasm',
      '/icon.svg': 'image/svg+xml; charset=utf-8',
      '/manifest.webmanifest': 'application/manifest+json; charset=utf-8',
      '/healthz': 'application/json; charset=utf-8',
    }
    for (const [path, type] of Object.entries(types)) {
      const { status, headers } = await ask(port, path)
      expect([path, status, headers['content-type']]).toEqual([path, 200, type])
    }
    for (const [path, options] of [
      ['/', {}],
      ['/nothing.js', {}],
      ['/', { method: 'POST' }],
      ['/%', {}],
      [`/parties/main/${ROOM}`, {}],
    ] as const) {
      const { headers } = await ask(port, path, { ...options, headers: NAVIGATION })
      for (const [name, text] of Object.entries(SECURITY_HEADERS))
        expect([path, name, headers[name.toLowerCase()]]).toEqual([path, name, text])
    }
  })

  test('where a browser does not trust the address, the header that it would report as ignored is not sent', async () => {
    const { port } = await host({ app: await builtApp() })
    const { headers } = await ask(port, '/', { headers: { accept: 'text/html' } })
    const missing = Object.keys(SECURITY_HEADERS).filter((name) => headers[name.toLowerCase()] === undefined)
    expect(missing).toEqual(['Cross-Origin-Opener-Policy'])
  })

  test('files named by their hash are kept for good; everything else is asked for again and answered "not modified"', async () => {
    const { port } = await host({ app: await builtApp() })
    expect((await ask(port, '/assets/main-4f2a.js')).headers['cache-control']).toBe('public, max-age=31536000, immutable')
    for (const path of ['/', '/index.html', '/sw.js', '/manifest.webmanifest']) {
      const { headers } = await ask(port, path)
      expect(headers['cache-control']).toBe('no-cache')
      const again = await ask(port, path, { headers: { 'if-none-match': headers.etag! } })
      expect([again.status, again.body]).toEqual([304, ''])
    }
  })

  test('text is compressed for those who can read that', async () => {
    const { port } = await host({ app: await builtApp() })
    const plain = await ask(port, '/assets/main-4f2a.js')
    const zipped = await ask(port, '/assets/main-4f2a.js', { headers: { 'accept-encoding': 'br, gzip' } })
    expect(plain.headers['content-encoding']).toBe(undefined)
    expect(zipped.headers['content-encoding']).toBe('gzip')
    expect(Number(zipped.headers['content-length'])).toBeLessThan(Number(plain.headers['content-length']))
  })

  test('a person who opens an unknown address is led to the app, wherever its folder is; a missing file is "not found"', async () => {
    const { port } = await host({ app: await builtApp() })
    for (const headers of [NAVIGATION, { accept: 'text/html' }]) {
      for (const path of ['/somewhere', '/somewhere/', '/some/where?x=/y', '/some%2fwhere', '//other.example/x']) {
        const { status, headers: told } = await ask(port, path, { headers })
        expect([path, status]).toEqual([path, 302])
        // A proxy may serve this host in a folder of its own.
        for (const folder of ['', '/of', '/of/rooms'])
          expect([path, new URL(told.location!, `https://weave.example${folder}${path}`).href]).toEqual([
            path,
            `https://weave.example${folder}/`,
          ])
      }
    }
    expect((await ask(port, '/assets/gone.js', { headers: { 'sec-fetch-mode': 'no-cors', accept: '*/*' } })).status).toBe(404)
    expect((await ask(port, '/parties/main/x', { headers: NAVIGATION })).status).toBe(404)
  })

  test('nothing outside of the app is served, however the path is written', async () => {
    const { port } = await host({ app: await builtApp() })
    const paths = [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '/assets/../../secret.txt',
      '/..\\secret.txt',
      '//../secret.txt',
      '/%00',
      '/%',
      '*',
    ]
    for (const path of paths) {
      const { status, body } = await ask(port, path)
      expect([path, status >= 400, body.includes('outside')]).toEqual([path, true, false])
    }
  })

  test('only GET and HEAD are answered, and HEAD has no body', async () => {
    const { port } = await host({ app: await builtApp() })
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const { status, headers } = await ask(port, '/', { method })
      expect([status, headers['allow']]).toEqual([405, 'GET, HEAD'])
    }
    const { status, headers, body } = await ask(port, '/', { method: 'HEAD' })
    expect([status, headers['content-length'], body]).toEqual([200, String(PAGE.length), ''])
  })

  test('without a relay the page is told so', async () => {
    const { port } = await host({ app: await builtApp(), relay: false })
    expect((await ask(port, '/')).body).toBe(PAGE.replace('same-origin', 'none'))
  })

  test('an app that was not built is an error with a sentence', async () => {
    const empty = join(await builtApp(), 'assets')
    await expect(host({ app: empty })).rejects.toThrow('Build the app first.')
    await expect(host({ app: join(empty, 'nowhere') })).rejects.toThrow('Build the app first.')
  })

  test('bytes that are no HTTP do not end the host', async () => {
    const { port } = await host()
    const socket = connect(port, '127.0.0.1')
    const ended = once(socket, 'close')
    socket.on('error', () => undefined).resume()
    socket.write('\0\x01garbage\r\n\r\n')
    await ended
    expect(await health(port)).toMatchObject({ connections: 0 })
  })
})
