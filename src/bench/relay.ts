/**
 * Suite "relay": what a relay's host passes on, beside the barest thing that `ws` can do, each a process of its own, and all
 * clients in another one.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { coalescedFrame } from './relay-frames.ts'
import type { HostKind, HostSays } from './relay-host.ts'
import type { FanOut, FanOutMs } from './relay-load.ts'
import { type Row, rowOf } from './report.ts'
import { type Suite, toBase64 } from './setting.ts'

/** Connections in all, about: a core has enough to do, and no limit of a host is met. */
const CONNECTIONS = 100
/** Frames that arrive in one run: some seconds of a host's work. */
const DELIVERIES = 200_000

const CASES = [
  { clients: 2, opsPerFrame: 1 },
  { clients: 10, opsPerFrame: 1 },
  { clients: 100, opsPerFrame: 1 },
  { clients: 10, opsPerFrame: 16 },
  { clients: 100, opsPerFrame: 16 },
] as const

const KINDS: readonly HostKind[] = ['ours', 'bare']

interface Measured {
  readonly perCpuSecond: number[]
  readonly perSecond: number[]
  readonly cpuShare: number[]
}

export const relay: Suite = async ({ runs, say, processes }) => {
  const start = (name: string, ...args: string[]): ChildProcess => fork(join(processes, `${name}.mjs`), args)
  const load = start('relay-load')
  const hosts = new Map<HostKind, Host>()
  try {
    for (const kind of KINDS) hosts.set(kind, await hostOf(start('relay-host', kind)))
    const frames = new Map<number, string>()
    for (const { opsPerFrame } of CASES) frames.set(opsPerFrame, toBase64(await coalescedFrame(opsPerFrame)))
    const measured = CASES.map(() => ({ ours: emptyMeasured(), bare: emptyMeasured() }))
    for (let run = -1; run < runs; run++) {
      say(run < 0 ? 'relay: warming up' : `relay: run ${run + 1} of ${runs}`)
      for (const [i, { clients, opsPerFrame }] of CASES.entries()) {
        for (const kind of KINDS) {
          const host = hosts.get(kind)!
          const rooms = CONNECTIONS / clients
          const rounds = Math.ceil(DELIVERIES / (rooms * clients * (clients - 1)))
          const deliveries = rounds * rooms * clients * (clients - 1)
          const before = await host.cpuMs()
          const ms = await ask<FanOutMs>(load, {
            port: host.port,
            rooms,
            clients,
            rounds,
            frame: frames.get(opsPerFrame)!,
          } satisfies FanOut)
          const cpu = (await host.cpuMs()) - before
          if (run < 0) continue
          const { perCpuSecond, perSecond, cpuShare } = measured[i]![kind]
          perCpuSecond.push((deliveries * 1000) / cpu)
          perSecond.push((deliveries * 1000) / ms)
          cpuShare.push((100 * cpu) / ms)
        }
      }
    }
    const rows = CASES.flatMap((of, i) => rowsOf(of, measured[i]!))
    return { rows, assumptions: [...frames].map(([ops, frame]) => `${ops} ${Buffer.from(frame, 'base64').length}`) }
  } finally {
    load.kill()
    for (const { child } of hosts.values()) child.kill()
  }
}

const emptyMeasured = (): Measured => ({ perCpuSecond: [], perSecond: [], cpuShare: [] })

function rowsOf({ clients, opsPerFrame }: (typeof CASES)[number], { ours, bare }: Record<HostKind, Measured>): Row[] {
  const params = { clients, 'ops-per-frame': opsPerFrame }
  const about = { unit: 'deliveries/s', better: 'higher' } as const
  const times = (rates: readonly number[], factor: number): number[] => rates.map((rate) => rate * factor)
  const rows = [
    rowOf({ measure: 'frame-deliveries-per-second', params: { ...params, of: 'a core' }, ...about }, ours.perCpuSecond, {
      ceiling: bare.perCpuSecond,
    }),
    rowOf({ measure: 'frame-deliveries-per-second', params: { ...params, of: 'the clock' }, ...about }, ours.perSecond, {
      ceiling: bare.perSecond,
    }),
  ]
  if (opsPerFrame > 1) {
    const op = { measure: 'op-deliveries-per-second', params: { ...params, of: 'a core' }, ...about } as const
    rows.push(rowOf(op, times(ours.perCpuSecond, opsPerFrame), { ceiling: times(bare.perCpuSecond, opsPerFrame) }))
  }
  rows.push(rowOf({ measure: 'host-cpu-share', params, unit: '%', better: 'lower' }, ours.cpuShare, { ceiling: bare.cpuShare }))
  return rows
}

interface Host {
  readonly child: ChildProcess
  readonly port: number
  /** CPU time so far. */
  cpuMs(): Promise<number>
}

async function hostOf(child: ChildProcess): Promise<Host> {
  const [said] = (await once(child, 'message')) as [HostSays]
  if (!('port' in said)) throw new Error('A host that does not say its port.')
  return { child, port: said.port, cpuMs: async () => (await ask<{ cpuMs: number }>(child, {})).cpuMs }
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
