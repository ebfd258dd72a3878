/** The process's streams and signals as a terminal: with a line that can be edited where a person sits, else a pipe. */
import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline'
import { clipped, visible } from './plain-text.ts'
import type { Terminal } from './session.ts'
import { linesOf } from './typed-lines.ts'

export interface ProcessTerminal extends Terminal {
  /** Nothing is typed any more. */
  close(): void
}

/** Prints lines on a stream that nothing is read beside: plain text, clipped where a person reads it. */
export const printTo =
  (stream: NodeJS.WriteStream) =>
  (line: string): void =>
    void stream.write(`${stream.isTTY ? clipped(visible(line)) : visible(line)}\n`)

export function openTerminal(process: NodeJS.Process): ProcessTerminal {
  const { stdin, stdout, stderr } = process
  const leaving = new AbortController()
  const leave = (): void => {
    // Whoever asks twice does not want to wait.
    if (leaving.signal.aborted) process.exit(1)
    leaving.abort()
  }
  // Not SIGHUP: whoever listens to it cannot be left running by nohup.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, leave)
  // Whoever read it has gone.
  for (const stream of [stdout, stderr]) stream.on('error', () => leaving.abort())

  if (!stdin.isTTY || !stdout.isTTY) {
    stdin.setEncoding('utf8')
    return {
      isInteractive: false,
      lines: linesOf(stdin as AsyncIterable<string>),
      leaving: leaving.signal,
      print: (line) => void stdout.write(`${visible(line)}\n`),
      complain: (line) => void stderr.write(`${visible(line)}\n`),
      close: () => void stdin.destroy(),
    }
  }

  const typing = createInterface({ input: stdin, output: stdout, prompt: '> ' })
  // A terminal that gives every key as it is pressed gives Ctrl-C as one.
  typing.on('SIGINT', leave)
  const print = (line: string): void => {
    clearLine(stdout, 0)
    cursorTo(stdout, 0)
    stdout.write(`${clipped(visible(line))}\n`)
    if (!leaving.signal.aborted) typing.prompt(true)
  }
  return {
    isInteractive: true,
    lines: prompted(typing, typing[Symbol.asyncIterator]()),
    leaving: leaving.signal,
    print,
    complain: print,
    close() {
      typing.close()
      clearLine(stdout, 0)
      cursorTo(stdout, 0)
    },
  }
}

/** `lines` was asked for before anything could be typed, since what comes earlier is lost. */
async function* prompted(typing: Interface, lines: AsyncIterableIterator<string>): AsyncGenerator<string> {
  typing.prompt()
  for await (const line of lines) {
    yield line
    typing.prompt()
  }
}
