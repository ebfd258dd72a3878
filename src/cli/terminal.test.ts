/** The process's streams and signals: what goes out of them, what comes in, and what makes a node leave. */
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { describe, expect, test, vi } from 'vitest'
import { openTerminal } from './terminal.ts'

/** A process as far as a terminal needs one. */
function fakeProcess(isTTY: boolean, isSeen = isTTY, columns = 80) {
  const setRawMode = vi.fn<(isRaw: boolean) => void>()
  const stdin = Object.assign(new PassThrough(), { isTTY, setRawMode })
  const screen = () => Object.assign(new PassThrough(), { isTTY: isSeen, columns })
  const [stdout, stderr] = [screen(), screen()]
  const exit = vi.fn<(code: number) => never>()
  const kill = vi.fn<(group: number, signal: string) => true>()
  const process = Object.assign(new EventEmitter(), { stdin, stdout, stderr, exit, kill })
  const terminal = openTerminal(process as unknown as NodeJS.Process)
  const said = (stream: PassThrough): string => String(stream.read() ?? '')
  return { process, stdin, exit, kill, setRawMode, terminal, out: () => said(stdout), error: () => said(stderr), stdout }
}

const HOSTILE = 'hi\u001b]0;owned\u0007\u001b[2J\r\n* all agree\u202e'
const SHOWN = 'hi\\u{1b}]0;owned\\u{7}\\u{1b}[2J\\r\\n* all agree\\u{202e}'

describe('a pipe', () => {
  test('E6 gets one line of plain text for each, whatever is in it', () => {
    const { terminal, out, error } = fakeProcess(false)
    terminal.print(HOSTILE)
    terminal.complain(HOSTILE)
    expect([out(), error()]).toEqual([`${SHOWN}\n`, `${SHOWN}\n`])
    terminal.print('w'.repeat(100_000))
    expect(out()).toHaveLength(100_001)
  })

  test.each([80, 0, 12])('E6 beside a screen of %i columns: no row of what it prints begins as a line does', (columns) => {
    const { terminal, out, error } = fakeProcess(false, true, columns)
    const row = columns || 80
    const forged = `2026-11-30  amber otter: ok${' '.repeat(200)}* all agree: this node and 9 peers`
    for (const print of [terminal.print, terminal.complain]) print(forged)
    for (const printed of [out(), error()]) {
      const rows = printed.trimEnd().split('\n')
      expect(rows.length).toBeGreaterThan(1)
      expect(rows.slice(1).filter((each) => each !== '' && !each.startsWith('    '))).toEqual([])
      expect(rows.filter((each) => each.length >= row)).toEqual([])
    }
  })

  test('gives its lines, characters whole wherever it was cut', async () => {
    const { terminal, stdin } = fakeProcess(false)
    const bytes = Buffer.from('naïve\n😀')
    for (const byte of bytes) stdin.write(Buffer.of(byte))
    stdin.end()
    const lines: string[] = []
    for await (const line of terminal.lines) lines.push(line)
    expect(lines).toEqual(['naïve', '😀'])
  })

  test.each(['SIGINT', 'SIGTERM'])('a node leaves at %s, and at a second one it is gone', (signal) => {
    const { terminal, process, exit } = fakeProcess(false)
    expect(terminal.leaving.aborted).toBe(false)
    process.emit(signal)
    expect([terminal.leaving.aborted, exit.mock.calls]).toEqual([true, []])
    process.emit(signal)
    expect(exit.mock.calls).toEqual([[1]])
  })

  test('a node leaves when nobody reads it any more', () => {
    const { terminal, stdout } = fakeProcess(false)
    stdout.emit('error', Object.assign(new Error('broken pipe'), { code: 'EPIPE' }))
    expect(terminal.leaving.aborted).toBe(true)
  })
})

describe('a screen', () => {
  test('E6 gets plain text, clipped, between the line that is typed and itself again', () => {
    const { terminal, stdin, out } = fakeProcess(true)
    stdin.write('half ty')
    out()
    terminal.print(HOSTILE)
    // What clears and draws the typed line is ours alone.
    expect(out()).toBe(`\u001b[1G\u001b[0J${SHOWN}\n\u001b[1G\u001b[0J> half ty\u001b[10G`)
    terminal.print('w'.repeat(100_000))
    expect(out().length).toBeLessThan(2_000)
  })

  test('what is typed before anybody asks for it is not lost', async () => {
    const { terminal, stdin } = fakeProcess(true)
    stdin.write('early\rlate\r')
    const lines: string[] = []
    for await (const line of terminal.lines) {
      lines.push(line)
      if (lines.length === 2) terminal.close()
    }
    expect(lines).toEqual(['early', 'late'])
  })

  test('a line that is typed over several rows is taken away as a whole, and drawn again below what comes', () => {
    const { terminal, stdin, out } = fakeProcess(true)
    stdin.write('x'.repeat(200))
    out()
    terminal.print('news')
    // 202 characters at 80 columns: two rows above the cursor.
    expect(out()).toBe(`\u001b[2A\u001b[1G\u001b[0Jnews\n\u001b[1G\u001b[0J> ${'x'.repeat(200)}\u001b[43G`)
    for (const key of 'y'.repeat(100)) stdin.write(key)
    out()
    terminal.print('more')
    expect(out().startsWith('\u001b[3A\u001b[1G\u001b[0Jmore\n\u001b[1G')).toBe(true)
  })

  test('lines that are pasted are text, and lines that are typed may be commands', async () => {
    const { terminal, stdin } = fakeProcess(true)
    stdin.write('\u001b[200~/usr/bin\rplain\r\u001b[201~/status\r')
    const lines: string[] = []
    for await (const line of terminal.lines) {
      lines.push(line)
      if (lines.length === 3) terminal.close()
    }
    expect(lines).toEqual(['//usr/bin', 'plain', '/status'])
  })

  test('keys that are not UTF-8 make no line that an op may hold', async () => {
    const { terminal, stdin } = fakeProcess(true)
    stdin.write(Buffer.of(0x61, 0xe9, 0x0d))
    for await (const line of terminal.lines) {
      expect(line.isWellFormed()).toBe(false)
      terminal.close()
    }
  })

  test('Ctrl-Z stops the whole group, and what is typed after it goes on is read', async () => {
    const { terminal, stdin, process, kill, setRawMode, out } = fakeProcess(true)
    const lines = terminal.lines[Symbol.asyncIterator]()
    const next = lines.next()
    stdin.write('half\u001a')
    await vi.waitFor(() => expect(kill.mock.calls).toEqual([[0, 'SIGTSTP']]))
    out()
    setRawMode.mockClear()
    process.emit('SIGCONT')
    expect(setRawMode.mock.calls).toEqual([[false], [true]])
    expect(out()).toContain('> half')
    stdin.write(' a line\r')
    expect(await next).toEqual({ done: false, value: 'half a line' })
    terminal.close()
  })

  test('what comes after the end of input is printed, without a prompt', () => {
    const { terminal, stdin, out } = fakeProcess(true)
    stdin.write('\u0004')
    out()
    terminal.print('late')
    expect(out()).toBe('late\n')
  })

  test('a node leaves at Ctrl-C, and input ends at Ctrl-D', async () => {
    const first = fakeProcess(true)
    first.stdin.write('\u0003')
    await vi.waitFor(() => expect(first.terminal.leaving.aborted).toBe(true))
    const second = fakeProcess(true)
    second.stdin.write('\u0004')
    expect(await second.terminal.lines[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined })
  })
})
