/** Splits the bytes of a pipe into lines. (In a terminal `node:readline` lets people edit theirs.) */
import { MAX_BODY_BYTES } from '../core/limits.ts'

/** Stands for bytes that are no UTF-8. It is half a character, which no op may hold. So such a line is refused, and not changed. */
export const REPLACED = '\udfff'

const [LF, CR] = [0x0a, 0x0d]

/**
 * The lines of some UTF-8 that comes in pieces, without their ends (LF or CR LF); the last line needs none. If a line is longer than any
 * op, only its beginning is given, which is still too long for an op; the rest is not kept. Reads no faster than its lines are taken.
 */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let parts: Uint8Array[] = []
  let length = 0
  const add = (part: Uint8Array): void => {
    // The stream may use the memory again, and a line may be much smaller than the piece that it came in.
    const kept = part.slice(0, MAX_BODY_BYTES + 1 - length)
    if (kept.length > 0) parts.push(kept)
    length += kept.length
  }
  const take = (): string => {
    const line = textOf(Buffer.concat(parts))
    parts = []
    length = 0
    return line
  }
  for await (const piece of pieces) {
    let from = 0
    for (let end = piece.indexOf(LF); end >= 0; end = piece.indexOf(LF, from)) {
      add(piece.subarray(from, end))
      yield take()
      from = end + 1
    }
    add(piece.subarray(from))
  }
  if (length > 0) yield take()
}

function textOf(line: Uint8Array): string {
  const bytes = line.at(-1) === CR ? line.subarray(0, -1) : line
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
    // A line that is too long may have been cut within a character.
    return line.length > MAX_BODY_BYTES ? text : text.replaceAll('\ufffd', REPLACED)
  }
}
