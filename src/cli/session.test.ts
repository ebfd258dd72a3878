/** What a session asks of its node, on a node that does as the test says. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Node } from '../node/node.ts'
import type { LatestEquivocation, NodeStatus, PeerStatus, SubmitReply } from '../node/views.ts'
import { startSession, type Terminal } from './session.ts'

afterEach(() => void vi.useRealTimers())

const STATUS = {
  ops: 1,
  stored: 1,
  pending: 0,
  rejected: 0,
  heads: 1,
  digest: 'd'.repeat(64),
  authors: 1,
  equivocations: 0,
  offline: false,
  storage: 'ok',
  paths: [],
  peers: [],
  present: [],
  fetching: null,
  waits: null,
  paused: false,
} satisfies NodeStatus

/** A session on a node that writes nothing until it is told to. */
function start(
  lines: AsyncIterable<string>,
  mode: 'stay' | 'once' | 'digest' = 'once',
  relay: string | null = null,
  isInteractive = false,
) {
  const replies: ((reply: SubmitReply) => void)[] = []
  const state = { status: STATUS as NodeStatus, lies: [] as LatestEquivocation[], read: 0 }
  const node = {
    status: () => state.status,
    engine: { stored: 0 },
    refused: { latest: () => [], count: 0, damages: 0 },
    room: {
      latestEquivocations(from: number, count: number) {
        const found = state.lies.slice(from, from + count)
        state.read += found.length
        return found
      },
    },
    submit: () => new Promise<SubmitReply>((resolve) => replies.push(resolve)),
  } as unknown as Node
  const printed: string[] = []
  const complained: string[] = []
  const leaving = new AbortController()
  const terminal: Terminal = {
    isInteractive,
    lines,
    leaving: leaving.signal,
    print: (line) => void printed.push(line),
    complain: (line) => void complained.push(line),
  }
  const session = startSession({ node, terminal, mode, wait: 60_000, relay, relayTrouble: () => '' })
  return { session, replies, printed, complained, state, leave: () => leaving.abort() }
}

const peer = (equal: boolean): PeerStatus => ({
  peer: 'e'.repeat(64),
  author: null,
  path: 'relay',
  roundTrip: null,
  silentFor: 0,
  heads: [],
  headCount: 0,
  unknownHeads: 0,
  lacks: 0,
  equal,
  refusals: [],
  version: 'ours',
})

async function* numbers(count: number, taken: string[]): AsyncGenerator<string> {
  for (let i = 0; i < count; i++) {
    taken.push(String(i))
    yield String(i)
  }
}

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve))

