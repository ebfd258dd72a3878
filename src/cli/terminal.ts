/** The process's streams and signals as a terminal: with a line that a person can edit, or as a pipe. */
import { EventEmitter, on } from 'node:events'
import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline'
import { clipped, visible, wrapped } from './plain-text.ts'
import type { Terminal } from './session.ts'
import { linesOf, REPLACED } from './typed-lines.ts'

export interface ProcessTerminal extends Terminal {
  /** Stops reading typed lines. */
  close(): void
}

/** Turns on (and off) that the terminal tells where a paste begins and ends. A terminal that does not know these sequences ignores them. */
const [PASTES_TOLD, PASTES_UNTOLD] = ['\u001b[?2004h', '\u001b[?2004l']

/** Columns of a terminal that does not tell how many it has. */
const USUAL_COLUMNS = 80

/**
 * Prints lines on a stream on which nobody types: plain text. On a terminal each line is clipped and broken into rows. Elsewhere each
 * line stays one line.
 */
export const printTo =
  (stream: NodeJS.WriteStream) =>
  (line: string): void =>
    void stream.write(`${stream.isTTY ? onScreen(line, stream) : visible(line)}\n`)

const onScreen = (line: string, { columns }: NodeJS.WriteStream): string => wrapped(clipped(visible(line)), columns || USUAL_COLUMNS)

export function openTerminal(process: NodeJS.Process): ProcessTerminal {
  const { stdin, stdout, stderr } = process
  const leaving = new AbortController()
  const leave = (): void => {
    // A person who asks twice does not want to wait.
    if (leaving.signal.aborted) process.exit(1)
    leaving.abort()
  }
  // SIGHUP is not listed: if a process listens to it, nohup cannot keep it running.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, leave)
  // The reader of the stream has gone.
  for (const stream of [stdout, stderr]) stream.on('error', () => leaving.abort())

  if (!stdin.isTTY || !stdout.isTTY) {
    return {
      isInteractive: false,
      lines: linesOf(stdin as AsyncIterable<Uint8Array>),
      leaving: leaving.signal,
      print: printTo(stdout),
      complain: printTo(stderr),
      close: () => void stdin.destroy(),
    }
  }

  const typing = createInterface({ input: stdin, output: stdout, prompt: '> ' })
  let isClosed = false
  typing.once('close', () => {
    isClosed = true
    stdout.write(PASTES_UNTOLD)
  })
  const prompt = (): void => {
    if (!isClosed && !leaving.signal.aborted) typing.prompt(true)
  }
  /** Removes the line that is being typed, with all its rows. */
  const clear = (): void => {
    const { rows } = typing.getCursorPos()
    if (rows > 0) moveCursor(stdout, 0, -rows)
    cursorTo(stdout, 0)
    clearScreenDown(stdout)
    // Not documented: how many rows readline goes up before it draws the line again. There are none any more.
    Object.assign(typing, { prevRows: 0 })
  }
  const take = (): void => {
    if (isClosed) return
    // First off, then on: the shell may have changed the mode without the stream knowing.
    stdin.setRawMode?.(false)
    stdin.setRawMode?.(true)
    stdout.write(PASTES_TOLD)
    prompt()
  }
  stdout.write(PASTES_TOLD)
  // A terminal that passes on every key gives Ctrl-C and Ctrl-Z as keys.
  typing.on('SIGINT', leave)
  typing.on('SIGTSTP', () => {
    stdout.write(PASTES_UNTOLD)
    stdin.setRawMode?.(false)
    // Stops the whole process group, as the system would: otherwise npm, which waits for this process, would go on waiting.
    process.kill(0, 'SIGTSTP')
    // If the process cannot be brought back, it was not stopped: the terminal is taken back at once.
    setTimeout(take)
  })
  process.on('SIGCONT', take)
  const print = (line: string): void => {
    if (!isClosed) clear()
    stdout.write(`${onScreen(line, stdout)}\n`)
    prompt()
  }
  return {
    isInteractive: true,
    lines: prompted(linesTyped(typing, stdin), prompt),
    leaving: leaving.signal,
    print,
    complain: print,
    close() {
      process.off('SIGCONT', take)
      if (!isClosed) clear()
      typing.close()
    },
  }
}

/** Lines as they are entered from now on; earlier ones are lost. A line that was pasted is text, also with a "/" before it. */
function linesTyped(typing: Interface, stdin: NodeJS.ReadStream): AsyncIterable<string[]> {
  const entered = new EventEmitter()
  let isPasting = false
  stdin.on('keypress', (_text: string | undefined, key: { readonly name?: string } | undefined) => {
    if (key?.name === 'paste-start') isPasting = true
    if (key?.name === 'paste-end') isPasting = false
  })
  typing.on('line', (line) => {
    const text = line.replaceAll('\ufffd', REPLACED)
    entered.emit('line', isPasting && text.startsWith('/') ? `/${text}` : text)
  })
  typing.once('close', () => entered.emit('close'))
  return on(entered, 'line', { close: ['close'] }) as AsyncIterable<string[]>
}

async function* prompted(lines: AsyncIterable<string[]>, prompt: () => void): AsyncGenerator<string> {
  prompt()
  for await (const [line = ''] of lines) {
    yield line
    prompt()
  }
}
