/** Raw DEFLATE (RFC 1951) by the platform's streams. */
import { concatBytes } from '../core/bytes.ts'
import { ok, refuse } from '../core/result.ts'
import type { Inflated } from '../sync/rebuild.ts'

export async function deflate(bytes: Uint8Array): Promise<Uint8Array> {
  const out = await drain(new Blob([bytes.slice()]).stream().pipeThrough(new CompressionStream('deflate-raw')), Infinity)
  return out!
}

/**
 * The inflated bytes; "bad-deflate" for bytes that are no whole deflate stream, "too-large" for those that inflate beyond `limit`, which are
 * read no further. What follows the stream is refused by browsers and ignored by Node.
 */
export async function inflate(bytes: Uint8Array, limit: number): Promise<Inflated<Uint8Array<ArrayBuffer>>> {
  try {
    const inflated = await drain(new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream('deflate-raw')), limit)
    return inflated === null ? refuse('too-large') : ok(inflated)
  } catch {
    return refuse('bad-deflate')
  }
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
