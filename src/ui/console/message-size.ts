/** Whether what is typed fits into one op: told before it is sent. Pure; tried in `message-size.test.ts`. */
import { MAX_BODY_BYTES } from '../../core/limits.ts'
import { encodeBody } from '../../crdt/body.ts'

/** A text whose length is written in as many bytes as that of the longest message. */
const SAMPLE = 'x'.repeat(1024)

/** What a body holds beside the message's own bytes. */
const AROUND = encodeBody({ kind: 'message', text: SAMPLE }).length - SAMPLE.length

/** A message's UTF-8 bytes, at most. */
export const MAX_MESSAGE_BYTES = MAX_BODY_BYTES - AROUND

/** A character takes up to three bytes: shorter texts need no counting. */
const SURELY_FITS = Math.floor(MAX_MESSAGE_BYTES / 3)

/** The message's bytes when they are too many, else null. Free for short texts, O(length) for long ones. */
export function excessOf(text: string): number | null {
  if (text.length <= SURELY_FITS) return null
  const bytes = new TextEncoder().encode(text).length
  return bytes > MAX_MESSAGE_BYTES ? bytes : null
}
