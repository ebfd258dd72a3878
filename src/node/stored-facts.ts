/** What tells a kept room apart from others, read from the disk of a node that need not run. */
import type { Op } from '../core/op.ts'
import { quotable } from '../core/quotable.ts'
import { decodeBody } from '../crdt/body.ts'
import type { Store } from '../store/store.ts'
import { opsOfSegment } from './open-node.ts'
import type { StoredFacts } from './views.ts'

/** Segments that are looked through for a message. What others wrote last may be ops without a text. */
export const MAX_LOOKED = 4
/** Characters: more than a line of a list shows. */
export const MAX_LAST_TEXT = 100

/** Reads MAX_LOOKED segments and the first one, and hashes nothing: this is for eyes only. @throws StoreError */
export async function describeStored(store: Store): Promise<StoredFacts> {
  const ops = await store.length()
  const genesis = (await segmentAt(store, 0)).ops[0]
  return { ops, createdAt: genesis?.room === null ? genesis.time : null, lastText: await lastTextIn(store, ops) }
}

async function lastTextIn(store: Store, ops: number): Promise<string | null> {
  let at = ops - 1
  for (let looked = 0; looked < MAX_LOOKED && at >= 0; looked++) {
    const segment = await segmentAt(store, at)
    for (const op of segment.ops.toReversed()) {
      const text = textOf(op)
      if (text !== null) return text
    }
    at = segment.first - 1
  }
  return null
}

/** The ops of the segment with the `at`-th op, and the place of the first one; as if it were the room's first and empty, if it is damaged. */
async function segmentAt(store: Store, at: number): Promise<{ readonly first: number; readonly ops: readonly Op[] }> {
  const [segment] = await store.read(at, 1)
  const ops = segment !== undefined && 'bytes' in segment ? await opsOfSegment(segment) : null
  return ops === null ? { first: 0, ops: [] } : { first: segment!.first, ops: ops.map(({ op }) => op) }
}

/** A message's beginning without line breaks, or null for another op. */
function textOf({ body }: Op): string | null {
  const decoded = decodeBody(body)
  if (!decoded.ok || decoded.value.kind !== 'message') return null
  const line = quotable(decoded.value.text.slice(0, MAX_LAST_TEXT * 8).toWellFormed())
    .replaceAll(/\s+/g, ' ')
    .trim()
  const chars = Array.from(line)
  return chars.length > MAX_LAST_TEXT ? `${chars.slice(0, MAX_LAST_TEXT).join('')}…` : line
}
