/** D20: a member makes tabs send packets to addresses of its choice, by offers of connections that name these addresses. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { stdout } from 'node:process'
import type { Page } from '@playwright/test'
import { toHex } from '../src/core/bytes.ts'
import { encodeSignal } from '../src/net/direct/signal.ts'
import { expect, test } from './fixtures.ts'
import { type HostileMember, joinAsMember } from './hostile-member.ts'
import { agree, said } from './tabs.ts'

/** An address that belongs to nobody in the room: ports there that count what arrives. */
interface Victim {
  /** UDP packets. */
  packets: number
  /** TCP connections. */
  connections: number
  readonly udp: readonly string[]
  readonly tcp: readonly string[]
  close(): void
}

const PORTS = 8

async function openVictim(address: string): Promise<Victim> {
  const sockets = Array.from({ length: PORTS }, () => createSocket('udp4'))
  for (const socket of sockets) {
    socket.on('message', () => victim.packets++)
    socket.bind(0, address)
    await once(socket, 'listening')
  }
  const server = createServer((socket) => {
    victim.connections++
    socket.destroy()
  }).listen(0, address)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const victim: Victim = {
    packets: 0,
    connections: 0,
    udp: sockets.map((socket, n) => `candidate:${n} 1 udp 2122260223 ${address} ${socket.address().port} typ host`),
    tcp: [`candidate:1 1 tcp 1518280447 ${address} ${port} typ host tcptype passive`],
    close() {
      for (const socket of sockets) socket.close()
      server.close()
    },
  }
  return victim
}

/** An address of this machine that is not loopback. */
function ownAddress(): string {
  const found = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const own = found.find(({ internal, family }) => !internal && family === 'IPv4')
  if (own === undefined) throw new Error('this test needs a network interface beside loopback')
  return own.address
}

function offerOf(candidates: readonly string[]): Uint8Array {
  const [ufrag, password, fingerprint] = ['abcd', 'p'.repeat(22), new Uint8Array(32)]
  return encodeSignal({
    type: 'description',
    connection: 1,
    description: { type: 'offer', ufrag, password, fingerprint, setup: 'actpass', candidates },
  })
}

/** Sends these offers to each tab each second, each time under new sender values. Gives the bytes sent. */
async function flood(member: HostileMember, page: Page, offers: readonly Uint8Array[], seconds: number): Promise<number> {
  const tabs = [...new Map(member.heard.map(({ sender }) => [toHex(sender), sender])).values()]
  const began = performance.now()
  let bytes = 0
  for (let second = 0; second < seconds; second++) {
    for (const offer of offers) {
      const name = await member.name()
      for (const tab of tabs) bytes += await name.say(tab, offer)
    }
    await page.waitForTimeout(Math.max(0, began + 1_000 * (second + 1) - performance.now()))
  }
  return bytes
}

test('D20 offers under any number of names make tabs send few packets to the address that they name, none to loopback and none by TCP, and honest devices still connect', async ({
  host,
  device,
}) => {
  const a = await (await device()).open(`${host.address}/#new`)
  const b = await (await device()).open(a.url())
  await agree([a, b], 1)
  const [near, loopback] = [await openVictim(ownAddress()), await openVictim('127.0.0.1')]
  const member = await joinAsMember(host.port, a.url())
  try {
    // Each tab says from time to time that it is here.
    await expect.poll(() => new Set(member.heard.map(({ sender }) => toHex(sender))).size).toBe(2)
    const forbidden = [near.tcp, loopback.tcp, loopback.udp].map(offerOf)
    const allowed = Array.from({ length: 9 }, () => offerOf(near.udp))
    const began = performance.now()
    const bytes = await flood(member, a, [...allowed, ...forbidden], 12)
    const seconds = (performance.now() - began) / 1_000
    const { packets } = near
    const measured = `${packets} packets from 2 tabs in ${seconds.toFixed(1)} s for ${bytes} bytes of offers: ${(packets / bytes).toFixed(4)} packets a byte`
    stdout.write(`${measured}; loopback: ${loopback.packets} packets; TCP: ${near.connections + loopback.connections} connections\n`)
    // Some are sent: a tab cannot know that nobody is there.
    expect(packets, measured).toBeGreaterThan(0)
    expect(packets, measured).toBeLessThanOrEqual(2 * 20 * seconds)
    expect([loopback.packets, loopback.connections, near.connections]).toEqual([0, 0, 0])
    const c = await (await device()).open(a.url())
    await agree([a, b, c], 1)
    for (const page of [a, b, c]) await expect.poll(() => said(page, 'paths')).toContain('webrtc')
  } finally {
    member.close()
    near.close()
    loopback.close()
  }
})
