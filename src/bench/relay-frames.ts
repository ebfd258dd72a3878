/** A frame of a relay as a busy node sends it: own ops that were stored together, merged, sealed for everybody. */
import { encodeBody } from '../crdt/body.ts'
import { signedBytes } from '../core/keys.ts'
import { hashOp, type Op, type OpId } from '../core/op.ts'
import type { UnitOp } from '../core/unit.ts'
import { createSession } from '../node/session.ts'
import { generateKey } from '../node/signer.ts'
import { encodeBundle } from '../sync/bundle.ts'
import { mergeUnits } from '../sync/merge.ts'
import { encodeMessage } from '../sync/messages.ts'
import { wrapBundle } from '../sync/wrap.ts'
import { keyOfSeed } from './trace-to-bundle.ts'

/** As long as what people write to each other. */
const TEXT = 'A message of about the length of those that people write.'

const bytes = (fill: number): Uint8Array => new Uint8Array(32).fill(fill)

/** So many messages of one author, each following the one before, as `sync/gossip` tells what was stored together. */
export async function coalescedFrame(ops: number): Promise<Uint8Array> {
  const { author, sign } = await keyOfSeed('tabweave bench relay')
  const units: UnitOp[][] = []
  let prev = bytes(1) as OpId
  for (let i = 0; i < ops; i++) {
    const body = encodeBody({ kind: 'message', text: `${TEXT} ${i}` })
    const op: Op = { room: bytes(2) as OpId, author, seq: 1_000 + i, prev, deps: [], time: 1_700_000_000, body }
    const id = hashOp(op)
    units.push([{ op, id, signature: await sign(signedBytes(id)) }])
    prev = id
  }
  const [unit] = mergeUnits(units)
  const bundle = wrapBundle('raw', encodeBundle([unit!]))
  const sealer = await createSession(bytes(2), bytes(3), await generateKey(), () => false)
  return sealer.seal(null, encodeMessage({ type: 'units', ref: 0, bundle, last: true, left: 0 }))
}
