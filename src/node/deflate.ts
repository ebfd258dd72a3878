/** Raw DEFLATE (RFC 1951) by the platform's streams. */
import { concatBytes } from '../core/bytes.ts'
import { ok, refuse } from '../core/result.ts'
import type { Inflated } from '../sync/rebuild.ts'

/**
 * Bytes that a stream is given at once. A stream inflates all of a piece before anybody can count what comes out: 16 KiB become at most
 * 16 MiB.
 */
const MAX_PIECE = 16 * 1024

export async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  return (await through(new CompressionStream('deflate-raw'), bytes, Infinity))!
}

/**
 * The inflated bytes; "bad-deflate" for bytes that are no whole deflate stream, "too-large" for those that inflate beyond `limit`, which are
 * read no further. What follows the stream is refused by browsers and ignored by Node.
 */
export async function inflate(bytes: Uint8Array, limit: number): Promise<Inflated<Uint8Array<ArrayBuffer>>> {
  try {
    const inflated = await through(new DecompressionStream('deflate-raw'), bytes, limit)
    return inflated === null ? refuse('too-large') : ok(inflated)
  } catch {
    return refuse('bad-deflate')
  }
}

/**
 * The output of a stream for `bytes`; null if that is more than `limit`. The bytes are written piece by piece. With a `Blob` as their
 * source, each call would speak to another process of the browser. That takes 2 ms in Chromium, ten times the work on a small bundle.
 */
async function through(
  { readable, writable }: CompressionStream | DecompressionStream,
  bytes: Uint8Array,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  // If writing fails, reading fails too, and tells.
  void write(writable, bytes).catch(() => {})
  return drain(readable, limit)
}

async function write(stream: WritableStream<BufferSource>, bytes: Uint8Array): Promise<void> {
  const writer = stream.getWriter()
  for (let at = 0; at < bytes.length; at += MAX_PIECE) await writer.write(bytes.slice(at, at + MAX_PIECE))
  await writer.close()
}

async function drain(stream: ReadableStream<Uint8Array>, limit: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const parts: Uint8Array[] = []
  let length = 0
  const reader = stream.getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    length += next.value.length
    if (length > limit) {
      await reader.cancel()
      return null
    }
    parts.push(next.value)
  }
  return concatBytes(parts)
}
