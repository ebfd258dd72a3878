/** Suite "siege": how late honest words are while somebody attacks, beside the same attack on another room of the same relay. */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { pushAll } from '../core/lists.ts'
import { type BenchBrowser, openApp } from './browser.ts'
import { longRoom } from './long-room.ts'
import { median, type Row, rowOf } from './report.ts'
import type { Suite, SuiteSetting } from './setting.ts'
import { ATTACKS } from './siege/attacks.ts'
import type { SiegeSays, SiegeTask } from './siege/besieger.ts'
import { type Honest, joinAsNew, type Joined, openHonest, reload, typeSome } from './siege/honest.ts'

/** Attacks at the rate at which each was first seen to work, and at multiples of it. */
const RATES = [1, 4, 16]
/** Messages by which latency is measured, under attack and beside it; more with more runs. */
const LEAST_MESSAGES = 10
/** What a newcomer is to get. */
const OPS = 10_000
const PEOPLE = 30
/** Time for an attack to unfold before anything is measured (ms). */
const UNFOLD = 5_000

/** What is measured while an attack goes on. */
interface Measured {
  readonly latencies: readonly number[]
  readonly reload: number
  readonly joined: Joined
  readonly sent: Exclude<SiegeSays, { begun: true }>
}

export const siege: Suite = async (setting) => {
  const browser = await setting.browser()
  const rows: Row[] = []
  for (const attack of Object.keys(ATTACKS).filter((name) => setting.only === null || name === setting.only)) {
    for (const rate of RATES) {
      setting.say(`siege: ${attack} at ${rate} ×, opening`)
      // A room of its own for each: what one attack leaves behind is not there in the next.
      const room = await longRoom(OPS, PEOPLE, (bytes) => new Uint8Array(deflateRawSync(bytes)), `tabweave siege ${attack} ${rate}`)
      const honest = await openHonest(browser, room)
      const elsewhere = await openElsewhere(browser)
      try {
        const control = await besieged(setting, browser, honest, { attack, rate, link: elsewhere.link })
        const measured = await besieged(setting, browser, honest, { attack, rate, link: honest.link })
        const measuredRows = rowsOf(attack, rate, measured, control)
        // Said at once: a siege takes minutes, and one that is ended shows what it has.
        for (const { measure, ours } of measuredRows) setting.say(`siege: ${attack} at ${rate} ×: ${measure} ${ours}`)
        pushAll(rows, measuredRows)
      } finally {
        await elsewhere.close()
        for (const page of honest.pages) await page.close()
      }
    }
  }
  return { rows, assumptions: ASSUMPTIONS }
}

/** A room with one tab, so that an attack on it has somebody to aim at. */
async function openElsewhere(browser: BenchBrowser): Promise<{ readonly link: string; close(): Promise<void> }> {
  const page = await openApp(browser, 'new', await browser.openWindow(0))
  return { link: await page.evaluate(() => location.hash.slice(1)), close: () => page.close() }
}

async function besieged(
  { processes, runs, say }: SuiteSetting,
  browser: BenchBrowser,
  honest: Honest,
  { attack, rate, link }: Pick<SiegeTask, 'attack' | 'rate' | 'link'>,
): Promise<Measured> {
  say(`siege: ${attack} at ${rate} ×, ${link === honest.link ? 'on the room' : 'on another room'}`)
  const besieger = fork(join(processes, 'besieger.mjs'))
  try {
    const port = Number(new URL(browser.origin).port)
    await answerOf(besieger, { type: 'begin', attack, rate, port, link })
    await new Promise((resolve) => setTimeout(resolve, UNFOLD))
    const latencies = await typeSome(honest, LEAST_MESSAGES * Math.max(1, Math.floor(runs / 2)))
    const reloaded = await reload(honest)
    const joined = await joinAsNew(browser, honest, OPS)
    const sent = await answerOf(besieger, { type: 'stop' })
    if (!('frames' in sent)) throw new Error('A besieger that does not say what it sent.')
    return { latencies, reload: reloaded, joined, sent }
  } finally {
    besieger.kill()
  }
}

function answerOf(child: ChildProcess, task: SiegeTask | { readonly type: 'stop' }): Promise<SiegeSays> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => reject(new Error(`The besieger ended (${code ?? signal}).`)))
    child.once('message', (said) => resolve(said as SiegeSays))
    child.send(task)
  })
}

function rowsOf(attack: string, rate: number, measured: Measured, control: Measured): Row[] {
  const params = { attack, rate }
  const isReached = [...measured.latencies, measured.reload, measured.joined.has, measured.joined.heard].every((time) => time < Infinity)
  const seconds = (measure: string, time: number, beside: number): Row => ({
    ...rowOf({ measure, params, unit: 's', better: 'lower' }, [time], { control: [beside] }),
  })
  const perSecond = ({ sent: { frames, seconds: time } }: Measured): number => frames / time
  return [
    {
      ...rowOf({ measure: 'latency-ratio', params, unit: '× the control', better: 'lower' }, [
        median(measured.latencies) / median(control.latencies),
      ]),
    },
    rowOf({ measure: 'typed-to-shown-ms', params, unit: 'ms', better: 'lower' }, measured.latencies, { control: control.latencies }),
    seconds('reload-seconds', measured.reload, control.reload),
    seconds('join-seconds', measured.joined.has, control.joined.has),
    seconds('heard-seconds', measured.joined.heard, control.joined.heard),
    { measure: 'reachable', params, unit: '1 or 0', better: 'higher', ours: isReached ? 1 : 0, peers: {} },
    rowOf({ measure: 'hostile-frames-per-second', params, unit: 'frames/s', better: 'higher' }, [perSecond(measured)], {
      control: [perSecond(control)],
    }),
  ]
}

const ASSUMPTIONS = [
  'An attacker holds the link of the room and speaks through its relay, at 1, 4 and 16 times the rate at which the attack was first seen to work. `control` is the same attack at the same rate on another room of the same relay, by the same program: what the attack takes of this machine, and of the relay, is in both.',
  '`typed-to-shown-ms` is that of the suite "latency", by the relay, with the direct path cut by hand. `latency-ratio` is its median by that of the control. `reload-seconds`: from a reload of a tab until a message of it is shown by the other. `join-seconds`: until a new device with an empty disk holds 10,000 ops, which the room had before the attack. `heard-seconds`: until two more things are true. The new device holds as many ops as an old tab held when it came, ops of the attacker among them; and the old tab shows a message of it. `reachable` is 1 when no single wait took a minute. `hostile-frames-per-second` is what the attacker did send.',
  'D17: heads by one key, 1,071 ops a second. D18: 256 sender values (1,024 at 4 × and more); 17 times a second one of them speaks to up to four nodes. D19: recordings of 260 runs that are over (2,048 at 16 ×), 26 a second. D20: 20 new sender values a second, each of which speaks to and sends an offer to up to four nodes. D21: 20 times a second one sender asks up to four nodes for everything, and takes all answers. D22: 900 frames a second that do not open or say nothing. D23: 1 MB a second for everybody, beside a connection that does not read. D24: 20 names, half of which are silent and half of which drip.',
  'All of it shares the cores of this machine: two browsers, the relay, and the attacker.',
]
