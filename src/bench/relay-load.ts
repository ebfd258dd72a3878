/**
 * A process that is all clients of a relay, and does what its parent asks: `relay-fan-out.ts` as fast as the host can,
 * `relay-join.ts` as people come.
 */
import { exit } from 'node:process'
import { fanOut, type FanOut } from './relay-fan-out.ts'
import { join, type Join } from './relay-join.ts'

export type LoadTask = ({ readonly type: 'fan-out' } & FanOut) | ({ readonly type: 'join' } & Join)

process.on('message', (task: LoadTask) => {
  const done: Promise<unknown> = task.type === 'fan-out' ? fanOut(task) : join(task)
  done.then(
    (answer) => process.send!(answer),
    (error: unknown) => {
      console.error(error)
      exit(1)
    },
  )
})
process.on('disconnect', () => exit(0))
