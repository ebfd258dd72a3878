/** A node and its terminal, from the first line to the last: writes typed lines into the room, and decides when to end. */
import type { Node } from '../node/node.ts'
import type { NodeStatus } from '../node/views.ts'
import type { Options } from './args.ts'
import { NEWEST } from './flood.ts'
import { createScreen } from './screen.ts'
import { holdingLine, refusedLine, unknownCommandLine, words } from './words.ts'

export interface Terminal {
  /** A person types and watches: lines that begin with "/" are for the node, and the end of input means that the person wants to leave. */
  readonly isInteractive: boolean
  /** Lines that are typed, or come through a pipe. */
  readonly lines: AsyncIterable<string>
  /** Aborted when the node is to leave. */
  readonly leaving: AbortSignal
  /** Prints one line, of any text, on standard output. */
  print(line: string): void
  /** Prints a line about something that failed, on standard error. */
  complain(line: string): void
}

export interface SessionOptions extends Pick<Options, 'mode' | 'wait'> {
  readonly node: Node
  readonly terminal: Terminal
  /** Null: none. */
  readonly relay: string | null
  readonly relayTrouble: () => string
}

export interface Session {
  /** Something that is shown may have changed. */
  changed(): void
  /** The node cannot go on. */
  broken(error: unknown): void
  /** Resolves when it has ended, to whether all went well; rejects with the error that `broken` was given. The node still runs. */
  readonly ended: Promise<boolean>
}

/** Lines on their way into the room at once: the rest of a pipe waits. */
const UNWRITTEN_AT_ONCE = 256
/** When the node leaves, it waits so long (ms) for the lines that were typed last. */
const LAST_LINES = 2_000
/** ms between two checks whether it is time to end. */
const LOOK = 100
/** With "once" a node writes when it has been up to date for so long (ms): peers answer one after the other. */
const UP_TO_DATE_FOR = 500
/** With "once" a node writes after so long (ms) in any case: a participant who sends ops without end must not keep it from writing. */
const LONGEST_CATCH_UP = 120_000

type End = 'left' | 'done' | 'unanswered'

