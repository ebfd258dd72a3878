/** A node and its terminal, from the first line to the last: writes typed lines into the room, and decides when to end. */
import type { Node } from '../node/node.ts'
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

  const write = async (text: string): Promise<void> => {
    if (text.trim() === '') return
    while (unwritten.size >= UNWRITTEN_AT_ONCE) await Promise.race(unwritten)
    const written = node.submit(text).then((reply) => {
      unwritten.delete(written)
      if (!('refused' in reply)) return
      refused++
      terminal.complain(refusedLine(text, reply.refused))
    })
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

  /** All lines are written and all peers have them; or nothing has happened for too long. */
  const over = async (): Promise<End> => {
    let [last, lastAt] = ['', performance.now()]
    while (!isOver) {
      await pause(LOOK)
      const { ops, stored, fetching } = node.status()
      const isWritten = isAllTyped && unwritten.size === 0 && ops > 0 && stored === ops
      if (isWritten && (relay === null || screen.isAgreed)) return 'done'
      const now = `${ops} ${stored} ${fetching?.got} ${unwritten.size}`
      if (now !== last || (ops > 0 && !isAllTyped)) [last, lastAt] = [now, performance.now()]
      if (performance.now() > lastAt + wait) return 'unanswered'
    }
    return 'done'
  }

  const run = async (): Promise<boolean> => {
    screen.changed()
    const ends = [left, failed, ...(mode === 'digest' ? [] : [read()]), ...(mode === 'stay' ? [] : [over()])]
    const end = await Promise.race(ends).finally(() => {
      isOver = true
    })
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

const forever = (): Promise<never> => new Promise(() => {})
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
