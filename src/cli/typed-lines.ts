/** Lines of what comes through a pipe. (In a terminal `node:readline` lets people edit theirs.) */
import { MAX_BODY_BYTES } from '../core/limits.ts'

/**
 * The lines of some text that comes in pieces, without their ends (LF or CR LF); the last needs none. Of one that is longer than any
 * op, the beginning is given, and is still too long for one; the rest is not kept. Reads no faster than its lines are taken.
 */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let line = ''
  for await (const piece of pieces) {
    const [first = '', ...others] = piece.split('\n')
    line = begun(line + first)
    for (const next of others) {
      yield ended(line)
      line = begun(next)
    }
  }
  if (line !== '') yield ended(line)
}

/** A character takes a byte at least. */
const begun = (line: string): string => line.slice(0, MAX_BODY_BYTES + 1)

const ended = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line)
