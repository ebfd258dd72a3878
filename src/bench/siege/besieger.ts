/**
 * A process that attacks a room as its parent asks, so that what an attack takes of a processor is not the bench's own. It says that it
 * is ready, then attacks until it is told to stop, and says what it sent.
 */
import { exit } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { ATTACKS, type Pace } from './attacks.ts'
import { openCamp } from './camp.ts'

export type SiegeTask = {
  readonly type: 'begin'
  readonly attack: string
  readonly rate: number
  readonly port: number
  readonly link: string
}

/** What it says: that it has begun; and, when it was told to stop, what it sent in so many seconds. */
export type SiegeSays = { readonly begun: true } | { readonly frames: number; readonly bytes: number; readonly seconds: number }

/** How often it sees what is due (ms), and time for the others in the room to be heard before it begins. */
const BEAT = 10
const LISTEN = 6_000

const say = (what: SiegeSays): void => void process.send!(what)
let isStopped = false

async function keepPace({ perSecond, act }: Pace): Promise<void> {
  const began = performance.now()
  for (let done = 0; !isStopped;) {
    const due = Math.floor(((performance.now() - began) * perSecond) / 1_000)
    // What it cannot keep up with is left out: a burst would be another attack.
    for (done = Math.max(done, due - perSecond); done < due && !isStopped; done++) await act()
    await sleep(BEAT)
  }
}

async function siege({ attack, rate, port, link }: SiegeTask): Promise<void> {
  const camp = await openCamp(port, link)
  await sleep(LISTEN)
  const pace = await ATTACKS[attack]!(camp, rate)
  const [before, began] = [{ ...camp.sent }, performance.now()]
  say({ begun: true })
  await keepPace(pace)
  const { frames, bytes } = camp.sent
  say({ frames: frames - before.frames, bytes: bytes - before.bytes, seconds: (performance.now() - began) / 1_000 })
}

process.on('message', (message: SiegeTask | { readonly type: 'stop' }) => {
  if (message.type === 'stop') isStopped = true
  else
    siege(message).catch((error: unknown) => {
      console.error(error)
      exit(1)
    })
})
process.on('disconnect', () => exit(0))
