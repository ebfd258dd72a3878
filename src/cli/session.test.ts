/** What a session asks of its node, on a node that does as the test says. */
import { describe, expect, test, vi } from 'vitest'
import type { Node } from '../node/node.ts'
import type { EvidenceEntry, NodeStatus, SubmitReply } from '../node/views.ts'
import { startSession, type Terminal } from './session.ts'

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
  paused: false,
} satisfies NodeStatus

/** A session on a node that writes nothing until it is told to. */
function start(lines: AsyncIterable<string>, mode: 'stay' | 'once' = 'once') {
  const replies: ((reply: SubmitReply) => void)[] = []
  const state = { status: STATUS as NodeStatus, evidence: [] as EvidenceEntry[] }
  const node = {
    status: () => state.status,
    engine: { stored: 0 },
    refused: { latest: () => [], count: 0 },
    room: { evidence: () => state.evidence },
    submit: () => new Promise<SubmitReply>((resolve) => replies.push(resolve)),
  } as unknown as Node
  const printed: string[] = []
  const complained: string[] = []
  const leaving = new AbortController()
  const terminal: Terminal = {
    isInteractive: false,
    lines,
    leaving: leaving.signal,
    print: (line) => void printed.push(line),
    complain: (line) => void complained.push(line),
  }
  const session = startSession({ node, terminal, mode, wait: 60_000, relay: null, relayTrouble: () => '' })
  return { session, replies, printed, complained, state, leave: () => leaving.abort() }
}

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
    vi.useRealTimers()
  })

  test('ends with what its node is broken by', async () => {
    const { session } = start(numbers(0, []), 'stay')
    session.broken(new Error('a bug'))
    await expect(session.ended).rejects.toThrow('a bug')
  })

  test('tells equivocations one by one, up to TOLD_AT_ONCE, and then how many more there are', async () => {
    const { session, printed, state, leave } = start(numbers(0, []), 'stay')
    const lie = (seq: number): EvidenceEntry => ({ author: 'ab'.repeat(32), seq, ops: ['c'.repeat(64), 'd'.repeat(64)] })
    const tell = async (count: number): Promise<string[]> => {
      state.evidence = Array.from({ length: count }, (_, i) => lie(i))
      state.status = { ...STATUS, equivocations: count }
      printed.length = 0
      session.changed()
      await vi.waitFor(() => expect(printed).not.toEqual([]))
      return printed.map((line) => line.replace(/^.* signed two ops as its/, ''))
    }
    expect(await tell(2)).toEqual([' number 0: cccccccc and dddddddd', ' number 1: cccccccc and dddddddd'])
    expect(await tell(100)).toEqual([2, 3, 4].map((seq) => ` number ${seq}: cccccccc and dddddddd`).concat('* and 95 equivocations more'))
    leave()
    expect(await session.ended).toBe(true)
  })
})