export function startSession({ node, terminal, mode, wait, relay, relayTrouble }: SessionOptions): Session {
  const print = mode === 'digest' ? () => {} : terminal.print
  let fail: (error: unknown) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  const screen = createScreen({ node, print, isWatched: terminal.isInteractive, relay: relay ?? '', relayTrouble }, (error) => fail(error))
  const unwritten = new Set<Promise<void>>()
  let refused = 0
  let isAllTyped = mode === 'digest'
  let isOver = false
  /** A script's lines belong after all that was said before: they wait until the node has caught up. */
  const catchesUp = mode === 'once' && relay !== null && !terminal.isInteractive
  let mayWrite: () => void = () => {}
  const caughtUp = catchesUp ? new Promise<void>((resolve) => (mayWrite = resolve)) : Promise.resolve()

  const submit = async (text: string): Promise<void> => {
    await caughtUp
    const reply = await node.submit(text)
    if (!('refused' in reply)) return
    refused++
    terminal.complain(refusedLine(text, reply.refused))
  }

  const write = async (text: string): Promise<void> => {
    if (text.trim() === '') return
    while (unwritten.size >= UNWRITTEN_AT_ONCE) await Promise.race(unwritten)
    const written = submit(text).finally(() => unwritten.delete(written))
    unwritten.add(written)
  }

  /** Runs a command. Gives whether the node is to leave. */
  const command = async (line: string): Promise<boolean> => {
    const [name = '', number = ''] = line.slice(1).split(' ')
    if (name.startsWith('/')) await write(line.slice(1))
    else if (name === 'quit') return true
    else if (name === 'status') screen.status()
    else if (name === 'write-now') node.writeNow()
    else if (name === 'history') await screen.history(Number(number) || NEWEST)
    else if (name === 'help') for (const each of words.help) print(each)
    else terminal.complain(unknownCommandLine(line))
    return false
  }

  const read = async (): Promise<End> => {
    for await (const line of terminal.lines) {
      if (!terminal.isInteractive || !line.startsWith('/')) await write(line)
      else if (await command(line)) return 'left'
    }
    isAllTyped = true
    return terminal.isInteractive && mode === 'stay' ? 'left' : forever()
  }

  const left = new Promise<End>((resolve) => {
    const leave = (): void => resolve('left')
    if (terminal.leaving.aborted) leave()
    terminal.leaving.addEventListener('abort', leave)
  })

  /** Waits until `isSo`, while something happens. False if nothing has happened for too long. `happens`: differs from before if something does. */
  const becomes = async (isSo: (status: NodeStatus) => boolean, happens: (status: NodeStatus) => unknown): Promise<boolean> => {
    let [last, lastAt] = [happens(node.status()), performance.now()]
    while (!isOver) {
      await pause(LOOK)
      const status = node.status()
      if (isSo(status)) return true
      const now = happens(status)
      if (now !== last) [last, lastAt] = [now, performance.now()]
      if (performance.now() > lastAt + wait) return false
    }
    return true
  }

  /** Waits until the node has what its peers have. False if nobody answers. */
  const catchUp = (): Promise<boolean> => {
    const began = performance.now()
    let since = Infinity
    return becomes(
      (status) => {
        const now = performance.now()
        since = isUpToDate(status) ? Math.min(since, now) : Infinity
        return now >= since + UP_TO_DATE_FOR || (status.ops > 0 && now > began + LONGEST_CATCH_UP)
      },
      ({ ops, fetching }) => `${ops} ${fetching?.got}`,
    )
  }

  /** All lines are written and all peers have them; or nothing has happened for too long. */
  const over = async (): Promise<End> => {
    const isAnswered = !catchesUp || (await catchUp())
    if (!isAnswered && node.status().ops === 0) return 'unanswered'
    mayWrite()
    // Who has waited for others in vain does not wait once more.
    const isAlone = ({ peers }: NodeStatus): boolean => !isAnswered && peers.length === 0
    const isDone = await becomes(
      (status) => isWritten(status) && (relay === null || screen.isAgreed || isAlone(status)),
      // While lines come, it is not their end that is waited for.
      (status) => (status.ops > 0 && !isAllTyped ? {} : `${status.ops} ${status.stored} ${status.fetching?.got} ${unwritten.size}`),
    )
    return isDone && !isAlone(node.status()) ? 'done' : 'unanswered'
  }

  const isWritten = ({ ops, stored }: NodeStatus): boolean => isAllTyped && unwritten.size === 0 && ops > 0 && stored === ops

  const run = async (): Promise<boolean> => {
    screen.changed()
    const ends = [left, failed, ...(mode === 'digest' ? [] : [read()]), ...(mode === 'stay' ? [] : [over()])]
    const end = await Promise.race(ends).finally(() => {
      isOver = true
    })
    // What was typed last is written all the same.
    if (end === 'left') mayWrite()
    if (end === 'left' && unwritten.size > 0 && node.status().ops > 0)
      await Promise.race([Promise.all(unwritten), failed, pause(LAST_LINES)])
    screen.close()
    const status = node.status()
    if (end === 'unanswered') terminal.complain(status.ops === 0 ? words.unanswered(wait / 1000) : words.unagreed(wait / 1000, status))
    if (unwritten.size > 0) terminal.complain(words.unwritten(unwritten.size))
    if (end === 'done' && mode === 'digest') terminal.print(status.digest)
    if (end === 'done' && mode === 'once' && relay === null) print(holdingLine(status))
    return end !== 'unanswered' && unwritten.size === 0 && refused === 0
  }
  const ended = run()

  return { changed: screen.changed, broken: (error) => fail(error), ended }
}

/** Whether a node has the room, and all that those who have told what they hold name: or one of them holds the same. */
function isUpToDate({ ops, fetching, peers }: NodeStatus): boolean {
  const told = peers.filter(({ headCount }) => headCount >= 0)
  const isAllHere = fetching === null && told.length > 0 && told.every(({ unknownHeads }) => unknownHeads === 0)
  return ops > 0 && (isAllHere || told.some(({ equal }) => equal))
}

const forever = (): Promise<never> => new Promise(() => {})
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
