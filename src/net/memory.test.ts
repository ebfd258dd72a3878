/** The path in memory: the transport's contract, and time as the owner of the scheduler decides. */
import { describe, expect, test } from 'vitest'
import { createMemoryHub, type MemoryHub } from './memory.ts'
import { listen, markedFrame, marks, runTransportContract } from './transport.contract.ts'

runTransportContract('a path in memory', async () => {
  const hubs = new Map<string, MemoryHub>()
  return (name) => {
    const hub = hubs.get(name) ?? createMemoryHub(queueMicrotask)
    hubs.set(name, hub)
    return hub.open
  }
})

describe('a path in memory', () => {
  /** A scheduler that the test moves by hand. */
  function byHand() {
    const tasks: (() => void)[] = []
    return {
      schedule: (task: () => void) => void tasks.push(task),
      run: () => {
        for (const task of tasks.splice(0)) task()
      },
    }
  }

  test('nothing happens but by the scheduler', () => {
    const { schedule, run } = byHand()
    const hub = createMemoryHub(schedule)
    const [a, b] = [listen(hub.open), listen(hub.open)]
    expect(b.states).toEqual([])
    run()
    a.transport.send(markedFrame(1))
    expect(marks(b)).toEqual([])
    run()
    expect(marks(b)).toEqual([1])
  })

  test('a path that goes down says so, loses what is under way, refuses what is sent, and comes back', () => {
    const { schedule, run } = byHand()
    const hub = createMemoryHub(schedule)
    const [a, b] = [listen(hub.open), listen(hub.open)]
    run()
    hub.setDown(true)
    a.transport.send(markedFrame(1))
    run()
    expect(a.transport.send(markedFrame(2))).toBe(false)
    const late = listen(hub.open)
    run()
    hub.setDown(false)
    run()
    a.transport.send(markedFrame(3))
    run()
    expect([marks(b), marks(late)]).toEqual([[3], [3]])
    expect([a.states, late.states]).toEqual([
      ['open', 'down', 'open'],
      ['down', 'open'],
    ])
  })
})
