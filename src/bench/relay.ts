/**
 * Suite "relay": what a relay's host passes on, beside the barest thing that `ws` can do, each a process of its own, and all
 * clients in another one.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { MAX_CONNECTIONS_PER_ROOM } from '../../relay/room.ts'
import type { FanOut, FanOutMs } from './relay-fan-out.ts'
import { coalescedFrame } from './relay-frames.ts'
import type { HostKind, HostSays } from './relay-host.ts'
import type { JoinOutcome } from './relay-join.ts'
import type { LoadTask } from './relay-load.ts'
import { type Row, rowOf } from './report.ts'
import { type Suite, toBase64 } from './setting.ts'

/** Connections in all: a core has enough to do, and no limit of a host is met. */
const CONNECTIONS = 100
/** Frames that arrive in one run: a second or two of a host's work. */
const DELIVERIES = 200_000
/** Rounds on their way at most: the host always has work, and nobody waits for so long that it would have to slow down. */
const AHEAD = 8

const CASES = [
  { clients: 2, opsPerFrame: 1 },
  { clients: 10, opsPerFrame: 1 },
  { clients: 100, opsPerFrame: 1 },
  { clients: 10, opsPerFrame: 16 },
  { clients: 100, opsPerFrame: 16 },
] as const

/** One frame at a time, from one client to another, so often; and so many times in turn with the other host, since it takes no time. */
const ALONE = 400
const ALONE_TURNS = 10

/** Nodes repeat their heads every 5 s. */
const JOINING = { clients: 200, perSecond: 50, heartbeat: 5_000, patience: 10_000 } as const

const KINDS: readonly HostKind[] = ['ours', 'bare']

/** Of one host. */
interface Measured {
  /** By case, figures of the runs. */
  readonly cases: readonly { readonly perCpuSecond: number[]; readonly perSecond: number[]; readonly cpuShare: number[] }[]
  readonly aloneUs: number[]
}

export const relay: Suite = async ({ runs, say, processes }) => {
  const children: ChildProcess[] = []
  const start = (name: string, ...args: string[]): ChildProcess => {
    const child = fork(join(processes, `${name}.mjs`), args)
    children.push(child)
    return child
  }
  try {
    const load = start('relay-load')
    const frames = new Map<number, Uint8Array>()
    for (const ops of new Set(CASES.map(({ opsPerFrame }) => opsPerFrame))) frames.set(ops, await coalescedFrame(ops))
    const frameOf = (ops: number): string => toBase64(frames.get(ops)!)
    const hosts: { kind: HostKind; host: Host }[] = []
    for (const kind of KINDS) hosts.push({ kind, host: await hostOf(start('relay-host', kind)) })
    const measured: Record<HostKind, Measured> = { ours: emptyMeasured(), bare: emptyMeasured() }
    const lost: number[] = []
    let expected = 0

    for (let run = -1; run < runs; run++) {
      say(run < 0 ? 'relay: warming up' : `relay: run ${run + 1} of ${runs}`)
      hosts.reverse()
      for (const [i, { clients, opsPerFrame }] of CASES.entries()) {
        for (const { kind, host } of hosts) {
          const once = await fanOutAt(host, load, { clients, speakers: clients, frame: frameOf(opsPerFrame) })
          if (run < 0) continue
          const { perCpuSecond, perSecond, cpuShare } = measured[kind].cases[i]!
          perCpuSecond.push((once.deliveries * 1_000) / once.cpuMs)
          perSecond.push((once.deliveries * 1_000) / once.ms)
          cpuShare.push((100 * once.cpuMs) / once.ms)
        }
      }
      for (let turn = 0; turn < 2 * ALONE_TURNS; turn++) {
        const { kind, host } = hosts[turn % 2]!
        const alone: FanOut = { port: host.port, rooms: 1, clients: 2, speakers: 1, rounds: ALONE, ahead: 1, frame: frameOf(1) }
        const ms = await ask<FanOutMs>(load, { type: 'fan-out', ...alone } satisfies LoadTask)
        if (run >= 0) measured[kind].aloneUs.push((ms * 1_000) / ALONE)
      }
      // The bare one has no idea whom a frame is for: two hundred times as much to pass on.
      const ours = hosts.find(({ kind }) => kind === 'ours')!.host
      const outcome = await ask<JoinOutcome>(load, { type: 'join', port: ours.port, ...JOINING } satisfies LoadTask)
      expected = outcome.expected
      if (run >= 0) lost.push(outcome.lost)
    }
    return { rows: rowsOf(measured, lost), assumptions: assumptionsOf(frames, expected) }
  } finally {
    for (const child of children) child.kill()
  }
}

const emptyMeasured = (): Measured => ({
  cases: CASES.map(() => ({ perCpuSecond: [], perSecond: [], cpuShare: [] })),
  aloneUs: [],
})

