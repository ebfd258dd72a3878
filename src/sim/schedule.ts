/** Simulated time: events in a binary heap by (time, order of being asked for), run one after the other. */

export interface Schedule {
  /** ms since the world began. */
  now: number
  /** Events run so far. */
  ran: number
  /** Runs `event` at `time` (ms), or now if that has passed. */
  at(time: number, event: () => void): void
  /** Runs what is due until `time` (ms), or until `stop` says so after an event. The clock never goes back. */
  runUntil(time: number, stop: () => boolean): void
}

interface Entry {
  readonly time: number
  readonly order: number
  readonly event: () => void
}

const isBefore = (a: Entry, b: Entry): boolean => a.time < b.time || (a.time === b.time && a.order < b.order)

export function createSchedule(): Schedule {
  const heap: Entry[] = []
  let order = 0

  const push = (entry: Entry): void => {
    let i = heap.length
    while (i > 0) {
      const up = (i - 1) >> 1
      if (!isBefore(entry, heap[up]!)) break
      heap[i] = heap[up]!
      i = up
    }
    heap[i] = entry
  }
  const pop = (): Entry => {
    const top = heap[0]!
    const last = heap.pop()!
    if (heap.length === 0) return top
    let i = 0
    for (;;) {
      let down = 2 * i + 1
      if (down >= heap.length) break
      if (down + 1 < heap.length && isBefore(heap[down + 1]!, heap[down]!)) down++
      if (!isBefore(heap[down]!, last)) break
      heap[i] = heap[down]!
      i = down
    }
    heap[i] = last
    return top
  }

  const schedule: Schedule = {
    now: 0,
    ran: 0,
    at: (time, event) => push({ time: Math.max(time, schedule.now), order: order++, event }),
    runUntil(time, stop) {
      while (heap.length > 0 && heap[0]!.time <= time) {
        const { time: due, event } = pop()
        schedule.now = due
        schedule.ran++
        event()
        if (stop()) return
      }
      schedule.now = Math.max(schedule.now, time)
    },
  }
  return schedule
}
