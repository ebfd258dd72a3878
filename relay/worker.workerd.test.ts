/** The host on Cloudflare as it is deployed, in the platform's own runtime on this machine. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { IMMUTABLE, REVALIDATE, SECURITY_HEADERS } from './headers.ts'
import { ADDRESS_HEADER, ask, eventually, frame, member, newRoom, runRelayContract } from './relay.contract.ts'
import { DEFAULT_RATES, MAX_SENDERS_PER_CONNECTION, type Rates } from './room.ts'

const root = join(import.meta.dirname, '..')
const WRANGLER = join(import.meta.dirname, 'node_modules/wrangler/bin/wrangler.js')
/** Past the 10 s without a message after which an object sleeps. ms */
const TO_SLEEP = 12_000

interface Running {
  readonly child: ChildProcess
  readonly port: number
  /** Where objects keep what is on their disks. */
  readonly disk: string
}

const all: Running[] = []
let deployed = ''
beforeAll(() => {
  const output = mkdtempSync(join(tmpdir(), 'tabweave-deploy-'))
  const args = [join(root, '.scripts/relay-deploy.mjs'), '--dry-run', '--outdir', output]
  deployed = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  rmSync(output, { recursive: true })
}, 300_000)
afterAll(async () => {
  for (const { child, disk } of all) {
    child.kill()
    await once(child, 'exit')
    rmSync(disk, { recursive: true, force: true })
  }
})

/** Resolves when the worker can be reached. */
function startWorker(script: string, rates: Rates): Promise<Running> {
  const disk = mkdtempSync(join(tmpdir(), 'tabweave-worker-'))
  const where = ['--ip', '127.0.0.1', '--port', '0', '--inspector-port', '0', '--persist-to', disk]
  const vars = [
    '--var',
    `FRAMES_PER_SECOND:${rates.frames}`,
    '--var',
    `BYTES_PER_SECOND:${rates.bytes}`,
    '--var',
    `ADDRESS_HEADER:${ADDRESS_HEADER}`,
  ]
  const child = spawn(process.execPath, [WRANGLER, 'dev', script, '--config', 'wrangler.json', ...where, ...vars], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false' },
  })
  return new Promise((resolve, reject) => {
    let said = ''
    const hear = (text: Buffer): void => {
      said += text.toString()
      const port = Number(/Ready on http:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1])
      if (!(port > 0) || all.some((running) => running.child === child)) return
      const running = { child, port, disk }
      all.push(running)
      resolve(running)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('exit', () => reject(new Error(said)))
  })
}

const started = new Map<string, Promise<Running>>()

/** One for each script and rates. */
function worker(script: string, rates = DEFAULT_RATES): Promise<Running> {
  const key = JSON.stringify([script, rates])
  const running = started.get(key) ?? startWorker(script, rates)
  started.set(key, running)
  return running
}

runRelayContract('the host on Cloudflare', {
  slowsDown: false,
  start: async (rates) => (await worker('worker.ts', rates)).port,
})