/** Rooms of so many clients, of whom all speak, until DELIVERIES frames have arrived. */
async function fanOutAt(host: Host, load: ChildProcess, how: Pick<FanOut, 'clients' | 'speakers' | 'frame'>) {
  const rooms = CONNECTIONS / how.clients
  const perRound = rooms * how.speakers * (how.clients - 1)
  const rounds = Math.ceil(DELIVERIES / perRound)
  const before = await host.cpuMs()
  const task: LoadTask = { type: 'fan-out', port: host.port, rooms, rounds, ahead: AHEAD, ...how }
  const ms = await ask<FanOutMs>(load, task)
  return { deliveries: rounds * perRound, ms, cpuMs: (await host.cpuMs()) - before }
}

function rowsOf({ ours, bare }: Record<HostKind, Measured>, lost: readonly number[]): Row[] {
  const rate = { unit: 'deliveries/s', better: 'higher' } as const
  const rows = CASES.flatMap(({ clients, opsPerFrame }, i) => {
    const params = { clients, 'ops-per-frame': opsPerFrame }
    const [our, their] = [ours.cases[i]!, bare.cases[i]!]
    const frame = { measure: 'frame-deliveries-per-second', ...rate } as const
    const found = [
      rowOf({ ...frame, params: { ...params, of: 'a core' } }, our.perCpuSecond, { bare: their.perCpuSecond }),
      rowOf({ ...frame, params: { ...params, of: 'the clock' } }, our.perSecond, { bare: their.perSecond }),
    ]
    const ops = (rates: readonly number[]): number[] => rates.map((each) => each * opsPerFrame)
    const op = { measure: 'op-deliveries-per-second', params: { ...params, of: 'a core' }, ...rate } as const
    if (opsPerFrame > 1) found.push(rowOf(op, ops(our.perCpuSecond), { bare: ops(their.perCpuSecond) }))
    found.push(rowOf({ measure: 'host-cpu-share', params, unit: '%', better: 'lower' }, our.cpuShare, { bare: their.cpuShare }))
    return found
  })
  const alone = { measure: 'frame-delay-us', params: { clients: 2, 'ops-per-frame': 1 }, unit: 'µs', better: 'lower' } as const
  rows.push(rowOf(alone, ours.aloneUs, { bare: bare.aloneUs }))
  const params = { clients: JOINING.clients, 'joining-per-second': JOINING.perSecond }
  rows.push(rowOf({ measure: 'join-lost', params, unit: 'frames', better: 'lower' }, lost))
  return rows
}

function assumptionsOf(frames: ReadonlyMap<number, Uint8Array>, expected: number): string[] {
  const sizes = [...frames].map(([ops, { length }]) => `${ops} ${ops === 1 ? 'op' : 'ops'}: ${length.toLocaleString('en-US')} B`)
  return [
    `Host and clients are two processes that are connected by loopback. They share the cores of this machine with everything else that runs. There are ${CONNECTIONS} connections, in rooms of "clients" clients that all speak in turn, and ${DELIVERIES.toLocaleString('en-US')} deliveries a run. \`bare\` is \`ws\`, which only passes each websocket message on to all others of the room. The clients are the same for both, and read only the lengths of what arrives.`,
    '"of a core": by the CPU time that the host\'s process took; "of the clock": by the time that passed. `host-cpu-share` is the CPU time divided by the time that passed.',
    `Frames are sealed bundles of messages by one author, as a busy node sends them: merged, one signature each (${sizes.join('; ')}). A delivery of a frame of 16 ops is 16 deliveries of an op.`,
    'In each turn of its event loop our host writes all frames for a socket at once. So it is quicker than the bare one where many clients speak. `frame-delay-us` shows what that costs when nobody else speaks: one frame at a time is on its way, from one client to the other.',
    `\`join-lost\`: clients of one room of at most ${MAX_CONNECTIONS_PER_ROOM}, "joining-per-second" of which join each second. Each greets all, is answered by each client that is there, and sends something every 5 s for another 5 s. The figure is the number of frames that did not arrive, of ${expected.toLocaleString('en-US')} that a client should have received while it was there.`,
  ]
}

interface Host {
  readonly port: number
  /** CPU time so far. */
  cpuMs(): Promise<number>
}

async function hostOf(child: ChildProcess): Promise<Host> {
  const [said] = (await once(child, 'message')) as [HostSays]
  if (!('port' in said)) throw new Error('A host that does not say its port.')
  return { port: said.port, cpuMs: async () => (await ask<{ cpuMs: number }>(child, {})).cpuMs }
}

/** What the process answers to a task. @throws when it ends instead */
function ask<Answer>(child: ChildProcess, task: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('A process of the benchmark ended.'))
    child.once('exit', ended)
    child.once('message', (answer) => {
      child.off('exit', ended)
      resolve(answer as Answer)
    })
    child.send(task)
  })
}