describe('a session', () => {
  test('takes no more of a pipe than UNWRITTEN_AT_ONCE lines ahead of what is written', async () => {
    const taken: string[] = []
    const { session, replies } = start(numbers(1_000, taken))
    await soon()
    expect([replies.length, taken.length]).toEqual([256, 257])
    replies.shift()!({ id: 'a' })
    await soon()
    expect(taken).toHaveLength(258)
    const writing = setInterval(() => replies.splice(0).forEach((reply) => reply({ id: 'a' })))
    expect(await session.ended).toBe(true)
    clearInterval(writing)
    expect(taken).toHaveLength(1_000)
  })

  test('that is left waits for what was typed last, and says what is not written', async () => {
    const first = start(numbers(2, []), 'stay')
    await soon()
    first.leave()
    await soon()
    first.replies.forEach((reply) => reply({ id: 'a' }))
    expect([await first.session.ended, first.complained]).toEqual([true, []])

    vi.useFakeTimers()
    const second = start(numbers(2, []), 'stay')
    await vi.advanceTimersByTimeAsync(0)
    second.leave()
    second.replies[0]!({ id: 'a' })
    await vi.advanceTimersByTimeAsync(10_000)
    expect([await second.session.ended, second.complained]).toEqual([false, ['1 line not written to the room: write it again.']])
  })

  test('says of an unknown command that it is none, with what was typed, and lists the commands for /help', async () => {
    async function* typed(): AsyncGenerator<string> {
      yield '/usr/bin/env x'
      yield '/help'
    }
    const { session, printed, complained, replies } = start(typed(), 'stay', null, true)
    expect(await session.ended).toBe(true)
    expect(complained).toEqual([expect.stringMatching(/“\/usr\/bin\/env” is not a command.*: \/\/usr\/bin\/env x$/)])
    expect(printed.join('\n')).toContain('/write-now')
    expect(replies).toEqual([])
  })

  test('ends with what its node is broken by', async () => {
    const { session } = start(numbers(0, []), 'stay')
    session.broken(new Error('a bug'))
    await expect(session.ended).rejects.toThrow('a bug')
  })

  test('E8 says once that a peer runs another version, and which of the two is to be updated', async () => {
    const { session, printed, state } = start(numbers(0, []), 'stay')
    for (let i = 0; i < 2; i++) {
      state.status = { ...STATUS, peers: [peer(true), { ...peer(false), version: 'later' }, { ...peer(false), version: 'earlier' }] }
      session.changed()
      await soon()
    }
    expect(printed).toEqual([expect.stringContaining('a newer version'), expect.stringContaining('an older version')])
  })

  test('says that all are equal once, when nothing has come for a while, and again after they were not', async () => {
    vi.useFakeTimers()
    const { session, printed, state } = start(numbers(0, []), 'stay', 'wss://relay.example')
    const tell = async (digest: string, isEqual: boolean, ms: number): Promise<string[]> => {
      state.status = { ...STATUS, digest, peers: [peer(true), peer(isEqual)] }
      printed.length = 0
      session.changed()
      await vi.advanceTimersByTimeAsync(ms)
      return printed.map((line) => line.replace(/^\* all agree: 2 peers say that they hold the same 1 op as this node, digest /, ''))
    }
    expect(await tell('a', false, 10_000)).toEqual([])
    expect(await tell('b', true, 400)).toEqual([])
    expect(await tell('c', true, 400)).toEqual([])
    expect(await tell('c', true, 400)).toEqual(['c'])
    expect(await tell('c', true, 10_000)).toEqual([])
    expect(await tell('d', true, 10_000)).toEqual(['d'])
    expect(await tell('d', false, 10_000)).toEqual([])
    expect(await tell('d', true, 10_000)).toEqual(['d'])
    // Peers agree on what is stored here, and there is more.
    state.status = { ...STATUS, digest: 'e', ops: 2, peers: [peer(true)] }
    session.changed()
    await vi.advanceTimersByTimeAsync(10_000)
    state.status = { ...STATUS, peers: [] }
    session.changed()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(printed).toHaveLength(1)
  })

  test.each(['once', 'digest'] as const)('with --%s ends when all is written, and all are equal in what is here now', async (mode) => {
    vi.useFakeTimers()
    const { session, replies, printed, state } = start(numbers(1, []), mode, 'wss://relay.example')
    let isOver = false
    void session.ended.finally(() => (isOver = true))
    const after = async (ms: number): Promise<boolean> => {
      session.changed()
      await vi.advanceTimersByTimeAsync(ms)
      return isOver
    }
    state.status = { ...STATUS, digest: 'a', peers: [peer(true)] }
    if (mode === 'once') {
      expect(await after(5_000)).toBe(false)
      replies[0]!({ id: 'a' })
    }
    // Was equal, until something came, which nobody has looked at yet.
    state.status = { ...STATUS, digest: 'b', peers: [peer(false)] }
    await vi.advanceTimersByTimeAsync(5_000)
    expect(isOver).toBe(false)
    state.status = { ...STATUS, digest: 'b', stored: 0, peers: [peer(true)] }
    expect(await after(5_000)).toBe(false)
    state.status = { ...STATUS, digest: 'b', peers: [peer(true)] }
    expect(await after(2_000)).toBe(true)
    expect(await session.ended).toBe(true)
    expect(printed.at(-1)).toMatch(mode === 'digest' ? /^b$/ : /^\* all agree: .*, digest b$/)
  })

  test('with --once writes when it has caught up with the peers that are there, or nobody has answered for as long as it waits', async () => {
    vi.useFakeTimers()
    const behind = { ...peer(false), headCount: 1, unknownHeads: 1 }
    const { replies, state } = start(numbers(2, []), 'once', 'wss://relay.example')
    for (const status of [
      { ...STATUS, ops: 0, stored: 0 },
      { ...STATUS, peers: [{ ...peer(false), headCount: -1 }] },
      { ...STATUS, peers: [behind] },
      { ...STATUS, peers: [{ ...behind, unknownHeads: 0 }], fetching: { got: 1, of: 300, bytes: 1, from: 'e' } },
    ] satisfies NodeStatus[]) {
      state.status = status
      await vi.advanceTimersByTimeAsync(20_000)
      expect(replies).toEqual([])
    }
    state.status = { ...STATUS, ops: 300, peers: [{ ...behind, unknownHeads: 0 }] }
    await vi.advanceTimersByTimeAsync(1_000)
    expect(replies).toHaveLength(2)

    const alone = start(numbers(2, []), 'once', 'wss://relay.example')
    await vi.advanceTimersByTimeAsync(59_000)
    expect(alone.replies).toEqual([])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(alone.replies).toHaveLength(2)
    alone.replies.forEach((reply) => reply({ id: 'a' }))
    await vi.advanceTimersByTimeAsync(1_000)
    expect([await alone.session.ended, alone.complained]).toEqual([
      false,
      [expect.stringMatching(/^No other node was connected within 60 s/)],
    ])

    const left = start(numbers(2, []), 'once', 'wss://relay.example')
    await vi.advanceTimersByTimeAsync(1_000)
    left.leave()
    await vi.advanceTimersByTimeAsync(0)
    expect(left.replies).toHaveLength(2)
  })

  test('with --once a participant who sends without end does not keep it from writing', async () => {
    vi.useFakeTimers()
    const { replies, state } = start(numbers(1, []), 'once', 'wss://relay.example')
    for (let ops = 1; replies.length === 0; ops++) {
      expect(ops).toBeLessThan(500)
      state.status = { ...STATUS, ops, peers: [{ ...peer(false), headCount: 1, unknownHeads: 1 }] }
      await vi.advanceTimersByTimeAsync(1_000)
    }
  })

  test('with --once gives up when nothing has happened for as long as it waits, and not while something does', async () => {
    vi.useFakeTimers()
    const { session, complained, state } = start(numbers(0, []), 'once', 'wss://relay.example')
    let isOver = false
    void session.ended.finally(() => (isOver = true))
    for (let ops = 1; ops < 10; ops++) {
      state.status = { ...STATUS, ops, stored: ops }
      await vi.advanceTimersByTimeAsync(50_000)
      expect(isOver).toBe(false)
    }
    await vi.advanceTimersByTimeAsync(11_000)
    expect([await session.ended, complained]).toEqual([false, [expect.stringMatching(/^No other node was connected within 60 s/)]])
  })

  test('tells equivocations one by one, up to TOLD_AT_ONCE, and then how many more there are', async () => {
    const { session, printed, state, leave } = start(numbers(0, []), 'stay')
    const lie = (seq: number): LatestEquivocation => ({ author: 'ab'.repeat(32), seq, ops: ['c'.repeat(64), 'd'.repeat(64)], count: 2 })
    const tell = async (count: number): Promise<string[]> => {
      state.lies = Array.from({ length: count }, (_, i) => lie(i))
      state.status = { ...STATUS, equivocations: count }
      printed.length = 0
      session.changed()
      await vi.waitFor(() => expect(printed).not.toEqual([]))
      return printed.map((line) => line.replace(/^.* signed two different ops with/, ''))
    }
    expect(await tell(2)).toEqual([' number 0: cccccccc and dddddddd', ' number 1: cccccccc and dddddddd'])
    expect(state.read).toBe(2)
    expect(await tell(100)).toEqual([2, 3, 4].map((seq) => ` number ${seq}: cccccccc and dddddddd`).concat('* and 95 equivocations more'))
    leave()
    expect(await session.ended).toBe(true)
  })

  test('D10 reads each of 1,000 equivocations that come one by one once', async () => {
    vi.useFakeTimers()
    const { session, state, printed, leave } = start(numbers(0, []), 'stay')
    for (let count = 1; count <= 1_000; count++) {
      state.lies.push({ author: 'ab'.repeat(32), seq: count, ops: ['c'.repeat(64), 'd'.repeat(64)], count: 2 })
      state.status = { ...STATUS, equivocations: count }
      session.changed()
      await vi.advanceTimersByTimeAsync(1)
    }
    expect(printed.filter((line) => line.includes('signed two different ops'))).toHaveLength(1_000)
    expect(state.read).toBe(1_000)
    leave()
    expect(await session.ended).toBe(true)
  })
})