describe('rooms on Cloudflare', { timeout: 120_000 }, () => {
  test('a room that slept knows who is in it, which sender values are whose, and who was sent away', async () => {
    const { port } = await worker('worker.for-tests.ts')
    const room = newRoom().padEnd(64, 'x')
    const [a, many, c] = [await member(port, room), await member(port, room), await member(port, room)] as const
    for (let sender = 1; sender <= MAX_SENDERS_PER_CONNECTION; sender++) many.socket.send(frame(sender, null, sender))
    await eventually(() => expect([a.heard.length, c.heard.length]).toEqual([MAX_SENDERS_PER_CONNECTION, MAX_SENDERS_PER_CONNECTION]))
    // This connection was sent away, and stays.
    const away = await member(port, room)
    away.socket.send(frame(50, null, 50))
    await eventually(() => expect(c.heard.at(-1)).toBe(50))
    away.socket.pause()
    away.socket.send('no frame')
    const times = async () => Number((await ask(port, '/healthz')).body)
    const before = await times()
    // Each try wakes the room, so it is tried anew from the beginning.
    for (let tries = 0; tries < 5 && (await times()) === before; tries++) {
      await sleep(TO_SLEEP)
      a.socket.send(frame(100, 1, 101))
      await eventually(() => expect(many.heard.filter((mark) => mark === 101)).toHaveLength(tries + 1))
    }
    expect(await times()).toBe(before + 1)
    // Nobody has that sender value now, and all who are here have spoken or were silent for long.
    a.socket.send(frame(100, 50, 103))
    for (let sender = 2; sender <= MAX_SENDERS_PER_CONNECTION; sender++) a.socket.send(frame(100, sender, 102))
    for (let i = 0; i < 100; i++) a.socket.send(frame(100, null, i))
    const last = Array.from({ length: 100 }, (_, i) => i)
    await eventually(() => expect(c.heard.slice(MAX_SENDERS_PER_CONNECTION)).toEqual([50, ...last]))
    expect(many.heard.filter((mark) => mark === 102)).toHaveLength(MAX_SENDERS_PER_CONNECTION - 1)
    expect(many.heard.slice(-100)).toEqual(last)
  })

  test('nothing stays on a disk of a room in which nobody is', async () => {
    const { port, disk } = await worker('worker.ts')
    const room = newRoom()
    const isOnDisk = () =>
      readdirSync(disk, { recursive: true, withFileTypes: true }).some(
        (entry) => entry.isFile() && readFileSync(join(entry.parentPath, entry.name)).includes(room),
      )
    const [a, b] = [await member(port, room), await member(port, room)] as const
    // partyserver writes this. If it stops, we need not delete it any more.
    await eventually(() => expect(isOnDisk()).toBe(true))
    a.socket.terminate()
    b.socket.close()
    await eventually(() => expect(isOnDisk()).toBe(false))
  })
})

describe('the app on Cloudflare', { timeout: 60_000 }, () => {
  test('is what a dry run would deploy, with the rooms', () => {
    expect(deployed).toMatch(/env\.Main \(Main\)\s+Durable Object/)
    expect(deployed).toContain('--dry-run: exiting now.')
  })

  test('has the headers of every other host, whatever is asked for', async () => {
    const { port } = await worker('worker.ts')
    const asset = readdirSync(join(root, 'dist/assets')).find((name) => name.endsWith('.js'))!
    for (const [path, status, caching] of [
      ['/', 200, REVALIDATE],
      ['/sw.js', 200, REVALIDATE],
      [`/assets/${asset}`, 200, IMMUTABLE],
      ['/assets/gone.js', 404, 'no-store'],
      ['/_headers', 404, 'no-store'],
      ['/healthz', 200, 'no-store'],
      [`/parties/main/${newRoom()}`, 426, 'no-store'],
      ['/parties/main/x', 404, 'no-store'],
    ] as const) {
      const { status: told, headers } = await ask(port, path)
      expect([path, told, headers['cache-control']]).toEqual([path, status, caching])
      for (const [name, text] of Object.entries(SECURITY_HEADERS))
        expect([path, name, headers[name.toLowerCase()]]).toEqual([path, name, text])
    }
  })

  test('a person who opens an unknown address is led to the app, but not at a room’s', async () => {
    const { port } = await worker('worker.ts')
    const person = { headers: { 'sec-fetch-mode': 'navigate', accept: 'text/html' } }
    const app = readFileSync(join(root, 'dist/index.html'), 'utf8')
    const page = await ask(port, '/', person)
    expect([page.status, page.body === app]).toEqual([200, true])
    const { status, headers } = await ask(port, '/some/where', person)
    expect([status, headers.location]).toEqual([302, './../'])
    for (const told of [page.headers, headers]) expect(told['content-security-policy']).toBe(SECURITY_HEADERS['Content-Security-Policy'])
    expect((await ask(port, '/index.html', person)).headers.location).toBe('/')
    expect((await ask(port, '/parties/main/x', person)).status).toBe(404)
  })
})
